//! What handlers and tasks share.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use config::Config;
use hyphy::Engine;
use scheduler::{Attempt, Scheduler, sandbox::Level};
use store::{JobRecord, Store};
use tokio::sync::{Notify, Semaphore, broadcast, mpsc, watch};

use crate::{
    blocking::blocking,
    current_engine::CurrentEngine,
    error::Result,
    files::{ContentLocks, Files, FolderLocks},
    key::Key,
    postponed::Postponed,
};

/// The service: its data, its settings, and what its tasks tell each other.
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
    /// Locks of contents that are being stored or removed.
    pub(crate) contents: ContentLocks,
    /// Jobs that something is in the way of.
    pub(crate) postponed: Postponed,
    /// How far jobs are confined.
    pub(crate) sandbox: Level,
    /// Ids of jobs as they change.
    pub(crate) changed: broadcast::Sender<String>,
    /// Wakes the dispatcher.
    pub(crate) queue: Notify,
    /// Reading and checking data takes a core and memory: one permit for each core.
    pub(crate) cpu: Semaphore,
    /// Hands jobs that were submitted to the watcher.
    pub(crate) follow: mpsc::Sender<Followed>,
    /// Held while the service lives: no other service works on its folders.
    pub(crate) _locks: FolderLocks,
}

/// What the last removal of unused sessions did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cleaned {
    /// When it was; `None` before the first.
    pub(crate) at: Option<DateTime<Utc>>,
    /// Sessions removed since the service started.
    pub(crate) sessions: u64,
}

/// A job that the scheduler has.
pub(crate) struct Followed {
    pub(crate) job: JobRecord,
    pub(crate) attempt: Attempt,
}

impl Service {
    /// The settings that it was opened with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The HyPhy that jobs are run with.
    ///
    /// # Errors
    /// Why there is none, with what to do.
    pub fn engine(&self) -> std::result::Result<Arc<Engine>, String> {
        self.engine.get()
    }

    /// Runs work that takes a core, off the threads that answer requests, once one of the permits is
    /// free: as many run at once as there are cores.
    pub async fn with_cpu_permit<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // The semaphore is never closed; if it were, going on would be right.
        let _permit = self.cpu.acquire().await.ok();
        blocking(work).await
    }

    /// Whether callers are told apart by tokens.
    #[must_use]
    pub fn has_sessions(&self) -> bool {
        self.config.access.tokens
    }

    /// The mode of access: `tokens` or `open`.
    #[must_use]
    pub fn access(&self) -> &'static str {
        if self.has_sessions() {
            "tokens"
        } else {
            "open"
        }
    }

    /// Ids of jobs as they change, from now on.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<String> {
        self.changed.subscribe()
    }

    /// Finishes what is being written to the database.
    pub async fn close(&self) {
        self.store.close().await;
    }
}
