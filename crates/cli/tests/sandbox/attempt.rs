//! An attempt with its own supervisor.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
};

use scheduler::{AttemptDir, Exit};

pub use crate::patience::until;
use crate::patience::{Patience, work_in};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_datamonkey");

pub struct Attempt {
    pub supervisor: Child,
    pub directory: PathBuf,
    pub dir: AttemptDir,
}

impl Attempt {
    /// Supervises a line of shell in a new folder.
    pub fn start(directory: &Path, arguments: &[&str], script: &str) -> Self {
        work_in(directory);
        let dir = AttemptDir::new(directory);
        fs::create_dir_all(dir.run()).unwrap();
        let usual: &[&str] = if arguments.contains(&"--sandbox") {
            &[]
        } else {
            &["--sandbox", "best-effort"]
        };
        let supervisor = Command::new(PROGRAM)
            .args(["sandbox", "--directory"])
            .arg(directory)
            .args(arguments)
            .args(usual)
            .args(["--", "/bin/sh", "-c", script])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            supervisor,
            directory: directory.to_path_buf(),
            dir,
        }
    }

    /// Waits until the supervisor has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let mut patience = Patience::new("the end of the supervisor");
        loop {
            if let Some(status) = self.supervisor.try_wait().unwrap() {
                return status;
            }
            let length = fs::metadata(self.dir.log()).map_or(0, |log| log.len());
            thread::sleep(patience.pause(format!("a log of {length} bytes")));
        }
    }

    /// Returns the exit record, once the supervisor has ended.
    pub fn exit(&mut self) -> Exit {
        let status = self.ended();
        let said = self.said();
        assert_eq!(status.code(), Some(0), "{said}");
        self.dir.read_exit().expect("a record")
    }

    /// Returns the output of the supervisor, which has ended.
    pub fn said(&mut self) -> String {
        let mut said = String::new();
        let mut pipe = self.supervisor.stderr.take().unwrap();
        pipe.read_to_string(&mut said).unwrap();
        said
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.log()).unwrap()
    }

    /// Waits until the command has created this file.
    pub fn has_made(&self, name: &str) {
        until(name, || self.dir.run().join(name).exists());
    }

    pub fn cancel(&self) {
        let process = self.supervisor.id().to_string();
        let sent = Command::new("kill").arg(process).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.supervisor.kill().ok();
        self.supervisor.wait().ok();
    }
}
