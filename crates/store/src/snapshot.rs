//! Copies of a database, which may be in use.

use std::path::Path;

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use crate::{Result, copy, leftovers::FileKind, schema};

/// A database that is opened read-only: one that another process may be using, or a copy.
#[derive(Debug)]
pub struct Snapshot(SqlitePool);

impl Snapshot {
    /// Opens a database read-only, whatever its schema.
    ///
    /// # Errors
    /// Fails if there is no database at this path, or if it cannot be read.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        Ok(Self(pool))
    }

    /// Writes a copy of it to a file that is complete or absent (`VACUUM INTO`,
    /// <https://www.sqlite.org/lang_vacuum.html>).
    ///
    /// # Errors
    /// Fails if the database cannot be read, or the file cannot be written.
    pub async fn copy_to(&self, to: &Path) -> anyhow::Result<()> {
        copy::write(&self.0, to).await
    }

    /// Returns the version of its schema; `None` if it is empty.
    pub async fn schema(&self) -> Result<Option<i64>> {
        Ok(schema::of(&self.0).await?)
    }

    /// Refuses a database that a newer version of this program wrote.
    ///
    /// # Errors
    /// Returns a sentence that names both versions.
    pub async fn refuse_newer(&self) -> anyhow::Result<()> {
        match self.schema().await? {
            Some(schema) => schema::refuse_newer(schema),
            None => Ok(()),
        }
    }

    /// Returns what SQLite finds wrong with the file; nothing if it is sound.
    pub async fn damage(&self) -> Result<Vec<String>> {
        let said: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(20)")
            .fetch_all(&self.0)
            .await?;
        Ok(said.into_iter().filter(|line| line != "ok").collect())
    }

    /// Returns the uploads and results that it refers to, by their hashes.
    pub async fn contents(&self) -> Result<Vec<(FileKind, String)>> {
        let uploads: Vec<String> = sqlx::query_scalar("SELECT DISTINCT sha256 FROM datasets")
            .fetch_all(&self.0)
            .await?;
        let mut results: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT result_sha256 FROM jobs WHERE result_sha256 IS NOT NULL",
        )
        .fetch_all(&self.0)
        .await?;
        // The first results of estimates came with a later schema.
        let has_estimates: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pragma_table_info('jobs') WHERE name = 'estimate_sha256')",
        )
        .fetch_one(&self.0)
        .await?;
        if has_estimates {
            let estimates: Vec<String> = sqlx::query_scalar(
                "SELECT DISTINCT estimate_sha256 FROM jobs WHERE estimate_sha256 IS NOT NULL",
            )
            .fetch_all(&self.0)
            .await?;
            results.extend(estimates);
        }
        let uploads = uploads.into_iter().map(|name| (FileKind::Upload, name));
        let results = results.into_iter().map(|name| (FileKind::Result, name));
        Ok(uploads.chain(results).collect())
    }

    /// Returns when its last event happened, as text that sorts by time.
    pub async fn last_change(&self) -> Result<Option<String>> {
        Ok(
            sqlx::query_scalar("SELECT max(coalesce(ended, started, created)) FROM jobs")
                .fetch_one(&self.0)
                .await?,
        )
    }

    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.0
    }

    /// Closes it.
    pub async fn close(self) {
        self.0.close().await;
    }
}
