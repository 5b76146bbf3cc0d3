//! How the processes of an MPI job are started within what Slurm gave the job.

use std::ffi::OsString;

use crate::Resources;

/// A program that starts MPI processes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Launcher {
    /// Open MPI's own, which asks Slurm for the nodes. It needs nothing of Slurm's MPI plugins.
    #[default]
    Mpirun,
    /// Slurm's. The MPI library and Slurm must have a PMI in common.
    Srun {
        /// Its name for Slurm, such as `pmix`; `None` is the cluster's `MpiDefault`.
        mpi: Option<String>,
    },
}

impl Launcher {
    /// What comes before the command.
    pub(super) fn words(&self, resources: &Resources) -> Vec<OsString> {
        let processes = resources.processes;
        let words = match self {
            Self::Mpirun => vec!["mpirun".to_owned(), "-np".to_owned(), processes.to_string()],
            Self::Srun { mpi } => {
                let mut words = vec![
                    "srun".to_owned(),
                    format!("--ntasks={processes}"),
                    // Slurm 22.05 and newer do not take it from the job.
                    format!("--cpus-per-task={}", resources.threads),
                    "--kill-on-bad-exit=1".to_owned(),
                ];
                words.extend(mpi.as_ref().map(|mpi| format!("--mpi={mpi}")));
                words
            }
        };
        words.into_iter().map(OsString::from).collect()
    }
}
