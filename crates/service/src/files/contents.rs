//! Coordinates the tasks that store contents with those that remove them.
//!
//! A file and its row in the database cannot be written in one step. Between the two steps the file
//! looks like a leftover. A task that removes files without rows must wait until the row exists.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// Locks of contents, chosen by hash. Some contents share a lock.
///
/// Callers hold these locks while they write a file and its row. This is an exception to the
/// rule that no lock is held across I/O. There are many locks, so callers rarely wait for each
/// other.
#[derive(Debug)]
pub(crate) struct ContentLocks(Vec<Arc<RwLock<()>>>);

/// One lock for each possible first byte of a hash.
const LOCKS: usize = 256;

impl Default for ContentLocks {
    fn default() -> Self {
        Self((0..LOCKS).map(|_| Arc::default()).collect())
    }
}

impl ContentLocks {
    fn of(&self, sha256: &str) -> Arc<RwLock<()>> {
        let byte = sha256
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        Arc::clone(&self.0[usize::from(byte.unwrap_or_default())])
    }

    /// Locks a content for storing it and writing its row.
    pub(crate) async fn keep(&self, sha256: &str) -> OwnedRwLockReadGuard<()> {
        self.of(sha256).read_owned().await
    }

    /// Locks a content for checking whether a row refers to it, and for removing it if none does.
    pub(crate) async fn remove(&self, sha256: &str) -> OwnedRwLockWriteGuard<()> {
        self.of(sha256).write_owned().await
    }
}
