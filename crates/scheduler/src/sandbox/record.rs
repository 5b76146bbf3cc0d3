//! The exit record, for which there is room from the beginning.
//!
//! A disk that is full when a command ends must not cost the record: so a file of its size is written
//! before the command starts, and at the end it is overwritten in place and renamed. Where overwriting
//! needs new blocks all the same (file systems that copy on write), it fails as any writing does, and is
//! tried again.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use crate::{
    AttemptDir, Exit,
    attempt_dir::{sync_parent, write_json},
    fail_point,
};

/// Bytes of a record with the longest sentences that it may have.
const ROOM: usize = 4096;
/// Bytes of the file that tells how far the command is confined, or why it was not started.
const LEVEL_ROOM: usize = 1024;

pub(super) struct Record {
    path: PathBuf,
    reserved: PathBuf,
    file: File,
}

impl Record {
    /// Takes the room for an attempt's record and for its other small files.
    pub(super) fn reserve(dir: &AttemptDir) -> io::Result<Self> {
        reserve(&dir.level(), LEVEL_ROOM)?;
        let reserved = dir.reserved();
        Ok(Self {
            path: dir.exit(),
            file: reserve(&reserved, ROOM)?,
            reserved,
        })
    }

    /// Writes the record: it is there whole or not at all, also after a power cut. May be called again
    /// after a failure.
    pub(super) fn write(&self, exit: &Exit) -> io::Result<()> {
        fail_point!("command-ended");
        let text = serde_json::to_vec(exit)?;
        self.file.write_all_at(&text, 0)?;
        // The blanks after it would be JSON still.
        self.file.set_len(text.len() as u64).ok();
        self.file.sync_all()?;
        match fs::rename(&self.reserved, &self.path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => write_json(&self.path, exit),
            Err(e) => Err(e),
            Ok(()) => sync_parent(&self.path),
        }
    }
}

/// A file of blanks that has its blocks; nothing of it stays where there is no room.
fn reserve(path: &Path, bytes: usize) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .open(path)?;
    let done = file
        .write_all_at(&vec![b' '; bytes], 0)
        .and_then(|()| file.sync_all());
    if let Err(e) = done {
        fs::remove_file(path).ok();
        return Err(e);
    }
    Ok(file)
}
