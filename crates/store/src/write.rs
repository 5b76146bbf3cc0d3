//! Transactions that write.

use std::ops::{Deref, DerefMut};

use sqlx::{Sqlite, SqliteConnection, pool::PoolConnection};

use super::{Result, Store};

/// A transaction on the one connection that writes.
///
/// What it wrote counts once [`Write::commit`] has returned, and not before. A transaction that ends
/// in any other way than by `commit` or [`Write::roll_back`] takes its connection with it: after an
/// error (a full disk, say) or a request that was broken off, nobody can say what state the
/// connection is in, and the next transaction must not find itself inside a dead one.
pub struct Write {
    connection: PoolConnection<Sqlite>,
    ended: bool,
}

impl Store {
    /// Begins a transaction. Nobody else writes until it ends.
    pub async fn write(&self) -> Result<Write> {
        let mut write = Write {
            connection: self.writer.acquire().await?,
            ended: false,
        };
        // IMMEDIATE: what is read in it is still true when it is written.
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut *write)
            .await?;
        Ok(write)
    }
}

impl Write {
    /// Ends the transaction and makes what it wrote last.
    pub async fn commit(self) -> Result<()> {
        self.end("COMMIT").await
    }

    /// Ends the transaction as if it had never been.
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
