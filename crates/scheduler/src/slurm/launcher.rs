//! Starting the processes of an MPI job within its Slurm allocation.

use std::ffi::OsString;

use crate::Resources;

/// A program that starts MPI processes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Launcher {
    /// Open MPI's own launcher, which gets the nodes from Slurm. It does not need Slurm's MPI
    /// plugins.
    #[default]
    Mpirun,
    /// Slurm's launcher. The MPI library and Slurm must support the same PMI.
    Srun {
        /// Slurm's name for the PMI, such as `pmix`; `None` is the cluster's `MpiDefault`.
        mpi: Option<String>,
    },
}

impl Launcher {
    /// The words that precede the command.
    pub(super) fn words(&self, resources: &Resources) -> Vec<OsString> {
        let processes = resources.processes;
        let words = match self {
            Self::Mpirun => vec!["mpirun".to_owned(), "-np".to_owned(), processes.to_string()],
            Self::Srun { mpi } => {
                let mut words = vec![
                    "srun".to_owned(),
                    format!("--ntasks={processes}"),
                    // Slurm 22.05 and newer do not inherit it from the job.
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
