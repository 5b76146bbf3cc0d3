//! Health of the service.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Health of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It works.
    Healthy,
    /// It does not work.
    Unhealthy,
    /// Nobody can say.
    Unknown,
}

/// Health of the service: healthy when everything that analyses need is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Of all together.
    pub status: Status,
    /// Of each part.
    pub details: HealthDetails,
}

/// Health of each part, with a sentence about it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HealthDetails {
    /// The service itself.
    pub datamonkey: Status,
    /// What runs the jobs.
    pub job_scheduler: Status,
    /// Where datasets and jobs are kept: whether it can be read and written.
    pub database: Status,
    /// Why the database cannot be used; absent while it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_detail: Option<String>,
    /// The language model behind `/chat`; `unknown` when none is configured.
    pub llm: Status,
    /// The HyPhy program.
    pub engine: Status,
    /// Which engine was found, or what to do when none was.
    pub engine_detail: String,
    /// Kind of scheduler, such as `LocalScheduler`.
    pub scheduler: String,
    /// How the scheduler is doing.
    pub scheduler_detail: String,
    /// The cluster that jobs run on; absent when they run on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterHealth>,
    /// How far jobs are confined: `full` (files and TCP by Landlock, system calls by seccomp),
    /// `partial` (the kernel lacks some of that) or `none`.
    pub sandbox: String,
    /// When data of sessions that were not used was last removed; absent before the first time,
    /// and where nothing is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleaned: Option<DateTime<Utc>>,
    /// Sessions that were removed since the service started.
    pub cleaned_sessions: u64,
    /// Jobs that something is in the way of, such as a full disk; absent when there are none. They are
    /// kept, and tried again every few seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed: Option<DelayedJobs>,
    /// Jobs of everybody that wait for their turn: a job that is started now comes after them.
    pub waiting_jobs: u64,
    /// Whether mails are sent: whether `notify` can be used when a job is started.
    pub sends_mail: bool,
    /// Whether there is room on the disk for uploads.
    pub takes_uploads: bool,
    /// Version of the service.
    pub version: String,
    /// `open`: everyone shares one owner. `tokens`: each session has its own.
    pub access: String,
}

/// Jobs that something is in the way of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DelayedJobs {
    /// How many.
    pub jobs: u64,
    /// Since when the first of them waits.
    pub since: DateTime<Utc>,
    /// What is in its way, in a sentence.
    pub reason: String,
}

/// What is known of the cluster that jobs run on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClusterHealth {
    /// Version of Slurm; absent until it has answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// It answered when it was last asked.
    pub reachable: bool,
    /// Since when it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable_since: Option<DateTime<Utc>>,
    /// When it last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact: Option<DateTime<Utc>>,
    /// Jobs of this service that wait in the cluster's queue.
    pub pending: usize,
    /// Jobs of this service that run.
    pub running: usize,
    /// Jobs of all users that wait in the cluster's queue, as it last said; asked every 30 s.
    #[serde(default)]
    pub all_pending: usize,
    /// Jobs of all users that run.
    #[serde(default)]
    pub all_running: usize,
    /// Its partitions, as it last said.
    pub partitions: Vec<PartitionHealth>,
}

/// A partition of the cluster.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PartitionHealth {
    /// Its name.
    pub name: String,
    /// It takes jobs and starts them.
    pub up: bool,
    /// Its nodes, in whatever state; absent when Slurm does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<u64>,
}
