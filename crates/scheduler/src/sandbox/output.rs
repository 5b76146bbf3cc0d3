//! The command's output: a bounded log, and the last line that it drew on its terminal.
//!
//! The command never waits for the disk. Output that cannot be written, for example because the
//! disk is full, is held in memory within bounds and written later.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::FileExt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The end of the log is as important as its beginning, because it contains the errors. This is
/// also the amount that is held in memory while the disk accepts no data.
const TAIL: usize = 256 * 1024;
/// Interval between attempts to write to a disk that accepted no data.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// A progress line is drawn up to 20 times a second, but watchers read it only twice a second.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);
const MAX_PROGRESS_LINE: usize = 2000;

/// A log file of at most `limit` bytes, and a final part of at most 256 KiB.
#[derive(Clone)]
pub(super) struct Log(Arc<Mutex<LogState>>);

struct LogState {
    file: File,
    written: u64,
    limit: u64,
    /// Output that is not written: the end of a long log, or everything since the disk stopped
    /// accepting data.
    kept: Vec<u8>,
    /// Number of bytes before `kept` that were discarded.
    left_out: u64,
    /// When to try the disk again, if the last attempt failed.
    try_at: Option<Instant>,
    /// Whether the disk was full at any time.
    was_full: bool,
}

impl Log {
    pub(super) fn create(path: &Path, limit: u64) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let state = LogState {
            file,
            written: 0,
            limit,
            kept: Vec::new(),
            left_out: 0,
            try_at: None,
            was_full: false,
        };
        Ok(Self(Arc::new(Mutex::new(state))))
    }

    fn state(&self) -> MutexGuard<'_, LogState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self, bytes: &[u8]) {
        let mut log = self.state();
        let mut later = bytes;
        if log.kept.is_empty() && log.left_out == 0 && log.may_try() {
            let (now, _) = bytes.split_at(bytes.len().min(log.room()));
            let (done, failed) = append(&mut log.file, now);
            log.note(done, failed.as_ref());
            later = &bytes[done..];
        }
        log.keep(later);
        log.catch_up();
    }

    /// Whether output is waiting for the disk.
    pub(super) fn is_behind(&self) -> bool {
        let log = self.state();
        !log.kept.is_empty() && log.room() > 0
    }

    /// Writes the waiting output, if it is time to try.
    pub(super) fn catch_up(&self) {
        self.state().catch_up();
    }

    /// Whether the disk was full at any time.
    pub(super) fn was_full(&self) -> bool {
        self.state().was_full
    }

    /// Appends the kept end. May be called again after a failure.
    pub(super) fn finish(&self) -> io::Result<()> {
        let mut log = self.state();
        log.write_gap()?;
        let kept = std::mem::take(&mut log.kept);
        let (done, failed) = append(&mut log.file, &kept);
        log.note(done, failed.as_ref());
        log.kept = kept[done..].to_vec();
        match failed {
            Some(e) => Err(e),
            None => log.file.sync_all(),
        }
    }
}

impl LogState {
    /// Number of bytes that may be written before the final part of the log.
    fn room(&self) -> usize {
        usize::try_from(self.limit.saturating_sub(self.written)).unwrap_or(usize::MAX)
    }

    fn may_try(&self) -> bool {
        self.try_at.is_none_or(|at| Instant::now() >= at)
    }

    fn note(&mut self, written: usize, failed: Option<&io::Error>) {
        self.written += written as u64;
        self.try_at = failed.map(|_| Instant::now() + TRY_AGAIN);
        self.was_full |= failed.is_some_and(is_full);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
        if self.kept.len() > TAIL {
            let excess = self.kept.len() - TAIL;
            self.kept.drain(..excess);
            self.left_out += excess as u64;
        }
    }

    fn catch_up(&mut self) {
        if self.kept.is_empty() || self.room() == 0 || !self.may_try() || self.write_gap().is_err()
        {
            return;
        }
        let length = self.kept.len().min(self.room());
        let (done, failed) = append(&mut self.file, &self.kept[..length]);
        self.note(done, failed.as_ref());
        self.kept.drain(..done);
    }

    /// Writes a note about the discarded output, completely or not at all.
    fn write_gap(&mut self) -> io::Result<()> {
        if self.left_out == 0 {
            return Ok(());
        }
        let before = self.file.metadata()?.len();
        let gap = format!("\n[… {} bytes of output left out …]\n", self.left_out);
        let (done, failed) = append(&mut self.file, gap.as_bytes());
        if let Some(e) = failed {
            self.note(0, Some(&e));
            if done > 0 {
                self.file.set_len(before)?;
            }
            return Err(e);
        }
        self.note(done, None);
        self.left_out = 0;
        Ok(())
    }
}

/// No space is left, or this user's quota is exhausted.
pub(super) fn is_full(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// The number of bytes written, and the error if that is not all of them.
fn append(file: &mut File, bytes: &[u8]) -> (usize, Option<io::Error>) {
    let mut done = 0;
    while done < bytes.len() {
        match file.write(&bytes[done..]) {
            Ok(0) => return (done, Some(io::ErrorKind::WriteZero.into())),
            Ok(n) => done += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return (done, Some(e)),
        }
    }
    (done, None)
}

/// Copies the command's standard output to the log until it closes.
pub(super) fn copy(mut from: impl Read, log: &Log) {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(n) => log.write(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// The file of the progress line.
pub(super) fn create_progress(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
}

/// Reads the terminal that is the command's standard error. A line that is redrawn in place (ending
/// in CR or erased by `ESC[2K`) replaces the progress line. A line that ends in LF goes to the log.
pub(super) fn follow_terminal(mut from: impl Read, progress: &File, log: &Log) {
    let mut line = Vec::new();
    let mut last: Option<Instant> = None;
    let mut buffer = [0; 4096];
    loop {
        let n = match from.read(&mut buffer) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            // A terminal reports EIO when its last user is gone.
            Ok(0) | Err(_) => return,
            Ok(n) => n,
        };
        for &byte in &buffer[..n] {
            match byte {
                b'\n' => {
                    if !line.is_empty() {
                        line.push(b'\n');
                        log.write(&line);
                    }
                    line.clear();
                }
                b'\r' | 0x1b => {
                    if !is_escape_rest(&line)
                        && last.is_none_or(|at| at.elapsed() >= PROGRESS_EVERY)
                    {
                        // A line that the disk does not accept is skipped; another will follow.
                        last = replace(progress, &line).ok().map(|()| Instant::now());
                    }
                    line.clear();
                    if byte == 0x1b {
                        line.push(byte);
                    }
                }
                _ if line == [0x1b, b'[', b'2'] && byte == b'K' => line.clear(),
                _ if line.len() < MAX_PROGRESS_LINE => line.push(byte),
                _ => {}
            }
        }
    }
}

fn is_escape_rest(line: &[u8]) -> bool {
    line.is_empty() || line.starts_with(&[0x1b])
}

/// Written in place, so that a reader on another machine keeps its open file.
fn replace(file: &File, line: &[u8]) -> io::Result<()> {
    let mut text = line.to_vec();
    text.push(b'\n');
    file.write_all_at(&text, 0)?;
    file.set_len(text.len() as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_log_keeps_its_beginning_and_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let log = Log::create(&path, 10).unwrap();
        log.write(b"0123456789abc");
        log.write(&vec![b'x'; TAIL]);
        log.write(b"Error: the end");
        log.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("0123456789\n[… 17 bytes of output left out …]\nxxx"),
            "{}",
            &text[..60]
        );
        assert!(text.ends_with("Error: the end"));
    }

    /// A device that is always full takes the place of the disk. Later a file stands for the same
    /// disk with free space.
    #[test]
    fn output_is_kept_while_the_disk_is_full_and_written_later() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let log = Log::create(Path::new("/dev/full"), 1 << 20).unwrap();
        log.write(b"first ");
        log.write(&vec![b'x'; TAIL]);
        log.write(b"last");
        assert!(log.is_behind() && log.was_full());
        let refused = log.finish().unwrap_err();
        assert!(is_full(&refused), "{refused}");
        log.state().file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap();
        log.state().try_at = None;
        log.write(b", and more");
        assert!(!log.is_behind());
        log.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("\n[… 20 bytes of output left out …]\nxxx"),
            "{}",
            &text[..60]
        );
        assert!(text.ends_with("xlast, and more"));
    }

    #[test]
    fn the_progress_line_is_the_last_one_drawn() {
        let dir = tempfile::tempdir().unwrap();
        let (path, progress) = (dir.path().join("log"), dir.path().join("progress"));
        let log = Log::create(&path, 1000).unwrap();
        let drawn = b"\x1b[2K\rWorking on site pattern 1/9 in partition 1\r\x1b[2Ka warning\n";
        follow_terminal(&drawn[..], &create_progress(&progress).unwrap(), &log);
        assert_eq!(
            std::fs::read_to_string(&progress).unwrap(),
            "Working on site pattern 1/9 in partition 1\n"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a warning\n");
    }
}
