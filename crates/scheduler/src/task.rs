//! The input and output of a scheduler.

use chrono::{DateTime, Utc};
use std::{ffi::OsString, path::PathBuf, time::Duration};

use crate::Exit;

/// A command to run once.
#[derive(Debug, Clone)]
pub struct Task {
    /// Unique name of this attempt: `[A-Za-z0-9-]+`. Never used twice.
    pub name: String,
    /// The attempt's directory; see [`crate::AttemptDir`].
    pub directory: PathBuf,
    /// Program and arguments. They never pass through a shell.
    pub command: Vec<OsString>,
    /// What a cluster's administrators read about it: `[A-Za-z0-9=._ -]*`.
    pub comment: String,
    /// Its resources.
    pub resources: Resources,
}

/// The resources of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resources {
    /// Number of threads that the command was told to use; at least 1.
    pub threads: u32,
    /// Number of MPI processes; 1 means no MPI. Only Slurm supports more.
    pub processes: u32,
    /// Partition of the cluster; `None` is the scheduler's default. Only Slurm has partitions.
    pub partition: Option<String>,
    /// Memory in bytes; `None` means no limit.
    pub memory_bytes: Option<u64>,
    /// Time limit; `None` means none.
    pub time_limit: Option<Duration>,
    /// Directories that the command may read and execute from, besides the system's own.
    pub readable: Vec<PathBuf>,
}

/// A task that was submitted, or may have been.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The task's name.
    pub name: String,
    /// The handle from [`crate::Scheduler::submit`]; empty if its answer was unclear.
    pub handle: String,
    /// The task's directory.
    pub directory: PathBuf,
}

/// State of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// The scheduler has accepted it and not started it.
    Pending,
    /// It runs.
    Running,
    /// It has ended, successfully or not.
    Ended(Exit),
    /// It is gone without an exit record. A sentence says what happened.
    Lost(String),
}

/// Why a task could not be submitted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The scheduler rejected the task. Nothing was started.
    #[error("the scheduler refused the task: {0}")]
    Refused(String),
    /// The scheduler is temporarily unavailable. Nothing was started, and the caller may try again.
    #[error("the scheduler is not available: {0}")]
    Unavailable(String),
    /// There was no clear answer. The task may have been started.
    #[error("the scheduler's answer is unclear: {0}")]
    Unclear(String),
}

/// The scheduler did not respond. This says nothing about a task.
#[derive(Debug, thiserror::Error)]
#[error("the scheduler cannot be reached: {0}")]
pub struct Unreachable(pub String);

/// Whether a scheduler is usable.
#[derive(Debug, Clone)]
pub struct Health {
    /// Whether tasks can be submitted now.
    pub usable: bool,
    /// One sentence for users.
    pub detail: String,
    /// The same in machine-readable form, for a cluster; `None` otherwise.
    pub cluster: Option<ClusterHealth>,
}

/// State of a cluster.
#[derive(Debug, Clone)]
pub struct ClusterHealth {
    /// Version of Slurm; `None` until it has responded.
    pub version: Option<String>,
    /// Since when it has not responded; `None` if it responds.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it last responded.
    pub last_contact: Option<DateTime<Utc>>,
    /// Jobs of this service that are pending in its queue.
    pub pending: usize,
    /// Jobs of this service that are running.
    pub running: usize,
    /// All users' jobs, and the partitions, as last reported.
    pub overview: Overview,
}

/// Overview of a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// Pending jobs of all users.
    pub pending: usize,
    /// Running jobs of all users.
    pub running: usize,
    /// Its partitions.
    pub partitions: Vec<Partition>,
}

/// A partition of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Its name.
    pub name: String,
    /// Whether it accepts and starts jobs.
    pub up: bool,
    /// Number of its nodes, in any state.
    pub nodes: Option<u64>,
}
