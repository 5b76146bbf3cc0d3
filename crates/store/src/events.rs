//! What happened to jobs, in order.

use api::JobEvent;
use sqlx::{SqliteConnection, types::Json};

use super::{Result, Store};

/// Something that happened.
#[derive(Debug, sqlx::FromRow)]
pub struct EventRecord {
    /// Its number: later events have larger ones.
    pub id: i64,
    /// `state`, `progress` or `deleted`.
    pub kind: String,
    /// The job after the event.
    #[sqlx(json)]
    pub data: JobEvent,
}

/// Most events read at once.
const BATCH: i64 = 200;

// `+owner` keeps SQLite from the index of owners: it would go through all events of the owner, where
// those of the job are few.

impl Store {
    /// The next events of a job of this owner after the one of this id, oldest first.
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

    /// The next events of all jobs of an owner after the one of this id, oldest first.
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

    /// The last event of all jobs of an owner; 0 if there is none.
    pub async fn last_owner_event(&self, owner: &str) -> Result<i64> {
        Ok(
            sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM events WHERE owner = ?")
                .bind(owner)
                .fetch_one(&self.readers)
                .await?,
        )
    }

    /// The last event of a job of this owner.
    pub async fn last_event(&self, owner: &str, job_id: &str) -> Result<Option<i64>> {
        Ok(
            sqlx::query_scalar("SELECT max(id) FROM events WHERE job_id = ? AND +owner = ?")
                .bind(job_id)
                .bind(owner)
                .fetch_one(&self.readers)
                .await?,
        )
    }

    /// The last event of a job that was deleted before the same was asked for again; 0 if none was.
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
