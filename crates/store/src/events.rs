//! The history of jobs, in order.

use api::JobEvent;
use sqlx::{SqliteConnection, types::Json};

use super::{Result, Store};

/// An event of a job.
#[derive(Debug, sqlx::FromRow)]
pub struct EventRecord {
    /// Its number. Later events have larger numbers.
    pub id: i64,
    /// `state`, `progress`, `estimate` or `deleted`.
    pub kind: String,
    /// The job after the event.
    #[sqlx(json)]
    pub data: JobEvent,
}

/// Maximum number of events read at once.
const BATCH: i64 = 200;

// `+owner` keeps SQLite from using the index on owners. With that index it would read all events of
// the owner, although the job has only a few.

impl Store {
    /// Returns the next events of this owner's job after the given id, oldest first.
    pub async fn events_after(
        &self,
        owner: &str,
        job_id: &str,
        after: i64,
    ) -> Result<Vec<EventRecord>> {
        Ok(sqlx::query_as(
            "SELECT id, kind, data FROM events
             WHERE job_id = ? AND +owner = ? AND id > ? ORDER BY id LIMIT ?",
        )
        .bind(job_id)
        .bind(owner)
        .bind(after)
        .bind(BATCH)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Returns the next events of all jobs of an owner after the given id, oldest first.
    pub async fn owner_events_after(&self, owner: &str, after: i64) -> Result<Vec<EventRecord>> {
        Ok(sqlx::query_as(
            "SELECT id, kind, data FROM events WHERE owner = ? AND id > ? ORDER BY id LIMIT ?",
        )
        .bind(owner)
        .bind(after)
        .bind(BATCH)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Returns the id of an owner's last event, or 0 if there is none.
    pub async fn last_owner_event(&self, owner: &str) -> Result<i64> {
        Ok(
            sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM events WHERE owner = ?")
                .bind(owner)
                .fetch_one(&self.readers)
                .await?,
        )
    }

    /// Returns the id of the last event of this owner's job.
    pub async fn last_event(&self, owner: &str, job_id: &str) -> Result<Option<i64>> {
        Ok(
            sqlx::query_scalar("SELECT max(id) FROM events WHERE job_id = ? AND +owner = ?")
                .bind(job_id)
                .bind(owner)
                .fetch_one(&self.readers)
                .await?,
        )
    }

    /// Returns the id of the event that recorded the job's last deletion, or 0 if it was never
    /// deleted.
    pub async fn last_deletion(&self, owner: &str, job_id: &str) -> Result<i64> {
        Ok(sqlx::query_scalar(
            "SELECT coalesce(max(id), 0) FROM events
             WHERE job_id = ? AND +owner = ? AND kind = 'deleted'",
        )
        .bind(job_id)
        .bind(owner)
        .fetch_one(&self.readers)
        .await?)
    }
}

pub(super) async fn add(
    connection: &mut SqliteConnection,
    owner: &str,
    kind: &str,
    event: &JobEvent,
) -> Result<()> {
    sqlx::query("INSERT INTO events (job_id, owner, kind, data) VALUES (?, ?, ?, ?)")
        .bind(&event.job_id)
        .bind(owner)
        .bind(kind)
        .bind(Json(event))
        .execute(connection)
        .await?;
    Ok(())
}
