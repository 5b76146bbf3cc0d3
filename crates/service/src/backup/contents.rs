//! The files of a backup: copying them, and checking them against their names.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use flate2::read::GzDecoder;
use store::FileKind;

use crate::files::{Hashed, none_if_missing};

/// How a file gets to its new place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transfer {
    /// By a hard link where the disk allows it, otherwise by a copy. Only for files that nobody
    /// changes.
    Link,
    /// By a copy.
    Copy,
}

/// What was transferred.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Transferred {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) linked: u64,
}

impl std::ops::AddAssign for Transferred {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.linked += other.linked;
    }
}

/// Transfers the files that `to` does not have yet. Skips temporary files, and files that are deleted in
/// the meantime.
pub(super) fn transfer(from: &Path, to: &Path, how: Transfer) -> anyhow::Result<Transferred> {
    let mut done = Transferred::default();
    for (name, size) in files(from)? {
        let (source, target) = (from.join(&name), to.join(&name));
        if target.exists() {
            continue;
        }
        let linked = place(&source, &target, how)
            .with_context(|| format!("cannot copy {} to {}", source.display(), target.display()))?;
        if let Some(linked) = linked {
            done += Transferred {
                files: 1,
                bytes: size,
                linked: u64::from(linked),
            };
        }
    }
    Ok(done)
}

/// Places one file, and returns whether it is a hard link; `None` if the file is gone.
fn place(source: &Path, target: &Path, how: Transfer) -> io::Result<Option<bool>> {
    let folder = target.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    if how == Transfer::Link {
        match fs::hard_link(source, target) {
            Ok(()) => return Ok(Some(true)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            // Another disk, or one without hard links.
            Err(_) => {}
        }
    }
    let Some(mut file) = none_if_missing(File::open(source))? else {
        return Ok(None);
    };
    copy(&mut file, target).map(|()| Some(false))
}

/// Writes a file that is complete or absent.
pub(super) fn copy(from: &mut File, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("/"));
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(from, &mut fresh)?;
    fresh.as_file().sync_all()?;
    fresh.persist(to)?;
    File::open(folder)?.sync_all()
}

/// Returns the files below a folder, relative to it, with their sizes in bytes.
fn files(folder: &Path) -> anyhow::Result<Vec<(PathBuf, u64)>> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder) {
        let is_gone = |e: &walkdir::Error| {
            e.io_error()
                .is_some_and(|e| e.kind() == io::ErrorKind::NotFound)
        };
        let entry = match entry {
            Err(e) if is_gone(&e) => continue,
            entry => entry?,
        };
        let is_unfinished = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !entry.file_type().is_file() || is_unfinished {
            continue;
        }
        let Ok(data) = entry.metadata() else { continue };
        found.push((entry.path().strip_prefix(folder)?.to_owned(), data.len()));
    }
    Ok(found)
}

/// Where a content is in a backup.
fn place_of(backup: &Path, kind: FileKind, hash: &str) -> PathBuf {
    let (folder, extension) = match kind {
        FileKind::Upload => ("blobs", ""),
        _ => ("results", ".gz"),
    };
    let first = hash.get(..2).unwrap_or_default();
    backup
        .join(folder)
        .join(first)
        .join(format!("{hash}{extension}"))
}

/// Returns the contents that a backup lacks.
pub(super) fn missing(backup: &Path, contents: &[(FileKind, String)]) -> Vec<(FileKind, String)> {
    let lacks = |(kind, hash): &&(FileKind, String)| !place_of(backup, *kind, hash).exists();
    contents.iter().filter(lacks).cloned().collect()
}

/// Compares every upload and result of a backup with the hash in its name.
pub(super) fn check(backup: &Path) -> anyhow::Result<()> {
    for folder in ["blobs", "results"] {
        for (name, _) in files(&backup.join(folder))? {
            let path = backup.join(folder).join(&name);
            let named = name.file_stem().unwrap_or_default().to_string_lossy();
            let file = BufReader::new(File::open(&path)?);
            let hash = match folder {
                "blobs" => hash(file),
                _ => hash(GzDecoder::new(file)),
            };
            let hash = hash.with_context(|| format!("{} is damaged", path.display()))?;
            if hash != named {
                bail!("{} is damaged: its SHA-256 is {hash}", path.display());
            }
        }
    }
    Ok(())
}

fn hash(from: impl Read) -> io::Result<String> {
    let mut hashed = Hashed::new(from);
    io::copy(&mut hashed, &mut io::sink())?;
    Ok(hashed.hex())
}
