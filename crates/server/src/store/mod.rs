//! The database: SQLite in WAL mode, one writer, several readers.
//!
//! Architecture invariant: SQL stands in this folder and nowhere else.

mod answers;
mod datasets;
mod deliveries;
mod events;
mod go_database;
mod imports;
mod jobs;
mod page;
mod removal;
mod sessions;
mod shares;
mod visualizations;

use std::{path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub(crate) use answers::AnswerRow;
pub(crate) use datasets::{DatasetRow, Put};
pub(crate) use deliveries::{Asked, DeliveryRow, Outcome};
pub(crate) use events::EventRow;
pub(crate) use go_database::GoDatabase;
pub(crate) use imports::ImportedJob;
pub(crate) use jobs::{Added, Change, JobRow, NewJob, Unfinished};
pub(crate) use page::{Key, Page, Position, Sort};
pub(crate) use sessions::SessionRow;
pub(crate) use visualizations::{Full, Most};

/// The database cannot be used, or holds what it should not.
pub(crate) type StoreError = sqlx::Error;
pub(crate) type Result<T> = std::result::Result<T, StoreError>;

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
            .busy_timeout(Duration::from_secs(10));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        sqlx::migrate!().run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self { writer, readers })
    }

    /// Whether the database answers.
    pub(crate) async fn is_healthy(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.readers).await.is_ok()
    }

    /// Finishes what is being written.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
