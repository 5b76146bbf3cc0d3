//! What each owner has, for the operator.

use chrono::{DateTime, Utc};

use crate::{Result, Snapshot};

/// What one owner has.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnerUsage {
    /// The owner: a session, or `open`.
    pub owner: String,
    /// Number of datasets.
    pub datasets: i64,
    /// Bytes of datasets and visualizations, as they count against the quota.
    pub bytes: i64,
    /// Number of jobs that wait.
    pub queued: i64,
    /// Number of jobs that are being submitted or run.
    pub running: i64,
    /// Number of jobs that have ended.
    pub ended: i64,
    /// When the session was last used, or when the owner's last job or dataset was added.
    pub used: Option<DateTime<Utc>>,
    /// Whether the session has ended, so that its tokens are refused.
    pub has_ended: bool,
}

/// An unfinished job.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnedJob {
    /// Its id.
    pub id: String,
    /// Its owner.
    pub owner: String,
}

impl Snapshot {
    /// Returns what each owner has, largest first.
    pub async fn usage(&self) -> Result<Vec<OwnerUsage>> {
        Ok(sqlx::query_as(
            "WITH owned AS (
                 SELECT owner, 1 AS datasets, size AS bytes, 0 AS queued, 0 AS running, 0 AS ended, created
                     FROM datasets
                 UNION ALL SELECT owner, 0, size, 0, 0, 0, created FROM visualizations
                 UNION ALL SELECT owner, 0, 0, state = 'queued', state IN ('submitting', 'running'),
                     state NOT IN ('queued', 'submitting', 'running'), created FROM jobs
                 UNION ALL SELECT id, 0, 0, 0, 0, 0, created FROM sessions WHERE emptied IS NULL
             )
             SELECT owned.owner, sum(datasets) AS datasets, sum(bytes) AS bytes, sum(queued) AS queued,
                 sum(running) AS running, sum(ended) AS ended,
                 coalesce(sessions.used, max(owned.created)) AS used,
                 sessions.revoked IS NOT NULL AS has_ended
             FROM owned LEFT JOIN sessions ON sessions.id = owned.owner
             GROUP BY owned.owner ORDER BY sum(bytes) DESC, owned.owner",
        )
        .fetch_all(self.pool())
        .await?)
    }

    /// Returns the unfinished jobs, the oldest first.
    pub async fn unfinished_jobs(&self) -> Result<Vec<OwnedJob>> {
        Ok(sqlx::query_as(
            "SELECT id, owner FROM jobs WHERE state IN ('queued', 'submitting', 'running')
             ORDER BY created, id",
        )
        .fetch_all(self.pool())
        .await?)
    }
}
