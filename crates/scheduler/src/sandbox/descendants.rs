//! Ending all processes that a command started.
//!
//! The supervisor is a subreaper: when the parent of a process below it ends, the process becomes
//! the supervisor's child, whatever sessions and groups it has created. Killing the supervisor's
//! children until there are none therefore kills every descendant. A child's process id is not
//! reused before the supervisor has waited for it, so no other process is hit.

use std::{
    fs, io, thread,
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, WaitOptions, WaitStatus, getpid, kill_process, wait},
};

/// How long to wait for a process that does not end when it is killed. Such a process waits for a
/// disk or a network file system.
const LONGEST: Duration = Duration::from_secs(30);

/// Makes this process the parent of all orphans below it.
pub(super) fn adopt_orphans() -> io::Result<()> {
    Ok(rustix::process::set_child_subreaper(Some(getpid()))?)
}

/// Waits for a child of this process, and for all other children that end before it.
pub(super) fn wait_for(child: Pid) -> io::Result<WaitStatus> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == child => return Ok(status),
            Ok(_) | Err(Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
    }
}

/// Kills all processes below this one. No other thread may wait for children during this call.
/// Returns whether all of them have ended.
pub(super) fn kill_all() -> bool {
    let begin = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        for child in children() {
            // It may have ended since, which is fine.
            kill_process(child, Signal::KILL).ok();
        }
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => break,
                Err(_) => return true,
            }
        }
        if begin.elapsed() > LONGEST {
            return false;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// The children of all threads of this process.
fn children() -> Vec<Pid> {
    let me = getpid();
    // See proc(5). Slower if the kernel does not have this file.
    let listed: io::Result<Vec<String>> = fs::read_dir("/proc/self/task").and_then(|tasks| {
        tasks
            .map(|task| fs::read_to_string(task?.path().join("children")))
            .collect()
    });
    match listed {
        Ok(lists) => lists
            .iter()
            .flat_map(|list| list.split_whitespace())
            .filter_map(|number| Pid::from_raw(number.parse().ok()?))
            .collect(),
        Err(_) => fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let number: i32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
                (parent(number)? == me).then(|| Pid::from_raw(number))?
            })
            .collect(),
    }
}

fn parent(process: i32) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name is in parentheses and may contain anything. State and parent follow it.
    let number = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?;
    Pid::from_raw(number.parse().ok()?)
}
