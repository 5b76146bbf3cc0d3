//! The database: SQLite in WAL mode, one writer, several readers.
//!
//! Architecture invariants: SQL appears only in this crate, and no type of the SQL library leaves
//! it. Only SQLite opens the files of the database: closing any descriptor of a file drops all
//! locks that the process holds on it, including SQLite's (fcntl(2), "Traditional record locks").

mod answers;
pub mod clock;
mod commands;
mod conversations;
mod copy;
mod datasets;
mod deliveries;
mod error;
mod estimate_record;
mod estimates;
mod events;
mod file;
mod go_database;
pub mod hash;
mod held;
mod imports;
mod jobs;
mod leftovers;
mod naming;
mod page;
mod queue;
mod removal;
mod schema;
mod screens;
mod sessions;
mod shares;
mod snapshot;
mod usage;
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
pub use estimate_record::{EstimateRecord, EstimateState};
pub use estimates::EstimateEnd;
pub use events::EventRecord;
pub use file::DatabaseFile;
pub use go_database::{GoConversation, GoData, GoDataset, GoJob, read_go_database};
pub use held::StepOfScreen;
pub use imports::ImportedJob;
pub use jobs::{AddJob, Failure, JobRecord, NewJob, RequestId, Transition};
pub use leftovers::FileKind;
pub use naming::Naming;
pub use page::{Cursor, Page, Sort, SortKey};
pub use queue::{MayRun, UnfinishedJob};
pub use schema::newest_schema;
pub use screens::{ScreenRecord, StepRecord, StepState};
pub use sessions::SessionRecord;
pub use snapshot::Snapshot;
pub use usage::{OwnedJob, OwnerUsage};
pub use visualizations::{OverQuota, StorageLimits};
pub use write::{WRITE_SECONDS, WRITE_WAIT_SECONDS};

/// How long a statement waits while another process writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Timeout of the database's health check.
const HEALTH_TIMEOUT: Duration = Duration::from_secs(2);

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens the database, creates it if it does not exist, and updates its schema. A database with an
    /// older schema is first copied to a file beside it.
    ///
    /// # Errors
    /// Fails if the database cannot be used, or if a newer version of this program wrote it.
    pub async fn open(path: &Path) -> anyhow::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // FULL ensures that acknowledged writes survive a power failure.
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
        schema::update(&writer, path).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        let store = Self { writer, readers };
        store.hash_old_share_tokens().await?;
        Ok(store)
    }

    /// Checks whether the database is readable and writable.
    ///
    /// # Errors
    /// Returns a human-readable reason why it is not.
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
                Some(Passing::Busy) => "The database is busy: another program is using \
                                        it."
                .to_owned(),
                None => {
                    tracing::error!(error = %e, "the database cannot be read and written");
                    "The database cannot be written; the service's log says why.".to_owned()
                }
            }),
            Err(_) => Err(format!(
                "The database did not answer within {} s.",
                HEALTH_TIMEOUT.as_secs()
            )),
        }
    }

    /// Completes pending writes and closes the database.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
