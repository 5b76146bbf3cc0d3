//! Slurm, by its REST API or by its command line.
//!
//! [`Slurm`] is the scheduler: it submits, follows every job with one question per tick
//! (`tracker`), settles each from what the queue, the accounting database and the job's own
//! exit record say (`settle`), and never waits for Slurm where the service would. How Slurm is
//! asked is a `cluster::Cluster`: `rest` or `cli`.
//!
//! A job is ours if its **name** is the attempt's: Slurm's numbers start anew when its state is
//! wiped. The script (`script.rs`) runs the same wrapper as the local scheduler, in the attempt's
//! directory on the shared file system.

mod cli;
mod cluster;
mod explain;
mod job;
mod launcher;
mod owner;
mod rest;
mod scheduler;
mod script;
mod settle;
mod state;
mod tracked;
mod tracker;

use std::sync::Arc;

pub use cli::CliConfig;
pub use launcher::Launcher;
pub use rest::RestConfig;
pub use scheduler::{Slurm, SlurmConfig};
pub use script::Wrapper;

/// What both ways of submitting have words of their own for.
#[derive(Debug, Clone, Default)]
pub struct JobOptions {
    /// Account that jobs are charged to.
    pub account: Option<String>,
    /// Quality of service.
    pub qos: Option<String>,
    /// Features that nodes must have.
    pub constraint: Option<String>,
}

impl Slurm {
    /// Slurm by its REST API (`SlurmRestScheduler`).
    ///
    /// # Errors
    /// A setting cannot be used: a sentence that says what to do.
    pub fn rest(rest: RestConfig, config: SlurmConfig) -> Result<Self, String> {
        Ok(Self::new(Arc::new(rest::SlurmRest::new(rest)?), config))
    }

    /// Slurm by its command line (`SlurmScheduler`).
    ///
    /// # Errors
    /// A setting cannot be used: a sentence that says what to do.
    pub fn cli(cli: CliConfig, config: SlurmConfig) -> Result<Self, String> {
        Ok(Self::new(Arc::new(cli::SlurmCli::new(cli)?), config))
    }
}

impl crate::Resources {
    /// The time limit in minutes as Slurm is told it: a minute more than the wrapper's own, which
    /// ends a job in good order.
    fn slurm_minutes(&self) -> Option<u64> {
        self.time_limit
            .map(|limit| limit.as_secs().div_ceil(60) + 1)
    }
}
