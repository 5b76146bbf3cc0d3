//! The native engine: this program, where jobs run.

use std::{path::PathBuf, sync::Arc};

use config::{Config, SchedulerConfig};
use hyphy::native::{self, NativeAnalysis};

/// The native engine of jobs, or the reason why they have none.
pub(crate) type CurrentNativeEngine = Result<Arc<NativeEngine>, String>;

/// The program of the native engine.
#[derive(Debug)]
pub(crate) struct NativeEngine {
    /// Its path where jobs run.
    pub(crate) program: PathBuf,
    /// The files that it reads to start, besides the system's.
    pub(crate) readable: Vec<PathBuf>,
}

impl NativeEngine {
    /// Finds the program: on this machine this process's own, on a cluster the wrapper of its jobs.
    ///
    /// # Errors
    /// The cluster's jobs have no wrapper.
    pub(crate) fn find(config: &Config) -> Result<Self, String> {
        let program = match &config.scheduler {
            SchedulerConfig::Local => config.jobs.supervisor.clone(),
            SchedulerConfig::Slurm(settings) => settings.wrapper.clone().ok_or(NO_WRAPPER)?,
        };
        Ok(Self {
            readable: native::readable(&program),
            program,
        })
    }
}

/// A sentence that says what it runs.
pub(crate) fn offer() -> String {
    let analyses: Vec<&str> = NativeAnalysis::all().map(|one| one.analysis.name).collect();
    format!(
        "The engine \"native\" (datamonkey run --engine native) needs no HyPhy. It runs {}.",
        analyses.join(", ")
    )
}

const NO_WRAPPER: &str = "The native engine cannot run on this cluster, because \
    SLURM_WRAPPER_PATH does not name the datamonkey program on the nodes. Set it, or choose the \
    engine hyphy.";
