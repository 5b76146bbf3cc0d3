//! Who is to be told of jobs that have ended.

use api::Job;
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Result, Store};
use crate::clock;

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
    /// The job as it was when it was deleted, if it was.
    pub(crate) payload: Option<Json<Job>>,
}

/// Somebody who wants to be told of a job.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) kind: &'a str,
    pub(crate) target: &'a str,
    /// Whom to ask for it.
    pub(crate) host: &'a str,
}

/// What became of a try.
pub(crate) enum Outcome {
    Done,
    GivenUp(String),
    Again(String, DateTime<Utc>),
}

impl Store {
    /// Notes that somebody is to be told when a job of this owner ends; again, if it is run again.
    /// Returns false if there are `most` already.
    pub(crate) async fn add_delivery(
        &self,
        owner: &str,
        job: &str,
        asked: &Asked<'_>,
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
    pub(crate) async fn deliveries(&self, owner: &str, job: &str) -> Result<Vec<DeliveryRow>> {
        sqlx::query_as(
            "SELECT * FROM deliveries WHERE job_id = ? AND owner = ? AND deleted IS NULL
             ORDER BY created, id",
        )
        .bind(job)
        .bind(owner)
        .fetch_all(&self.readers)
        .await
    }

    /// Who is to be told now, those who have waited longest first: so many in all, of one owner, and
    /// of one owner at one host, so that some who are slow do not keep the others.
    pub(crate) async fn due_deliveries(
        &self,
        [in_all, of_owner, at_host]: [u32; 3],
    ) -> Result<Vec<DeliveryRow>> {
        sqlx::query_as(
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
        .bind(at_host)
        .bind(of_owner)
        .bind(in_all)
        .fetch_all(&self.readers)
        .await
    }

    /// Notes what became of a try.
    pub(crate) async fn note_delivery(&self, id: &str, outcome: &Outcome) -> Result<()> {
        let now = clock::now();
        let (error, done, next) = match outcome {
            Outcome::Done => (None, Some(now), now),
            Outcome::GivenUp(why) => (Some(why), Some(now), now),
            Outcome::Again(why, next) => (Some(why), None, *next),
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
