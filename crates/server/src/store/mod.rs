//! The database: SQLite in WAL mode, one writer, several readers.
//!
//! Architecture invariants: SQL stands in this folder and nowhere else. Nothing but SQLite ever opens
//! a file of the database: closing any descriptor of a file drops all locks that the process holds
//! on it, SQLite's among them (fcntl(2), "Traditional record locks").

mod answers;
mod datasets;
mod deliveries;
mod events;
mod file;
mod go_database;
mod imports;
mod jobs;
mod leftovers;
mod page;
mod removal;
mod sessions;
mod shares;
mod visualizations;
mod write;

use std::{path::Path, time::Duration};

use chrono::Utc;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub(crate) use answers::AnswerRow;
pub(crate) use datasets::{DatasetRow, Put};
pub(crate) use deliveries::{Asked, DeliveryRow, Outcome};
pub(crate) use events::EventRow;
pub(crate) use file::DatabaseFile;
pub(crate) use go_database::GoDatabase;
pub(crate) use imports::ImportedJob;
pub(crate) use jobs::{Added, Change, JobRow, NewJob, Unfinished};
pub(crate) use leftovers::Kind as Content;
pub(crate) use page::{Key, Page, Position, Sort};
pub(crate) use sessions::SessionRow;
pub(crate) use visualizations::{Full, Most};

/// The database cannot be used, or holds what it should not.
pub(crate) type StoreError = sqlx::Error;
pub(crate) type Result<T> = std::result::Result<T, StoreError>;

/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a check of the database's health may take.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(2);

/// The database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens the database, makes it if it is not there, and brings it up to date.
    pub(crate) async fn open(path: &Path) -> anyhow::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // FULL: what has been answered survives a power cut.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        DatabaseFile::new(path).make_private()?;
        sqlx::migrate!().run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        let store = Self { writer, readers };
        store.hash_old_share_tokens().await?;
        Ok(store)
    }

    /// Whether the database can be read and written.
    ///
    /// # Errors
    /// Why not, for people.
    pub(crate) async fn check(&self) -> std::result::Result<(), String> {
        let written = async {
            let mut write = self.write().await?;
            sqlx::query(
                "INSERT INTO health (id, checked) VALUES (1, ?1)
                 ON CONFLICT (id) DO UPDATE SET checked = ?1",
            )
            .bind(Utc::now())
            .execute(&mut *write)
            .await?;
            write.commit().await?;
            sqlx::query("SELECT 1").execute(&self.readers).await
        };
        match tokio::time::timeout(HEALTH_TIMEOUT, written).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(e)) => Err(match trouble(&e) {
                Some(Trouble::Full) => "The disk of the database is full.".to_owned(),
                Some(Trouble::Busy) => "Another program keeps the database busy.".to_owned(),
                None => {
                    tracing::error!(error = %e, "the database cannot be used");
                    "The database cannot be written; the service's log says why.".to_owned()
                }
            }),
            Err(_) => Err(format!(
                "The database has not answered within {} s.",
                HEALTH_TIMEOUT.as_secs()
            )),
        }
    }

    /// Finishes what is being written.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// What passes, or what an administrator can mend, without a fault of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// There is no room on the disk.
    Full,
    /// Somebody else keeps it busy.
    Busy,
}

/// Whether an error is one that passes (<https://www.sqlite.org/rescode.html>).
pub(crate) fn trouble(error: &StoreError) -> Option<Trouble> {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    const FULL: u32 = 13;
    /// The shared memory of the write-ahead log cannot grow.
    const IOERR_SHMSIZE: u32 = 4874;
    match error {
        StoreError::PoolTimedOut => Some(Trouble::Busy),
        StoreError::Io(e) if is_full(e) => Some(Trouble::Full),
        StoreError::Database(e) => {
            let code: u32 = e.code()?.parse().ok()?;
            match code & 0xff {
                BUSY | LOCKED => Some(Trouble::Busy),
                FULL => Some(Trouble::Full),
                _ => (code == IOERR_SHMSIZE).then_some(Trouble::Full),
            }
        }
        _ => None,
    }
}

/// Whether an error says that a disk, or what somebody may have of it, is full.
pub(crate) fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}
