//! Jobs. Their states are changed by [`Store::change_job`] only, and that is called by
//! `jobs/state.rs` only.

use api::{Job, JobEvent, JobState, Progress};
use chrono::{DateTime, Utc};
use hyphy::{names::Renamed, request::Parameters};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, types::Json};

use super::{Page, Result, Store, events};
use crate::clock;

/// A job as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct JobRow {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) method: String,
    pub(crate) parameters: Json<Parameters>,
    pub(crate) alignment_id: Option<String>,
    pub(crate) tree_id: Option<String>,
    #[sqlx(try_from = "String")]
    pub(crate) state: State,
    pub(crate) error_message: Option<String>,
    pub(crate) warnings: Json<Vec<String>>,
    pub(crate) progress: Option<Json<Progress>>,
    pub(crate) attempts: i64,
    pub(crate) attempt_name: Option<String>,
    pub(crate) handle: Option<String>,
    pub(crate) result_sha256: Option<String>,
    pub(crate) tolerant: bool,
    pub(crate) sandbox: Option<String>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) started: Option<DateTime<Utc>>,
    pub(crate) ended: Option<DateTime<Utc>>,
    pub(crate) updated: Option<DateTime<Utc>>,
    pub(crate) expected_seconds: Option<f64>,
}

/// What the queue knows of a job that is not over.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Unfinished {
    #[sqlx(try_from = "String")]
    pub(crate) state: State,
    pub(crate) started: Option<DateTime<Utc>>,
    created: DateTime<Utc>,
    updated: Option<DateTime<Utc>>,
    pub(crate) expected_seconds: Option<f64>,
}

impl Unfinished {
    /// When it last changed.
    pub(crate) fn changed(&self) -> DateTime<Utc> {
        self.updated.unwrap_or(self.created)
    }
}

/// [`JobState`] as the database spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State(pub(crate) JobState);

impl TryFrom<String> for State {
    type Error = String;

    fn try_from(word: String) -> std::result::Result<Self, String> {
        let found = JobState::ALL.into_iter().find(|state| state.word() == word);
        found
            .map(Self)
            .ok_or_else(|| format!("the database has a job in state {word}"))
    }
}

/// A job to be added.
#[derive(Debug)]
pub(crate) struct NewJob {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) method: &'static str,
    pub(crate) parameters: Parameters,
    pub(crate) alignment_id: Option<String>,
    pub(crate) tree_id: Option<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) renamed: Renamed,
    /// Seconds that it is expected to take.
    pub(crate) expected_seconds: f64,
}

/// What changes with a job's state. What is `None` stays as it is.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub(crate) attempt_name: Option<String>,
    pub(crate) handle: Option<String>,
    pub(crate) started: Option<DateTime<Utc>>,
    pub(crate) ended: Option<DateTime<Utc>>,
    pub(crate) error_message: Option<String>,
    pub(crate) result_sha256: Option<String>,
    pub(crate) sandbox: Option<String>,
    pub(crate) warning: Option<String>,
    /// Run it with numerical errors tolerated from now on.
    pub(crate) tolerant: bool,
    /// Forget everything about the attempt before.
    pub(crate) anew: bool,
    /// Do not count the attempt before.
    pub(crate) uncounted: bool,
    /// Count attempts from the beginning.
    pub(crate) recounted: bool,
    /// Only if it is this owner's.
    pub(crate) owner: Option<String>,
    /// Only if fewer of its owner's jobs wait.
    pub(crate) most_waiting: Option<u32>,
}

/// What became of a job that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    Yes,
    /// It is there already.
    Known,
    /// So many of its owner's jobs wait, which is as many as may.
    Full(u64),
}

impl JobRow {
    /// When the job last changed.
    pub(crate) fn changed(&self) -> DateTime<Utc> {
        self.updated.unwrap_or(self.created)
    }

    /// Seconds that a running job will still take, if it goes on as it has.
    fn remaining_seconds(&self) -> Option<f64> {
        const SURE_FROM: f64 = 1.0 / 3.0;
        let running = self.state.0 == JobState::Running;
        let started = self.started.filter(|_| running)?;
        let fraction = self.progress.as_ref()?.fraction;
        let elapsed = (self.changed() - started).as_seconds_f64();
        (fraction >= SURE_FROM).then(|| elapsed * (1.0 - fraction) / fraction)
    }

    /// The job as it is shown.
    pub(crate) fn into_shown(self) -> Job {
        let state = self.state.0;
        let remaining_seconds = self.remaining_seconds();
        // As of the last change: what is shown changes with the job, not with the clock.
        let updated = self.changed();
        let elapsed = self
            .started
            .map(|from| self.ended.unwrap_or(updated.max(from)) - from);
        Job {
            job_id_camel: self.id.clone(),
            job_id: self.id,
            status: state.status(),
            state,
            method: self.method,
            alignment_id: self.alignment_id,
            tree_id: self.tree_id,
            parameters: serde_json::to_value(&self.parameters.0).unwrap_or_default(),
            error_message: self.error_message,
            warnings: self.warnings.0,
            sandbox: self.sandbox,
            queue: None,
            progress: self.progress.map(|progress| progress.0),
            elapsed_seconds: elapsed.map(|time| time.as_seconds_f64()),
            remaining_seconds,
            created: self.created,
            started: self.started,
            ended: self.ended,
            updated,
        }
    }

    pub(super) fn event(&self) -> JobEvent {
        JobEvent {
            job_id: self.id.clone(),
            at: self.changed(),
            state: self.state.0,
            status: self.state.0.status(),
            progress: self.progress.as_ref().map(|progress| progress.0.clone()),
            remaining_seconds: self.remaining_seconds(),
            error_message: self.error_message.clone(),
        }
    }
}

impl Store {
    /// Adds a job and its first event, if fewer than `most` of its owner's wait.
    pub(crate) async fn add_job(&self, job: &NewJob, most: Option<u32>) -> Result<Added> {
        let mut write = self.write().await?;
        // There is one writer: nobody adds another between counting and adding.
        let waiting = waiting(&mut write, &job.owner).await?;
        let added: Option<JobRow> = sqlx::query_as(
            "INSERT INTO jobs (id, owner, method, parameters, alignment_id, tree_id, state, warnings, created, updated,
                 expected_seconds)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10) ON CONFLICT (id) DO NOTHING RETURNING *",
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
        .fetch_optional(&mut *write)
        .await?;
        if added.is_some() && most.is_some_and(|most| waiting >= u64::from(most)) {
            write.roll_back().await?;
            return Ok(Added::Full(waiting));
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
            Added::Yes
        } else {
            Added::Known
        })
    }

    /// Moves a job to a state if it is in one of the states `from`. Returns it as it is then, or
    /// `None` if it was in another state.
    pub(crate) async fn change_job(
        &self,
        id: &str,
        from: &[JobState],
        to: JobState,
        change: Change,
    ) -> Result<Option<JobRow>> {
        let mut write = self.write().await?;
        let Some(mut row) = changeable(&mut write, id, from, &change).await? else {
            write.roll_back().await?;
            return Ok(None);
        };
        if change.anew {
            (row.handle, row.started, row.ended, row.progress) = (None, None, None, None);
            (row.error_message, row.result_sha256, row.sandbox) = (None, None, None);
        }
        if change.attempt_name.is_some() {
            row.attempts += 1;
        }
        if change.recounted {
            row.attempts = 0;
        }
        if change.uncounted {
            row.attempts -= 1;
        }
        let moved = row.state.0 != to;
        row.state = State(to);
        row.updated = Some(clock::now());
        row.attempt_name = change.attempt_name.or(row.attempt_name);
        row.handle = change.handle.or(row.handle);
        row.started = change.started.or(row.started);
        row.ended = change.ended.or(row.ended);
        row.error_message = change.error_message.or(row.error_message);
        row.result_sha256 = change.result_sha256.or(row.result_sha256);
        row.tolerant |= change.tolerant;
        row.sandbox = change.sandbox.or(row.sandbox);
        row.warnings.0.extend(change.warning);
        if to == JobState::Completed
            && let Some(progress) = &mut row.progress
        {
            progress.fraction = 1.0;
        }
        sqlx::query(
            "UPDATE jobs SET state = ?, attempts = ?, attempt_name = ?, handle = ?, started = ?,
                 ended = ?, progress = ?, error_message = ?, result_sha256 = ?, warnings = ?,
                 sandbox = ?, tolerant = ?, updated = ? WHERE id = ?",
        )
        .bind(to.word())
        .bind(row.attempts)
        .bind(&row.attempt_name)
        .bind(&row.handle)
        .bind(row.started)
        .bind(row.ended)
        .bind(&row.progress)
        .bind(&row.error_message)
        .bind(&row.result_sha256)
        .bind(&row.warnings)
        .bind(&row.sandbox)
        .bind(row.tolerant)
        .bind(row.updated)
        .bind(id)
        .execute(&mut *write)
        .await?;
        if moved {
            events::add(&mut write, &row.owner, "state", &row.event()).await?;
        }
        write.commit().await?;
        Ok(Some(row))
    }

    /// Notes how far a running job is.
    pub(crate) async fn note_progress(&self, id: &str, progress: &Progress) -> Result<()> {
        let mut write = self.write().await?;
        let row: Option<JobRow> = sqlx::query_as(
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

    /// A job of this owner.
    pub(crate) async fn job(&self, owner: &str, id: &str) -> Result<Option<JobRow>> {
        sqlx::query_as("SELECT * FROM jobs WHERE id = ? AND owner = ?")
            .bind(id)
            .bind(owner)
            .fetch_optional(&self.readers)
            .await
    }

    /// A job, whoever's it is.
    pub(crate) async fn job_by_id(&self, id: &str) -> Result<Option<JobRow>> {
        sqlx::query_as("SELECT * FROM jobs WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await
    }

    /// Names that the engine was given in place of the user's, for a job of this owner.
    pub(crate) async fn renamed(&self, owner: &str, id: &str) -> Result<Renamed> {
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

    /// A page of the jobs of this owner that have all the given properties.
    pub(crate) async fn jobs(
        &self,
        owner: &str,
        filter: &api::JobFilter,
        page: &Page,
    ) -> Result<Vec<JobRow>> {
        let wanted = |state: &JobState| {
            filter.status.is_none_or(|status| state.status() == status)
                && filter.state.is_none_or(|one| *state == one)
        };
        let any = filter.status.is_none() && filter.state.is_none();
        let states: Vec<Option<JobState>> = if any {
            vec![None]
        } else {
            let wanted = JobState::ALL.into_iter().filter(wanted);
            wanted.map(Some).collect()
        };
        if states.is_empty() {
            return Ok(Vec::new());
        }
        // A part for each state: each is read in order by an index, and they are merged. With all in
        // one, SQLite goes through all jobs of the owner where few are in one of the states.
        let mut query = QueryBuilder::new("");
        for (place, state) in states.into_iter().enumerate() {
            if place > 0 {
                query.push(" UNION ALL ");
            }
            // Ordered by a column of the result, as parts that are merged have to be.
            query.push("SELECT *, coalesce(updated, created) FROM jobs WHERE ");
            if filter.dataset_id.is_some() {
                // By the index of datasets, which a dataset's few jobs are found by.
                query.push("+");
            }
            query.push("owner = ").push_bind(owner);
            if let Some(state) = state {
                query.push(" AND state = ").push_bind(state.word());
            }
            matching(&mut query, filter);
            page.add_place(&mut query);
        }
        page.add_order(&mut query);
        query.build_query_as().fetch_all(&self.readers).await
    }

    /// Those of many jobs that are this owner's, in the order of `ids`.
    pub(crate) async fn jobs_of(&self, owner: &str, ids: &[String]) -> Result<Vec<JobRow>> {
        sqlx::query_as(
            "SELECT jobs.* FROM json_each(?) AS asked JOIN jobs ON jobs.id = asked.value
             WHERE owner = ? ORDER BY asked.key",
        )
        .bind(Json(ids))
        .bind(owner)
        .fetch_all(&self.readers)
        .await
    }

    /// The job that has waited longest, of those that are not to wait yet and whose owners have fewer
    /// than `most` at work.
    pub(crate) async fn oldest_queued(
        &self,
        most: Option<u32>,
        not_yet: &[String],
    ) -> Result<Option<JobRow>> {
        sqlx::query_as(
            "SELECT * FROM jobs WHERE state = ?1 AND (?2 IS NULL OR ?2 > (
                 SELECT count(*) FROM jobs AS busy
                 WHERE busy.state IN ('submitting', 'running') AND busy.owner = jobs.owner))
                 AND id NOT IN (SELECT value FROM json_each(?3))
             ORDER BY created, id LIMIT 1",
        )
        .bind(JobState::Queued.word())
        .bind(most)
        .bind(Json(not_yet))
        .fetch_optional(&self.readers)
        .await
    }

    /// Numbers of this owner's jobs that wait, and that are at work.
    pub(crate) async fn unfinished_jobs(&self, owner: &str) -> Result<(u64, u64)> {
        let (waiting, busy): (i64, i64) = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE state = 'queued'),
                 count(*) FILTER (WHERE state IN ('submitting', 'running'))
             FROM jobs WHERE owner = ? AND state IN ('queued', 'submitting', 'running')",
        )
        .bind(owner)
        .fetch_one(&self.readers)
        .await?;
        Ok((waiting.unsigned_abs(), busy.unsigned_abs()))
    }

    /// How many jobs wait, of any owner.
    pub(crate) async fn waiting_jobs(&self) -> Result<u64> {
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM jobs WHERE state = 'queued'")
            .fetch_one(&self.readers)
            .await?;
        Ok(waiting.unsigned_abs())
    }

    /// Unfinished jobs that come before a waiting one, of any owner, at most 10,000.
    pub(crate) async fn unfinished_before(&self, job: &JobRow) -> Result<Vec<Unfinished>> {
        sqlx::query_as(
            "SELECT state, started, created, updated, expected_seconds FROM jobs
             WHERE state = 'running'
                 OR state IN ('queued', 'submitting') AND (created, id) < (?, ?)
             ORDER BY created, id LIMIT 10000",
        )
        .bind(job.created)
        .bind(&job.id)
        .fetch_all(&self.readers)
        .await
    }

    /// Number of jobs that are neither done nor given up, at most 2.
    pub(crate) async fn up_to_2_unfinished(&self) -> Result<usize> {
        let some: Vec<i64> = sqlx::query_scalar(
            "SELECT 1 FROM jobs WHERE state IN ('queued', 'submitting', 'running') LIMIT 2",
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(some.len())
    }

    /// All jobs that have been claimed and not settled.
    pub(crate) async fn in_flight(&self) -> Result<Vec<JobRow>> {
        sqlx::query_as(
            "SELECT * FROM jobs WHERE state IN ('submitting', 'running') ORDER BY created",
        )
        .fetch_all(&self.readers)
        .await
    }
}

/// Adds the conditions of a filter but those on the state.
fn matching(query: &mut QueryBuilder<Sqlite>, filter: &api::JobFilter) {
    for (column, value) in [
        ("alignment_id", &filter.alignment_id),
        ("tree_id", &filter.tree_id),
        ("method", &filter.method),
    ] {
        if let Some(value) = value {
            query.push(format!(" AND {column} = "));
            query.push_bind(value.clone());
        }
    }
    if let Some(id) = &filter.dataset_id {
        query.push(" AND (alignment_id = ").push_bind(id.clone());
        query.push(" OR tree_id = ").push_bind(id.clone()).push(")");
    }
    if let Some(from) = filter.created_after {
        query.push(" AND created >= ").push_bind(from);
    }
    if let Some(until) = filter.created_before {
        query.push(" AND created < ").push_bind(until);
    }
}

/// How many of an owner's jobs wait.
async fn waiting(connection: &mut SqliteConnection, owner: &str) -> Result<u64> {
    let waiting: i64 =
        sqlx::query_scalar("SELECT count(*) FROM jobs WHERE owner = ? AND state = 'queued'")
            .bind(owner)
            .fetch_one(connection)
            .await?;
    Ok(waiting.unsigned_abs())
}

/// The job, if it may be changed so.
async fn changeable(
    connection: &mut SqliteConnection,
    id: &str,
    from: &[JobState],
    change: &Change,
) -> Result<Option<JobRow>> {
    let Some(row) = job(connection, id).await? else {
        return Ok(None);
    };
    let is_anothers = change
        .owner
        .as_ref()
        .is_some_and(|owner| *owner != row.owner);
    if is_anothers || !from.contains(&row.state.0) {
        return Ok(None);
    }
    if let Some(most) = change.most_waiting
        && waiting(connection, &row.owner).await? >= u64::from(most)
    {
        return Ok(None);
    }
    Ok(Some(row))
}

async fn job(connection: &mut SqliteConnection, id: &str) -> Result<Option<JobRow>> {
    sqlx::query_as("SELECT * FROM jobs WHERE id = ?")
        .bind(id)
        .fetch_optional(connection)
        .await
}
