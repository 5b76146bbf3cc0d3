//! Which process supervises an attempt.

use std::{fs, io};

use rustix::{
    io::Errno,
    process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal},
};
use serde::{Deserialize, Serialize};

use crate::task::Unreachable;

/// The process that has claimed an attempt. A process id alone could belong to another process
/// after a reboot or a wrap-around. Together with its start time and the boot id it is unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SupervisorId {
    pid: i32,
    start_ticks: u64,
    boot_id: String,
}

impl SupervisorId {
    pub(crate) fn this_process() -> io::Result<Self> {
        let pid = rustix::process::getpid().as_raw_nonzero().get();
        Self::of(pid).ok_or_else(|| io::Error::other("/proc does not show this process"))
    }

    fn of(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field is the name in parentheses and may hold anything; proc(5), field 22.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        if matches!(*fields.first()?, "Z" | "X") {
            return None;
        }
        let start_ticks = fields.get(19)?.parse().ok()?;
        let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        Some(Self {
            pid,
            start_ticks,
            boot_id: boot_id.trim().to_owned(),
        })
    }

    pub(crate) fn alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    pub(crate) fn handle(&self) -> String {
        format!("{}@{}", self.pid, self.start_ticks)
    }

    /// Asks the process to end, if it is still alive.
    pub(crate) fn terminate(&self) -> Result<(), Unreachable> {
        let Some(pid) = self.pid() else { return Ok(()) };
        let process = match pidfd_open(pid, PidfdFlags::empty()) {
            Err(Errno::SRCH) => return Ok(()),
            opened => opened.map_err(|e| Unreachable(e.to_string()))?,
        };
        // Checked after opening the pidfd, so that the process that is signalled is the one that
        // was checked.
        if !self.alive() {
            return Ok(());
        }
        match pidfd_send_signal(&process, Signal::TERM) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(e) => Err(Unreachable(e.to_string())),
        }
    }

    pub(crate) fn pid(&self) -> Option<Pid> {
        Pid::from_raw(self.pid)
    }
}
