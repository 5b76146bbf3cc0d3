//! Records of imports from the previous service.

use std::path::Path;

use api::JobState;
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::{Result, Store, events, jobs::JobRecord};

/// A job that another service ran.
#[derive(Debug)]
pub struct ImportedJob {
    /// Its id.
    pub id: String,
    /// The session that it belongs to.
    pub owner: String,
    /// Id of the analysis.
    pub method: &'static str,
    /// Dataset of the alignment.
    pub alignment_id: Option<String>,
    /// Dataset of the tree.
    pub tree_id: Option<String>,
    /// Its final state.
    pub state: JobState,
    /// A human-readable reason for the failure.
    pub error_message: Option<String>,
    /// Human-readable warnings.
    pub warnings: Vec<String>,
    /// SHA-256 of its result, in hexadecimal.
    pub result_sha256: Option<String>,
    /// When it was started.
    pub created: DateTime<Utc>,
    /// When it became final.
    pub ended: DateTime<Utc>,
}

impl Store {
    /// Returns whether the store in this file was imported before.
    pub async fn is_imported(&self, store: &Path) -> Result<bool> {
        let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM imports WHERE store = ?")
            .bind(store.to_string_lossy())
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.is_some())
    }

    /// Records that the store in this file was imported.
    pub async fn note_import(&self, store: &Path, report: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("INSERT OR REPLACE INTO imports (store, report, done) VALUES (?, ?, ?)")
            .bind(store.to_string_lossy())
            .bind(report)
            .bind(Utc::now())
            .execute(&mut *write)
            .await?;
        write.commit().await
    }

    /// Returns whether a dataset with this id exists, for any owner.
    pub async fn has_dataset(&self, id: &str) -> Result<bool> {
        let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM datasets WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.is_some())
    }

    /// Adds a session. It counts as used now, because its owner has not had a chance to return.
    /// Returns false if it already exists.
    pub async fn import_session(&self, id: &str, created: Option<DateTime<Utc>>) -> Result<bool> {
        let now = Utc::now();
        let mut write = self.write().await?;
        let done = sqlx::query(
            "INSERT INTO sessions (id, created, used) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(created.unwrap_or(now))
        .bind(now)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Adds a finished job and the event of its end. An existing job does not change.
    pub async fn import_job(&self, job: &ImportedJob) -> Result<()> {
        let mut write = self.write().await?;
        let added: Option<JobRecord> = sqlx::query_as(
            "INSERT INTO jobs (id, owner, method, parameters, alignment_id, tree_id, state,
                 error_message, warnings, result_sha256, created, ended, updated)
             VALUES (?1, ?2, ?3, '{}', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)
             ON CONFLICT (id) DO NOTHING RETURNING *",
        )
        .bind(&job.id)
        .bind(&job.owner)
        .bind(job.method)
        .bind(&job.alignment_id)
        .bind(&job.tree_id)
        .bind(job.state.word())
        .bind(&job.error_message)
        .bind(Json(&job.warnings))
        .bind(&job.result_sha256)
        .bind(job.created)
        .bind(job.ended)
        .fetch_optional(&mut *write)
        .await?;
        if let Some(row) = added {
            events::add(&mut write, &row.owner, "state", &row.event()).await?;
        }
        write.commit().await
    }
}
