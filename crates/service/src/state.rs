//! The state that handlers and tasks share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, Utc};
use config::Config;
use hyphy::{Engine, EngineKind};
use scheduler::{Attempt, Scheduler, sandbox::Level};
use store::{JobRecord, Store};
use tokio::sync::{Notify, Semaphore, broadcast, mpsc, watch};

use crate::{
    blocking::blocking,
    current_engine::CurrentEngine,
    error::Result,
    files::{ContentLocks, Files, FolderLocks},
    key::Key,
    native_engine::{CurrentNativeEngine, NativeEngine},
    postponed::Postponed,
    recent_documents::RecentDocuments,
    statements::Statements,
};

/// The service: its data, its settings, and the channels between its tasks.
pub struct Service {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) files: Files,
    /// Signs users' tokens.
    pub(crate) key: Key,
    /// The outcome of removing unused sessions.
    pub(crate) cleaned: watch::Sender<Cleaned>,
    pub(crate) scheduler: Arc<dyn Scheduler>,
    /// Runs the estimates of jobs. On this machine it is one of their own, so that no job waits for
    /// them.
    pub(crate) estimator: Arc<dyn Scheduler>,
    /// The HyPhy program.
    pub(crate) engine: CurrentEngine,
    pub(crate) native: CurrentNativeEngine,
    /// Locks of contents that tasks are storing or removing.
    pub(crate) contents: ContentLocks,
    /// The uploads that viewers are looking at.
    pub(crate) recent_documents: RecentDocuments,
    /// Jobs that wait for an obstacle to disappear.
    pub(crate) postponed: Postponed,
    /// The level of confinement of jobs.
    pub(crate) sandbox: Level,
    /// Announces the ids of jobs and screens that change.
    pub(crate) changed: broadcast::Sender<String>,
    /// Wakes the dispatcher.
    pub(crate) queue: Notify,
    /// Announces jobs that may want an estimate.
    pub(crate) estimates: Notify,
    /// Announces screens that have something to start.
    pub(crate) screens: Notify,
    /// The findings of results that screens have shown.
    pub(crate) statements: Statements,
    /// Limits the work that reads and checks data, which needs a core and memory. There is one
    /// permit for each core.
    pub(crate) cpu: Semaphore,
    /// Whether the language model failed when it was last asked.
    pub(crate) model_fails: AtomicBool,
    /// Passes submitted jobs to the watcher.
    pub(crate) follow: mpsc::Sender<Followed>,
    /// Locks the folders against other services while the service runs.
    pub(crate) _locks: FolderLocks,
}

/// The outcome of the last removal of unused sessions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cleaned {
    /// When it finished; `None` before the first one.
    pub(crate) at: Option<DateTime<Utc>>,
    /// Number of sessions removed since the service started.
    pub(crate) sessions: u64,
}

/// A job that was submitted to the scheduler.
pub(crate) struct Followed {
    pub(crate) job: JobRecord,
    pub(crate) attempt: Attempt,
}

impl Service {
    /// Returns the service's settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the HyPhy program that runs the jobs.
    ///
    /// # Errors
    /// Returns the reason why there is none, and what to do about it.
    pub fn engine(&self) -> std::result::Result<Arc<Engine>, String> {
        self.engine.get()
    }

    /// Returns the native engine.
    ///
    /// # Errors
    /// Returns the reason why jobs cannot use it, and what to do about it.
    pub(crate) fn native(&self) -> std::result::Result<Arc<NativeEngine>, String> {
        self.native.clone()
    }

    /// Returns the engines that can run jobs now.
    #[must_use]
    pub fn engines(&self) -> Vec<EngineKind> {
        let can_run = |kind: &EngineKind| match kind {
            EngineKind::Hyphy => self.engine.get().is_ok(),
            EngineKind::Native => self.native.is_ok(),
        };
        EngineKind::ALL.into_iter().filter(can_run).collect()
    }

    /// Runs CPU-bound work on a separate thread once a permit is free. There are as many permits as
    /// cores.
    pub async fn with_cpu_permit<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // The semaphore is never closed. If it were, it would be right to continue.
        let _permit = self.cpu.acquire().await.ok();
        blocking(work).await
    }

    /// Notes whether the language model has answered.
    pub fn note_model(&self, answers: bool) {
        self.model_fails.store(!answers, Ordering::Relaxed);
    }

    /// Returns whether tokens distinguish the callers.
    #[must_use]
    pub fn has_sessions(&self) -> bool {
        self.config.access.tokens
    }

    /// Returns the mode of access: `tokens` or `open`.
    #[must_use]
    pub fn access(&self) -> &'static str {
        if self.has_sessions() {
            "tokens"
        } else {
            "open"
        }
    }

    /// Subscribes to the ids of jobs and screens that change from now on.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<String> {
        self.changed.subscribe()
    }

    /// Notifies the watchers of a job or screen. It is fine if there are none.
    pub(crate) fn announce_change(&self, id: &str) {
        self.changed.send(id.to_owned()).ok();
    }

    /// Completes pending database writes and closes the database.
    pub async fn close(&self) {
        self.store.close().await;
    }
}
