//! The database: SQLite in WAL mode, one writer, several readers.
//!
//! Architecture invariants: SQL stands in this crate and nowhere else, and no type of the SQL library
//! leaves it. Nothing but SQLite ever opens
//! a file of the database: closing any descriptor of a file drops all locks that the process holds
//! on it, SQLite's among them (fcntl(2), "Traditional record locks").

mod answers;
pub mod clock;
mod datasets;
mod deliveries;
mod error;
mod events;
mod file;
mod go_database;
pub mod hash;
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

pub use answers::{ANSWERS_KEPT, AnswerRecord};
pub use datasets::{DatasetRecord, PutDataset};
pub use deliveries::{DeliveryLimits, DeliveryOutcome, DeliveryRecord, NewDelivery};
pub use error::{Passing, Result, StoreError, is_disk_full};
pub use events::EventRecord;
pub use file::DatabaseFile;
pub use go_database::{GoData, GoDataset, GoJob, read_go_database};
pub use imports::ImportedJob;
pub use jobs::{AddJob, JobRecord, NewJob, Transition, UnfinishedJob};
pub use leftovers::FileKind;
pub use page::{Cursor, Page, Sort, SortKey};
pub use sessions::SessionRecord;
pub use visualizations::{OverQuota, StorageLimits};

/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a check of the database's health may take.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(2);

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens the database, makes it if it is not there, and brings it up to date.
    pub async fn open(path: &Path) -> anyhow::Result<Self> {
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
    pub async fn check(&self) -> std::result::Result<(), String> {
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
            sqlx::query("SELECT 1").execute(&self.readers).await?;
            Result::Ok(())
        };
        match tokio::time::timeout(HEALTH_TIMEOUT, written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(e)) => Err(match e.passing() {
                Some(Passing::DiskFull) => "The disk of the database is full.".to_owned(),
                Some(Passing::Busy) => "Another program keeps the database busy.".to_owned(),
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
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
