//! Which supervisor has an attempt.
//!
//! On one machine the lock decides. On a cluster the same attempt can be begun again on another
//! node while a first one, cut off from Slurm, still works: the second takes the claim over, and
//! the first notices that it has lost it, ends its command and leaves no record.

use std::{fs::File, io};

use rustix::fs::{FlockOperation, flock};

use crate::{
    AttemptDir,
    attempt_dir::{read_json, write_json},
    local::Owner,
};

/// This process's claim to an attempt. Its lock is held for as long as this lives.
pub(super) struct Claim {
    dir: AttemptDir,
    owner: Owner,
    _lock: File,
}

impl Claim {
    /// Claims an attempt; `None` if it was run already, or is.
    pub(super) fn take(dir: &AttemptDir) -> io::Result<Option<Self>> {
        let lock = File::create(dir.lock())?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err()
            || dir.exit().exists()
            || read_json::<Owner>(&dir.owner()).is_some()
        {
            return Ok(None);
        }
        let owner = Owner::this_process()?;
        write_json(&dir.owner(), &owner)?;
        Ok(Some(Self {
            dir: dir.clone(),
            owner,
            _lock: lock,
        }))
    }

    /// Whether somebody else has the attempt now, or it was given up. A file system that gives no
    /// answer says neither.
    pub(super) fn is_lost(&self) -> bool {
        match std::fs::read(self.dir.owner()) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).is_ok_and(|owner: Owner| owner != self.owner)
            }
            Err(e) => e.kind() == io::ErrorKind::NotFound,
        }
    }
}
