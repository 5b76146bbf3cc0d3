//! Ensures that only one service works on a folder.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

use super::{PRIVATE, make_folders};

/// Name of the lock file. It begins like the name of the database's file.
const LOCK: &str = "service-datamonkey.lock";

/// How often to try for a lock, and how long to wait between the tries.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Locks of all folders that a service works on. They are held until this value is dropped.
#[derive(Debug)]
pub(crate) struct FolderLocks {
    _files: Vec<File>,
}

impl FolderLocks {
    /// Locks these folders, and creates those that do not exist. It changes nothing else in them.
    ///
    /// # Errors
    /// Fails if another service works on one of the folders, or if a folder is not writable.
    pub(crate) fn acquire(folders: &[&Path]) -> anyhow::Result<Self> {
        let mut files: Vec<File> = Vec::new();
        for folder in folders {
            make_folders(folder, PRIVATE)
                .with_context(|| format!("cannot create {}", folder.display()))?;
            let path = folder.join(LOCK);
            let open = || OpenOptions::new().create(true).append(true).open(&path);
            let file = open().with_context(|| format!("cannot write {}", path.display()))?;
            // We already hold this folder's lock under another path.
            if is_held(&files, &file)? {
                continue;
            }
            match lock(&file) {
                Ok(()) => files.push(file),
                Err(Errno::WOULDBLOCK) => bail!(
                    "another datamonkey is using {}; stop it (`make stop`), or set \
                     DATAMONKEY_DATA to another folder",
                    shown(folder).display()
                ),
                Err(e) => {
                    return Err(e).with_context(|| format!("cannot lock {}", path.display()));
                }
            }
        }
        Ok(Self { _files: files })
    }
}

/// Locks a file. A child process that the service was spawning when it was killed may hold the lock
/// for a moment longer, so this retries.
fn lock(file: &File) -> Result<(), Errno> {
    let mut tries = 0;
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) if tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

fn is_held(files: &[File], other: &File) -> anyhow::Result<bool> {
    let id = |file: &File| file.metadata().map(|file| (file.dev(), file.ino()));
    let other = id(other)?;
    for file in files {
        if id(file)? == other {
            return Ok(true);
        }
    }
    Ok(false)
}

fn shown(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_folder_is_locked_once_under_any_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        fs::create_dir(&a).unwrap();
        std::os::unix::fs::symlink(&a, &b).unwrap();
        let locks = FolderLocks::acquire(&[&a, &b]).unwrap();
        let refused = FolderLocks::acquire(&[&b]).unwrap_err();
        assert!(refused.to_string().contains("another datamonkey is using"));
        drop(locks);
        FolderLocks::acquire(&[&b]).unwrap();
    }
}
