//! Database errors.

use std::io;

/// The database is unusable or contains unexpected data.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StoreError(#[from] sqlx::Error);

/// A value, or the reason why the database did not return it.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A temporary condition, or one that an administrator can fix. It is not a bug in the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// There is no room on the disk.
    DiskFull,
    /// Another program is locking the database.
    Busy,
}

impl StoreError {
    /// Returns the condition behind the error, if it is temporary
    /// (<https://www.sqlite.org/rescode.html>).
    #[must_use]
    pub fn passing(&self) -> Option<Passing> {
        const BUSY: u32 = 5;
        const LOCKED: u32 = 6;
        const FULL: u32 = 13;
        /// The write-ahead log's shared memory cannot grow.
        const IOERR_SHMSIZE: u32 = 4874;
        match &self.0 {
            sqlx::Error::PoolTimedOut => Some(Passing::Busy),
            sqlx::Error::Io(e) if is_disk_full(e) => Some(Passing::DiskFull),
            sqlx::Error::Database(e) => {
                let code: u32 = e.code()?.parse().ok()?;
                match code & 0xff {
                    BUSY | LOCKED => Some(Passing::Busy),
                    FULL => Some(Passing::DiskFull),
                    _ => (code == IOERR_SHMSIZE).then_some(Passing::DiskFull),
                }
            }
            _ => None,
        }
    }
}

/// Returns whether an error says that a disk, or a user's quota on it, is full.
#[must_use]
pub fn is_disk_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}
