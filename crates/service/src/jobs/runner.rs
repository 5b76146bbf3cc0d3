//! The command with which a job's engine runs it.

use std::{ffi::OsString, sync::Arc};

use config::SchedulerConfig;
use hyphy::{
    Engine, EngineKind, arguments, methods, native::NativeAnalysis, parameters::Parameters,
};
use scheduler::Resources;
use store::JobRecord;

use crate::{
    Service,
    error::{Error, Result},
    native_engine::NativeEngine,
};

/// The program that runs a job.
pub(super) enum Runner {
    Hyphy(Arc<Engine>),
    Native(Arc<NativeEngine>),
}

impl Runner {
    /// Finds the program of an engine.
    ///
    /// # Errors
    /// The engine is missing: why, and what to do about it.
    pub(super) fn find(service: &Service, engine: EngineKind) -> Result<Self> {
        let found = match engine {
            EngineKind::Hyphy => service.engine.get().map(Self::Hyphy),
            EngineKind::Native => service.native().map(Self::Native),
        };
        found.map_err(Error::Unavailable)
    }

    /// The version of HyPhy, if HyPhy runs the job.
    pub(super) fn hyphy_version(&self) -> Option<String> {
        match self {
            Self::Hyphy(engine) => Some(engine.version.to_string()),
            Self::Native(_) => None,
        }
    }

    /// The command of a job. `None` if the engine does not have the analysis.
    pub(super) fn command(
        &self,
        service: &Service,
        job: &JobRecord,
        parameters: &Parameters,
        branches: &[(String, String)],
        resources: &Resources,
    ) -> Option<Vec<OsString>> {
        let analysis = methods::find(&job.method)?;
        let threads = resources.threads;
        Some(match self {
            Self::Hyphy(engine) => {
                let mut engine = (**engine).clone();
                if resources.processes > 1
                    && let SchedulerConfig::Slurm(settings) = &service.config.scheduler
                    && let Some(program) = &settings.mpi.program
                {
                    engine.candidate = engine.candidate.with_mpi(program);
                }
                let tolerant = job.tolerant;
                arguments::command(&engine, analysis, parameters, branches, threads, tolerant)
            }
            Self::Native(engine) => {
                let native = NativeAnalysis::of(analysis)?;
                native.command(&engine.program, parameters, branches, threads)
            }
        })
    }
}
