//! Jobs. Only [`Store::change_job`] changes their states, and only `jobs/state.rs` calls it.

mod list;
mod record;

use api::{FailureCode, JobState, Progress};
use chrono::{DateTime, Utc};
use hyphy::{EngineKind, names::Renamed, parameters::Parameters};
use sqlx::{SqliteConnection, types::Json};

use crate::{
    EstimateState, Result, Store, clock, events,
    held::{StepOfScreen, hold, is_only_holder},
};

pub use record::JobRecord;
pub(crate) use record::{EngineWord, StateWord};

/// Why a job has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind of cause.
    pub code: FailureCode,
    /// A sentence for people.
    pub message: String,
}

/// A job to add.
#[derive(Debug)]
pub struct NewJob {
    /// Its id: the hash of the owner's canonical request.
    pub id: String,
    /// The session that it belongs to.
    pub owner: String,
    /// Id of the analysis.
    pub method: &'static str,
    /// The engine that runs it.
    pub engine: EngineKind,
    /// The canonical request.
    pub parameters: Parameters,
    /// Dataset of the alignment.
    pub alignment_id: Option<String>,
    /// Dataset of the tree.
    pub tree_id: Option<String>,
    /// Human-readable warnings.
    pub warnings: Vec<String>,
    /// Names that HyPhy receives in place of the user's.
    pub renamed: Renamed,
    /// Estimated run time in seconds.
    pub expected_seconds: f64,
    /// Whether it gets an estimate.
    pub estimate: bool,
    /// Id of the request that starts it.
    pub request_id: Option<String>,
    /// The step of a screen that holds it.
    pub held_by: Option<StepOfScreen>,
}

/// Id of a request, if it has one.
pub type RequestId = Option<String>;

/// The changes that accompany a change of state. Fields that are `None` do not change.
#[derive(Debug, Default)]
pub struct Transition {
    /// Name of a new attempt. It counts towards the limit.
    pub attempt_name: Option<String>,
    /// The scheduler's handle of the attempt.
    pub handle: Option<String>,
    /// When the attempt began to run.
    pub started: Option<DateTime<Utc>>,
    /// When the job became final.
    pub ended: Option<DateTime<Utc>>,
    /// Why it has no result.
    pub failure: Option<Failure>,
    /// SHA-256 of its result, in hexadecimal.
    pub result_sha256: Option<String>,
    /// The level of confinement of the attempt.
    pub sandbox: Option<String>,
    /// Human-readable warnings to add.
    pub warnings: Vec<String>,
    /// Whether to tolerate numerical errors from now on.
    pub tolerant: bool,
    /// Whether to start searches at more points from now on.
    pub more_starting_points: bool,
    /// Whether to clear everything about the previous attempt.
    pub reset_attempt: bool,
    /// Whether to leave the previous attempt out of the count.
    pub refund_attempt: bool,
    /// Id of a request that starts the job again, which resets the count of attempts.
    pub restarted_by: Option<RequestId>,
    /// Change the job only if it belongs to this owner.
    pub owner: Option<String>,
    /// Change the job only if fewer of its owner's jobs are queued.
    pub max_queued: Option<u32>,
    /// Change the job only if this step of a screen holds it, and no other.
    pub held_by: Option<StepOfScreen>,
}

/// The outcome of adding a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddJob {
    /// The job is new.
    Added,
    /// A job with this id exists already.
    AlreadyThere,
    /// The owner's queue is full, with this many jobs.
    QueueFull(u64),
    /// The step that would hold it waits no more.
    NotHeld,
}

impl Store {
    /// Adds a job and its first event, if fewer than `most` of its owner's jobs are queued.
    pub async fn add_job(&self, job: &NewJob, most: Option<u32>) -> Result<AddJob> {
        let mut write = self.write().await?;
        // There is only one writer, so no other job is added between counting and adding.
        let waiting = waiting(&mut write, &job.owner).await?;
        let estimate = if job.estimate {
            EstimateState::Waiting
        } else {
            EstimateState::Absent
        };
        let added: Option<JobRecord> = sqlx::query_as(
            "INSERT INTO jobs (id, owner, method, parameters, alignment_id, tree_id, state, warnings, created, updated,
                 expected_seconds, engine, estimate_state, request_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (id) DO NOTHING RETURNING *",
        )
        .bind(&job.id)
        .bind(&job.owner)
        .bind(job.method)
        .bind(Json(&job.parameters))
        .bind(&job.alignment_id)
        .bind(&job.tree_id)
        .bind(JobState::Queued.word())
        .bind(Json(&job.warnings))
        .bind(clock::now())
        .bind(job.expected_seconds)
        .bind(job.engine.word())
        .bind(estimate.word())
        .bind(&job.request_id)
        .fetch_optional(&mut *write)
        .await?;
        if added.is_some() && most.is_some_and(|most| waiting >= u64::from(most)) {
            write.roll_back().await?;
            return Ok(AddJob::QueueFull(waiting));
        }
        if let Some(step) = job.held_by.as_ref().filter(|_| added.is_some())
            && !hold(&mut write, step, &job.id).await?
        {
            write.roll_back().await?;
            return Ok(AddJob::NotHeld);
        }
        if added.is_some() && !job.renamed.is_empty() {
            sqlx::query("INSERT INTO renamings (job_id, names) VALUES (?, ?)")
                .bind(&job.id)
                .bind(Json(&job.renamed))
                .execute(&mut *write)
                .await?;
        }
        if let Some(job) = &added {
            events::add(&mut write, &job.owner, "state", &job.event()).await?;
        }
        write.commit().await?;
        Ok(if added.is_some() {
            AddJob::Added
        } else {
            AddJob::AlreadyThere
        })
    }

    /// Changes the state of a job if it is in one of the states `from`. Returns the changed job, or
    /// `None` if it was in another state.
    pub async fn change_job(
        &self,
        id: &str,
        from: &[JobState],
        to: JobState,
        change: Transition,
    ) -> Result<Option<JobRecord>> {
        let mut write = self.write().await?;
        let Some(mut row) = changeable(&mut write, id, from, &change).await? else {
            write.roll_back().await?;
            return Ok(None);
        };
        if change.reset_attempt {
            (row.handle, row.started, row.ended, row.progress) = (None, None, None, None);
            (row.error_message, row.result_sha256, row.sandbox) = (None, None, None);
            row.error_code = None;
        }
        if change.attempt_name.is_some() {
            row.attempts += 1;
        }
        if let Some(request) = change.restarted_by {
            row.attempts = 0;
            row.request_id = request;
            row.requested = Some(clock::now());
        }
        if change.refund_attempt {
            row.attempts -= 1;
        }
        let moved = row.state != to;
        row.state = to;
        row.updated = Some(clock::now());
        row.attempt_name = change.attempt_name.or(row.attempt_name);
        row.handle = change.handle.or(row.handle);
        row.started = change.started.or(row.started);
        row.ended = change.ended.or(row.ended);
        if let Some(Failure { code, message }) = change.failure {
            row.error_code = Some(code.word().to_owned());
            row.error_message = Some(message);
        }
        row.result_sha256 = change.result_sha256.or(row.result_sha256);
        row.tolerant |= change.tolerant;
        row.sandbox = change.sandbox.or(row.sandbox);
        for warning in change.warnings {
            if !row.warnings.contains(&warning) {
                row.warnings.push(warning);
            }
        }
        row.more_starting_points |= change.more_starting_points;
        if to == JobState::Completed
            && let Some(progress) = &mut row.progress
        {
            progress.fraction = 1.0;
        }
        sqlx::query(
            "UPDATE jobs SET state = ?, attempts = ?, attempt_name = ?, handle = ?, started = ?,
                 ended = ?, progress = ?, error_message = ?, error_code = ?, result_sha256 = ?,
                 warnings = ?, sandbox = ?, tolerant = ?, more_starting_points = ?, updated = ?,
                 request_id = ?, requested = ?
             WHERE id = ?",
        )
        .bind(to.word())
        .bind(row.attempts)
        .bind(&row.attempt_name)
        .bind(&row.handle)
        .bind(row.started)
        .bind(row.ended)
        .bind(row.progress.as_ref().map(Json))
        .bind(&row.error_message)
        .bind(&row.error_code)
        .bind(&row.result_sha256)
        .bind(Json(&row.warnings))
        .bind(&row.sandbox)
        .bind(row.tolerant)
        .bind(row.more_starting_points)
        .bind(row.updated)
        .bind(&row.request_id)
        .bind(row.requested)
        .bind(id)
        .execute(&mut *write)
        .await?;
        if moved {
            events::add(&mut write, &row.owner, "state", &row.event()).await?;
        }
        write.commit().await?;
        Ok(Some(row))
    }

    /// Records the progress of a running job.
    pub async fn note_progress(&self, id: &str, progress: &Progress) -> Result<()> {
        let mut write = self.write().await?;
        let row: Option<JobRecord> = sqlx::query_as(
            "UPDATE jobs SET progress = ?, updated = ? WHERE id = ? AND state = ? RETURNING *",
        )
        .bind(Json(progress))
        .bind(clock::now())
        .bind(id)
        .bind(JobState::Running.word())
        .fetch_optional(&mut *write)
        .await?;
        if let Some(row) = row {
            events::add(&mut write, &row.owner, "progress", &row.event()).await?;
        }
        write.commit().await
    }

    /// Returns a job of this owner.
    pub async fn job(&self, owner: &str, id: &str) -> Result<Option<JobRecord>> {
        Ok(
            sqlx::query_as("SELECT * FROM jobs WHERE id = ? AND owner = ?")
                .bind(id)
                .bind(owner)
                .fetch_optional(&self.readers)
                .await?,
        )
    }

    /// Returns a job of any owner.
    pub async fn job_by_id(&self, id: &str) -> Result<Option<JobRecord>> {
        Ok(sqlx::query_as("SELECT * FROM jobs WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// Returns the names that the engine received in place of the user's, for a job of this owner.
    pub async fn renamed(&self, owner: &str, id: &str) -> Result<Renamed> {
        let names: Option<Json<Renamed>> = sqlx::query_scalar(
            "SELECT names FROM renamings JOIN jobs ON jobs.id = job_id
             WHERE job_id = ? AND owner = ?",
        )
        .bind(id)
        .bind(owner)
        .fetch_optional(&self.readers)
        .await?;
        Ok(names.map(|names| names.0).unwrap_or_default())
    }

    /// Returns those of the given jobs that belong to this owner, in the order of `ids`.
    pub async fn jobs_of(&self, owner: &str, ids: &[String]) -> Result<Vec<JobRecord>> {
        Ok(sqlx::query_as(
            "SELECT jobs.* FROM json_each(?) AS asked JOIN jobs ON jobs.id = asked.value
             WHERE owner = ? ORDER BY asked.key",
        )
        .bind(Json(ids))
        .bind(owner)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Returns all jobs that are claimed but not settled.
    pub async fn in_flight(&self) -> Result<Vec<JobRecord>> {
        Ok(sqlx::query_as(
            "SELECT * FROM jobs WHERE state IN ('submitting', 'running') ORDER BY created",
        )
        .fetch_all(&self.readers)
        .await?)
    }
}

/// Returns the number of an owner's queued jobs.
async fn waiting(connection: &mut SqliteConnection, owner: &str) -> Result<u64> {
    let waiting: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM jobs WHERE owner = ? AND state = 'queued'
                 AND id NOT IN (SELECT id FROM held_jobs)",
    )
    .bind(owner)
    .fetch_one(connection)
    .await?;
    Ok(waiting.unsigned_abs())
}

/// Returns the job if this change is allowed.
async fn changeable(
    connection: &mut SqliteConnection,
    id: &str,
    from: &[JobState],
    change: &Transition,
) -> Result<Option<JobRecord>> {
    let Some(row) = job(connection, id).await? else {
        return Ok(None);
    };
    let is_anothers = change
        .owner
        .as_ref()
        .is_some_and(|owner| *owner != row.owner);
    if is_anothers || !from.contains(&row.state) {
        return Ok(None);
    }
    if let Some(step) = &change.held_by
        && !is_only_holder(connection, step, id).await?
    {
        return Ok(None);
    }
    if let Some(most) = change.max_queued
        && waiting(connection, &row.owner).await? >= u64::from(most)
    {
        return Ok(None);
    }
    Ok(Some(row))
}

async fn job(connection: &mut SqliteConnection, id: &str) -> Result<Option<JobRecord>> {
    Ok(sqlx::query_as("SELECT * FROM jobs WHERE id = ?")
        .bind(id)
        .fetch_optional(connection)
        .await?)
}
