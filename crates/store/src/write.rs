//! Write transactions.

use std::ops::{Deref, DerefMut};

use sqlx::{Sqlite, SqliteConnection, pool::PoolConnection};

use super::{Result, Store};

/// A transaction on the database's only writing connection.
///
/// Its changes take effect only when [`Write::commit`] returns. A transaction that ends without
/// `commit` or [`Write::roll_back`] closes its connection. After an error (such as a full disk) or
/// an aborted request, the state of the connection is unknown, and the next transaction must not
/// start inside a dead one.
pub struct Write {
    connection: PoolConnection<Sqlite>,
    ended: bool,
}

impl Store {
    /// Begins a transaction. No other transaction can write until it ends.
    pub async fn write(&self) -> Result<Write> {
        let mut write = Write {
            connection: self.writer.acquire().await?,
            ended: false,
        };
        // IMMEDIATE ensures that the data read in the transaction are still current when it writes.
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut *write)
            .await?;
        Ok(write)
    }
}

impl Write {
    /// Commits the transaction.
    pub async fn commit(self) -> Result<()> {
        self.end("COMMIT").await
    }

    /// Rolls the transaction back.
    pub async fn roll_back(self) -> Result<()> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, how: &'static str) -> Result<()> {
        sqlx::raw_sql(how).execute(&mut *self).await?;
        self.ended = true;
        Ok(())
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop();
        }
    }
}

impl Deref for Write {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}
