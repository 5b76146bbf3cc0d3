//! What the command prints: a bounded log, and the line it last drew on its terminal.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::FileExt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The end of the log is worth as much as its beginning: that is where errors are.
const TAIL: usize = 256 * 1024;
/// A progress line is drawn up to 20 times a second; watchers look twice.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);
const MAX_PROGRESS_LINE: usize = 2000;

/// A log file of at most `limit` bytes and a last part of at most 256 KiB.
#[derive(Clone)]
pub(super) struct Log(Arc<Mutex<LogState>>);

struct LogState {
    file: File,
    written: u64,
    limit: u64,
    left_out: u64,
    tail: Vec<u8>,
}

impl Log {
    pub(super) fn create(path: &Path, limit: u64) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let state = LogState {
            file,
            written: 0,
            limit,
            left_out: 0,
            tail: Vec::new(),
        };
        Ok(Self(Arc::new(Mutex::new(state))))
    }

    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = usize::try_from(log.limit - log.written).unwrap_or(usize::MAX);
        let (now, later) = bytes.split_at(bytes.len().min(room));
        log.file.write_all(now)?;
        log.written += now.len() as u64;
        log.tail.extend_from_slice(later);
        if log.tail.len() > TAIL {
            let excess = log.tail.len() - TAIL;
            log.tail.drain(..excess);
            log.left_out += excess as u64;
        }
        Ok(())
    }

    /// Appends the kept end.
    pub(super) fn finish(&self) -> io::Result<()> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if log.left_out > 0 {
            let gap = format!("\n[… {} bytes of output left out …]\n", log.left_out);
            log.file.write_all(gap.as_bytes())?;
        }
        let tail = std::mem::take(&mut log.tail);
        log.file.write_all(&tail)?;
        log.file.sync_all()
    }
}

/// Copies the command's standard output to the log until it closes.
pub(super) fn copy(mut from: impl Read, log: &Log) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => log.write(&buffer[..n])?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Follows the terminal that is the command's standard error. A line redrawn in place (ended by
/// CR or erased by `ESC[2K`) replaces the progress line; a line ended by LF goes to the log.
pub(super) fn follow_terminal(mut from: impl Read, progress: &Path, log: &Log) -> io::Result<()> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(progress)?;
    let mut line = Vec::new();
    let mut last: Option<Instant> = None;
    let mut buffer = [0; 4096];
    loop {
        let n = match from.read(&mut buffer) {
            // EIO is how a terminal says that its last user is gone.
            Ok(0) | Err(_) => return Ok(()),
            Ok(n) => n,
        };
        for &byte in &buffer[..n] {
            match byte {
                b'\n' => {
                    if !line.is_empty() {
                        line.push(b'\n');
                        log.write(&line)?;
                    }
                    line.clear();
                }
                b'\r' | 0x1b => {
                    if !is_escape_rest(&line)
                        && last.is_none_or(|at| at.elapsed() >= PROGRESS_EVERY)
                    {
                        last = Some(Instant::now());
                        replace(&file, &line)?;
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

/// In place, so that a reader on another machine keeps its open file.
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
        log.write(b"0123456789abc").unwrap();
        log.write(&vec![b'x'; TAIL]).unwrap();
        log.write(b"Error: the end").unwrap();
        log.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("0123456789\n[… 17 bytes of output left out …]\nxxx"),
            "{}",
            &text[..60]
        );
        assert!(text.ends_with("Error: the end"));
    }

    #[test]
    fn the_progress_line_is_the_last_one_drawn() {
        let dir = tempfile::tempdir().unwrap();
        let (path, progress) = (dir.path().join("log"), dir.path().join("progress"));
        let log = Log::create(&path, 1000).unwrap();
        let drawn = b"\x1b[2K\rWorking on site pattern 1/9 in partition 1\r\x1b[2Ka warning\n";
        follow_terminal(&drawn[..], &progress, &log).unwrap();
        assert_eq!(
            std::fs::read_to_string(&progress).unwrap(),
            "Working on site pattern 1/9 in partition 1\n"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a warning\n");
    }
}
