//! An attempt that is followed: what Slurm reports about it, and what its own files contain.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use chrono::{DateTime, Utc};

use super::{
    explain::JobContext,
    job::SlurmJob,
    settle::{Known, Timeouts, is_conclusive, settle},
};
use crate::{Attempt, AttemptDir, Exit, Observation};

/// Name of the script in the attempt's directory. Its modification time is the time of submission.
pub(crate) const SCRIPT: &str = "job.sh";
/// Name of the file with Slurm's and the script's own output.
pub(crate) const OUTPUT: &str = "slurm.out";
/// Maximum amount of that output that is examined.
const MAX_OUTPUT: usize = 16 * 1024;

/// An attempt that is followed.
pub(super) struct Tracked {
    pub(super) folder: PathBuf,
    /// Seconds since 1970.
    pub(super) written: i64,
    pub(super) confirmed: bool,
    pub(super) cancelled: Option<Instant>,
    pub(super) job: Option<SlurmJob>,
    pub(super) queued: bool,
    /// When accounting was first asked about it after the controller did not know it.
    pub(super) absent: Option<Instant>,
    /// Number of queries to accounting about it since it became absent.
    pub(super) asked: u32,
    pub(super) over: Option<Instant>,
    pub(super) context: JobContext,
    pub(super) last: Observation,
}

/// The information in an attempt's own files.
#[derive(Default)]
pub(super) struct Files {
    exit: Option<Exit>,
    output: String,
    /// Whether it has started.
    began: bool,
}

impl Files {
    /// Reads the files. `over`: Slurm reports the attempt as ended.
    pub(super) fn read(folder: &Path, over: bool) -> Self {
        let dir = AttemptDir::new(folder);
        let exit = dir.read_exit();
        if !over || exit.as_ref().is_some_and(|exit| is_conclusive(exit, false)) {
            return Self {
                exit,
                ..Self::default()
            };
        }
        Self {
            exit,
            output: tail(&folder.join(OUTPUT)),
            began: dir.has_begun(),
        }
    }
}

impl Tracked {
    pub(super) fn new(attempt: &Attempt, context: JobContext) -> Self {
        let written = script_written(&attempt.directory);
        Self {
            folder: attempt.directory.clone(),
            written: written.unwrap_or_else(|| Utc::now().timestamp()),
            confirmed: !attempt.handle.is_empty(),
            cancelled: None,
            job: None,
            queued: false,
            absent: None,
            asked: 0,
            over: None,
            context,
            last: Observation::Pending,
        }
    }

    pub(super) fn seen(&mut self, job: SlurmJob, queued: bool) {
        if job.state.is_final() {
            self.over.get_or_insert_with(Instant::now);
        } else {
            self.over = None;
        }
        self.confirmed = true;
        self.queued = queued;
        self.job = Some(job);
    }

    pub(super) fn settle(&mut self, found: Files, timeouts: &Timeouts) -> Observation {
        self.context.output = found.output;
        let known = Known {
            job: self.job.clone(),
            queued: self.queued,
            confirmed: self.confirmed,
            cancelled: self.cancelled.is_some(),
            absent: self.absent.map(|at| at.elapsed()),
            over: self.over.map(|at| at.elapsed()),
            exit: found.exit,
            began: found.began,
            context: self.context.clone(),
        };
        settle(&known, timeouts)
    }
}

/// When the script of an attempt was written, in seconds since 1970; `None` if there is none.
pub(crate) fn script_written(directory: &Path) -> Option<i64> {
    let script = std::fs::metadata(directory.join(SCRIPT)).ok()?;
    Some(DateTime::<Utc>::from(script.modified().ok()?).timestamp())
}

fn tail(path: &Path) -> String {
    use std::io::{Read, Seek, SeekFrom};
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = std::fs::File::open(path)?;
        let from = file.metadata()?.len().saturating_sub(MAX_OUTPUT as u64);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(MAX_OUTPUT as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}
