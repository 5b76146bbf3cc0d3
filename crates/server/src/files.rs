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

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use scheduler::AttemptDir;
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
    /// Bytes that are free on the disk of the uploads.
    pub(crate) fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.datasets)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Makes the folders. What was on its way in when the service last stopped is removed.
    pub(crate) fn open(config: &Config) -> io::Result<Self> {
        fs::create_dir_all(&config.datasets)?;
        fs::create_dir_all(&config.base)?;
        // Absolute: jobs run in folders of their own.
        let files = Self {
            datasets: config.datasets.canonicalize()?,
            base: config.base.canonicalize()?,
        };
        if_there(fs::remove_dir_all(files.incoming()))?;
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
                keep(copy, &blob)
            }
            _ => Ok(()),
        })
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

    /// Keeps the log of an attempt, in place of that of the attempt before.
    pub(crate) fn keep_log(&self, attempt: &str, job: &str) -> io::Result<()> {
        let log = fs::read(AttemptDir::new(self.attempt(attempt)).log());
        match if_there(log)? {
            Some(log) => self.keep_compressed(&log, &self.log(job)),
            None => Ok(()),
        }
    }

    fn fit(&self, job: &str) -> PathBuf {
        by_hash(&self.base.join("fits"), job, ".gz")
    }

    /// Keeps what an attempt has fitted, if it has written that.
    pub(crate) fn keep_fit(&self, attempt: &str, job: &str, name: &str) -> io::Result<()> {
        let fit = fs::read(self.written(attempt, name));
        match if_there(fit)? {
            Some(fit) => self.keep_compressed(&fit, &self.fit(job)),
            None => Ok(()),
        }
    }

    /// What a job has fitted; `None` if it was not asked to keep it.
    pub(crate) fn read_fit(&self, job: &str) -> io::Result<Option<Vec<u8>>> {
        if_there(decompress(&self.fit(job)))
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
        self.base.join("partial").join(job)
    }

    /// Keeps what an interrupted attempt has found so far, for the next.
    pub(crate) fn keep_partial(&self, attempt: &str, job: &str, name: &str) -> io::Result<()> {
        fs::create_dir_all(self.base.join("partial"))?;
        if_there(fs::rename(self.written(attempt, name), self.partial(job))).map(drop)
    }

    /// A file that the engine writes in its working directory.
    fn written(&self, attempt: &str, name: &str) -> PathBuf {
        AttemptDir::new(self.attempt(attempt)).run().join(name)
    }

    /// Puts what an interrupted attempt had found where the next will look for it.
    pub(crate) fn take_partial(&self, job: &str, to: &Path) -> io::Result<()> {
        if_there(fs::rename(self.partial(job), to)).map(drop)
    }

    /// Removes the folder of an attempt.
    pub(crate) fn remove_attempt(&self, name: &str) -> io::Result<()> {
        if_there(fs::remove_dir_all(self.attempt(name))).map(drop)
    }

    /// What the last attempt at a job has printed; empty if it has printed nothing.
    pub(crate) fn read_log(&self, attempt_name: &str, job: &str) -> io::Result<Vec<u8>> {
        let attempt = AttemptDir::new(self.attempt(attempt_name));
        match if_there(fs::read(attempt.log()))? {
            Some(log) => Ok(log),
            None => self.kept_log(attempt_name, job),
        }
    }

    /// Logs were once kept by the names of attempts.
    fn kept_log(&self, attempt: &str, job: &str) -> io::Result<Vec<u8>> {
        if let Some(log) = if_there(decompress(&self.log(job)))? {
            return Ok(log);
        }
        Ok(if_there(decompress(&self.log(attempt)))?.unwrap_or_default())
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
    file.as_file().sync_all()?;
    put(path, || Ok(file.persist(path).map(drop)?))
}

/// Makes the folder of a file that `place` puts there, and sees to it that the disk has its name.
fn put(path: &Path, place: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    place()?;
    File::open(folder)?.sync_all()
}

fn decompress(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(path)?).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn remove(path: &Path) -> io::Result<()> {
    if_there(fs::remove_file(path)).map(drop)
}

/// What was done with a file, or `None` if there was none.
fn if_there<T>(done: io::Result<T>) -> io::Result<Option<T>> {
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
        };
        fs::create_dir(files.logs()).unwrap();
        files.keep_compressed(b"old", &files.log("dm-1")).unwrap();
        assert_eq!(files.read_log("dm-1", "job").unwrap(), b"old");
        files.keep_compressed(b"new", &files.log("job")).unwrap();
        assert_eq!(files.read_log("dm-1", "job").unwrap(), b"new");
        files.remove_of_job("job", Some("dm-1")).unwrap();
        assert_eq!(files.read_log("dm-1", "job").unwrap(), b"");
    }
}
