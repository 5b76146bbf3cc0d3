//! The last step before a command: give up what it does not need, then become it.

use std::{
    convert::Infallible,
    ffi::{OsStr, OsString},
    fs::{File, OpenOptions},
    io,
    os::unix::{fs::FileExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
};

use landlock::RulesetStatus;
use rustix::process::{Resource, Rlimit, Signal, getppid, setrlimit};

use super::{
    JobUser, files,
    level::{Level, Mode},
    supervise::is_passing,
    syscalls,
};
use crate::AttemptDir;

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
    /// The user as whom it runs; `None` is this process's own. Only root can have another.
    pub user: Option<JobUser>,
    /// File to write the reached [`Level`] to, or why the command could not be started.
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
    // Opened before the file system is closed.
    let level_file = match confinement.level_file.as_deref().map(open).transpose() {
        Ok(file) => file,
        Err(e) => return e,
    };
    let failed = match become_it(confinement, level_file.as_ref(), program, arguments) {
        Ok(never) => match never {},
        Err(e) => e,
    };
    if let Some(file) = &level_file {
        let mark = if is_passing(&failed) {
            AttemptDir::PASSING
        } else {
            AttemptDir::NOT_STARTED
        };
        // The command's output says it, too.
        replace(file, &format!("{mark}{failed}")).ok();
    }
    failed
}

fn become_it(
    confinement: &Confinement,
    level_file: Option<&File>,
    program: &OsStr,
    arguments: &[OsString],
) -> io::Result<Infallible> {
    let here = std::env::current_dir()?;
    die_with_parent()?;
    let level = give_up(confinement, &here)?;
    if let Some(file) = level_file {
        // A full disk costs the word, not the job.
        replace(file, &level.to_string()).ok();
    }
    let failed = Command::new(program).args(arguments).exec();
    let named = format!("{}: {failed}", Path::new(program).display());
    Err(io::Error::new(failed.kind(), named))
}

/// Without making it shorter: there may be room for no more than it has.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
}

fn replace(file: &File, text: &str) -> io::Result<()> {
    file.write_all_at(text.as_bytes(), 0)?;
    file.set_len(text.len() as u64)
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
    rustix::thread::set_no_new_privs(true)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, confinement.max_file_bytes)?;
    limit(Resource::Nofile, MAX_OPEN_FILES)?;
    if let Some(bytes) = confinement.max_memory_bytes {
        limit(Resource::As, bytes)?;
    }
    // First what the user's own rights are needed for, last what ends these.
    let files = match confinement.mode {
        Mode::Off => RulesetStatus::NotEnforced,
        mode => close_files(mode, confinement, writable)?,
    };
    if let Some(user) = confinement.user {
        user.become_it()?;
        // Forgotten with the user.
        die_with_parent()?;
    }
    let calls = match confinement.mode {
        Mode::Off => return Ok(Level::None),
        mode => match syscalls::confine(confinement.mpi, files::has_signal_scope()) {
            Ok(()) => true,
            Err(e) if mode == Mode::Required => return Err(e),
            Err(_) => false,
        },
    };
    Ok(match (files, calls) {
        (RulesetStatus::FullyEnforced, true) if !confinement.mpi => Level::Full,
        (RulesetStatus::NotEnforced, false) => Level::None,
        _ => Level::Partial,
    })
}

fn close_files(
    mode: Mode,
    confinement: &Confinement,
    writable: &Path,
) -> io::Result<RulesetStatus> {
    let required = mode == Mode::Required;
    let files = match files::confine(&confinement.readable, writable, confinement.mpi) {
        Ok(status) => status,
        Err(e) if required => return Err(io::Error::other(e)),
        Err(_) => RulesetStatus::NotEnforced,
    };
    if required && files == RulesetStatus::NotEnforced {
        return Err(io::Error::other(
            "this kernel has no Landlock, and SANDBOX=required (best-effort runs without it)",
        ));
    }
    Ok(files)
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
