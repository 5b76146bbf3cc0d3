//! A job as stored in the database, and as the API shows it.

use api::{FailureCode, Job, JobEvent, JobState, Progress};
use chrono::{DateTime, Utc};
use hyphy::{EngineKind, parameters::Parameters};

use crate::EstimateRecord;

/// A job as stored in the database.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct JobRecord {
    /// Its id: the hash of the owner's canonical request.
    pub id: String,
    /// The session that it belongs to.
    pub owner: String,
    /// Id of the analysis.
    pub method: String,
    /// The engine that runs it.
    #[sqlx(try_from = "EngineWord")]
    pub engine: EngineKind,
    /// The version of HyPhy that last ran it. `None` if another engine did, or an earlier version of the service.
    pub hyphy_version: Option<String>,
    /// The canonical request.
    #[sqlx(json)]
    pub parameters: Parameters,
    /// Dataset of the alignment.
    pub alignment_id: Option<String>,
    /// Dataset of the tree.
    pub tree_id: Option<String>,
    /// Its state.
    #[sqlx(try_from = "StateWord")]
    pub state: JobState,
    /// A human-readable reason for the failure.
    pub error_message: Option<String>,
    /// The kind of failure: the word of a [`FailureCode`].
    pub error_code: Option<String>,
    /// Human-readable warnings.
    #[sqlx(json)]
    pub warnings: Vec<String>,
    /// Its progress.
    #[sqlx(json(nullable))]
    pub progress: Option<Progress>,
    /// How many attempts count towards the limit.
    pub attempts: i64,
    /// Name of the last attempt.
    pub attempt_name: Option<String>,
    /// The scheduler's handle of the last attempt.
    pub handle: Option<String>,
    /// SHA-256 of its result, in hexadecimal: the name of the file.
    pub result_sha256: Option<String>,
    /// Whether HyPhy continues after numerical errors.
    pub tolerant: bool,
    /// Whether HyPhy starts its searches at more points than requested.
    pub more_starting_points: bool,
    /// The level of confinement of the last attempt.
    pub sandbox: Option<String>,
    /// When it was added.
    pub created: DateTime<Utc>,
    /// When the last attempt began to run.
    pub started: Option<DateTime<Utc>>,
    /// When it became final.
    pub ended: Option<DateTime<Utc>>,
    /// When it last changed; `None` if it has never changed.
    pub updated: Option<DateTime<Utc>>,
    /// Estimated run time in seconds.
    pub expected_seconds: Option<f64>,
    /// What its owner calls it.
    pub name: Option<String>,
    /// Its owner's tags.
    #[sqlx(json)]
    pub tags: Vec<String>,
    /// Id of the request that started it, or last started it again.
    pub request_id: Option<String>,
    /// When that was; `None` if it was when the job was added.
    pub requested: Option<DateTime<Utc>>,
    /// Its estimate.
    #[sqlx(flatten)]
    pub estimate: EstimateRecord,
}

impl JobRecord {
    /// Returns when the job last changed.
    pub fn changed(&self) -> DateTime<Utc> {
        self.updated.unwrap_or(self.created)
    }

    /// Returns when a request last put the job into the queue.
    pub fn requested(&self) -> DateTime<Utc> {
        self.requested.unwrap_or(self.created)
    }

    /// Returns whether the service inferred the tree, since none was given.
    pub fn has_inferred_tree(&self) -> bool {
        self.tree_id.is_some() && self.parameters.text("tree").is_none()
    }

    /// Estimates how many seconds a running job still needs, if it continues at the same rate.
    fn remaining_seconds(&self) -> Option<f64> {
        const SURE_FROM: f64 = 1.0 / 3.0;
        let running = self.state == JobState::Running;
        let started = self.started.filter(|_| running)?;
        let fraction = self.progress.as_ref()?.fraction;
        let elapsed = (self.changed() - started).as_seconds_f64();
        (fraction >= SURE_FROM).then(|| elapsed * (1.0 - fraction) / fraction)
    }

    /// Converts the row to the API's form.
    pub fn into_shown(self) -> Job {
        let state = self.state;
        let remaining_seconds = self.remaining_seconds();
        // This is the time of the last change, so that the output changes with the job, not with
        // the clock.
        let updated = self.changed();
        let elapsed = self
            .started
            .map(|from| self.ended.unwrap_or(updated.max(from)) - from);
        Job {
            job_id_camel: self.id.clone(),
            job_id: self.id,
            status: state.status(),
            state,
            name: self.name,
            tags: self.tags,
            analysis: hyphy::methods::find(&self.method)
                .map_or_else(|| self.method.clone(), |analysis| analysis.name.to_owned()),
            method: self.method,
            engine: self.engine.word().to_owned(),
            alignment_id: self.alignment_id,
            tree_id: self.tree_id,
            parameters: serde_json::to_value(&self.parameters).unwrap_or_default(),
            error_message: self.error_message,
            error_code: self.error_code.as_deref().and_then(FailureCode::from_word),
            warnings: self.warnings,
            sandbox: self.sandbox,
            queue: None,
            progress: self.progress,
            estimate: self.estimate.shown(),
            elapsed_seconds: elapsed.map(|time| time.as_seconds_f64()),
            remaining_seconds,
            created: self.created,
            started: self.started,
            ended: self.ended,
            updated,
            request_id: self.request_id,
        }
    }

    pub(crate) fn event(&self) -> JobEvent {
        JobEvent {
            job_id: self.id.clone(),
            at: self.changed(),
            state: self.state,
            status: self.state.status(),
            progress: self.progress.clone(),
            estimate: self.estimate.shown(),
            remaining_seconds: self.remaining_seconds(),
            error_message: self.error_message.clone(),
        }
    }
}

/// [`JobState`] as the database spells it.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct StateWord(String);

impl TryFrom<StateWord> for JobState {
    type Error = String;

    fn try_from(StateWord(word): StateWord) -> std::result::Result<Self, String> {
        let found = Self::ALL.into_iter().find(|state| state.word() == word);
        found.ok_or_else(|| format!("the database has a job in state {word}"))
    }
}

/// [`EngineKind`] as the database spells it.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct EngineWord(String);

impl TryFrom<EngineWord> for EngineKind {
    type Error = String;

    fn try_from(EngineWord(word): EngineWord) -> std::result::Result<Self, String> {
        let found = Self::from_word(&word);
        found.ok_or_else(|| format!("the database has a job with engine {word}"))
    }
}
