//! Starts, kills and restarts the service.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, RwLock},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    engine,
    patience::{Patience, work_in},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_datamonkey");

/// The supervisor of an attempt at a job.
pub(crate) struct Supervisor {
    pub(crate) pid: Pid,
    pub(crate) attempt: String,
    pub(crate) job: u64,
}

/// A service that uses one folder.
pub(crate) struct Service {
    data: PathBuf,
    engine: PathBuf,
    log: Mutex<File>,
    child: Mutex<Option<Child>>,
    url: RwLock<Option<String>>,
}

impl Service {
    pub(crate) fn new(folder: &Path) -> Self {
        work_in(folder);
        let data = folder.join("data");
        fs::create_dir_all(&data).unwrap();
        Self {
            data,
            engine: folder.join("engine"),
            log: Mutex::new(File::create(folder.join("log")).unwrap()),
            child: Mutex::new(None),
            url: RwLock::new(None),
        }
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn engine(&self) -> &Path {
        &self.engine
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("service-datamonkey.sqlite")
    }

    fn spawn(&self) -> Child {
        Command::new(PROGRAM)
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DATAMONKEY_DATA", &self.data)
            .env("SERVICE_DATAMONKEY_PORT", "0")
            .env("HYPHY_PATH", self.engine.join("hyphy"))
            .env("SANDBOX", "off")
            // The engine writes its journal as the user who runs the test.
            .env("JOB_USER", rustix::process::getuid().as_raw().to_string())
            .env("LOCAL_MAX_JOBS", "4")
            .env("USER_TOKEN_ENABLED", "true")
            .env("RATE_LIMIT_PER_SECOND", "0")
            .env("MAX_QUEUED_JOBS_PER_USER", "0")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Starts the service and waits until it listens.
    pub(crate) fn start(&self) {
        let mut patience = Patience::new("the lock of a service that was killed is free");
        while let Err(said) = self.try_start() {
            // A process that was just being started when its service was killed holds the lock until
            // it has become another program.
            let locked = said.contains("another datamonkey is using");
            assert!(locked, "the service does not start:\n{said}");
            std::thread::sleep(patience.pause("another datamonkey is using the folder"));
        }
    }

    /// Starts the service. If it ends before it listens, returns its output.
    fn try_start(&self) -> Result<(), String> {
        let mut child = self.spawn();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        let url = loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap() == 0 {
                child.wait().unwrap();
                return Err(seen);
            }
            self.log.lock().unwrap().write_all(line.as_bytes()).unwrap();
            if let Some((_, rest)) = line.split_once("listening on ") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
            seen += &line;
        };
        let mut log = self.log.lock().unwrap().try_clone().unwrap();
        // The thread ends with the service.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut log));
        *self.child.lock().unwrap() = Some(child);
        *self.url.write().unwrap() = Some(url);
        Ok(())
    }

    /// Starts the service and kills it after this time, at whatever step it is.
    pub(crate) fn kill_in_start(&self, after: Duration) {
        let mut child = self.spawn();
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Kills the service with SIGKILL.
    pub(crate) fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        if let Some(mut child) = child.take() {
            // Clients with open requests notice by themselves.
            child.kill().unwrap();
            *self.url.write().unwrap() = None;
            child.wait().unwrap();
        }
    }

    /// Stops the service as `make stop` does.
    pub(crate) fn stop(&self) {
        *self.url.write().unwrap() = None;
        let Some(mut child) = self.child.lock().unwrap().take() else {
            return;
        };
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        let status = child.wait().unwrap();
        assert!(status.success(), "the service ended with {status}");
    }

    /// Returns the service's address, as soon as it listens.
    pub(crate) fn url(&self) -> String {
        let mut patience = Patience::new("the service comes back");
        loop {
            if let Some(url) = self.url_now() {
                return url;
            }
            patience.pause("");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns the service's current address, if it listens.
    pub(crate) fn url_now(&self) -> Option<String> {
        self.url.read().unwrap().clone()
    }

    /// Returns the supervisors of the service's jobs.
    pub(crate) fn supervisors(&self) -> Vec<Supervisor> {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let mut found: Vec<Supervisor> = processes
            .filter_map(|entry| {
                let pid = entry.file_name().to_str()?.parse().ok()?;
                let command = fs::read(entry.path().join("cmdline")).ok()?;
                self.supervisor(Pid::from_raw(pid)?, &command)
            })
            .collect();
        found.sort_by(|a, b| a.attempt.cmp(&b.attempt));
        found
    }

    /// Returns the process with this command line, if it is a supervisor.
    fn supervisor(&self, pid: Pid, command: &[u8]) -> Option<Supervisor> {
        let words: Option<Vec<String>> = command
            .split(|byte| *byte == 0)
            .map(|word| String::from_utf8(word.to_vec()).ok())
            .collect();
        let words = words?;
        let [_, what, flag, directory, ..] = &words[..] else {
            return None;
        };
        let directory = Path::new(directory);
        if what != "sandbox"
            || flag != "--directory"
            || !directory.starts_with(self.data.join("attempts"))
        {
            return None;
        }
        Some(Supervisor {
            pid,
            attempt: directory.file_name()?.to_str()?.to_owned(),
            job: engine::number(&words)?,
        })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Ok(Some(mut child)) = self.child.lock().map(|mut child| child.take()) {
            child.kill().ok();
            child.wait().ok();
        }
        for supervisor in self.supervisors() {
            kill_process(supervisor.pid, Signal::KILL).ok();
        }
    }
}
