//! Where files are, and writing them so that they are there whole or not at all.
//!
//! ```text
//! DATASET_LOCATION/blobs/ab/ab12…        uploads, by SHA-256
//! DATASET_LOCATION/incoming/             uploads on their way
//! HYPHY_BASE_PATH/attempts/NAME/         attempts at jobs that have not been collected
//! HYPHY_BASE_PATH/results/ab/ab12….gz    results, by SHA-256
//! HYPHY_BASE_PATH/logs/NAME.gz           logs of attempts that have been collected
//! ```

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::Config;

/// The service's folders.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    datasets: PathBuf,
    base: PathBuf,
}

impl Files {
    /// Makes the folders. What was on its way in when the service last stopped is removed.
    pub(crate) fn open(config: &Config) -> io::Result<Self> {
        fs::create_dir_all(&config.datasets)?;
        fs::create_dir_all(&config.base)?;
        // Absolute: jobs run in folders of their own.
        let files = Self {
            datasets: config.datasets.canonicalize()?,
            base: config.base.canonicalize()?,
        };
        match fs::remove_dir_all(files.incoming()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        for folder in [files.incoming(), files.attempts(), files.logs()] {
            fs::create_dir_all(folder)?;
        }
        Ok(files)
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
        by_hash(&self.datasets.join("blobs"), sha256, "")
    }

    fn result(&self, sha256: &str) -> PathBuf {
        by_hash(&self.base.join("results"), sha256, ".gz")
    }

    fn log(&self, attempt: &str) -> PathBuf {
        self.logs().join(format!("{attempt}.gz"))
    }

    /// Keeps an upload.
    pub(crate) fn keep_blob(&self, file: NamedTempFile, sha256: &str) -> io::Result<()> {
        keep(file, &self.blob(sha256))
    }

    /// The bytes of an upload.
    pub(crate) fn read_blob(&self, sha256: &str) -> io::Result<Vec<u8>> {
        fs::read(self.blob(sha256))
    }

    /// Removes an upload that no dataset refers to any more.
    pub(crate) fn remove_blob(&self, sha256: &str) -> io::Result<()> {
        remove(&self.blob(sha256))
    }

    /// Keeps a result and returns its SHA-256.
    pub(crate) fn keep_result(&self, bytes: &[u8]) -> io::Result<String> {
        let sha256 = hex_sha256(bytes);
        self.keep_compressed(bytes, &self.result(&sha256))?;
        Ok(sha256)
    }

    /// The bytes of a result.
    pub(crate) fn read_result(&self, sha256: &str) -> io::Result<Vec<u8>> {
        decompress(&self.result(sha256))
    }

    /// Removes a result that no job refers to any more.
    pub(crate) fn remove_result(&self, sha256: &str) -> io::Result<()> {
        remove(&self.result(sha256))
    }

    /// Keeps the log of an attempt.
    pub(crate) fn keep_log(&self, attempt: &str) -> io::Result<()> {
        match fs::read(scheduler::AttemptDir::new(self.attempt(attempt)).log()) {
            Ok(log) => self.keep_compressed(&log, &self.log(attempt)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(e),
        }
    }

    fn fit(&self, job: &str) -> PathBuf {
        by_hash(&self.base.join("fits"), job, ".gz")
    }

    /// Keeps what an attempt has fitted, if it has written that.
    pub(crate) fn keep_fit(&self, attempt: &str, job: &str, name: &str) -> io::Result<()> {
        match fs::read(
            scheduler::AttemptDir::new(self.attempt(attempt))
                .run()
                .join(name),
        ) {
            Ok(fit) => self.keep_compressed(&fit, &self.fit(job)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// What a job has fitted; `None` if it was not asked to keep it.
    pub(crate) fn read_fit(&self, job: &str) -> io::Result<Option<Vec<u8>>> {
        match decompress(&self.fit(job)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        }
    }

    /// Removes what is kept for a job alone.
    pub(crate) fn remove_of_job(&self, job: &str) -> io::Result<()> {
        remove(&self.partial(job))?;
        remove(&self.fit(job))
    }

    fn partial(&self, job: &str) -> PathBuf {
        self.base.join("partial").join(job)
    }

    /// Keeps what an interrupted attempt has found so far, for the next.
    pub(crate) fn keep_partial(&self, attempt: &str, job: &str, name: &str) -> io::Result<()> {
        let found = scheduler::AttemptDir::new(self.attempt(attempt))
            .run()
            .join(name);
        fs::create_dir_all(self.base.join("partial"))?;
        match fs::rename(found, self.partial(job)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    /// Puts what an interrupted attempt had found where the next will look for it.
    pub(crate) fn take_partial(&self, job: &str, to: &Path) -> io::Result<()> {
        match fs::rename(self.partial(job), to) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    /// Removes the folder of an attempt.
    pub(crate) fn remove_attempt(&self, name: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.attempt(name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    /// What an attempt has printed; empty if it has printed nothing or nothing is left.
    pub(crate) fn read_log(&self, attempt: &str) -> io::Result<Vec<u8>> {
        let missing = |e: &io::Error| e.kind() == io::ErrorKind::NotFound;
        match fs::read(scheduler::AttemptDir::new(self.attempt(attempt)).log()) {
            Err(e) if missing(&e) => match decompress(&self.log(attempt)) {
                Err(e) if missing(&e) => Ok(Vec::new()),
                other => other,
            },
            other => other,
        }
    }

    /// Removes the log of an attempt.
    pub(crate) fn remove_log(&self, attempt: &str) -> io::Result<()> {
        remove(&self.log(attempt))
    }

    fn keep_compressed(&self, bytes: &[u8], path: &Path) -> io::Result<()> {
        let mut encoder =
            GzEncoder::new(NamedTempFile::new_in(self.logs())?, Compression::default());
        encoder.write_all(bytes)?;
        keep(encoder.finish()?, path)
    }
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn hex_sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes.as_ref()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// In 256 folders, so that none grows large.
fn by_hash(folder: &Path, sha256: &str, extension: &str) -> PathBuf {
    folder
        .join(sha256.get(..2).unwrap_or_default())
        .join(format!("{sha256}{extension}"))
}

/// Moves a temporary file to its place. It is there after a power cut, or it is not.
fn keep(file: NamedTempFile, path: &Path) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(folder)?.sync_all()
}

fn decompress(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(path)?).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
