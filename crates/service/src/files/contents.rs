//! Who is putting a content in its place, and who is taking it away.
//!
//! A file and the row that names it cannot be written in one step. Between the two the file looks
//! like a leftover; whoever removes files without rows must wait until the row is there.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// Locks of contents, by their hashes. Some contents share a lock.
///
/// They are held across writing a file and its row, as an exception to the rule that no lock is held
/// across I/O: that is what they are for, and they are many.
#[derive(Debug)]
pub(crate) struct ContentLocks(Vec<Arc<RwLock<()>>>);

/// One for each first byte of a hash.
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

    /// For who keeps this content and then writes the row that names it.
    pub(crate) async fn keep(&self, sha256: &str) -> OwnedRwLockReadGuard<()> {
        self.of(sha256).read_owned().await
    }

    /// For who looks whether a row names this content, and removes it if none does.
    pub(crate) async fn remove(&self, sha256: &str) -> OwnedRwLockWriteGuard<()> {
        self.of(sha256).write_owned().await
    }
}
