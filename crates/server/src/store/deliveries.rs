//! Who is to be told of jobs that have ended.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Store};

/// Somebody who is to be told of a job.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct DeliveryRow {
    pub(crate) id: String,
    pub(crate) job_id: String,
    pub(crate) kind: String,
    pub(crate) target: String,
    pub(crate) tries: i64,
    pub(crate) error: Option<String>,
    pub(crate) done: Option<DateTime<Utc>>,
}

/// What became of a try.
pub(crate) enum Outcome {
    Done,
    GivenUp(String),
    Again(String, DateTime<Utc>),
}

impl Store {
    /// Notes that somebody is to be told when a job ends; again, if it is run again. Returns false
    /// if there are `most` already.
    pub(crate) async fn add_delivery(
        &self,
        job: &str,
        kind: &str,
        target: &str,
        most: i64,
    ) -> Result<bool> {
        let mut transaction = self.writer.begin().await?;
        let now = Utc::now();
        let known: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM deliveries WHERE job_id = ? AND kind = ? AND target = ?)",
        )
        .bind(job)
        .bind(kind)
        .bind(target)
        .fetch_one(&mut *transaction)
        .await?;
        let there: i64 = sqlx::query_scalar("SELECT count(*) FROM deliveries WHERE job_id = ?")
            .bind(job)
            .fetch_one(&mut *transaction)
            .await?;
        if !known && there >= most {
            return Ok(false);
        }
        // Whoever asks again about a job that is over was told already.
        sqlx::query(
            "INSERT INTO deliveries (id, job_id, kind, target, created, next_try)
             VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (job_id, kind, target) DO UPDATE
                 SET tries = 0, error = NULL, done = NULL, next_try = excluded.next_try
                 WHERE (SELECT state FROM jobs WHERE jobs.id = job_id)
                     NOT IN ('completed', 'failed', 'cancelled')",
        )
        .bind(format!("msg_{}", Uuid::now_v7().simple()))
        .bind(job)
        .bind(kind)
        .bind(target)
        .bind(now)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Who is told of a job.
    pub(crate) async fn deliveries(&self, job: &str) -> Result<Vec<DeliveryRow>> {
        sqlx::query_as("SELECT * FROM deliveries WHERE job_id = ? ORDER BY created, id")
            .bind(job)
            .fetch_all(&self.readers)
            .await
    }

    /// Who is to be told now.
    pub(crate) async fn due_deliveries(&self, most: u32) -> Result<Vec<DeliveryRow>> {
        sqlx::query_as(
            "SELECT deliveries.* FROM deliveries JOIN jobs ON jobs.id = job_id
             WHERE done IS NULL AND next_try <= ? AND state IN ('completed', 'failed', 'cancelled')
             ORDER BY next_try LIMIT ?",
        )
        .bind(Utc::now())
        .bind(most)
        .fetch_all(&self.readers)
        .await
    }

    /// Notes what became of a try.
    pub(crate) async fn note_delivery(&self, id: &str, outcome: &Outcome) -> Result<()> {
        let now = Utc::now();
        let (error, done, next) = match outcome {
            Outcome::Done => (None, Some(now), now),
            Outcome::GivenUp(why) => (Some(why), Some(now), now),
            Outcome::Again(why, next) => (Some(why), None, *next),
        };
        sqlx::query(
            "UPDATE deliveries SET tries = tries + 1, error = ?, done = ?, next_try = ?
             WHERE id = ?",
        )
        .bind(error)
        .bind(done)
        .bind(next)
        .bind(id)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
