//! Claiming an attempt for one supervisor.
//!
//! On a single machine, the lock decides. On a cluster, Slurm may start an attempt again on another
//! node while the first run is cut off but still working. The second run takes over the claim. The
//! first run notices the loss, ends its command and leaves no record.

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
    supervisor_id::SupervisorId,
};

/// How long a data folder may be missing. After this time it counts as removed.
const AWAY_AT_MOST: Duration = Duration::from_secs(600);

/// An attempt that has not begun and that no other process can begin while this value lives.
pub(super) struct Free {
    dir: AttemptDir,
    lock: File,
}

impl Free {
    /// Locks an attempt; `None` if it has already been run or is running.
    pub(super) fn lock(dir: &AttemptDir) -> io::Result<Option<Self>> {
        let lock = File::create(dir.lock())?;
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(None),
            Err(e) => return Err(e.into()),
        }
        if dir.exit().exists() || read_json::<SupervisorId>(&dir.owner()).is_some() {
            return Ok(None);
        }
        Ok(Some(Self {
            dir: dir.clone(),
            lock,
        }))
    }

    /// Claims it for this process.
    pub(super) fn claim(self) -> io::Result<Claim> {
        let owner = SupervisorId::this_process()?;
        write_json(&self.dir.owner(), &owner)?;
        Ok(Claim {
            dir: self.dir,
            owner,
            away: Cell::new(None),
            _lock: self.lock,
        })
    }
}

/// This process's claim to an attempt. The lock is held while this value lives.
pub(super) struct Claim {
    dir: AttemptDir,
    owner: SupervisorId,
    /// Since when the folder of all attempts has been missing.
    away: Cell<Option<Instant>>,
    _lock: File,
}

impl Claim {
    /// An attempt that disappeared together with the folder of all attempts is expected to come
    /// back. After a while it counts as removed.
    fn is_away_for_good(&self) -> bool {
        let since = self.away.get().unwrap_or_else(Instant::now);
        self.away.set(Some(since));
        since.elapsed() > AWAY_AT_MOST
    }

    /// Whether another process has claimed the attempt, or it was abandoned. `false` if the file
    /// system does not respond.
    pub(super) fn is_lost(&self) -> bool {
        match std::fs::read(self.dir.owner()) {
            Ok(bytes) => {
                self.away.set(None);
                serde_json::from_slice(&bytes).is_ok_and(|owner: SupervisorId| owner != self.owner)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                self.dir.is_among_attempts() || self.is_away_for_good()
            }
            Err(_) => false,
        }
    }
}
