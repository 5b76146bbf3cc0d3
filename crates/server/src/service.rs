//! The service put together, and its life from start to end.

use std::{fs::File, sync::Arc};

use anyhow::{Context, bail};
use hyphy::Engine;
use rustix::fs::{FlockOperation, flock};
use scheduler::{
    Scheduler,
    sandbox::{self, Level, Mode},
};
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore, broadcast, mpsc, watch},
};

use crate::{
    Config, config, datasets, engine,
    files::Files,
    http, import, jobs, notifications, scheduling,
    sessions::{self, Cleaned, Key},
    store::Store,
    tidy,
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
    /// The engine, or why there is none.
    pub(crate) engine: Result<Engine, String>,
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
    _lock: File,
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
        let files = Files::open(&config).with_context(|| {
            format!(
                "cannot use {} and {}",
                config.datasets.display(),
                config.base.display()
            )
        })?;
        let lock = lock(&config)?;
        let store = Store::open(&config.database)
            .await
            .with_context(|| format!("cannot use the database {}", config.database.display()))?;
        import::at_start(&config, &store, &files)
            .await
            .context("cannot take over what the service before has kept")?;
        let key = Key::open(&config)?;
        let (sandbox, level) = sandbox(&config).await?;
        let scheduler = scheduling::open(&config, files.attempts(), sandbox)?;
        let engine = engine::find(&config).await;
        if let Ok(engine) = &engine {
            scheduling::check_mpi(&config.scheduler, engine).await?;
        }
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
            _lock: lock,
        });
        match &service.engine {
            Ok(engine) => tracing::info!("{engine}"),
            Err(why) => tracing::error!("{why}"),
        }
        tokio::spawn(jobs::watch(Arc::clone(&service), followed));
        jobs::recover(&service)
            .await
            .context("cannot take up unfinished jobs")?;
        tokio::spawn(jobs::dispatch(Arc::clone(&service)));
        tokio::spawn(notifications::deliver(Arc::clone(&service)));
        tokio::spawn(tidy::tidy(Arc::clone(&service)));
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
async fn sandbox(config: &Config) -> anyhow::Result<(Mode, Level)> {
    if let scheduling::SchedulerConfig::Slurm(settings) = &config.scheduler
        && settings.wrapper.is_none()
    {
        tracing::warn!("jobs on the cluster are not confined: SLURM_WRAPPER_PATH is not set");
        return Ok((Mode::Off, Level::None));
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
    match reach(Mode::Required).await {
        Ok(level) => Ok((Mode::Required, level)),
        Err(why) => {
            let level = reach(Mode::BestEffort).await?;
            tracing::warn!(
                "{why}; jobs are confined to the level {level}. Linux 5.13 or newer with Landlock confines them better; SANDBOX=best-effort silences this"
            );
            Ok((Mode::BestEffort, level))
        }
    }
}

/// One service per database.
pub(crate) fn lock(config: &Config) -> anyhow::Result<File> {
    let path = config.database.with_extension("lock");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        bail!(
            "another datamonkey uses {}; stop it (`make stop`), or set DATAMONKEY_DATA to another folder",
            config.database.display()
        );
    }
    Ok(file)
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
