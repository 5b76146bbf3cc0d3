//! The files of one attempt.
//!
//! ```text
//! <name>/
//!   run/        the command's working directory: its inputs, and everything that it may write
//!   log         the command's output, bounded
//!   progress    the last line that the command drew on its terminal
//!   level       the command's confinement level
//!   owner.json  the supervisor process that has claimed this attempt
//!   exit.json   how it ended; written last, by rename (exit.json.reserved until then)
//! ```
//! The command itself has access only to `run/`, so it cannot forge the other files.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::confinement::Level;

/// Paths inside an attempt's directory.
#[derive(Debug, Clone)]
pub struct AttemptDir(PathBuf);

impl AttemptDir {
    /// The files of the attempt in this directory. Does not access the file system.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// Working directory of the command.
    #[must_use]
    pub fn run(&self) -> PathBuf {
        self.0.join("run")
    }

    /// The command's output.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    /// The last line that the command drew on its terminal.
    #[must_use]
    pub fn progress(&self) -> PathBuf {
        self.0.join("progress")
    }

    pub(crate) fn level(&self) -> PathBuf {
        self.0.join("level")
    }

    /// The confinement level of the command ([`crate::sandbox::Level`]), if it was started.
    #[must_use]
    pub fn read_level(&self) -> Option<String> {
        let text = fs::read_to_string(self.level()).ok()?;
        let level: Option<Level> = text.trim().parse().ok();
        level.map(|level| level.to_string())
    }

    /// Why the command could not be started, as recorded by the confined process, and whether the
    /// reason is temporary.
    pub(crate) fn read_not_started(&self) -> Option<(String, bool)> {
        let text = fs::read_to_string(self.level()).ok()?;
        let text = text.trim();
        let passing = text.strip_prefix(Self::PASSING).map(|why| (why, true));
        let (why, passing) =
            passing.or_else(|| Some((text.strip_prefix(Self::NOT_STARTED)?, false)))?;
        Some((why.to_owned(), passing))
    }

    /// Prefix of the sentence in `level` if the command could not be started.
    pub(crate) const NOT_STARTED: &'static str = "not started: ";
    /// The same if nothing is wrong with the command itself.
    pub(crate) const PASSING: &'static str = "not started for now: ";

    pub(crate) fn owner(&self) -> PathBuf {
        self.0.join("owner.json")
    }

    pub(crate) fn exit(&self) -> PathBuf {
        self.0.join("exit.json")
    }

    pub(crate) fn reserved(&self) -> PathBuf {
        self.0.join("exit.json.reserved")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// Created by a script that runs without the supervisor, instead of `owner.json`.
    pub(crate) const TAKEN: &'static str = "taken";

    /// Whether the folder of all attempts exists.
    pub(crate) fn is_among_attempts(&self) -> bool {
        self.0.parent().is_some_and(Path::is_dir)
    }

    /// Whether the attempt was begun, by the supervisor or by a script.
    pub(crate) fn has_begun(&self) -> bool {
        self.owner().exists() || self.0.join(Self::TAKEN).exists()
    }

    /// How the command ended; `None` if it has not ended.
    #[must_use]
    pub fn read_exit(&self) -> Option<Exit> {
        read_json(&self.exit())
    }
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// Exit code, if it exited by itself.
    pub code: Option<i32>,
    /// Signal that ended it, if any.
    pub signal: Option<i32>,
    /// It was stopped because its time limit was reached.
    #[serde(default)]
    pub timed_out: bool,
    /// The supervisor was asked to stop it.
    #[serde(default)]
    pub cancelled: bool,
    /// Why it could not be started at all.
    #[serde(default)]
    pub not_started: Option<String>,
    /// The reason is a temporary condition of the machine. Nothing is wrong with the task, and it
    /// may be tried again.
    #[serde(default)]
    pub passing: bool,
    /// The disk was full while the command ran or when it ended. Its files may be truncated,
    /// whatever its exit code.
    #[serde(default)]
    pub disk_full: bool,
    /// Why it ended, in a sentence for users, if the scheduler knows more than the command.
    #[serde(default)]
    pub explanation: Option<String>,
    /// When the command was started.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub ended: DateTime<Utc>,
}

impl Exit {
    /// The record of a command that could not be started.
    pub(crate) fn of_not_started(why: String, passing: bool) -> Self {
        let now = Utc::now();
        Self {
            code: None,
            signal: None,
            timed_out: false,
            cancelled: false,
            not_started: Some(why),
            passing,
            disk_full: false,
            explanation: None,
            started: now,
            ended: now,
        }
    }

    /// Whether it exited by itself with exit code 0.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.code == Some(0)
    }
}

/// Writes a JSON file atomically, even in case of a power cut.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(parent)?;
    serde_json::to_writer(&mut file, value)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_parent(path)
}

/// Ensures that a file's name is on the disk.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}
