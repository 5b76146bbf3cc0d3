//! Which supervisor has an attempt.
//!
//! On one machine the lock decides. On a cluster the same attempt can be begun again on another
//! node while a first one, cut off from Slurm, still works: the second takes the claim over, and
//! the first notices that it has lost it, ends its command and leaves no record.

use std::{
    cell::Cell,
    fs::File,
    io,
    time::{Duration, Instant},
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

use crate::{
    AttemptDir,
    attempt_dir::{read_json, write_json},
    local::Owner,
};

/// A data folder that is moved away is back by then, or never.
const AWAY_AT_MOST: Duration = Duration::from_secs(600);

/// An attempt that nobody has begun, and that nobody else can begin while this lives.
pub(super) struct Free {
    dir: AttemptDir,
    lock: File,
}

impl Free {
    /// Locks an attempt; `None` if it was run already, or is.
    pub(super) fn lock(dir: &AttemptDir) -> io::Result<Option<Self>> {
        let lock = File::create(dir.lock())?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(None),
            Err(e) => return Err(e.into()),
        }
        if dir.exit().exists() || read_json::<Owner>(&dir.owner()).is_some() {
            return Ok(None);
        }
        Ok(Some(Self {
            dir: dir.clone(),
            lock,
        }))
    }

    /// Claims it for this process.
    pub(super) fn claim(self) -> io::Result<Claim> {
        let owner = Owner::this_process()?;
        write_json(&self.dir.owner(), &owner)?;
        Ok(Claim {
            dir: self.dir,
            owner,
            away: Cell::new(None),
            _lock: self.lock,
        })
    }
}

/// This process's claim to an attempt. Its lock is held for as long as this lives.
pub(super) struct Claim {
    dir: AttemptDir,
    owner: Owner,
    /// Since when the folder of all attempts is away.
    away: Cell<Option<Instant>>,
    _lock: File,
}

impl Claim {
    /// Gone with the folder of all attempts, an attempt is away, and will be back; after a while it has
    /// been removed.
    fn is_away_for_good(&self) -> bool {
        let since = self.away.get().unwrap_or_else(Instant::now);
        self.away.set(Some(since));
        since.elapsed() > AWAY_AT_MOST
    }

    /// Whether somebody else has the attempt now, or it was given up. A file system that gives no
    /// answer says neither.
    pub(super) fn is_lost(&self) -> bool {
        match std::fs::read(self.dir.owner()) {
            Ok(bytes) => {
                self.away.set(None);
                serde_json::from_slice(&bytes).is_ok_and(|owner: Owner| owner != self.owner)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                self.dir.is_among_attempts() || self.is_away_for_good()
            }
            Err(_) => false,
        }
    }
}
