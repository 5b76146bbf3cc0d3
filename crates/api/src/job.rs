//! Jobs and their events.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// State of a job in the published API's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobStatus {
    /// Waiting.
    Queued,
    /// Running.
    Running,
    /// The result is available.
    Completed,
    /// There is no result: the job failed or was cancelled.
    Error,
}

impl JobStatus {
    /// The value on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Error => "error",
        }
    }
}

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waiting in the service's queue.
    Queued,
    /// Being submitted to the scheduler, or pending there.
    Submitting,
    /// Running.
    Running,
    /// The result is available.
    Completed,
    /// It failed; `error_message` says why.
    Failed,
    /// It was cancelled.
    Cancelled,
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::Submitting,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The state in the published API's words.
    #[must_use]
    pub fn status(self) -> JobStatus {
        match self {
            Self::Queued | Self::Submitting => JobStatus::Queued,
            Self::Running => JobStatus::Running,
            Self::Completed => JobStatus::Completed,
            Self::Failed | Self::Cancelled => JobStatus::Error,
        }
    }

    /// Whether the job has ended.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// The value on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Submitting => "submitting",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why a job has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// It was cancelled.
    Cancelled,
    /// HyPhy cannot analyse these data, or not with this choice of branches.
    UnsuitableData,
    /// Numbers went beyond what HyPhy can compute.
    NumericalError,
    /// It needed more memory than there was.
    OutOfMemory,
    /// It took longer than the server allows.
    TimeLimit,
    /// The scheduler or the machine interrupted or refused it.
    Interrupted,
    /// The engine could not be started, or lacks something that the job needs.
    EngineUnavailable,
    /// HyPhy failed for another reason; the log says more.
    EngineFailed,
}

impl FailureCode {
    /// All codes.
    pub const ALL: [Self; 8] = [
        Self::Cancelled,
        Self::UnsuitableData,
        Self::NumericalError,
        Self::OutOfMemory,
        Self::TimeLimit,
        Self::Interrupted,
        Self::EngineUnavailable,
        Self::EngineFailed,
    ];

    /// The value on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::UnsuitableData => "unsuitable_data",
            Self::NumericalError => "numerical_error",
            Self::OutOfMemory => "out_of_memory",
            Self::TimeLimit => "time_limit",
            Self::Interrupted => "interrupted",
            Self::EngineUnavailable => "engine_unavailable",
            Self::EngineFailed => "engine_failed",
        }
    }

    /// The code with this value on the wire.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.word() == word)
    }
}

/// Progress of a job, read from the engine's output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Name of the current stage.
    pub stage: String,
    /// Number of the current stage, from 1; 0 before the first.
    pub stage_number: usize,
    /// Number of stages.
    pub stages: usize,
    /// Completed fraction of the whole, 0 to 1. It never decreases.
    pub fraction: f64,
    /// What is being counted, such as `17/86` site patterns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<String>,
}

/// Whether a job's estimate is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EstimateStatus {
    /// The native engine computes it.
    Running,
    /// It can be read.
    Ready,
}

/// The estimate of a job: the native engine's answer, computed while HyPhy runs the job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobEstimate {
    /// Whether it is there.
    pub status: EstimateStatus,
    /// Progress of the native engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
}

/// A job. `job_id`, `status`, `method`, `alignment_id`, `tree_id` and `error_message` are those
/// of the published API.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// Id: 64 hexadecimal digits, derived from method, parameters and data.
    pub job_id: String,
    /// The same as `job_id`.
    #[serde(rename = "jobId")]
    pub job_id_camel: String,
    /// State in the published API's words.
    pub status: JobStatus,
    /// State.
    pub state: JobState,
    /// What the user calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The user's tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The analysis, such as `fel`.
    pub method: String,
    /// Its name, such as `FEL`.
    #[serde(default)]
    pub analysis: String,
    /// The engine that runs it: `hyphy` or `native`.
    pub engine: String,
    /// Dataset with the alignment; absent if the analysis takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment_id: Option<String>,
    /// Dataset with the tree, given or inferred; absent if the alignment's file contains it or the
    /// analysis takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree_id: Option<String>,
    /// All parameters, including defaults.
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
    /// Why there is no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The kind of cause why there is no result. Absent for jobs that failed before version 0.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<FailureCode>,
    /// Warnings: how the request was reinterpreted, and what was done differently from what it
    /// asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Confinement of the engine: `full`, `partial` or `none`; absent before the job runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<String>,
    /// Position in the queue; absent in lists, and if the job is not waiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueuePlace>,
    /// Progress; absent while the job waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// The estimate; absent if the job has none, or none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<JobEstimate>,
    /// Run time in seconds, until `updated` or until the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elapsed_seconds: Option<f64>,
    /// Estimated remaining seconds, from the progress so far; absent until a third is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_seconds: Option<f64>,
    /// When it was requested.
    pub created: DateTime<Utc>,
    /// When it started to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<DateTime<Utc>>,
    /// When any of these fields last changed.
    pub updated: DateTime<Utc>,
    /// Id of the request that started it, or last started it again: its `X-Request-Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Position of a job in the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueuePlace {
    /// Position; 1 is the next job to run.
    pub position: u64,
    /// Estimated start, from the usual run times of the jobs ahead; absent if that is unknown, and
    /// on a cluster, whose queue is shared with other users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_start: Option<DateTime<Utc>>,
    /// Estimated end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_end: Option<DateTime<Utc>>,
}

/// A link that gives anyone read access to a job.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Share {
    /// Unguessable: 64 hexadecimal digits.
    pub share_token: String,
    /// Path of the job for anyone with the link. Its result, summary and log are below this path.
    pub path: String,
}

/// Filter for the list of jobs. A job must match every given field.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobFilter {
    /// Dataset with the alignment.
    pub alignment_id: Option<String>,
    /// Dataset with the tree.
    pub tree_id: Option<String>,
    /// The analysis, such as `fel`.
    pub method: Option<String>,
    /// State in the published API's words.
    pub status: Option<JobStatus>,
    /// State.
    pub state: Option<JobState>,
    /// Part of the name; case-insensitive.
    pub name: Option<String>,
    /// One of the user's tags.
    pub tag: Option<String>,
    /// Dataset with the alignment or the tree.
    pub dataset_id: Option<String>,
    /// Requested at this time or later (RFC 3339).
    pub created_after: Option<DateTime<Utc>>,
    /// Requested before this time (RFC 3339).
    pub created_before: Option<DateTime<Utc>>,
}

/// A list of jobs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Jobs {
    /// Newest first.
    pub jobs: Vec<Job>,
}

/// An event of a stream.
#[derive(Debug, Clone, ToSchema)]
pub struct ServerSentEvent {
    /// Position in the stream; increases over all jobs.
    pub id: Option<String>,
    /// `state`, `progress`, `estimate`, `named` or `deleted`.
    pub event: Option<String>,
    /// A `JobEvent` in JSON.
    pub data: Option<String>,
}

/// Something that happened to a job: the `data` of a server-sent event. The event's `event` is
/// `state`, `progress`, `estimate`, `named` or `deleted`. Its `id` increases over all jobs, and a client can send it
/// back as `Last-Event-ID`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobEvent {
    /// The job.
    pub job_id: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// State at that time.
    pub state: JobState,
    /// The state in the published API's words.
    pub status: JobStatus,
    /// Progress at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// The estimate at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<JobEstimate>,
    /// Estimated remaining seconds; absent until a third is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_seconds: Option<f64>,
    /// Why there is no result, if the job ended without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}
