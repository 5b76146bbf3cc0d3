//! Analyses, waiting, running and done.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// State of a job in the published API's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobStatus {
    /// Waiting.
    Queued,
    /// At work.
    Running,
    /// The result can be read.
    Completed,
    /// There is no result: it failed or was cancelled.
    Error,
}

impl JobStatus {
    /// The word for it.
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
    /// Waiting for its turn.
    Queued,
    /// Being handed to the scheduler, or waiting there.
    Submitting,
    /// At work.
    Running,
    /// The result can be read.
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

    /// Nothing more will happen to the job.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// The word for it.
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

/// How far a job is, read from what the engine prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Name of the present stage.
    pub stage: String,
    /// Its number, from 1; 0 before the first.
    pub stage_number: usize,
    /// Number of stages.
    pub stages: usize,
    /// Part of the whole that is done, 0 to 1; never goes back.
    pub fraction: f64,
    /// What is being counted, such as `17/86` site patterns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<String>,
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
    /// The analysis, such as `fel`.
    pub method: String,
    /// Dataset that holds the alignment; absent where the analysis takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment_id: Option<String>,
    /// Dataset that holds the tree, given or inferred; absent when the alignment's file holds it
    /// or the analysis takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree_id: Option<String>,
    /// All parameters, defaults filled in.
    #[schema(value_type = Object)]
    pub parameters: serde_json::Value,
    /// Why there is no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// What was understood otherwise than it was said, or done otherwise than it was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How far the engine was confined: `full`, `partial` or `none`; absent
    /// before it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<String>,
    /// Its place in the queue; absent when it does not wait, and in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueuePlace>,
    /// How far it is; absent while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// Seconds from when it began to run until `updated`, or that it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elapsed_seconds: Option<f64>,
    /// Seconds that it will still take, from its progress so far; absent until a third is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_seconds: Option<f64>,
    /// When it was asked for.
    pub created: DateTime<Utc>,
    /// When it began to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<DateTime<Utc>>,
    /// When anything here last changed.
    pub updated: DateTime<Utc>,
}

/// Where a job is in the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueuePlace {
    /// 1: it is the next to run.
    pub position: u64,
    /// When it may begin, from what the jobs before it usually take; absent on a cluster, whose
    /// queue is shared with others, and where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_start: Option<DateTime<Utc>>,
    /// When it may end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_end: Option<DateTime<Utc>>,
}

/// A link by which anybody may read a job.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Share {
    /// Unguessable: 64 hexadecimal digits.
    pub share_token: String,
    /// Path of the job for whoever has the link; its result, summary and log are below it.
    pub path: String,
}

/// Which jobs to list: those that have all the given properties.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobFilter {
    /// Dataset that holds the alignment.
    pub alignment_id: Option<String>,
    /// Dataset that holds the tree.
    pub tree_id: Option<String>,
    /// The analysis, such as `fel`.
    pub method: Option<String>,
    /// State in the published API's words.
    pub status: Option<JobStatus>,
    /// State.
    pub state: Option<JobState>,
    /// Dataset that holds the alignment or the tree.
    pub dataset_id: Option<String>,
    /// Asked for at this time or later (RFC 3339).
    pub created_after: Option<DateTime<Utc>>,
    /// Asked for before this time (RFC 3339).
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
    /// To go on from: counts up over all jobs.
    pub id: Option<String>,
    /// `state`, `progress`, or `deleted`.
    pub event: Option<String>,
    /// A `JobEvent` in JSON.
    pub data: Option<String>,
}

/// Something that happened to a job: the `data` of a server-sent event. Its `event` is `state`,
/// `progress` or `deleted`, its `id` counts up over all jobs and can be sent back as `Last-Event-ID`.
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
    /// How far it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// Seconds that it will still take; absent until a third is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_seconds: Option<f64>,
    /// Why it has no result, for a state that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}
