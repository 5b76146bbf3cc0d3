//! The machine at hand.
//!
//! Each task is a supervisor process of its own session (see [`crate::sandbox`]) that outlives
//! the service; after a restart it is adopted by its `owner.json`. The end of a supervisor is
//! noticed at once: by waiting for our own children, by a pidfd for adopted ones.

use std::{
    collections::HashSet,
    ffi::OsString,
    fs, io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open},
};
use serde::{Deserialize, Serialize};
use tokio::{
    process::Command,
    sync::{broadcast, oneshot},
};

use crate::{
    Attempt, AttemptDir, Health, Observation, Scheduler, SubmitError, Task, Unreachable,
    attempt_dir::read_json,
    sandbox::{ALREADY_TAKEN, Mode, PATH},
};

const INTERRUPTED: &str = "The machine went down, or the job's supervisor was killed.";

/// How the machine at hand is used.
#[derive(Debug, Clone)]
pub struct LocalConfig {
    /// The `datamonkey` program, which is its own supervisor.
    pub supervisor: PathBuf,
    /// Directory that holds the attempts' directories, each named by its attempt.
    pub attempts: PathBuf,
    /// Tasks that run at the same time; at least 1.
    pub max_running: usize,
    /// How much tasks are confined.
    pub sandbox: Mode,
}

/// Runs tasks as processes of this machine.
pub struct LocalScheduler {
    config: LocalConfig,
    watched: Arc<Mutex<HashSet<String>>>,
    changed: broadcast::Sender<String>,
}

/// Which process has an attempt. A process id alone may be another process after a reboot or a
/// wrap-around; with its start time and the boot it is unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    pid: i32,
    start_ticks: u64,
    boot_id: String,
}

impl Owner {
    pub(crate) fn this_process() -> io::Result<Self> {
        let pid = rustix::process::getpid().as_raw_nonzero().get();
        Self::of(pid).ok_or_else(|| io::Error::other("/proc does not show this process"))
    }

    fn of(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field is the name in parentheses and may hold anything; proc(5), field 22.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        if matches!(*fields.first()?, "Z" | "X") {
            return None;
        }
        let start_ticks = fields.get(19)?.parse().ok()?;
        let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        Some(Self {
            pid,
            start_ticks,
            boot_id: boot_id.trim().to_owned(),
        })
    }

    fn alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    fn handle(&self) -> String {
        format!("{}@{}", self.pid, self.start_ticks)
    }

    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(self.pid)
    }
}

impl LocalScheduler {
    /// Uses this machine. Nothing is started yet.
    #[must_use]
    pub fn new(config: LocalConfig) -> Self {
        let (changed, _) = broadcast::channel(1024);
        Self {
            config,
            watched: Arc::default(),
            changed,
        }
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells watchers when the supervisor is gone. `gone` resolves at that moment.
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
            // Nobody listening is fine: the next poll sees the exit record.
            changed.send(name).ok();
        });
    }

    fn adopt(&self, name: &str, owner: &Owner) {
        let Some(pid) = owner.pid() else { return };
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(fd) => self.watch(name, process_end(fd)),
            Err(e) => tracing::debug!(%name, error = %e, "the process ended before it was adopted"),
        }
    }

    fn observe(&self, attempt: &Attempt) -> Observation {
        let dir = AttemptDir::new(&attempt.directory);
        let owner: Option<Owner> = read_json(&dir.owner());
        let alive = owner.as_ref().is_some_and(Owner::alive) || self.is_starting(&attempt.name);
        // Read after looking at the process: it writes the record before it ends.
        if let Some(exit) = dir.read_exit() {
            return Observation::Ended(exit);
        }
        if !alive {
            return Observation::Lost(INTERRUPTED.to_owned());
        }
        if let Some(owner) = owner {
            self.adopt(&attempt.name, &owner);
        }
        Observation::Running
    }

    /// Our child, which has not yet written its `owner.json`.
    fn is_starting(&self, name: &str) -> bool {
        self.watched().contains(name)
    }
}

/// Resolves when the process is gone. A thread waits for it: adopted processes are few, and a
/// runtime cannot wait for a pidfd without unsafe code.
async fn process_end(process: OwnedFd) {
    let (gone, is_gone) = oneshot::channel();
    std::thread::spawn(move || {
        let mut fds = [PollFd::new(&process, PollFlags::IN)];
        while poll(&mut fds, None) == Err(Errno::INTR) {}
        // Fails only if the service is stopping.
        gone.send(()).ok();
    });
    is_gone.await.ok();
}

#[async_trait]
impl Scheduler for LocalScheduler {
    fn kind(&self) -> &'static str {
        "LocalScheduler"
    }

    async fn submit(&self, task: &Task) -> Result<String, SubmitError> {
        let mut child = Command::new(&self.config.supervisor)
            .args(supervisor_arguments(task, self.config.sandbox))
            .env_clear()
            .env("PATH", PATH)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir(&task.directory)
            .spawn()
            .map_err(|e| {
                let program = self.config.supervisor.display();
                SubmitError::Refused(format!("{program} cannot be started: {e}"))
            })?;
        let handle = child.id().map_or_else(String::new, |pid| pid.to_string());
        let name = task.name.clone();
        self.watch(&task.name, async move {
            match child.wait().await {
                Ok(status) if status.code() == Some(ALREADY_TAKEN) => {
                    tracing::info!(%name, "the attempt has a supervisor already");
                }
                Ok(_) => {}
                Err(e) => tracing::error!(%name, error = %e, "cannot wait for a supervisor"),
            }
        });
        Ok(handle)
    }

    async fn poll(&self, attempts: &[Attempt]) -> Result<Vec<Observation>, Unreachable> {
        Ok(attempts
            .iter()
            .map(|attempt| self.observe(attempt))
            .collect())
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), Unreachable> {
        let owner: Option<Owner> = read_json(&AttemptDir::new(&attempt.directory).owner());
        if let Some(owner) = owner.filter(Owner::alive)
            && let Some(pid) = owner.pid()
        {
            kill_process(pid, Signal::TERM).map_err(|e| Unreachable(e.to_string()))?;
        }
        Ok(())
    }

    async fn find(&self, name: &str) -> Result<Option<String>, Unreachable> {
        let dir = AttemptDir::new(self.config.attempts.join(name));
        let owner: Option<Owner> = read_json(&dir.owner());
        Ok(owner.map(|owner| owner.handle()))
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

/// The arguments with which `datamonkey` supervises a task; `crates/cli` reads them.
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
