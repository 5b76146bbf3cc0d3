//! Slurm, through its REST API or its command line.
//!
//! [`Slurm`] is the scheduler. It submits jobs, follows all of them with one query per tick
//! (`tracker`), and settles each from the queue, the accounting database and the job's own exit
//! record (`settle`). The service never waits for Slurm. The kind of access is a
//! `cluster::Cluster`: `rest` or `cli`.
//!
//! The service identifies its jobs by **name**, which is the attempt's name, because Slurm's job
//! ids start at 1 again when its state is wiped. The script (`script.rs`) runs the same wrapper as
//! the local scheduler, in the attempt's directory on the shared file system.

mod cli;
mod cluster;
mod explain;
mod job;
mod launcher;
mod measured;
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

use crate::Measured;

/// Properties that each kind of access names differently.
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
    /// Slurm through its REST API (`SlurmRestScheduler`).
    ///
    /// # Errors
    /// A setting is invalid: a sentence with the remedy.
    pub fn rest(rest: RestConfig, config: SlurmConfig) -> Result<Self, String> {
        let cluster = Measured(rest::SlurmRest::new(rest)?);
        Ok(Self::new(Arc::new(cluster), config))
    }

    /// Slurm through its command line (`SlurmScheduler`).
    ///
    /// # Errors
    /// A setting is invalid: a sentence with the remedy.
    pub fn cli(cli: CliConfig, config: SlurmConfig) -> Result<Self, String> {
        let cluster = Measured(cli::SlurmCli::new(cli)?);
        Ok(Self::new(Arc::new(cluster), config))
    }
}

impl crate::Resources {
    /// The time limit for Slurm, in minutes. It is a minute longer than the wrapper's own limit,
    /// which ends a job cleanly.
    fn slurm_minutes(&self) -> Option<u64> {
        self.time_limit
            .map(|limit| limit.as_secs().div_ceil(60) + 1)
    }
}
