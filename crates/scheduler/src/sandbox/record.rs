//! The exit record, whose space is reserved in advance.
//!
//! A disk that is full when a command ends must not cost the record. A file of its size is
//! therefore written before the command starts. At the end it is overwritten in place and renamed.
//! On copy-on-write file systems, overwriting needs new blocks. It can therefore fail as any write
//! can, and is tried again.

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

/// Size of a record with the longest sentences that it may contain.
const ROOM: usize = 4096;
/// Size of the file with the confinement level, or the reason why the command was not started.
const LEVEL_ROOM: usize = 1024;

pub(super) struct Record {
    path: PathBuf,
    reserved: PathBuf,
    file: File,
}

impl Record {
    /// Reserves space for an attempt's record and for its other small files.
    pub(super) fn reserve(dir: &AttemptDir) -> io::Result<Self> {
        reserve(&dir.level(), LEVEL_ROOM)?;
        let reserved = dir.reserved();
        Ok(Self {
            path: dir.exit(),
            file: reserve(&reserved, ROOM)?,
            reserved,
        })
    }

    /// Writes the record atomically, even in case of a power cut. May be called again after a
    /// failure.
    pub(super) fn write(&self, exit: &Exit) -> io::Result<()> {
        fail_point!("command-ended");
        let text = serde_json::to_vec(exit)?;
        self.file.write_all_at(&text, 0)?;
        // The trailing blanks would still be valid JSON.
        self.file.set_len(text.len() as u64).ok();
        self.file.sync_all()?;
        match fs::rename(&self.reserved, &self.path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => write_json(&self.path, exit),
            Err(e) => Err(e),
            Ok(()) => sync_parent(&self.path),
        }
    }
}

/// Creates a file of blanks with allocated blocks. If there is no space, nothing is left behind.
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
