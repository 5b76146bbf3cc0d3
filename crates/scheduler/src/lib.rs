//! Running a command somewhere: on this machine, or on a Slurm cluster.
//!
//! A [`Task`] is a command with a unique attempt name and a directory of its own. A
//! [`Scheduler`] starts it, says how it is doing (many at once), stops it, and finds it again by
//! name after the service was restarted. Every scheduler runs the command through one wrapper,
//! [`sandbox`], which keeps the log, the progress line and the exit record in the attempt's
//! directory ([`AttemptDir`]), so that a job can be settled from its files when everything else
//! has forgotten it.
//!
//! Never here: what HyPhy is, HTTP, the database.
//!
//! Architecture invariant: programs are spawned in this crate and nowhere else.
//!
//! Start reading at [`Scheduler`], then `local.rs`, then `slurm/mod.rs`.

mod attempt_dir;
pub mod faults;
mod local;
pub mod probe;
pub mod sandbox;
pub mod slurm;
mod task;

pub use attempt_dir::{AttemptDir, Exit};
pub use local::{LocalConfig, LocalScheduler};
pub use task::{
    Attempt, ClusterHealth, Health, Observation, Overview, Partition, Resources, SubmitError, Task,
    Unreachable,
};

use async_trait::async_trait;
use tokio::sync::broadcast;

/// A place where commands run.
#[async_trait]
pub trait Scheduler: Send + Sync {
    /// The scheduler's name as the configuration spells it, such as `LocalScheduler`.
    fn kind(&self) -> &'static str;

    /// Starts the task and returns the handle under which the scheduler knows it.
    ///
    /// # Errors
    /// [`SubmitError::Refused`] means that nothing runs and nothing will;
    /// [`SubmitError::Unavailable`] that nothing runs, and that it may be tried again;
    /// [`SubmitError::Unclear`] that it may run: polling it with an empty handle tells.
    async fn submit(&self, task: &Task) -> Result<String, SubmitError>;

    /// How the given attempts are doing, in the same order.
    ///
    /// # Errors
    /// [`Unreachable`]: nothing is known now; ask again later.
    async fn poll(&self, attempts: &[Attempt]) -> Result<Vec<Observation>, Unreachable>;

    /// Stops an attempt. Idempotent: stopping what has ended is no error.
    ///
    /// # Errors
    /// [`Unreachable`]: it may still run; ask again later.
    async fn cancel(&self, attempt: &Attempt) -> Result<(), Unreachable>;

    /// The handle of the attempt of this name, if the scheduler has ever seen it.
    ///
    /// # Errors
    /// [`Unreachable`]: nothing is known now; ask again later.
    async fn find(&self, name: &str) -> Result<Option<String>, Unreachable>;

    /// Whether the scheduler can be used now.
    async fn health(&self) -> Health;

    /// How many more tasks may be submitted now. A cluster has its own queue and takes any number
    /// while it can be reached.
    fn free_slots(&self) -> usize {
        usize::MAX
    }

    /// Names of attempts that may have changed, pushed as it happens; an empty name when the
    /// scheduler itself has. `None` when the scheduler can only be asked.
    fn changes(&self) -> Option<broadcast::Receiver<String>> {
        None
    }
}
