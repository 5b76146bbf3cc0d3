//! Write transactions.

use std::{
    ops::{Deref, DerefMut},
    time::Instant,
};

use sqlx::{Sqlite, SqliteConnection, pool::PoolConnection};

use super::{Result, Store};

/// The metric of how long transactions wait until they can begin, in seconds.
pub const WRITE_WAIT_SECONDS: &str = "datamonkey_database_write_wait_seconds";
/// The metric of how long transactions keep the database busy, in seconds. Each transaction is
/// counted once.
pub const WRITE_SECONDS: &str = "datamonkey_database_write_duration_seconds";

/// A transaction on the database's only writing connection.
///
/// Its changes take effect only when [`Write::commit`] returns. A transaction that ends without
/// `commit` or [`Write::roll_back`] closes its connection. After an error (such as a full disk) or
/// an aborted request, the state of the connection is unknown, and the next transaction must not
/// start inside a dead one.
pub struct Write {
    connection: PoolConnection<Sqlite>,
    began: Instant,
    /// How it ended; `None` while it has not.
    ended: Option<&'static str>,
}

impl Store {
    /// Begins a transaction. No other transaction can write until it ends.
    pub async fn write(&self) -> Result<Write> {
        let asked = Instant::now();
        let mut write = Write {
            connection: self.writer.acquire().await?,
            began: Instant::now(),
            ended: None,
        };
        // IMMEDIATE ensures that the data read in the transaction are still current when it writes.
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut *write)
            .await?;
        metrics::histogram!(WRITE_WAIT_SECONDS).record(asked.elapsed());
        Ok(write)
    }
}

impl Write {
    /// Commits the transaction.
    pub async fn commit(self) -> Result<()> {
        self.end("COMMIT", "committed").await
    }

    /// Rolls the transaction back.
    pub async fn roll_back(self) -> Result<()> {
        self.end("ROLLBACK", "rolled_back").await
    }

    async fn end(mut self, how: &'static str, outcome: &'static str) -> Result<()> {
        sqlx::raw_sql(how).execute(&mut *self).await?;
        self.ended = Some(outcome);
        Ok(())
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        if self.ended.is_none() {
            self.connection.close_on_drop();
        }
        let outcome = self.ended.unwrap_or("failed");
        metrics::histogram!(WRITE_SECONDS, "outcome" => outcome).record(self.began.elapsed());
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
