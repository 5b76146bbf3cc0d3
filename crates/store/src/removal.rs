//! Removes jobs and owners, and later the records that outlive them.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::{JobRecord, Result, Store, events};
use crate::clock;

/// Maximum number of rows in a list without pages.
const SOME: i64 = 1000;

impl Store {
    /// Removes a finished job of this owner. Its pending notifications are still sent. Its events
    /// are kept until `until`, together with a new one that records the deletion. Returns whether
    /// it removed the job.
    pub async fn remove_job(&self, owner: &str, id: &str, until: DateTime<Utc>) -> Result<bool> {
        let mut write = self.write().await?;
        let removed: Option<JobRecord> = sqlx::query_as(
            "DELETE FROM jobs WHERE id = ? AND owner = ?
                 AND state IN ('completed', 'failed', 'cancelled') RETURNING *",
        )
        .bind(id)
        .bind(owner)
        .fetch_optional(&mut *write)
        .await?;
        let Some(job) = removed else {
            write.roll_back().await?;
            return Ok(false);
        };
        let now = clock::now();
        let mut event = job.event();
        event.at = now;
        events::add(&mut write, owner, "deleted", &event).await?;
        sqlx::query(
            "UPDATE events SET expires = ? WHERE job_id = ? AND +owner = ? AND expires IS NULL",
        )
        .bind(until)
        .bind(id)
        .bind(owner)
        .execute(&mut *write)
        .await?;
        sqlx::query("DELETE FROM events WHERE expires <= ?")
            .bind(now)
            .execute(&mut *write)
            .await?;
        sqlx::query(
            "DELETE FROM deliveries WHERE job_id = ? AND deleted IS NULL AND done IS NOT NULL",
        )
        .bind(id)
        .execute(&mut *write)
        .await?;
        sqlx::query(
            "UPDATE deliveries SET deleted = ?, payload = ? WHERE job_id = ? AND deleted IS NULL",
        )
        .bind(now)
        .bind(Json(job.into_shown()))
        .bind(id)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(true)
    }

    /// Returns the ids of at most 1,000 jobs of this owner.
    pub async fn some_jobs(&self, owner: &str) -> Result<Vec<String>> {
        Ok(
            sqlx::query_scalar("SELECT id FROM jobs WHERE owner = ? LIMIT ?")
                .bind(owner)
                .bind(SOME)
                .fetch_all(&self.readers)
                .await?,
        )
    }

    /// Removes a session that has no jobs or datasets any more. A revoked session is remembered
    /// until its last token has expired.
    pub async fn remove_session(&self, id: &str, now: DateTime<Utc>) -> Result<()> {
        let mut write = self.write().await?;
        for of_owner in [
            "DELETE FROM screens WHERE owner = ?",
            "DELETE FROM conversation_entries WHERE conversation IN
                 (SELECT id FROM conversations WHERE owner = ?)",
            "DELETE FROM conversations WHERE owner = ?",
            "DELETE FROM visualizations WHERE owner = ?",
            "DELETE FROM answers WHERE owner = ?",
            "DELETE FROM events WHERE owner = ?",
        ] {
            sqlx::query(of_owner).bind(id).execute(&mut *write).await?;
        }
        sqlx::query("UPDATE sessions SET emptied = ? WHERE id = ?")
            .bind(now)
            .bind(id)
            .execute(&mut *write)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE id = ? AND revoked IS NULL")
            .bind(id)
            .execute(&mut *write)
            .await?;
        write.commit().await
    }

    /// Deletes expired records: responses from before `from`, events of deleted jobs, and
    /// revocations of tokens that have expired.
    pub async fn forget(&self, from: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        let mut write = self.write().await?;
        for (old, time) in [
            ("DELETE FROM answers WHERE created <= ?", from),
            ("DELETE FROM events WHERE expires <= ?", now),
            (
                "DELETE FROM sessions WHERE emptied IS NOT NULL AND expires <= ?",
                now,
            ),
        ] {
            sqlx::query(old).bind(time).execute(&mut *write).await?;
        }
        write.commit().await
    }
}
