//! Running commands, on the local machine or on a Slurm cluster.
//!
//! A [`Task`] is a command with a unique attempt name and its own directory. A [`Scheduler`] starts
//! it, reports its state (for many tasks at once), stops it, and finds it by name after a restart
//! of the service. Every scheduler runs the command through one wrapper, [`sandbox`], which keeps
//! the log, the progress line and the exit record in the attempt's directory ([`AttemptDir`]). A
//! job can therefore be settled from its files alone.
//!
//! This crate knows nothing about HyPhy, HTTP or the database.
//!
//! Architecture invariant: only this crate starts programs.
//!
//! Start reading at [`Scheduler`], then `local.rs`, then `slurm/mod.rs`.

mod attempt_dir;
mod confinement;
pub mod faults;
mod local;
mod measured;
pub mod probe;
pub mod sandbox;
pub mod slurm;
mod supervisor_id;
mod task;

pub use attempt_dir::{AttemptDir, Exit};
pub use local::{LocalConfig, LocalScheduler};
pub use measured::{CALL_SECONDS, Measured};
pub use task::{
    Attempt, ClusterHealth, Health, Observation, Overview, Partition, Resources, SubmitError, Task,
    Unreachable,
};

use async_trait::async_trait;
use tokio::sync::broadcast;

/// `PATH` of every command. Users have no control over these folders.
pub(crate) const PATH: &str = "/usr/bin:/bin";

/// Runs commands.
#[async_trait]
pub trait Scheduler: Send + Sync {
    /// The scheduler's name in the configuration, such as `LocalScheduler`.
    fn kind(&self) -> &'static str;

    /// Starts the task and returns the handle that the scheduler gave it.
    ///
    /// # Errors
    /// - [`SubmitError::Refused`]: nothing was started.
    /// - [`SubmitError::Unavailable`]: nothing was started; the caller may try again.
    /// - [`SubmitError::Unclear`]: the task may have been started. Polling it with an empty handle
    ///   tells.
    async fn submit(&self, task: &Task) -> Result<String, SubmitError>;

    /// The states of the given attempts, in the same order.
    ///
    /// # Errors
    /// [`Unreachable`]: the states are unknown; ask again later.
    async fn poll(&self, attempts: &[Attempt]) -> Result<Vec<Observation>, Unreachable>;

    /// Stops an attempt. Idempotent: stopping an attempt that has ended is not an error.
    ///
    /// # Errors
    /// [`Unreachable`]: it may still run; try again later.
    async fn cancel(&self, attempt: &Attempt) -> Result<(), Unreachable>;

    /// The handle of the attempt with this name, if the scheduler has ever seen it.
    ///
    /// # Errors
    /// [`Unreachable`]: it is unknown; ask again later.
    async fn find(&self, name: &str) -> Result<Option<String>, Unreachable>;

    /// Whether the scheduler is usable now.
    async fn health(&self) -> Health;

    /// Number of tasks that may be submitted now. A cluster has its own queue and accepts any
    /// number while it is reachable.
    fn free_slots(&self) -> usize {
        usize::MAX
    }

    /// Names of attempts that may have changed, sent as it happens; an empty name if the scheduler
    /// itself has changed. `None` if the scheduler must be polled.
    fn changes(&self) -> Option<broadcast::Receiver<String>> {
        None
    }
}
