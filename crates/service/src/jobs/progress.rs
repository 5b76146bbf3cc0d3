//! Reads the progress of an attempt from its files.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use api::Progress;
use hyphy::{progress::Reader, table::Stage};
use scheduler::{Attempt, AttemptDir};

use crate::{blocking::blocking, error::Result};

/// Progress is stored in steps of this fraction, which limits a job to about a hundred events.
const STEP: f64 = 0.01;
/// Most bytes of a log that are read at once.
const PIECE: u64 = 1 << 20;

/// Tracks the progress of an attempt.
pub(super) struct ProgressOf {
    stages: &'static [Stage],
    log: LogReader,
    noted: Option<Progress>,
}

/// Reads a log incrementally.
struct LogReader {
    reader: Reader,
    read: u64,
}

impl ProgressOf {
    pub(super) fn new(stages: &'static [Stage]) -> Self {
        Self {
            stages,
            log: LogReader::new(stages),
            noted: None,
        }
    }

    /// Reads what was added to the attempt's files. Returns the progress if it has changed enough
    /// to be noted.
    pub(super) async fn read(&mut self, attempt: &Attempt) -> Result<Option<Progress>> {
        let mut log = std::mem::replace(&mut self.log, LogReader::new(self.stages));
        let directory = AttemptDir::new(&attempt.directory);
        let read = blocking(move || {
            log.read(&directory);
            Ok(log)
        });
        self.log = read.await?;
        let now = self.log.reader.now();
        let now = Progress {
            stage: now.stage,
            stage_number: now.stage_number,
            stages: now.stages,
            fraction: now.fraction,
            counted: now.counted,
        };
        let worth_it = self
            .noted
            .as_ref()
            .is_none_or(|noted| noted.stage != now.stage || now.fraction - noted.fraction >= STEP);
        Ok(worth_it.then_some(now))
    }

    /// Remembers the progress that was stored.
    pub(super) fn noted(&mut self, progress: Progress) {
        self.noted = Some(progress);
    }
}

impl LogReader {
    fn new(stages: &'static [Stage]) -> Self {
        Self {
            reader: Reader::new(stages),
            read: 0,
        }
    }

    /// Reads new log output. A missing or unreadable log counts as no output.
    fn read(&mut self, directory: &AttemptDir) {
        if let Ok(piece) = self.piece(&directory.log()) {
            self.read += piece.len() as u64;
            self.reader.log(&piece);
        }
        if let Ok(line) = std::fs::read_to_string(directory.progress()) {
            self.reader.terminal(&line);
        }
    }

    fn piece(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        // The log starts over if a cluster restarts the job.
        if file.metadata()?.len() < self.read {
            self.read = 0;
        }
        file.seek(SeekFrom::Start(self.read))?;
        let mut piece = Vec::new();
        file.take(PIECE).read_to_end(&mut piece)?;
        Ok(piece)
    }
}
