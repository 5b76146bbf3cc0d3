//! The last step before a command: give up what it does not need, then become it.

use std::{ffi::OsString, io, os::unix::process::CommandExt, process::Command};

use rustix::process::{Resource, Rlimit, Signal, getppid, setrlimit};

/// What the command may use.
#[derive(Debug, Clone, Default)]
pub struct Confinement {
    /// Largest file it may write, in bytes; `None` means no limit.
    pub max_file_bytes: Option<u64>,
}

/// Confines this process and replaces it by the command. Returns only on failure.
#[must_use]
pub fn confine(confinement: &Confinement, command: &[OsString]) -> io::Error {
    let Some((program, arguments)) = command.split_first() else {
        return io::Error::other("there is no program to run");
    };
    if let Err(e) = give_up(confinement) {
        return e;
    }
    Command::new(program).args(arguments).exec()
}

fn give_up(confinement: &Confinement) -> io::Result<()> {
    // When the supervisor dies, so does the command: nobody would settle it. If the supervisor
    // died before this call, we have been handed to another parent already.
    let parent = getppid();
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if getppid() != parent || parent.is_none() {
        return Err(io::Error::other("the supervisor is gone"));
    }
    rustix::thread::set_no_new_privs(true)?;
    limit(Resource::Core, 0)?;
    if let Some(bytes) = confinement.max_file_bytes {
        limit(Resource::Fsize, bytes)?;
    }
    Ok(())
}

fn limit(resource: Resource, value: u64) -> io::Result<()> {
    Ok(setrlimit(
        resource,
        Rlimit {
            current: Some(value),
            maximum: Some(value),
        },
    )?)
}
