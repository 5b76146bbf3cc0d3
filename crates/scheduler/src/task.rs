//! What a scheduler is given and what it answers.

use chrono::{DateTime, Utc};
use std::{ffi::OsString, path::PathBuf, time::Duration};

use crate::Exit;

/// A command to run, once.
#[derive(Debug, Clone)]
pub struct Task {
    /// Unique name of this attempt: `[A-Za-z0-9-]+`. Never used twice.
    pub name: String,
    /// The attempt's directory; see [`crate::AttemptDir`].
    pub directory: PathBuf,
    /// Program and arguments. Never passed through a shell.
    pub command: Vec<OsString>,
    /// What it may use.
    pub resources: Resources,
}

/// What a task may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resources {
    /// Threads the command was told to use; at least 1.
    pub threads: u32,
    /// Processes that share the work by MPI; 1 means no MPI. Only Slurm has more.
    pub processes: u32,
    /// Partition of the cluster; `None` means the scheduler's own. Only Slurm has any.
    pub partition: Option<String>,
    /// Memory in bytes; `None` means no limit.
    pub memory_bytes: Option<u64>,
    /// Time limit; `None` means none.
    pub time_limit: Option<Duration>,
    /// Directories that the command may read and execute from, besides the system's own.
    pub readable: Vec<PathBuf>,
}

/// A task that was, or may have been, submitted.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The task's name.
    pub name: String,
    /// The handle from [`crate::Scheduler::submit`]; empty if its answer was unclear.
    pub handle: String,
    /// The task's directory.
    pub directory: PathBuf,
}

/// How an attempt is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// The scheduler has it and has not started it.
    Pending,
    /// It runs.
    Running,
    /// It has ended, well or not.
    Ended(Exit),
    /// It is gone without an exit record; a sentence says what happened to it.
    Lost(String),
}

/// Why a task could not be submitted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The scheduler said no; nothing runs.
    #[error("the scheduler refused the task: {0}")]
    Refused(String),
    /// Nothing runs, but it may be tried again: the scheduler is away for now.
    #[error("the scheduler is not available: {0}")]
    Unavailable(String),
    /// No clear answer; the task may run.
    #[error("the scheduler's answer is unclear: {0}")]
    Unclear(String),
}

/// The scheduler gave no answer. Never a statement about a task.
#[derive(Debug, thiserror::Error)]
#[error("the scheduler cannot be reached: {0}")]
pub struct Unreachable(pub String);

/// Whether a scheduler can be used.
#[derive(Debug, Clone)]
pub struct Health {
    /// Tasks can be submitted now.
    pub usable: bool,
    /// One sentence for people.
    pub detail: String,
    /// The same about a cluster, for programs; `None` where there is none.
    pub cluster: Option<ClusterHealth>,
}

/// What is known of a cluster.
#[derive(Debug, Clone)]
pub struct ClusterHealth {
    /// Version of Slurm; `None` until it has answered.
    pub version: Option<String>,
    /// Since when it does not answer; `None` while it does.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it last answered.
    pub last_contact: Option<DateTime<Utc>>,
    /// Jobs of this service that wait in its queue.
    pub pending: usize,
    /// Jobs of this service that run.
    pub running: usize,
    /// Everybody's jobs, and the partitions, as it last said.
    pub overview: Overview,
}

/// A cluster, seen from above.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// Jobs of all users that wait.
    pub pending: usize,
    /// Jobs of all users that run.
    pub running: usize,
    /// Its partitions.
    pub partitions: Vec<Partition>,
}

/// A queue that jobs are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Its name.
    pub name: String,
    /// It takes jobs and starts them.
    pub up: bool,
    /// Its nodes, in whatever state.
    pub nodes: Option<u64>,
}
