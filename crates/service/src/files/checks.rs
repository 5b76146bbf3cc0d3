//! Whether there is room in the service's folders, and whether they can be written.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::Files;

impl Files {
    /// Returns the number of free bytes on the disk that holds the uploads.
    pub(crate) fn free_bytes(&self) -> io::Result<u64> {
        free_bytes(&self.datasets)
    }

    /// Returns the number of free bytes on the disk of each folder that can be asked.
    pub(crate) fn free_by_folder(&self) -> Vec<(&'static str, u64)> {
        let folders = [("datasets", &self.datasets), ("jobs", &self.base)];
        let free =
            |(name, folder): (&'static str, &PathBuf)| Some((name, free_bytes(folder).ok()?));
        folders.into_iter().filter_map(free).collect()
    }

    /// Checks that files can be written to every folder that new uploads and jobs need.
    ///
    /// # Errors
    /// Returns the folder that cannot be written to, and why.
    pub(crate) fn check_writable(&self) -> Result<(), (PathBuf, io::Error)> {
        for folder in [
            self.incoming(),
            self.blobs(),
            self.attempts(),
            self.results(),
        ] {
            let written = tempfile::tempfile_in(&folder).and_then(|mut file| file.write_all(b"1"));
            written.map_err(|e| (folder, e))?;
        }
        Ok(())
    }
}

/// Returns the number of free bytes on the disk that holds a folder.
pub(crate) fn free_bytes(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}
