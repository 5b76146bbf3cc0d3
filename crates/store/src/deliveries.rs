//! Who is to be told of jobs that have ended.

use api::Job;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Store};
use crate::clock;

/// Somebody who is to be told of a job.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeliveryRecord {
    /// Its id, which receivers tell repetitions by.
    pub id: String,
    /// The job that it is about.
    pub job_id: String,
    /// `webhook` or `email`.
    pub kind: String,
    /// The URL or address that it goes to.
    pub target: String,
    /// How often it has been tried.
    pub tries: i64,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it arrived or was given up.
    pub done: Option<DateTime<Utc>>,
    /// The job as it was when it was deleted, if it was.
    #[sqlx(json(nullable))]
    pub payload: Option<Job>,
}

/// Somebody who wants to be told of a job.
#[derive(Debug)]
pub struct NewDelivery<'a> {
    /// `webhook` or `email`.
    pub kind: &'a str,
    /// The URL or address that it goes to.
    pub target: &'a str,
    /// Whom to ask for it.
    pub host: &'a str,
}

/// How many deliveries are tried at the same time.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryLimits {
    /// Of all owners.
    pub total: u32,
    /// Of one owner.
    pub per_owner: u32,
    /// Of one owner to one host.
    pub per_host: u32,
}

/// What became of a try.
pub enum DeliveryOutcome {
    /// It arrived.
    Done,
    /// It failed for good, and why.
    GivenUp(String),
    /// It failed, why, and when to try again.
    Again(String, DateTime<Utc>),
}

impl Store {
    /// Notes that somebody is to be told when a job of this owner ends; again, if it is run again.
    /// Returns false if there are `most` already.
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
        // Whoever asks again about a job that is over was told already.
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

    /// Who is told of a job of this owner.
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

    /// Who is to be told now, those who have waited longest first: so many in all, of one owner, and
    /// of one owner at one host, so that some who are slow do not keep the others.
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

    /// Notes what became of a try.
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
        // Nobody can ask how it went any more.
        sqlx::query(
            "DELETE FROM deliveries WHERE id = ? AND deleted IS NOT NULL AND done IS NOT NULL",
        )
        .bind(id)
        .execute(&mut *write)
        .await?;
        write.commit().await
    }
}
