//! The layout of the service's folders, and atomic writes: a file exists either completely or not
//! at all.
//!
//! ```text
//! DATASET_LOCATION/blobs/ab/ab12…        uploads, by SHA-256
//! DATASET_LOCATION/incoming/             uploads in progress
//! HYPHY_BASE_PATH/attempts/NAME/         attempts that have not been collected
//! HYPHY_BASE_PATH/results/ab/ab12….gz    results, by SHA-256
//! HYPHY_BASE_PATH/logs/JOB.gz            the log of each job's last collected attempt
//! HYPHY_BASE_PATH/fits/ab/JOB.gz         fits of jobs that were asked to store them
//! HYPHY_BASE_PATH/inputs/ab/JOB.gz       what the engine reads, for each job
//! HYPHY_BASE_PATH/partial/JOB            partial results of interrupted jobs
//! ```

mod checks;
mod contents;
mod lock;
mod sweep;

use std::{
    fs::{self, DirBuilder, File, Permissions},
    io::{self, BufReader, Read},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use config::{Config, SchedulerConfig};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use hyphy::input::Prepared;
use scheduler::AttemptDir;
use sha2::{Digest, Sha256};
use store::hash::hex;
use tempfile::NamedTempFile;

pub(crate) use self::{
    checks::free_bytes,
    contents::ContentLocks,
    lock::FolderLocks,
    sweep::{ATTEMPT, Swept},
};

/// The service's folders.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    datasets: PathBuf,
    base: PathBuf,
    /// Whether jobs run as another user, who must be able to reach their folders.
    passable: bool,
}

impl Files {
    /// Creates missing folders. It changes nothing in existing ones.
    pub(crate) fn make(config: &Config) -> io::Result<Self> {
        let passable = are_jobs_anothers(config);
        make_folders(&config.data.base, if passable { PASSABLE } else { PRIVATE })?;
        make_folders(&config.data.datasets, PRIVATE)?;
        // The paths are absolute because jobs run in other folders.
        Ok(Self {
            datasets: config.data.datasets.canonicalize()?,
            base: config.data.base.canonicalize()?,
            passable,
        })
    }

    /// Prepares the contents of the folders: makes all of them private to the service, and removes
    /// unfinished files of the previous run. The caller must hold the folders' locks.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        none_if_missing(fs::remove_dir_all(self.incoming()))?;
        let temporary = self.remove_temporary(Duration::ZERO)?;
        if temporary > 0 {
            tracing::info!(
                temporary,
                "removed temporary files that the previous run left unfinished"
            );
        }
        for folder in self.own_folders() {
            make_folders(&folder, PRIVATE)?;
            fs::set_permissions(folder, Permissions::from_mode(PRIVATE))?;
        }
        if self.passable {
            fs::set_permissions(self.attempts(), Permissions::from_mode(PASSABLE))?;
        }
        Ok(())
    }

    /// Returns whether there are uploads or results. Only the database knows whom they belong to.
    pub(crate) fn hold_data(&self) -> io::Result<bool> {
        for folder in [self.blobs(), self.results()] {
            if let Some(mut entries) = none_if_missing(fs::read_dir(folder))?
                && entries.next().is_some()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the folders that hold the service's data.
    pub(crate) fn roots(&self) -> [&Path; 2] {
        [&self.datasets, &self.base]
    }

    fn own_folders(&self) -> [PathBuf; 8] {
        [
            self.incoming(),
            self.blobs(),
            self.attempts(),
            self.results(),
            self.logs(),
            self.fits(),
            self.inputs(),
            self.partials(),
        ]
    }

    /// Returns the folders whose files are kept, each with its name. What is in the others belongs to
    /// uploads and attempts that are in progress.
    pub(crate) fn kept_folders(&self) -> [(&'static str, PathBuf); 6] {
        [
            ("blobs", self.blobs()),
            ("results", self.results()),
            ("logs", self.logs()),
            ("fits", self.fits()),
            ("inputs", self.inputs()),
            (PARTIAL, self.partials()),
        ]
    }

    fn blobs(&self) -> PathBuf {
        self.datasets.join("blobs")
    }

    fn results(&self) -> PathBuf {
        self.base.join("results")
    }

    fn fits(&self) -> PathBuf {
        self.base.join("fits")
    }

    fn inputs(&self) -> PathBuf {
        self.base.join("inputs")
    }

    fn partials(&self) -> PathBuf {
        self.base.join(PARTIAL)
    }

    fn incoming(&self) -> PathBuf {
        self.datasets.join("incoming")
    }

    fn logs(&self) -> PathBuf {
        self.base.join("logs")
    }

    /// Returns the folder of all attempts.
    pub(crate) fn attempts(&self) -> PathBuf {
        self.base.join("attempts")
    }

    /// Returns the folder of one attempt.
    pub(crate) fn attempt(&self, name: &str) -> PathBuf {
        self.attempts().join(name)
    }

    /// Returns a folder for temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.incoming()
    }

    /// Creates a temporary file for an upload. It is removed when it is dropped.
    pub(crate) fn new_upload(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(self.incoming())
    }

    fn blob(&self, sha256: &str) -> PathBuf {
        by_hash(&self.blobs(), sha256, "")
    }

    fn result(&self, sha256: &str) -> PathBuf {
        by_hash(&self.results(), sha256, ".gz")
    }

    /// Returns the path of the log of a job's last collected attempt. Logs of earlier attempts are
    /// not kept.
    fn log(&self, job: &str) -> PathBuf {
        self.logs().join(format!("{job}.gz"))
    }

    /// Stores an upload if it is not stored yet. The temporary file stays.
    pub(crate) fn keep_blob(&self, file: &NamedTempFile, sha256: &str) -> io::Result<()> {
        let blob = self.blob(sha256);
        if blob.try_exists()? {
            return Ok(());
        }
        file.as_file().sync_all()?;
        put(&blob, || match fs::hard_link(file.path(), &blob) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
                // The disk does not support hard links.
                let mut copy = self.new_upload()?;
                io::copy(&mut File::open(file.path())?, &mut copy)?;
                copy.as_file().sync_all()?;
                Ok(copy.persist(&blob).map(drop)?)
            }
            _ => Ok(()),
        })
    }

    /// Reads an upload into memory.
    pub(crate) fn read_blob(&self, sha256: &str) -> io::Result<Vec<u8>> {
        fs::read(self.blob(sha256))
    }

    /// Opens an upload for reading.
    pub(crate) fn open_blob(&self, sha256: &str) -> io::Result<File> {
        File::open(self.blob(sha256))
    }

    /// Removes an upload that no dataset refers to any more.
    pub(crate) fn remove_blob(&self, sha256: &str) -> io::Result<()> {
        remove(&self.blob(sha256))
    }

    /// Stores a result under its SHA-256.
    pub(crate) fn keep_result(&self, from: impl Read, sha256: &str) -> io::Result<()> {
        self.keep_compressed(from, &self.result(sha256))
    }

    /// Opens a result for reading.
    pub(crate) fn open_result(&self, sha256: &str) -> io::Result<impl Read + Send + use<>> {
        Ok(GzDecoder::new(BufReader::new(File::open(
            self.result(sha256),
        )?)))
    }

    /// Opens the file that an attempt's engine wrote under this name, if it exists.
    pub(crate) fn open_written(&self, attempt: &str, name: &str) -> io::Result<Option<File>> {
        none_if_missing(File::open(self.written(attempt, name)))
    }

    /// Removes a result that no job refers to any more.
    pub(crate) fn remove_result(&self, sha256: &str) -> io::Result<()> {
        remove(&self.result(sha256))
    }

    /// Stores the log of an attempt. It replaces the log of the job's previous attempt.
    pub(crate) fn keep_log(&self, attempt: &str, job: &str) -> io::Result<()> {
        let log = File::open(AttemptDir::new(self.attempt(attempt)).log());
        match none_if_missing(log)? {
            Some(log) => self.keep_compressed(log, &self.log(job)),
            None => Ok(()),
        }
    }

    fn fit(&self, job: &str) -> PathBuf {
        by_hash(&self.fits(), job, ".gz")
    }

    /// Stores the fit of an attempt, if the engine wrote one.
    pub(crate) fn keep_fit(&self, attempt: &str, job: &str, name: &str) -> io::Result<()> {
        match self.open_written(attempt, name)? {
            Some(fit) => self.keep_compressed(fit, &self.fit(job)),
            None => Ok(()),
        }
    }

    /// Opens the fit of a job; `None` if the job was not asked to store one.
    pub(crate) fn open_fit(&self, job: &str) -> io::Result<Option<impl Read + Send + use<>>> {
        let fit = none_if_missing(File::open(self.fit(job)))?;
        Ok(fit.map(|fit| GzDecoder::new(BufReader::new(fit))))
    }

    fn input(&self, job: &str) -> PathBuf {
        by_hash(&self.inputs(), job, ".gz")
    }

    /// Stores what the engine of a job reads.
    pub(crate) fn keep_input(&self, job: &str, prepared: &Prepared) -> io::Result<()> {
        let json = serde_json::to_vec(prepared)?;
        self.keep_compressed(&json[..], &self.input(job))
    }

    /// Reads what the engine of a job reads; `None` if it is not stored in this version's form.
    pub(crate) fn read_input(&self, job: &str) -> io::Result<Option<Prepared>> {
        let json = none_if_missing(decompress(&self.input(job)))?;
        Ok(json.and_then(|json| serde_json::from_slice(&json).ok()))
    }

    /// Removes the files that belong to a job alone.
    pub(crate) fn remove_of_job(&self, job: &str, attempt: Option<&str>) -> io::Result<()> {
        remove(&self.log(job))?;
        if let Some(attempt) = attempt {
            remove(&self.log(attempt))?;
        }
        remove(&self.partial(job))?;
        remove(&self.input(job))?;
        remove(&self.fit(job))
    }

    fn partial(&self, job: &str) -> PathBuf {
        self.partials().join(job)
    }

    /// Stores the partial result of an interrupted attempt for the next one.
    pub(crate) fn keep_partial(&self, attempt: &str, job: &str, name: &str) -> io::Result<()> {
        none_if_missing(fs::rename(self.written(attempt, name), self.partial(job))).map(drop)
    }

    /// Removes the partial result of earlier attempts.
    pub(crate) fn remove_partial(&self, job: &str) -> io::Result<()> {
        remove(&self.partial(job))
    }

    /// Creates the folder of an attempt and the working directory of its command. It does not
    /// create the folder of all attempts: if that is missing, the disk is unavailable.
    pub(crate) fn make_attempt(&self, name: &str) -> io::Result<PathBuf> {
        let run = AttemptDir::new(self.attempt(name)).run();
        make_folder(&self.attempt(name))?;
        make_folder(&run)?;
        Ok(run)
    }

    /// Returns the path of a file that the engine writes to its working directory.
    fn written(&self, attempt: &str, name: &str) -> PathBuf {
        AttemptDir::new(self.attempt(attempt)).run().join(name)
    }

    /// Moves a partial result to where the next attempt looks for it.
    pub(crate) fn take_partial(&self, job: &str, to: &Path) -> io::Result<()> {
        none_if_missing(fs::rename(self.partial(job), to)).map(drop)
    }

    /// Removes the folder of an attempt.
    pub(crate) fn remove_attempt(&self, name: &str) -> io::Result<()> {
        none_if_missing(fs::remove_dir_all(self.attempt(name))).map(drop)
    }

    /// Returns the output of a job's last attempt; empty if it printed nothing.
    pub(crate) fn read_log(&self, attempt_name: &str, job: &str) -> io::Result<Vec<u8>> {
        let attempt = AttemptDir::new(self.attempt(attempt_name));
        match none_if_missing(fs::read(attempt.log()))? {
            Some(log) => Ok(log),
            None => self.kept_log(attempt_name, job),
        }
    }

    /// Reads a stored log. Earlier versions stored logs under the names of attempts.
    fn kept_log(&self, attempt: &str, job: &str) -> io::Result<Vec<u8>> {
        if let Some(log) = none_if_missing(decompress(&self.log(job)))? {
            return Ok(log);
        }
        Ok(none_if_missing(decompress(&self.log(attempt)))?.unwrap_or_default())
    }

    fn keep_compressed(&self, mut from: impl Read, path: &Path) -> io::Result<()> {
        let mut encoder =
            GzEncoder::new(NamedTempFile::new_in(self.logs())?, Compression::default());
        io::copy(&mut from, &mut encoder)?;
        let file = encoder.finish()?;
        file.as_file().sync_all()?;
        put(path, || Ok(file.persist(path).map(drop)?))
    }
}

/// A reader that hashes everything that is read through it.
pub(crate) struct Hashed<R> {
    from: R,
    hash: Sha256,
}

impl<R> Hashed<R> {
    pub(crate) fn new(from: R) -> Self {
        Self {
            from,
            hash: Sha256::new(),
        }
    }

    /// Returns the SHA-256 in lower-case hexadecimal.
    pub(crate) fn hex(self) -> String {
        hex(&self.hash.finalize())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.hash.update(&into[..read]);
        Ok(read)
    }
}

/// Returns the path for a hash. The files are spread over 256 folders so that none grows large.
fn by_hash(folder: &Path, sha256: &str, extension: &str) -> PathBuf {
    folder
        .join(sha256.get(..2).unwrap_or_default())
        .join(format!("{sha256}{extension}"))
}

/// Calls `place` to create a file, and then syncs its folder. After a power cut the file is either
/// complete or absent. Only the innermost folder is created if it is missing: if its parent is
/// missing, the disk is unavailable.
fn put(path: &Path, place: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    make_folder(folder)?;
    place()?;
    File::open(folder)?.sync_all()
}

/// The folder of partial results. An engine writes to them again; all other files stay as they are.
pub(crate) const PARTIAL: &str = "partial";

/// Folders are private, except those on the path to the folders of jobs that run as another user.
/// That user can pass through these but not list them.
const PRIVATE: u32 = 0o700;
const PASSABLE: u32 = 0o711;

/// Returns whether jobs run as another user on a cluster. A service that runs as root hands their
/// folders over.
fn are_jobs_anothers(config: &Config) -> bool {
    matches!(config.scheduler, SchedulerConfig::Slurm(_)) && rustix::process::geteuid().is_root()
}

/// Creates a private folder, if it does not exist.
fn make_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(PRIVATE).create(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

/// Creates a folder and its missing parents with these permissions, regardless of the umask.
fn make_folders(path: &Path, mode: u32) -> io::Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    DirBuilder::new().recursive(true).create(path)?;
    for folder in missing {
        fs::set_permissions(folder, Permissions::from_mode(mode))?;
    }
    Ok(())
}

fn decompress(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(path)?).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn remove(path: &Path) -> io::Result<()> {
    none_if_missing(fs::remove_file(path)).map(drop)
}

/// Turns the error "not found" into `None`.
pub(crate) fn none_if_missing<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn logs_stored_under_an_attempts_name_are_read_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files {
            datasets: folder.path().to_path_buf(),
            base: folder.path().to_path_buf(),
            passable: false,
        };
        fs::create_dir(files.logs()).unwrap();
        files
            .keep_compressed(&b"old"[..], &files.log("dm-1"))
            .unwrap();
        assert_eq!(files.read_log("dm-1", "job").unwrap(), b"old");
        files
            .keep_compressed(&b"new"[..], &files.log("job"))
            .unwrap();
        assert_eq!(files.read_log("dm-1", "job").unwrap(), b"new");
        files.remove_of_job("job", Some("dm-1")).unwrap();
        assert_eq!(files.read_log("dm-1", "job").unwrap(), b"");
    }
}
