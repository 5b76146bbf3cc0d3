//! The last step before a command: give up what it does not need, then become it.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use landlock::RulesetStatus;
use rustix::process::{Resource, Rlimit, Signal, getppid, setrlimit};

use super::{
    files,
    level::{Level, Mode},
    syscalls,
};

/// What the command may use.
#[derive(Debug, Clone)]
pub struct Confinement {
    /// How much of it is asked for.
    pub mode: Mode,
    /// Folders that it may read and run programs from, besides the system's own. It may write in
    /// its working directory.
    pub readable: Vec<PathBuf>,
    /// Largest file that it may write, in bytes.
    pub max_file_bytes: u64,
    /// Address space that it may use, in bytes; `None` means no limit.
    pub max_memory_bytes: Option<u64>,
    /// It is one of several processes that share their work by MPI: it reaches the network, and the
    /// folders where such processes meet.
    pub mpi: bool,
    /// File to write the reached [`Level`] to.
    pub level_file: Option<PathBuf>,
}

/// Files that a command may have open at the same time.
const MAX_OPEN_FILES: u64 = 256;

/// Confines this process and replaces it by the command. Returns only on failure.
#[must_use]
pub fn confine(confinement: &Confinement, command: &[OsString]) -> io::Error {
    let Some((program, arguments)) = command.split_first() else {
        return io::Error::other("there is no program to run");
    };
    let here = match std::env::current_dir() {
        Ok(here) => here,
        Err(e) => return e,
    };
    match die_with_parent().and_then(|()| give_up(confinement, &here)) {
        Ok(_) => Command::new(program).args(arguments).exec(),
        Err(e) => e,
    }
}

/// Confines this process as a command would be, and says how far that went.
///
/// # Errors
/// Why the process cannot be confined as asked.
pub fn report(confinement: &Confinement) -> io::Result<Level> {
    // A folder that is surely there and holds nothing of anybody's.
    give_up(confinement, Path::new("/usr"))
}

/// When the supervisor dies, so does the command: nobody would settle it. If the supervisor died
/// before this call, we have been handed to another parent already.
fn die_with_parent() -> io::Result<()> {
    let parent = getppid();
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if getppid() != parent || parent.is_none() {
        return Err(io::Error::other("the supervisor is gone"));
    }
    Ok(())
}

fn give_up(confinement: &Confinement, writable: &Path) -> io::Result<Level> {
    // Opened before the file system is closed.
    let level_file = confinement
        .level_file
        .as_ref()
        .map(File::create)
        .transpose()?;
    rustix::thread::set_no_new_privs(true)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, confinement.max_file_bytes)?;
    limit(Resource::Nofile, MAX_OPEN_FILES)?;
    if let Some(bytes) = confinement.max_memory_bytes {
        limit(Resource::As, bytes)?;
    }
    let level = match confinement.mode {
        Mode::Off => Level::None,
        mode => close(mode, confinement, writable)?,
    };
    if let Some(mut file) = level_file {
        file.write_all(level.to_string().as_bytes())?;
    }
    Ok(level)
}

fn close(mode: Mode, confinement: &Confinement, writable: &Path) -> io::Result<Level> {
    let required = mode == Mode::Required;
    let mpi = confinement.mpi;
    let files = match files::confine(&confinement.readable, writable, mpi) {
        Ok(status) => status,
        Err(e) if required => return Err(io::Error::other(e)),
        Err(_) => RulesetStatus::NotEnforced,
    };
    if required && files == RulesetStatus::NotEnforced {
        return Err(io::Error::other(
            "this kernel has no Landlock, and SANDBOX=required (best-effort runs without it)",
        ));
    }
    let calls = match syscalls::confine(mpi) {
        Ok(()) => true,
        Err(e) if required => return Err(e),
        Err(_) => false,
    };
    Ok(match (files, calls) {
        (RulesetStatus::FullyEnforced, true) if !mpi => Level::Full,
        (RulesetStatus::NotEnforced, false) => Level::None,
        _ => Level::Partial,
    })
}

/// A limit that is lower already stays.
fn limit(resource: Resource, value: u64) -> io::Result<()> {
    let now = rustix::process::getrlimit(resource);
    let value = now.maximum.map_or(value, |maximum| maximum.min(value));
    Ok(setrlimit(
        resource,
        Rlimit {
            current: Some(value),
            maximum: Some(value),
        },
    )?)
}
