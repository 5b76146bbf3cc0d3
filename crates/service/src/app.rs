//! Opens the service and starts its background tasks.

use std::sync::{Arc, atomic::AtomicBool};

use anyhow::Context;
use config::{Config, SchedulerConfig};
use rustix::fs::Mode;
#[cfg(test)]
use scheduler::Scheduler;
use scheduler::sandbox::{self, Level, Mode as SandboxMode};
use tokio::sync::{Notify, Semaphore, broadcast, mpsc, watch};

use crate::{
    Service, cleanup,
    current_engine::CurrentEngine,
    data::{OpenData, open_data},
    files::ContentLocks,
    housekeeping, import, jobs,
    key::Key,
    notifications,
    postponed::Postponed,
    recent_documents::RecentDocuments,
    scheduling::{self, Scheduling},
    screens,
    state::Cleaned,
    statements::Statements,
};

/// How many job changes a watcher may fall behind before it must read the database again.
const CHANGES: usize = 1024;

/// Opens the folders and the database, finds the engine, recovers unfinished jobs and starts the
/// background tasks.
///
/// # Errors
/// Fails if a folder or the database cannot be used, or if another service uses them.
pub async fn open(config: Config) -> anyhow::Result<Arc<Service>> {
    let data = open_data(&config).await?;
    import::at_start(&config, &data.store, &data.files)
        .await
        .context("failed to import the data of the Go service")?;
    let (sandbox, level) = sandbox(&config).await?;
    let engine = CurrentEngine::find(&config.engine).await;
    let attempts = data.files.attempts();
    let found = engine.get().ok();
    let scheduling = scheduling::open(&config, attempts, sandbox, found.as_deref()).await?;
    if let Some(engine) = found {
        scheduling::check_mpi(&config.scheduler, &engine).await?;
    }
    start(config, data, engine, scheduling, level).await
}

/// Like [`open`], with a scheduler that a test provides.
#[cfg(test)]
pub(crate) async fn open_with(
    config: Config,
    scheduler: Arc<dyn Scheduler>,
) -> anyhow::Result<Arc<Service>> {
    let data = open_data(&config).await?;
    let engine = CurrentEngine::find(&config.engine).await;
    let scheduling = Scheduling {
        estimator: Arc::clone(&scheduler),
        scheduler,
        native: crate::native_engine::NativeEngine::find(&config).map(Arc::new),
    };
    start(config, data, engine, scheduling, Level::None).await
}

async fn start(
    config: Config,
    data: OpenData,
    engine: CurrentEngine,
    scheduling: Scheduling,
    level: Level,
) -> anyhow::Result<Arc<Service>> {
    let OpenData {
        files,
        store,
        locks,
    } = data;
    let Scheduling {
        scheduler,
        estimator,
        native,
    } = scheduling;
    let key = Key::open(&config)?;
    let (follow, followed) = mpsc::channel(64);
    let service = Arc::new(Service {
        engine,
        native,
        config,
        store,
        files,
        key,
        cleaned: watch::channel(Cleaned::default()).0,
        scheduler,
        estimator,
        sandbox: level,
        changed: broadcast::channel(CHANGES).0,
        queue: Notify::new(),
        estimates: Notify::new(),
        screens: Notify::new(),
        statements: Statements::default(),
        cpu: Semaphore::new(config::cores()),
        model_fails: AtomicBool::new(false),
        follow,
        contents: ContentLocks::default(),
        recent_documents: RecentDocuments::default(),
        postponed: Postponed::default(),
        _locks: locks,
    });
    tokio::spawn(jobs::watch(Arc::clone(&service), followed));
    let unsubmitted = jobs::recover(&service)
        .await
        .context("failed to recover unfinished jobs")?;
    tokio::spawn(jobs::dispatch(Arc::clone(&service), unsubmitted));
    let interrupted = service.store.running_estimates().await?;
    tokio::spawn(jobs::estimate(Arc::clone(&service), interrupted));
    tokio::spawn(screens::follow(Arc::clone(&service)));
    tokio::spawn(watch_engine(Arc::clone(&service)));
    tokio::spawn(notifications::deliver(Arc::clone(&service)));
    tokio::spawn(housekeeping::run(Arc::clone(&service)));
    if service.has_sessions() {
        tokio::spawn(cleanup::clean(Arc::clone(&service)));
    }
    Ok(service)
}

/// Watches the engine, and wakes the dispatcher when it returns. Jobs wait while there is no
/// engine.
async fn watch_engine(service: Arc<Service>) {
    let found = || service.queue.notify_one();
    service.engine.watch(&service.config.engine, found).await;
}

/// Returns the confinement to request, and the level that this machine achieves.
async fn sandbox(config: &Config) -> anyhow::Result<(SandboxMode, Level)> {
    if let SchedulerConfig::Slurm(settings) = &config.scheduler
        && settings.wrapper.is_none()
    {
        tracing::warn!(
            "jobs on the cluster are not confined, because SLURM_WRAPPER_PATH is not \
                        set"
        );
        return Ok((SandboxMode::Off, Level::None));
    }
    let reach = async |mode| {
        sandbox::probe(&config.jobs.supervisor, mode)
            .await
            .map_err(anyhow::Error::msg)
    };
    if let Some(mode) = config.jobs.sandbox {
        let level = reach(mode).await.context("SANDBOX")?;
        if level != Level::Full {
            tracing::warn!(
                "SANDBOX={}: the confinement of jobs has the level {level}",
                mode.word()
            );
        }
        return Ok((mode, level));
    }
    match reach(SandboxMode::Required).await {
        Ok(level) => Ok((SandboxMode::Required, level)),
        Err(why) => {
            let level = reach(SandboxMode::BestEffort).await?;
            tracing::warn!(
                "{why}; the confinement of jobs has the level {level}. Linux 5.13 or newer with \
                 Landlock confines jobs better. SANDBOX=best-effort silences this warning"
            );
            Ok((SandboxMode::BestEffort, level))
        }
    }
}

/// Makes all files and folders that this process creates from now on private to its user. Call this
/// only from programs that run the service, because it affects the whole process.
pub fn keep_files_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}
