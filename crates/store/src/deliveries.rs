//! Deliveries, which announce the ends of jobs.

use api::Job;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Store};
use crate::clock;

/// A delivery as stored in the database.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeliveryRecord {
    /// Its id, by which receivers recognise repetitions.
    pub id: String,
    /// The job that it is about.
    pub job_id: String,
    /// `webhook` or `mail`.
    pub kind: String,
    /// The URL or address of the recipient.
    pub target: String,
    /// How often it has been tried.
    pub tries: i64,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it was delivered or given up.
    pub done: Option<DateTime<Utc>>,
    /// A copy of the job, if the job was deleted.
    #[sqlx(json(nullable))]
    pub payload: Option<Job>,
}

/// A delivery to add.
#[derive(Debug)]
pub struct NewDelivery<'a> {
    /// `webhook` or `mail`.
    pub kind: &'a str,
    /// The URL or address of the recipient.
    pub target: &'a str,
    /// The host to contact for it.
    pub host: &'a str,
}

/// How many deliveries may be tried concurrently.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryLimits {
    /// For all owners together.
    pub total: u32,
    /// For one owner.
    pub per_owner: u32,
    /// For one owner and one host.
    pub per_host: u32,
}

/// The outcome of a try.
pub enum DeliveryOutcome {
    /// It was delivered.
    Done,
    /// It failed permanently. The text says why.
    GivenUp(String),
    /// It failed and is retried at this time. The text says why.
    Again(String, DateTime<Utc>),
}

impl Store {
    /// Adds a delivery that announces the end of a job of this owner. If the job runs again, the
    /// delivery is repeated. Returns false if the job already has `most` deliveries.
    pub async fn add_delivery(
        &self,
        owner: &str,
        job: &str,
        asked: &NewDelivery<'_>,
        most: i64,
    ) -> Result<bool> {
        let mut write = self.write().await?;
        let now = clock::now();
        let known: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM deliveries
             WHERE job_id = ? AND kind = ? AND target = ? AND deleted IS NULL)",
        )
        .bind(job)
        .bind(asked.kind)
        .bind(asked.target)
        .fetch_one(&mut *write)
        .await?;
        let there: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM deliveries WHERE job_id = ? AND deleted IS NULL",
        )
        .bind(job)
        .fetch_one(&mut *write)
        .await?;
        if !known && there >= most {
            write.roll_back().await?;
            return Ok(false);
        }
        // The end of a finished job was already announced, so a repeated request changes nothing.
        sqlx::query(
            "INSERT INTO deliveries (id, job_id, owner, kind, target, host, created, next_try)
             SELECT ?, id, owner, ?, ?, ?, ?, ? FROM jobs WHERE id = ? AND owner = ?
             ON CONFLICT (job_id, kind, target) WHERE deleted IS NULL DO UPDATE
                 SET tries = 0, error = NULL, done = NULL, next_try = excluded.next_try
                 WHERE (SELECT state FROM jobs WHERE jobs.id = job_id)
                     NOT IN ('completed', 'failed', 'cancelled')",
        )
        .bind(format!("msg_{}", Uuid::now_v7().simple()))
        .bind(asked.kind)
        .bind(asked.target)
        .bind(asked.host)
        .bind(now)
        .bind(now)
        .bind(job)
        .bind(owner)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(true)
    }

    /// Returns the deliveries of a job of this owner.
    pub async fn deliveries(&self, owner: &str, job: &str) -> Result<Vec<DeliveryRecord>> {
        Ok(sqlx::query_as(
            "SELECT * FROM deliveries WHERE job_id = ? AND owner = ? AND deleted IS NULL
             ORDER BY created, id",
        )
        .bind(job)
        .bind(owner)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Returns the deliveries that are due, those that have waited longest first. The limits apply
    /// to all owners, to each owner, and to each owner's deliveries to one host, so slow receivers
    /// do not hold up the others.
    pub async fn due_deliveries(&self, limits: DeliveryLimits) -> Result<Vec<DeliveryRecord>> {
        Ok(sqlx::query_as(
            "SELECT * FROM (
                 SELECT *, row_number() OVER (PARTITION BY owner ORDER BY next_try, id) AS number
                 FROM (
                     SELECT deliveries.*, row_number() OVER (
                         PARTITION BY deliveries.owner, host ORDER BY next_try, deliveries.id
                     ) AS place
                     FROM deliveries LEFT JOIN jobs ON jobs.id = job_id AND deleted IS NULL
                     WHERE done IS NULL AND next_try <= ?
                         AND (deleted IS NOT NULL OR state IN ('completed', 'failed', 'cancelled')))
                 WHERE place <= ?)
             WHERE number <= ? ORDER BY next_try LIMIT ?",
        )
        .bind(clock::now())
        .bind(limits.per_host)
        .bind(limits.per_owner)
        .bind(limits.total)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Records the outcome of a try.
    pub async fn note_delivery(&self, id: &str, outcome: &DeliveryOutcome) -> Result<()> {
        let now = clock::now();
        let (error, done, next) = match outcome {
            DeliveryOutcome::Done => (None, Some(now), now),
            DeliveryOutcome::GivenUp(why) => (Some(why), Some(now), now),
            DeliveryOutcome::Again(why, next) => (Some(why), None, *next),
        };
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE deliveries SET tries = tries + 1, error = ?, done = ?, next_try = ?
             WHERE id = ?",
        )
        .bind(error)
        .bind(done)
        .bind(next)
        .bind(id)
        .execute(&mut *write)
        .await?;
        // The job was deleted, so nobody can ask for the outcome any more.
        sqlx::query(
            "DELETE FROM deliveries WHERE id = ? AND deleted IS NOT NULL AND done IS NOT NULL",
        )
        .bind(id)
        .execute(&mut *write)
        .await?;
        write.commit().await
    }
}
