//! Where files are, and writing them so that they are there whole or not at all.
//!
//! ```text
//! DATASET_LOCATION/blobs/ab/ab12…        uploads, by SHA-256
//! DATASET_LOCATION/incoming/             uploads on their way
//! HYPHY_BASE_PATH/attempts/NAME/         attempts at jobs that have not been collected
//! HYPHY_BASE_PATH/results/ab/ab12….gz    results, by SHA-256
//! HYPHY_BASE_PATH/logs/JOB.gz            logs of jobs' last attempts that have been collected
//! HYPHY_BASE_PATH/fits/ab/JOB.gz         what jobs have fitted, where they were asked to keep it
//! HYPHY_BASE_PATH/partial/JOB            what interrupted jobs had found, for their next attempts
//! ```

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
use scheduler::AttemptDir;
use sha2::{Digest, Sha256};
use store::hash::hex;
use tempfile::NamedTempFile;

pub(crate) use self::{
    contents::ContentLocks,
    lock::FolderLocks,
    sweep::{ATTEMPT, Swept},
};

/// The service's folders.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    datasets: PathBuf,
    base: PathBuf,
    /// Jobs run as another user, who has to get to the folders of jobs.
    passable: bool,
}

impl Files {
    /// Bytes that are free on the disk of the uploads.
    pub(crate) fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.datasets)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Makes the folders that are not there. Nothing in them is touched.
    pub(crate) fn make(config: &Config) -> io::Result<Self> {
        let passable = are_jobs_anothers(config);
        make_folders(&config.data.base, if passable { PASSABLE } else { PRIVATE })?;
        make_folders(&config.data.datasets, PRIVATE)?;
        // Absolute: jobs run in folders of their own.
        Ok(Self {
            datasets: config.data.datasets.canonicalize()?,
            base: config.data.base.canonicalize()?,
            passable,
        })
    }

    /// Makes ready what is in the folders: everything of ours is its owner's alone, and what was on
    /// its way in when the service last stopped is removed. Only for who holds the folders' locks.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        none_if_missing(fs::remove_dir_all(self.incoming()))?;
        let temporary = self.remove_temporary(Duration::ZERO)?;
        if temporary > 0 {
            tracing::info!(
                temporary,
                "removed files that were on their way to their places"
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

    /// Whether there is anything that only a database can say whose it is.
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

    /// The folders that data are kept in.
    pub(crate) fn roots(&self) -> [&Path; 2] {
        [&self.datasets, &self.base]
    }

    fn own_folders(&self) -> [PathBuf; 7] {
        [
            self.incoming(),
            self.blobs(),
            self.attempts(),
            self.results(),
            self.logs(),
            self.fits(),
            self.partials(),
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

    fn partials(&self) -> PathBuf {
        self.base.join("partial")
    }

    fn incoming(&self) -> PathBuf {
        self.datasets.join("incoming")
    }

    fn logs(&self) -> PathBuf {
        self.base.join("logs")
    }

    /// Folder of all attempts.
    pub(crate) fn attempts(&self) -> PathBuf {
        self.base.join("attempts")
    }

    /// Folder of one attempt.
    pub(crate) fn attempt(&self, name: &str) -> PathBuf {
        self.attempts().join(name)
    }

    /// A file for an upload; removed when dropped.
    pub(crate) fn new_upload(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(self.incoming())
    }

    fn blob(&self, sha256: &str) -> PathBuf {
        by_hash(&self.blobs(), sha256, "")
    }

    fn result(&self, sha256: &str) -> PathBuf {
        by_hash(&self.results(), sha256, ".gz")
    }

    /// The log of a job's last attempt that was collected; earlier ones are not kept.
    fn log(&self, job: &str) -> PathBuf {
        self.logs().join(format!("{job}.gz"))
    }

    /// Keeps an upload, if it is not kept already. The temporary file stays.
    pub(crate) fn keep_blob(&self, file: &NamedTempFile, sha256: &str) -> io::Result<()> {
        let blob = self.blob(sha256);
        if blob.try_exists()? {
            return Ok(());
        }
        file.as_file().sync_all()?;
        put(&blob, || match fs::hard_link(file.path(), &blob) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
                // A disk that knows no hard links.
                let mut copy = self.new_upload()?;
                io::copy(&mut File::open(file.path())?, &mut copy)?;
                copy.as_file().sync_all()?;
                Ok(copy.persist(&blob).map(drop)?)
            }
            _ => Ok(()),
        })
    }

    /// The bytes of an upload.
    pub(crate) fn read_blob(&self, sha256: &str) -> io::Result<Vec<u8>> {
        fs::read(self.blob(sha256))
    }

    /// An upload, to be read piece by piece.
    pub(crate) fn open_blob(&self, sha256: &str) -> io::Result<File> {
        File::open(self.blob(sha256))
    }

    /// Removes an upload that no dataset refers to any more.
    pub(crate) fn remove_blob(&self, sha256: &str) -> io::Result<()> {
        remove(&self.blob(sha256))
    }

    /// Keeps a result under its SHA-256.
    pub(crate) fn keep_result(&self, from: impl Read, sha256: &str) -> io::Result<()> {
        self.keep_compressed(from, &self.result(sha256))
    }

    /// A result, to be read piece by piece.
    pub(crate) fn open_result(&self, sha256: &str) -> io::Result<impl Read + Send + use<>> {
        Ok(GzDecoder::new(BufReader::new(File::open(
            self.result(sha256),
        )?)))
    }

    /// The file that an attempt's engine has written under this name, if it has.
    pub(crate) fn open_written(&self, attempt: &str, name: &str) -> io::Result<Option<File>> {
        none_if_missing(File::open(self.written(attempt, name)))
    }

    /// Removes a result that no job refers to any more.
    pub(crate) fn remove_result(&self, sha256: &str) -> io::Result<()> {
        remove(&self.result(sha256))
    }

    /// Keeps the log of an attempt, in place of that of the attempt before.
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

    /// Keeps what an attempt has fitted, if it has written that.
    pub(crate) fn keep_fit(&self, attempt: &str, job: &str, name: &str) -> io::Result<()> {
        match self.open_written(attempt, name)? {
            Some(fit) => self.keep_compressed(fit, &self.fit(job)),
            None => Ok(()),
        }
    }

    /// What a job has fitted, to be read piece by piece; `None` if it was not asked to keep it.
    pub(crate) fn open_fit(&self, job: &str) -> io::Result<Option<impl Read + Send + use<>>> {
        let fit = none_if_missing(File::open(self.fit(job)))?;
        Ok(fit.map(|fit| GzDecoder::new(BufReader::new(fit))))
    }

    /// Removes what is kept for a job alone.
    pub(crate) fn remove_of_job(&self, job: &str, attempt: Option<&str>) -> io::Result<()> {
        remove(&self.log(job))?;
        if let Some(attempt) = attempt {
            remove(&self.log(attempt))?;
        }
        remove(&self.partial(job))?;
        remove(&self.fit(job))
    }

    fn partial(&self, job: &str) -> PathBuf {
        self.partials().join(job)
    }

    /// Keeps what an interrupted attempt has found so far, for the next.
    pub(crate) fn keep_partial(&self, attempt: &str, job: &str, name: &str) -> io::Result<()> {
        none_if_missing(fs::rename(self.written(attempt, name), self.partial(job))).map(drop)
    }

    /// Forgets what earlier attempts have found so far.
    pub(crate) fn remove_partial(&self, job: &str) -> io::Result<()> {
        remove(&self.partial(job))
    }

    /// Makes the folder of an attempt, and the one that its command works in. The folder of all
    /// attempts is not made anew: where it is gone, the disk is away.
    pub(crate) fn make_attempt(&self, name: &str) -> io::Result<PathBuf> {
        let run = AttemptDir::new(self.attempt(name)).run();
        make_folder(&self.attempt(name))?;
        make_folder(&run)?;
        Ok(run)
    }

    /// A file that the engine writes in its working directory.
    fn written(&self, attempt: &str, name: &str) -> PathBuf {
        AttemptDir::new(self.attempt(attempt)).run().join(name)
    }

    /// Puts what an interrupted attempt had found where the next will look for it.
    pub(crate) fn take_partial(&self, job: &str, to: &Path) -> io::Result<()> {
        none_if_missing(fs::rename(self.partial(job), to)).map(drop)
    }

    /// Removes the folder of an attempt.
    pub(crate) fn remove_attempt(&self, name: &str) -> io::Result<()> {
        none_if_missing(fs::remove_dir_all(self.attempt(name))).map(drop)
    }

    /// What the last attempt at a job has printed; empty if it has printed nothing.
    pub(crate) fn read_log(&self, attempt_name: &str, job: &str) -> io::Result<Vec<u8>> {
        let attempt = AttemptDir::new(self.attempt(attempt_name));
        match none_if_missing(fs::read(attempt.log()))? {
            Some(log) => Ok(log),
            None => self.kept_log(attempt_name, job),
        }
    }

    /// Logs were once kept by the names of attempts.
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

/// What is read from something, and its SHA-256 as far as it was read.
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

    /// The SHA-256, in lower-case hexadecimal.
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

/// In 256 folders, so that none grows large.
fn by_hash(folder: &Path, sha256: &str, extension: &str) -> PathBuf {
    folder
        .join(sha256.get(..2).unwrap_or_default())
        .join(format!("{sha256}{extension}"))
}

/// Has `place` put a file there, and sees to it that the disk has its name: after a power cut the
/// file is there whole, or it is not. Of its folders, only the last is made anew: where the one above
/// is gone, the disk is away.
fn put(path: &Path, place: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    make_folder(folder)?;
    place()?;
    File::open(folder)?.sync_all()
}

/// Folders are their owner's alone, but those on the way to the folders of jobs that run as another user:
/// these can be passed through, and not be listed.
const PRIVATE: u32 = 0o700;
const PASSABLE: u32 = 0o711;

/// Whether jobs run as another user on a cluster: a service that is root hands their folders over.
fn are_jobs_anothers(config: &Config) -> bool {
    matches!(config.scheduler, SchedulerConfig::Slurm(_)) && rustix::process::geteuid().is_root()
}

/// Makes a folder of ours, if it is not there.
fn make_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(PRIVATE).create(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

/// Makes a folder of ours, and those above it that are not there, with these permissions whatever the
/// umask.
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

/// What was done with a file, or `None` if there was none.
fn none_if_missing<T>(done: io::Result<T>) -> io::Result<Option<T>> {
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
    fn a_log_that_was_kept_by_its_attempts_name_is_read_and_removed_with_its_job() {
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
