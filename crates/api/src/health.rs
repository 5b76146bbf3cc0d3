//! Health of the service.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Health of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It works.
    Healthy,
    /// It does not work.
    Unhealthy,
    /// Unknown.
    Unknown,
}

/// Health of the service. It is healthy if every component that analyses need is healthy.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Overall health.
    pub status: Status,
    /// Health of each component.
    pub details: HealthDetails,
}

/// Health of each component, with a sentence about it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HealthDetails {
    /// The service itself.
    pub datamonkey: Status,
    /// The scheduler that runs the jobs.
    pub job_scheduler: Status,
    /// The database of datasets and jobs: whether it can be read and written.
    pub database: Status,
    /// Why the database is unusable; absent if it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_detail: Option<String>,
    /// The language model behind `/chat`: `unhealthy` if it failed when it was last asked, `unknown` if none is
    /// configured.
    pub llm: Status,
    /// The HyPhy program.
    pub engine: Status,
    /// Which engine was found, or how to fix the problem if there is none.
    pub engine_detail: String,
    /// The version of HyPhy, such as `2.5.68`; absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_version: Option<String>,
    /// The native engine: whether jobs with `"engine": "native"` can run. Other analyses need HyPhy.
    pub native_engine: Status,
    /// What the native engine can run, or how to fix the problem if it is unusable.
    pub native_engine_detail: String,
    /// Kind of scheduler, such as `LocalScheduler`.
    pub scheduler: String,
    /// State of the scheduler, in a sentence.
    pub scheduler_detail: String,
    /// The cluster that jobs run on; absent when they run on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterHealth>,
    /// Confinement of jobs: `full` (files and TCP by Landlock, system calls by seccomp), `partial`
    /// (the kernel lacks some of that) or `none`.
    pub sandbox: String,
    /// When unused sessions were last removed with their data; absent before the first time, and if
    /// nothing is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleaned: Option<DateTime<Utc>>,
    /// Number of sessions removed since the service started.
    pub cleaned_sessions: u64,
    /// Jobs that are held up by a temporary obstacle, such as a full disk; absent if there are
    /// none. They are kept and retried every few seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed: Option<DelayedJobs>,
    /// Waiting jobs of all owners. A job that is started now is queued behind them.
    pub waiting_jobs: u64,
    /// Whether the service sends mail, and therefore whether `notify` can be used when a job is
    /// started.
    pub sends_mail: bool,
    /// Whether there is enough disk space for uploads.
    pub takes_uploads: bool,
    /// Version of the service.
    pub version: String,
    /// `open`: all callers share one owner. `tokens`: each session has its own data.
    pub access: String,
}

/// Whether the service can take and run jobs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// Whether every check succeeded.
    pub ready: bool,
    /// The checks that failed; with `verbose`, all of them.
    pub checks: Vec<ReadinessCheck>,
}

/// A check of something that jobs need.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReadinessCheck {
    /// What was checked: `database`, `folders`, `space`, `scheduler` or `engine`.
    pub name: String,
    /// Whether it works.
    pub ok: bool,
    /// What was found, or what is wrong.
    pub detail: String,
}

/// Jobs that are held up by a temporary obstacle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DelayedJobs {
    /// Number of jobs.
    pub jobs: u64,
    /// Since when the first of them has been waiting.
    pub since: DateTime<Utc>,
    /// The obstacle, in a sentence.
    pub reason: String,
}

/// State of the cluster that jobs run on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClusterHealth {
    /// Version of Slurm; absent until Slurm has responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whether it responded to the last query.
    pub reachable: bool,
    /// Since when it has not responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable_since: Option<DateTime<Utc>>,
    /// When it last responded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact: Option<DateTime<Utc>>,
    /// Jobs of this service that are pending in the cluster's queue.
    pub pending: usize,
    /// Jobs of this service that are running.
    pub running: usize,
    /// Pending jobs of all users, as last reported; queried every 30 s.
    #[serde(default)]
    pub all_pending: usize,
    /// Running jobs of all users.
    #[serde(default)]
    pub all_running: usize,
    /// Its partitions, as last reported.
    pub partitions: Vec<PartitionHealth>,
}

/// A partition of the cluster.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PartitionHealth {
    /// Its name.
    pub name: String,
    /// Whether it accepts and starts jobs.
    pub up: bool,
    /// Number of its nodes, in any state; absent if Slurm does not report it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<u64>,
}
