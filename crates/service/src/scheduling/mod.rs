//! Creates the scheduler and determines the resources of jobs.

mod job_user;
mod mpi;

use std::{path::PathBuf, sync::Arc};

use config::{Config, SchedulerConfig, SlurmAccess};
use hyphy::{
    Analysis, Engine, EngineKind,
    parameters::Parameters,
    resources::{Size, memory_bytes, time_limit},
};
use scheduler::{
    LocalConfig, LocalScheduler, Measured, Resources, Scheduler,
    sandbox::Mode,
    slurm::{Slurm, SlurmConfig, Wrapper},
};

pub(crate) use self::mpi::check as check_mpi;
use crate::{
    Service,
    native_engine::{CurrentNativeEngine, NativeEngine},
};

/// The scheduler, and what its jobs can run.
pub(crate) struct Scheduling {
    pub(crate) scheduler: Arc<dyn Scheduler>,
    /// Runs the estimates of jobs.
    pub(crate) estimator: Arc<dyn Scheduler>,
    pub(crate) native: CurrentNativeEngine,
}

/// Creates the configured scheduler. A cluster may be unreachable; jobs wait for it.
///
/// # Errors
/// Fails if a setting is unusable. The message says what to do.
pub(crate) async fn open(
    config: &Config,
    attempts: PathBuf,
    sandbox: Mode,
    engine: Option<&Engine>,
) -> anyhow::Result<Scheduling> {
    let settings = match &config.scheduler {
        SchedulerConfig::Local => {
            let user = job_user::choose(config, &attempts, sandbox, engine).await?;
            let native = job_user::native(config, &attempts, sandbox, user).await;
            let of_jobs = LocalConfig {
                supervisor: config.jobs.supervisor.clone(),
                attempts,
                max_running: config.jobs.max_running,
                low_priority: false,
                sandbox,
                user,
            };
            let of_estimates = LocalConfig {
                max_running: 1,
                low_priority: true,
                ..of_jobs.clone()
            };
            return Ok(Scheduling {
                scheduler: Arc::new(Measured(LocalScheduler::new(of_jobs))),
                estimator: Arc::new(LocalScheduler::new(of_estimates)),
                native,
            });
        }
        SchedulerConfig::Slurm(settings) => settings,
    };
    let slurm = SlurmConfig {
        attempts,
        wrapper: settings
            .wrapper
            .clone()
            .map(|program| Wrapper { program, sandbox }),
        launcher: settings.mpi.launcher.clone(),
        poll_every: settings.poll_every,
        lost_after: settings.lost_after,
    };
    let scheduler = match &settings.access {
        SlurmAccess::Rest(rest) => Slurm::rest(rest.clone(), slurm),
        SlurmAccess::Cli(cli) => Slurm::cli(cli.clone(), slurm),
    };
    let scheduler: Arc<dyn Scheduler> = Arc::new(scheduler.map_err(anyhow::Error::msg)?);
    Ok(Scheduling {
        estimator: Arc::clone(&scheduler),
        scheduler,
        native: NativeEngine::find(config).map(Arc::new),
    })
}

impl Service {
    /// Returns the resources for a job. `alone` means that no other job is queued or running.
    pub(crate) fn resources(
        &self,
        analysis: &Analysis,
        engine: EngineKind,
        parameters: &Parameters,
        size: Size,
        alone: bool,
    ) -> Resources {
        let readable = match engine {
            EngineKind::Hyphy => self
                .engine
                .get()
                .map(|hyphy| hyphy.candidate.readable.clone()),
            EngineKind::Native => self.native().map(|native| native.readable.clone()),
        };
        let readable = readable.unwrap_or_default();
        match &self.config.scheduler {
            // A job that is alone gets all cores. If others wait, one thread for each job uses the
            // cores better.
            SchedulerConfig::Local => Resources {
                threads: if alone {
                    self.config.jobs.max_threads
                } else {
                    1
                },
                memory_bytes: self.config.jobs.memory_bytes,
                // Some searches never end.
                time_limit: Some(
                    (self.config.jobs.time_limit)
                        .unwrap_or_else(|| time_limit(analysis, engine, parameters, size)),
                ),
                readable,
                processes: 1,
                partition: None,
            },
            SchedulerConfig::Slurm(settings) => {
                let needs = settings.needs(analysis.id);
                let time = needs.time_limit.or(self.config.jobs.time_limit);
                let memory = needs.memory_mb.map(|megabytes| megabytes << 20);
                let by_mpi = analysis.mpi && engine == EngineKind::Hyphy;
                let processes = if by_mpi { needs.mpi_tasks } else { 1 };
                // All processes may run on one node.
                let estimate =
                    || memory_bytes(analysis, engine, parameters, size) * u64::from(processes);
                Resources {
                    threads: needs.cpus,
                    processes,
                    partition: needs.partition.clone(),
                    memory_bytes: Some(memory.unwrap_or_else(estimate)),
                    time_limit: Some(
                        time.unwrap_or_else(|| time_limit(analysis, engine, parameters, size)),
                    ),
                    readable,
                }
            }
        }
    }
}
