//! Questions about the queue. Held jobs are not in it.

use api::JobState;
use chrono::{DateTime, Utc};
use hyphy::EngineKind;
use sqlx::types::Json;

use super::{
    JobRecord, Result, Store,
    jobs::{EngineWord, StateWord},
};

/// What the queue needs to know about an unfinished job.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UnfinishedJob {
    /// Its state.
    #[sqlx(try_from = "StateWord")]
    pub state: JobState,
    /// The engine that runs it.
    #[sqlx(try_from = "EngineWord")]
    pub engine: EngineKind,
    /// When it began to run.
    pub started: Option<DateTime<Utc>>,
    created: DateTime<Utc>,
    updated: Option<DateTime<Utc>>,
    /// Estimated run time in seconds.
    pub expected_seconds: Option<f64>,
}

/// Which queued jobs may run.
#[derive(Debug, Clone, Copy)]
pub struct MayRun<'a> {
    /// Those of these engines,
    pub engines: &'a [EngineKind],
    /// of owners with fewer jobs in progress,
    pub most: Option<u32>,
    /// which are none of these,
    pub not_yet: &'a [String],
    /// and which are expected to take at most so many seconds, while no other job of their engine that
    /// is as short is in progress.
    pub short: Option<f64>,
}

impl UnfinishedJob {
    /// Returns when it last changed.
    pub fn changed(&self) -> DateTime<Utc> {
        self.updated.unwrap_or(self.created)
    }
}

impl Store {
    /// Returns the number of unfinished jobs of all owners, by analysis and state.
    pub async fn unfinished_by_analysis(&self) -> Result<Vec<(String, JobState, u64)>> {
        let rows: Vec<(String, StateWord, i64)> = sqlx::query_as(
            "SELECT method, state, count(*) FROM jobs
             WHERE state IN ('queued', 'submitting', 'running')
                 AND id NOT IN (SELECT id FROM held_jobs)
             GROUP BY method, state",
        )
        .fetch_all(&self.readers)
        .await?;
        let read = |(method, word, count): (String, StateWord, i64)| {
            let state = JobState::try_from(word).ok()?;
            Some((method, state, count.unsigned_abs()))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Returns the job that has been queued longest of those that may run.
    pub async fn oldest_queued(&self, may_run: &MayRun<'_>) -> Result<Option<JobRecord>> {
        Ok(sqlx::query_as(
            "SELECT * FROM jobs WHERE state = ?1 AND (?2 IS NULL OR ?2 > (
                 SELECT count(*) FROM jobs AS busy
                 WHERE busy.state IN ('submitting', 'running') AND busy.owner = jobs.owner))
                 AND id NOT IN (SELECT value FROM json_each(?3))
                 AND id NOT IN (SELECT id FROM held_jobs)
                 AND engine IN (SELECT value FROM json_each(?4))
                 AND (?5 IS NULL OR expected_seconds <= ?5 AND NOT EXISTS (
                     SELECT 1 FROM jobs AS short WHERE short.state IN ('submitting', 'running')
                         AND short.engine = jobs.engine AND short.expected_seconds <= ?5))
             ORDER BY created, id LIMIT 1",
        )
        .bind(JobState::Queued.word())
        .bind(may_run.most)
        .bind(Json(may_run.not_yet))
        .bind(Json(may_run.engines))
        .bind(may_run.short)
        .fetch_optional(&self.readers)
        .await?)
    }

    /// Returns the numbers of this owner's jobs that are queued and in progress.
    pub async fn unfinished_jobs(&self, owner: &str) -> Result<(u64, u64)> {
        let (waiting, busy): (i64, i64) = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE state = 'queued'),
                 count(*) FILTER (WHERE state IN ('submitting', 'running'))
             FROM jobs WHERE owner = ? AND state IN ('queued', 'submitting', 'running')
                 AND id NOT IN (SELECT id FROM held_jobs)",
        )
        .bind(owner)
        .fetch_one(&self.readers)
        .await?;
        Ok((waiting.unsigned_abs(), busy.unsigned_abs()))
    }

    /// Returns the number of queued jobs of all owners.
    pub async fn waiting_jobs(&self) -> Result<u64> {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM jobs
             WHERE state = 'queued' AND id NOT IN (SELECT id FROM held_jobs)",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(waiting.unsigned_abs())
    }

    /// Returns at most 10,000 unfinished jobs of any owner that come before a queued one.
    pub async fn unfinished_before(&self, job: &JobRecord) -> Result<Vec<UnfinishedJob>> {
        Ok(sqlx::query_as(
            "SELECT state, engine, started, created, updated, expected_seconds FROM jobs
             WHERE state = 'running'
                 OR state IN ('queued', 'submitting') AND (created, id) < (?, ?)
                     AND id NOT IN (SELECT id FROM held_jobs)
             ORDER BY created, id LIMIT 10000",
        )
        .bind(job.created)
        .bind(&job.id)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Counts the unfinished jobs of all owners, up to `limit`.
    pub async fn count_unfinished(&self, limit: u32) -> Result<usize> {
        let some: Vec<i64> = sqlx::query_scalar(
            "SELECT 1 FROM jobs WHERE state IN ('queued', 'submitting', 'running') LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        Ok(some.len())
    }
}
