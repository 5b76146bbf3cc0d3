//! What can go wrong with the database.

use std::io;

/// The database cannot be used, or holds what it should not.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StoreError(#[from] sqlx::Error);

/// The value, or why the database did not give it.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A condition that passes, or that an administrator can mend, without a fault of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// There is no room on the disk.
    DiskFull,
    /// Another program keeps the database busy.
    Busy,
}

impl StoreError {
    /// The condition behind the error, if it passes (<https://www.sqlite.org/rescode.html>).
    #[must_use]
    pub fn passing(&self) -> Option<Passing> {
        const BUSY: u32 = 5;
        const LOCKED: u32 = 6;
        const FULL: u32 = 13;
        /// The shared memory of the write-ahead log cannot grow.
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

/// Whether an error says that a disk, or a user's share of it, is full.
#[must_use]
pub fn is_disk_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}
