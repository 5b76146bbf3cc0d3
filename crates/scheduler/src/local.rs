//! The local machine.
//!
//! Each task is a supervisor process in its own session (see [`crate::sandbox`]), which outlives
//! the service. After a restart, the service adopts it through its `owner.json`. The end of a
//! supervisor is noticed at once: by waiting for child processes, and by a pidfd for adopted ones.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsString,
    io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use rustix::process::{PidfdFlags, pidfd_open};
use tokio::{
    io::{Interest, unix::AsyncFd},
    process::Command,
    sync::broadcast,
};
use tracing::Instrument;

use crate::{
    Attempt, AttemptDir, Exit, Health, Observation, PATH, Scheduler, SubmitError, Task,
    Unreachable,
    attempt_dir::read_json,
    sandbox::{ALREADY_TAKEN, CANNOT_BEGIN, JobUser, Mode},
    supervisor_id::SupervisorId,
};

const INTERRUPTED: &str = "The machine went down, or the job's supervisor was killed.";
const NOT_BEGUN: &str = "its supervisor ended before the attempt began";
/// Number of attempts for which the reason is kept why they could not begin.
const MOST_NOT_BEGUN: usize = 1000;

/// Settings of the local machine.
#[derive(Debug, Clone)]
pub struct LocalConfig {
    /// The `datamonkey` program, which is also the supervisor.
    pub supervisor: PathBuf,
    /// Directory that holds the attempts' directories, each named by its attempt.
    pub attempts: PathBuf,
    /// Tasks that run at the same time; at least 1.
    pub max_running: usize,
    /// Confinement of tasks.
    pub sandbox: Mode,
    /// Whether other processes take precedence over tasks.
    pub low_priority: bool,
    /// The user that tasks run as; `None` is the service's own. Only root can use another.
    pub user: Option<JobUser>,
}

/// Runs tasks as processes on the local machine.
#[derive(Clone)]
pub struct LocalScheduler {
    config: LocalConfig,
    watched: Arc<Mutex<HashSet<String>>>,
    /// Messages of supervisors that could not begin.
    not_begun: Arc<Mutex<HashMap<String, String>>>,
    changed: broadcast::Sender<String>,
}

impl LocalScheduler {
    /// Creates a scheduler for this machine. Starts nothing.
    #[must_use]
    pub fn new(config: LocalConfig) -> Self {
        let (changed, _) = broadcast::channel(1024);
        Self {
            config,
            watched: Arc::default(),
            not_begun: Arc::default(),
            changed,
        }
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notifies watchers when the supervisor is gone. `gone` resolves at that moment.
    fn watch(&self, name: &str, gone: impl Future<Output = ()> + Send + 'static) {
        if !self.watched().insert(name.to_owned()) {
            return;
        }
        let (watched, changed, name) = (
            Arc::clone(&self.watched),
            self.changed.clone(),
            name.to_owned(),
        );
        tokio::spawn(async move {
            gone.await;
            watched
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&name);
            // Nobody may be listening. The next poll sees the exit record.
            changed.send(name).ok();
        });
    }

    /// Reads files on a thread that may block on a disk.
    async fn off_runtime<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Unreachable> + Send + 'static,
    ) -> Result<T, Unreachable> {
        let local = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&local)).await;
        done.map_err(|e| Unreachable(e.to_string()))?
    }

    fn why_not(&self, name: &str) -> String {
        let not_begun = self
            .not_begun
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let said = not_begun.get(name).filter(|said| !said.is_empty());
        said.map_or(NOT_BEGUN, String::as_str).to_owned()
    }

    fn adopt(&self, name: &str, owner: &SupervisorId) {
        let Some(pid) = owner.pid() else { return };
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(fd) => self.watch(name, process_end(fd)),
            Err(e) => {
                tracing::debug!(attempt = name, error = %e, "the process ended before it was adopted")
            }
        }
    }

    fn observe(&self, attempt: &Attempt) -> Observation {
        let dir = AttemptDir::new(&attempt.directory);
        let owner: Option<SupervisorId> = read_json(&dir.owner());
        let alive =
            owner.as_ref().is_some_and(SupervisorId::alive) || self.is_starting(&attempt.name);
        // Read after checking the process, which writes the record before it ends.
        if let Some(exit) = dir.read_exit() {
            return Observation::Ended(exit);
        }
        if !alive {
            // Checked again, because it may have appeared since.
            return if dir.has_begun() || !attempt.directory.exists() {
                Observation::Lost(INTERRUPTED.to_owned())
            } else {
                Observation::Ended(Exit::of_not_started(self.why_not(&attempt.name), true))
            };
        }
        if let Some(owner) = owner {
            self.adopt(&attempt.name, &owner);
        }
        Observation::Running
    }

    /// Whether it is a child process that has not yet written its `owner.json`.
    fn is_starting(&self, name: &str) -> bool {
        self.watched().contains(name)
    }
}

/// Resolves when the process has ended.
async fn process_end(process: OwnedFd) {
    // Safe with a type that owns its descriptor. The type system cannot express that, so the
    // function is deprecated in favour of an `unsafe` one, which this project does not use.
    #[allow(deprecated)]
    let process = AsyncFd::with_interest(process, Interest::READABLE);
    match process {
        Ok(process) => drop(process.readable().await),
        // The next check will notice.
        Err(e) => {
            tracing::warn!(error = %e, "failed to wait for the supervisor of an earlier attempt; it is looked at every 30 s")
        }
    }
}

#[async_trait]
impl Scheduler for LocalScheduler {
    fn kind(&self) -> &'static str {
        "LocalScheduler"
    }

    async fn submit(&self, task: &Task) -> Result<String, SubmitError> {
        let mut arguments = supervisor_arguments(task, self.config.sandbox);
        if let Some(user) = self.config.user {
            arguments.splice(1..1, ["--user".into(), user.to_string().into()]);
        }
        if self.config.low_priority {
            arguments.insert(1, "--low-priority".into());
        }
        let mut command = Command::new(&self.config.supervisor);
        command.args(arguments).env_clear().env("PATH", PATH);
        // Fail points exist in that process, too.
        #[cfg(feature = "fail-points")]
        command.envs(std::env::var_os("FAILPOINTS").map(|faults| ("FAILPOINTS", faults)));
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            // It reports why it cannot begin, and otherwise prints almost nothing.
            .stderr(Stdio::piped())
            .current_dir(&task.directory)
            .spawn()
            .map_err(|e| {
                let program = self.config.supervisor.display();
                let why = format!("{program} cannot be started: {e}");
                match e.kind() {
                    io::ErrorKind::ArgumentListTooLong | io::ErrorKind::InvalidInput => {
                        SubmitError::Refused(why)
                    }
                    // Too many processes or open files, no memory, or a program or folder that is
                    // being replaced: temporary conditions.
                    _ => SubmitError::Unavailable(why),
                }
            })?;
        let handle = child.id().map_or_else(String::new, |pid| pid.to_string());
        let name = task.name.clone();
        let not_begun = Arc::clone(&self.not_begun);
        let supervised = async move {
            match child.wait_with_output().await {
                Ok(output) => note_end(&name, &output, &not_begun),
                Err(e) => {
                    tracing::error!(error = %e, "failed to wait for the supervisor of an attempt")
                }
            }
        };
        self.watch(&task.name, supervised.in_current_span());
        Ok(handle)
    }

    async fn poll(&self, attempts: &[Attempt]) -> Result<Vec<Observation>, Unreachable> {
        let attempts = attempts.to_vec();
        self.off_runtime(move |local| {
            // For example, the folder was moved, together with all information about the jobs.
            if !local.config.attempts.is_dir() {
                let folder = local.config.attempts.display();
                return Err(Unreachable(format!("there is no folder {folder}")));
            }
            Ok(attempts.iter().map(|one| local.observe(one)).collect())
        })
        .await
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), Unreachable> {
        let dir = AttemptDir::new(&attempt.directory);
        self.off_runtime(move |_| {
            let owner: Option<SupervisorId> = read_json(&dir.owner());
            owner.map_or(Ok(()), |owner| owner.terminate())
        })
        .await
    }

    async fn find(&self, name: &str) -> Result<Option<String>, Unreachable> {
        let dir = AttemptDir::new(self.config.attempts.join(name));
        self.off_runtime(move |_| {
            let owner: Option<SupervisorId> = read_json(&dir.owner());
            Ok(owner.map(|owner| owner.handle()))
        })
        .await
    }

    async fn health(&self) -> Health {
        let running = self.watched().len();
        let usable = self.config.supervisor.exists();
        let detail = if usable {
            format!(
                "{running} of at most {} jobs running on this machine",
                self.config.max_running
            )
        } else {
            format!(
                "{} is gone; restart the service",
                self.config.supervisor.display()
            )
        };
        Health {
            usable,
            detail,
            cluster: None,
        }
    }

    fn free_slots(&self) -> usize {
        self.config.max_running.saturating_sub(self.watched().len())
    }

    fn changes(&self) -> Option<broadcast::Receiver<String>> {
        Some(self.changed.subscribe())
    }
}

fn note_end(name: &str, output: &Output, not_begun: &Mutex<HashMap<String, String>>) {
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    match output.status.code() {
        Some(ALREADY_TAKEN) => tracing::info!("the attempt already has a supervisor"),
        Some(CANNOT_BEGIN) => {
            tracing::warn!(%said, "the supervisor of the attempt could not begin");
            let mut not_begun = not_begun.lock().unwrap_or_else(PoisonError::into_inner);
            if not_begun.len() >= MOST_NOT_BEGUN {
                not_begun.clear();
            }
            not_begun.insert(name.to_owned(), said);
        }
        _ if !said.is_empty() => {
            tracing::warn!(%said, "the supervisor of the attempt wrote to its standard error")
        }
        _ => {}
    }
}

/// The arguments with which `datamonkey` supervises a task. `crates/cli` parses them.
pub(crate) fn supervisor_arguments(task: &Task, sandbox: Mode) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["sandbox".into(), "--directory".into()];
    arguments.push(task.directory.clone().into());
    arguments.extend(["--sandbox".into(), sandbox.word().into()]);
    if let Some(bytes) = task.resources.memory_bytes {
        arguments.extend(["--max-memory-bytes".into(), bytes.to_string().into()]);
    }
    if let Some(limit) = task.resources.time_limit {
        arguments.push("--time-limit".into());
        arguments.push(limit.as_secs().to_string().into());
    }
    for path in &task.resources.readable {
        arguments.push("--readable".into());
        arguments.push(Path::as_os_str(path).to_owned());
    }
    arguments.push("--".into());
    arguments.extend(task.command.iter().cloned());
    arguments
}
