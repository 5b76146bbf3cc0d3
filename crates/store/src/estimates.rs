//! Estimates: the native engine's answers to jobs that HyPhy runs.

use api::Progress;
use sqlx::types::Json;

use super::{EstimateState, JobRecord, Result, Store, events};
use crate::clock;

/// How the attempt at an estimate ended.
#[derive(Debug, Clone)]
pub enum EstimateEnd {
    /// With a result, which has this SHA-256.
    Ready(String),
    /// Without one. Another attempt follows if the job still waits or runs.
    Again,
    /// Without one, and for good.
    Failed,
}

impl Store {
    /// Returns the unfinished job whose estimate has waited longest.
    pub async fn oldest_waiting_estimate(&self) -> Result<Option<JobRecord>> {
        Ok(sqlx::query_as(
            "SELECT * FROM jobs WHERE estimate_state = 'waiting'
                 AND state IN ('queued', 'submitting', 'running')
             ORDER BY created, id LIMIT 1",
        )
        .fetch_optional(&self.readers)
        .await?)
    }

    /// Returns the jobs whose estimates have attempts that are not collected.
    pub async fn running_estimates(&self) -> Result<Vec<JobRecord>> {
        Ok(
            sqlx::query_as("SELECT * FROM jobs WHERE estimate_state = 'running' ORDER BY created")
                .fetch_all(&self.readers)
                .await?,
        )
    }

    /// Claims a waiting estimate of an unfinished job for an attempt with this name.
    pub async fn claim_estimate(&self, job: &str, attempt: &str) -> Result<Option<JobRecord>> {
        let mut write = self.write().await?;
        let claimed = sqlx::query_as(
            "UPDATE jobs SET estimate_state = 'running', estimate_attempt = ?, updated = ?
             WHERE id = ? AND estimate_state = 'waiting'
                 AND state IN ('queued', 'submitting', 'running') RETURNING *",
        )
        .bind(attempt)
        .bind(clock::now())
        .bind(job)
        .fetch_optional(&mut *write)
        .await?;
        write.commit().await?;
        Ok(claimed)
    }

    /// Records the scheduler's handle of an estimate's attempt.
    pub async fn estimate_submitted(&self, attempt: &str, handle: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE jobs SET estimate_handle = ?
             WHERE estimate_attempt = ? AND estimate_state = 'running'",
        )
        .bind(handle)
        .bind(attempt)
        .execute(&mut *write)
        .await?;
        write.commit().await
    }

    /// Records the progress of an estimate, while its job waits or runs.
    pub async fn note_estimates_progress(&self, attempt: &str, progress: &Progress) -> Result<()> {
        let mut write = self.write().await?;
        let row: Option<JobRecord> = sqlx::query_as(
            "UPDATE jobs SET estimate_progress = ?, updated = ?
             WHERE estimate_attempt = ? AND estimate_state = 'running'
                 AND state IN ('queued', 'submitting', 'running') RETURNING *",
        )
        .bind(Json(progress))
        .bind(clock::now())
        .bind(attempt)
        .fetch_optional(&mut *write)
        .await?;
        if let Some(row) = row {
            events::add(&mut write, &row.owner, "progress", &row.event()).await?;
        }
        write.commit().await
    }

    /// Records how the attempt at an estimate ended; the event `estimate` says that it is ready.
    /// Returns the job, or `None` if the attempt is not its estimate's any more.
    pub async fn end_estimate(&self, attempt: &str, end: EstimateEnd) -> Result<Option<JobRecord>> {
        let (state, sha256) = match end {
            EstimateEnd::Ready(sha256) => (EstimateState::Ready, Some(sha256)),
            EstimateEnd::Again => (EstimateState::Waiting, None),
            EstimateEnd::Failed => (EstimateState::Absent, None),
        };
        let mut write = self.write().await?;
        let row: Option<JobRecord> = sqlx::query_as(
            "UPDATE jobs SET estimate_state = ?, estimate_sha256 = ?, estimate_attempt = NULL,
                 estimate_handle = NULL, estimate_progress = NULL, updated = ?
             WHERE estimate_attempt = ? AND estimate_state = 'running' RETURNING *",
        )
        .bind(state.word())
        .bind(sha256)
        .bind(clock::now())
        .bind(attempt)
        .fetch_optional(&mut *write)
        .await?;
        if let Some(row) = row.as_ref().filter(|_| state == EstimateState::Ready) {
            events::add(&mut write, &row.owner, "estimate", &row.event()).await?;
        }
        write.commit().await?;
        Ok(row)
    }
}
