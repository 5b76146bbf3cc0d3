//! Access to the files of a database without opening them.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The file of a database, and the files that SQLite creates next to it.
#[derive(Debug, Clone, Default)]
pub struct DatabaseFile(PathBuf);

impl DatabaseFile {
    /// The database at this path, which need not exist.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    /// Returns the paths of the file, its write-ahead log, shared memory and rollback journal. They
    /// need not exist (<https://www.sqlite.org/tempfiles.html>).
    fn all(&self) -> impl Iterator<Item = PathBuf> {
        ["", "-wal", "-shm", "-journal"].into_iter().map(|suffix| {
            let mut name = self.0.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        })
    }

    /// Returns whether a path leads to one of these files, under any name.
    pub fn has(&self, path: &Path) -> bool {
        let Ok(other) = fs::metadata(path) else {
            return false;
        };
        let same = |own: fs::Metadata| (own.dev(), own.ino()) == (other.dev(), other.ino());
        self.all().any(|own| fs::metadata(own).is_ok_and(same))
    }

    /// Returns whether the database has never been written.
    pub fn is_empty(&self) -> io::Result<bool> {
        match fs::metadata(&self.0) {
            Ok(file) => Ok(file.len() == 0),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(e) => Err(e),
        }
    }

    /// Puts a complete database, a file on the same disk, in the place of an empty or missing one.
    /// What is left of the missing one's journals would damage it, so these get other names.
    pub fn place(&self, complete: &Path) -> io::Result<()> {
        for journal in self.all().skip(1) {
            let mut aside = journal.clone().into_os_string();
            aside.push(".replaced");
            match fs::rename(&journal, aside) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        fs::rename(complete, &self.0)
    }

    /// Makes the files readable and writable for their owner only.
    pub fn make_private(&self) -> io::Result<()> {
        for path in self.all() {
            match fs::set_permissions(&path, fs::Permissions::from_mode(0o600)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_database_file_is_recognised_under_every_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db.sqlite");
        let other = folder.path().join("other");
        for file in [&path, &folder.path().join("db.sqlite-shm"), &other] {
            fs::write(file, "").unwrap();
        }
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("db.sqlite-shm"), &link).unwrap();
        let twin = folder.path().join("twin");
        fs::hard_link(&path, &twin).unwrap();
        let database = DatabaseFile::new(&path);
        assert!(database.has(&link) && database.has(&twin) && database.has(&path));
        assert!(!database.has(&other) && !database.has(&folder.path().join("absent")));
        assert!(database.is_empty().unwrap());
    }
}
