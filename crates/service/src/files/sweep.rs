//! Finds and removes files that nothing refers to any more.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{Files, none_if_missing, remove};
use store::FileKind;

/// How the names of `tempfile`'s temporary files begin.
const TEMPORARY: &str = ".tmp";
/// How the names of attempts begin.
pub(crate) const ATTEMPT: &str = "dm-";

/// How many files and folders a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Temporary files that were never moved into place.
    pub(crate) temporary: u64,
    /// Uploads without a dataset.
    pub(crate) uploads: u64,
    /// Results without a job.
    pub(crate) results: u64,
    /// Logs, fits, inputs and partial results without a job.
    pub(crate) of_jobs: u64,
    /// Folders of finished attempts.
    pub(crate) attempts: u64,
}

impl Swept {
    /// Counts one more file of a kind.
    pub(crate) fn count(&mut self, kind: FileKind) {
        match kind {
            FileKind::Upload => self.uploads += 1,
            FileKind::Result => self.results += 1,
            FileKind::OfJob | FileKind::OfAttempt => self.of_jobs += 1,
            FileKind::Attempt => self.attempts += 1,
        }
    }
}

impl Files {
    /// Removes temporary files that are older than `age`, and returns their number. Those in the
    /// folders of attempts are removed with their folders.
    pub(crate) fn remove_temporary(&self, age: Duration) -> io::Result<u64> {
        let nested = [self.blobs(), self.results(), self.fits(), self.inputs()];
        let mut folders = vec![self.incoming(), self.logs(), self.partials()];
        folders.extend(self.roots().map(Path::to_path_buf));
        for folder in &nested {
            folders.extend(entries(folder)?);
        }
        folders.extend(nested);
        folders.sort();
        folders.dedup();
        let mut removed = 0;
        for path in folders.iter().filter(|path| path.is_dir()) {
            for file in entries(path)? {
                if is_temporary(&file) && is_older(&file, age) {
                    remove(&file)?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    /// Returns the names of all files of a kind.
    pub(crate) fn names(&self, kind: FileKind) -> io::Result<Vec<String>> {
        let files = match kind {
            FileKind::Upload => nested(&self.blobs())?,
            FileKind::Result => nested(&self.results())?,
            FileKind::OfJob | FileKind::OfAttempt => {
                let mut files = nested(&self.fits())?;
                files.extend(nested(&self.inputs())?);
                files.extend(entries(&self.logs())?);
                files.extend(entries(&self.partials())?);
                files
            }
            FileKind::Attempt => entries(&self.attempts())?,
        };
        let name = |path: &PathBuf| {
            let name = path.file_name()?.to_str()?;
            Some(name.strip_suffix(".gz").unwrap_or(name).to_owned())
        };
        let mut names: Vec<String> = files
            .iter()
            // Temporary folders beside the attempts, such as the one for trying out the engine, are
            // removed like attempts.
            .filter(|path| kind == FileKind::Attempt || !is_temporary(path))
            .filter_map(name)
            .collect();
        match kind {
            FileKind::OfJob => names.retain(|name| !name.starts_with(ATTEMPT)),
            FileKind::OfAttempt => names.retain(|name| name.starts_with(ATTEMPT)),
            _ => {}
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Removes the file of a kind with this name.
    pub(crate) fn remove(&self, kind: FileKind, name: &str) -> io::Result<()> {
        match kind {
            FileKind::Upload => self.remove_blob(name),
            FileKind::Result => self.remove_result(name),
            FileKind::OfJob => self.remove_of_job(name, None),
            FileKind::OfAttempt => remove(&self.log(name)),
            FileKind::Attempt => self.remove_attempt(name),
        }
    }
}

fn is_temporary(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with(TEMPORARY))
}

fn is_older(path: &Path, age: Duration) -> bool {
    let changed = fs::metadata(path).and_then(|file| file.modified());
    // A file from the future has no age.
    changed.is_ok_and(|at| {
        let now = SystemTime::now();
        now.duration_since(at).is_ok_and(|is| is >= age) || age.is_zero()
    })
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(entries) = none_if_missing(fs::read_dir(folder))? else {
        return Ok(Vec::new());
    };
    entries.map(|entry| Ok(entry?.path())).collect()
}

/// Returns the files in the subfolders of a folder.
fn nested(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for inner in entries(folder)?.iter().filter(|path| path.is_dir()) {
        files.extend(entries(inner)?);
    }
    Ok(files)
}
