//! The service put together, and its life from start to end.

use std::{path::Path, sync::Arc};

use anyhow::{Context, bail};
use rustix::fs::Mode;
use scheduler::{
    Scheduler,
    sandbox::{self, Level, Mode as SandboxMode},
};
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore, broadcast, mpsc, watch},
};

use crate::{
    Config, config, datasets,
    engine::{self, CurrentEngine},
    files::{ContentLocks, Files, FolderLocks},
    housekeeping, http, import, jobs, notifications, scheduling,
    sessions::{self, Cleaned, Key},
    store::{DatabaseFile, Store},
};

/// Everything that handlers and tasks share.
pub struct Service {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) files: Files,
    /// Signs users' tokens.
    pub(crate) key: Key,
    /// What was removed because nobody used it.
    pub(crate) cleaned: watch::Sender<Cleaned>,
    pub(crate) scheduler: Arc<dyn Scheduler>,
    pub(crate) engine: CurrentEngine,
    /// Who is keeping and who is removing contents.
    pub(crate) contents: ContentLocks,
    /// Jobs that something is in the way of.
    pub(crate) postponed: jobs::Postponed,
    /// How far jobs are confined.
    pub(crate) sandbox: Level,
    /// Keys of requests that are being carried out.
    pub(crate) busy_keys: http::Busy,
    /// Ids of jobs as they change.
    pub(crate) changed: broadcast::Sender<String>,
    /// Wakes the dispatcher.
    pub(crate) queue: Notify,
    /// Reading and checking data takes a core and memory: so much of it at once.
    heavy: Semaphore,
    /// Hands jobs that were submitted to the watcher.
    pub(crate) follow: mpsc::Sender<jobs::Followed>,
    /// Held while the service lives: nobody else works on its folders.
    _locks: FolderLocks,
}

/// Jobs that may change before a watcher of theirs has to look at the database again.
const CHANGES: usize = 1024;

impl Service {
    /// Opens the folders and the database, finds the engine, takes up unfinished jobs and starts
    /// the tasks that carry jobs on.
    ///
    /// # Errors
    /// A folder or the database cannot be used, or another service uses them.
    pub async fn open(config: Config) -> anyhow::Result<Arc<Self>> {
        let data = open_data(&config).await?;
        import::at_start(&config, &data.store, &data.files)
            .await
            .context("cannot take over what the service before has kept")?;
        let (sandbox, level) = sandbox(&config).await?;
        let engine = CurrentEngine::find(&config).await;
        let attempts = data.files.attempts();
        let found = engine.get().ok();
        let scheduler = scheduling::open(&config, attempts, sandbox, found.as_deref()).await?;
        if let Some(engine) = found {
            scheduling::check_mpi(&config.scheduler, &engine).await?;
        }
        Self::start(config, data, engine, scheduler, level).await
    }

    /// The same with a scheduler of a test's own.
    #[cfg(test)]
    pub(crate) async fn open_with(
        config: Config,
        scheduler: Arc<dyn Scheduler>,
    ) -> anyhow::Result<Arc<Self>> {
        let data = open_data(&config).await?;
        let engine = CurrentEngine::find(&config).await;
        Self::start(config, data, engine, scheduler, Level::None).await
    }

    async fn start(
        config: Config,
        data: Opened,
        engine: CurrentEngine,
        scheduler: Arc<dyn Scheduler>,
        level: Level,
    ) -> anyhow::Result<Arc<Self>> {
        let Opened {
            files,
            store,
            locks,
        } = data;
        let key = Key::open(&config)?;
        let (follow, followed) = mpsc::channel(64);
        let service = Arc::new(Self {
            engine,
            config,
            store,
            files,
            key,
            cleaned: watch::channel(Cleaned::default()).0,
            scheduler,
            sandbox: level,
            busy_keys: http::Busy::default(),
            changed: broadcast::channel(CHANGES).0,
            queue: Notify::new(),
            heavy: Semaphore::new(config::cores()),
            follow,
            contents: ContentLocks::default(),
            postponed: jobs::Postponed::default(),
            _locks: locks,
        });
        tokio::spawn(jobs::watch(Arc::clone(&service), followed));
        let unsubmitted = jobs::recover(&service)
            .await
            .context("cannot take up unfinished jobs")?;
        tokio::spawn(jobs::dispatch(Arc::clone(&service), unsubmitted));
        tokio::spawn(engine::watch(Arc::clone(&service)));
        tokio::spawn(notifications::deliver(Arc::clone(&service)));
        tokio::spawn(housekeeping::keep_house(Arc::clone(&service)));
        if service.has_sessions() {
            tokio::spawn(sessions::clean(Arc::clone(&service)));
        }
        Ok(service)
    }

    /// Work on data: off the threads that answer requests, and not too much of it at once.
    pub(crate) async fn heavy<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> crate::error::Result<T> + Send + 'static,
    ) -> crate::error::Result<T> {
        // Nobody closes it; if somebody did, going on would be right.
        let _turn = self.heavy.acquire().await.ok();
        datasets::blocking(work).await
    }

    /// Whether callers are told apart by tokens.
    #[must_use]
    pub fn has_sessions(&self) -> bool {
        self.config.access.tokens
    }

    /// Who may see what, in a word.
    pub(crate) fn access(&self) -> &'static str {
        if self.has_sessions() {
            "tokens"
        } else {
            "open"
        }
    }
}

/// How much confinement to ask for, and how much there will be.
async fn sandbox(config: &Config) -> anyhow::Result<(SandboxMode, Level)> {
    if let scheduling::SchedulerConfig::Slurm(settings) = &config.scheduler
        && settings.wrapper.is_none()
    {
        tracing::warn!("jobs on the cluster are not confined: SLURM_WRAPPER_PATH is not set");
        return Ok((SandboxMode::Off, Level::None));
    }
    let reach = async |mode| {
        sandbox::probe(&config.supervisor, mode)
            .await
            .map_err(anyhow::Error::msg)
    };
    if let Some(mode) = config.sandbox {
        let level = reach(mode).await.context("SANDBOX")?;
        if level != Level::Full {
            tracing::warn!(
                "SANDBOX={}: jobs are confined to the level {level}",
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
                "{why}; jobs are confined to the level {level}. Linux 5.13 or newer with Landlock confines them better; SANDBOX=best-effort silences this"
            );
            Ok((SandboxMode::BestEffort, level))
        }
    }
}

/// From now on, files and folders that this process makes can be read and written by nobody else. For
/// programs that are the service: it is a property of the whole process.
pub fn keep_files_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// What a service keeps its data in, locked.
pub(crate) struct Opened {
    pub(crate) files: Files,
    pub(crate) store: Store,
    pub(crate) locks: FolderLocks,
}

/// Locks the folders of a service, and opens what is in them. Nothing is touched before all are
/// locked: they may be another service's.
pub(crate) async fn open_data(config: &Config) -> anyhow::Result<Opened> {
    let files = Files::make(config).with_context(|| {
        format!(
            "cannot use {} and {}",
            config.datasets.display(),
            config.base.display()
        )
    })?;
    let of_database = config.database.parent().unwrap_or(Path::new("."));
    let [datasets, base] = files.roots();
    let locks = FolderLocks::take(&[of_database, datasets, base])?;
    if DatabaseFile::new(&config.database).is_empty()? && files.hold_data()? {
        bail!(
            "the database {} is empty or not there, but {} and {} hold uploads or results, which \
             nobody could find again. Put the database back from a backup (docs/OPERATIONS.md), or \
             correct JOB_TRACKER_LOCATION or DATAMONKEY_DB_PATH. To begin with no data, move the \
             folders blobs and results away",
            config.database.display(),
            datasets.display(),
            base.display(),
        );
    }
    files
        .prepare()
        .context("cannot use the service's folders")?;
    let store = Store::open(&config.database)
        .await
        .with_context(|| format!("cannot use the database {}", config.database.display()))?;
    Ok(Opened {
        files,
        store,
        locks,
    })
}

/// Answers requests on `listener` until `stop` resolves. Running jobs go on without the service
/// and are taken up by the next one.
pub async fn serve(
    service: Arc<Service>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    http::answer(&service, listener, stop).await;
    service.store.close().await;
}
