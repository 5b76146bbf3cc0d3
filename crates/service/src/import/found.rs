//! Finds the Go service's stores and the files that belong to them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use store::DatabaseFile;

/// What the search found in the folders.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The service's own database.
    own: DatabaseFile,
    /// `datasets.json` of the first Go version, with one dataset per line.
    pub(super) dataset_lists: BTreeSet<PathBuf>,
    /// `jobs.json` or `job_tracker.tab` of the first Go version, with a job and its Slurm id per
    /// line.
    pub(super) job_lists: BTreeSet<PathBuf>,
    /// SQLite databases of the second Go version.
    pub(super) databases: BTreeSet<PathBuf>,
    /// Files by name. Datasets are stored under their ids.
    files: BTreeMap<String, PathBuf>,
    /// Results by job: the analysis as spelled in the file's name, and the file.
    pub(super) results: BTreeMap<String, (String, PathBuf)>,
}

impl Found {
    /// Searches folders and `depth` levels below them. It never opens the files of our `own`
    /// database, because closing one drops the locks that SQLite holds on it.
    pub(super) fn search(folders: &[&Path], depth: usize, own: DatabaseFile) -> Self {
        let mut found = Self {
            own,
            ..Self::default()
        };
        for folder in folders {
            found.search_folder(folder, depth);
        }
        found
    }

    fn search_folder(&mut self, folder: &Path, depth: usize) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            // Links are not followed, because they may lead anywhere, even in circles.
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let path = entry.path();
            if kind.is_dir() && depth > 0 {
                self.search_folder(&path, depth - 1);
            } else if kind.is_file() && !self.own.has(&path) {
                self.classify(path);
            }
        }
    }

    fn classify(&mut self, path: PathBuf) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return;
        };
        if let Some((method, job)) = result_of(name) {
            let result = (method.to_owned(), path.clone());
            self.results.insert(job.to_owned(), result);
            return;
        }
        match name {
            "datasets.json" => self.dataset_lists.insert(path),
            "jobs.json" | "job_tracker.tab" => self.job_lists.insert(path),
            // The database of another service like this one, which is not a Go service's.
            "service-datamonkey.sqlite" => false,
            _ if is_sqlite(&path) => self.databases.insert(path),
            _ => self.files.insert(name.to_owned(), path).is_none(),
        };
    }

    /// Removes duplicates of databases and lists that were found under two paths.
    pub(super) fn remove_duplicates(&mut self) {
        let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        for paths in [
            &mut self.databases,
            &mut self.dataset_lists,
            &mut self.job_lists,
        ] {
            *paths = paths.iter().map(real).collect();
        }
    }

    /// Returns the files of the stores themselves.
    pub(super) fn stores(&self) -> Vec<PathBuf> {
        let all = [&self.databases, &self.dataset_lists, &self.job_lists];
        all.into_iter().flatten().cloned().collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.stores().is_empty() && self.results.is_empty()
    }

    /// Returns the file of a dataset: the one next to the list, or one found elsewhere.
    pub(super) fn content(&self, list: &Path, id: &str) -> Option<PathBuf> {
        // The id comes from a file, so it must not lead out of the folder.
        let plain = Path::new(id).file_name().is_some_and(|name| name == id);
        let next_to_list = list.with_file_name(id);
        let next_to_list = (plain && next_to_list.is_file() && !self.own.has(&next_to_list))
            .then_some(next_to_list);
        next_to_list.or_else(|| self.files.get(id).cloned())
    }
}

/// Splits the name of a result file: `fel_0123_results.json` is the FEL result of job 0123.
fn result_of(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix("_results.json")?.rsplit_once('_')
}

/// Returns whether a file begins with SQLite's header (<https://www.sqlite.org/fileformat.html>,
/// section 1.3.1).
pub(super) fn is_sqlite(path: &Path) -> bool {
    let mut start = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && &start == b"SQLite format 3\0"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_name_of_a_result_gives_method_and_job() {
        let name = "contrast-fel_ab12_results.json";
        assert_eq!(result_of(name), Some(("contrast-fel", "ab12")));
        assert_eq!(result_of("datasets.json"), None);
    }

    #[test]
    fn ids_do_not_lead_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        fs::write(folder.path().join("secret"), "x").unwrap();
        fs::write(inner.join("ab12"), "x").unwrap();
        let own = inner.join("own.sqlite-shm");
        fs::write(&own, "x").unwrap();
        let database = DatabaseFile::new(&inner.join("own.sqlite"));
        let found = Found::search(&[&inner], 0, database);
        let list = inner.join("datasets.json");
        assert_eq!(found.content(&list, "ab12"), Some(inner.join("ab12")));
        assert_eq!(found.content(&list, "../secret"), None);
        assert_eq!(found.content(&list, ""), None);
        assert_eq!(found.content(&list, "own.sqlite-shm"), None);
    }
}
