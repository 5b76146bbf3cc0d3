//! The last step before a command: give up all unneeded rights, then become the command.

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

use super::{JobUser, files, supervise::is_passing, syscalls};
use crate::{
    AttemptDir,
    confinement::{Level, Mode},
};

/// The rights of a command.
#[derive(Debug, Clone)]
pub struct Confinement {
    /// The requested confinement.
    pub mode: Mode,
    /// Folders from which it may read and run programs, besides the system's. It may write to its
    /// working directory.
    pub readable: Vec<PathBuf>,
    /// Size limit of a file that it writes, in bytes.
    pub max_file_bytes: u64,
    /// Size limit of its address space, in bytes; `None` means no limit.
    pub max_memory_bytes: Option<u64>,
    /// It is one of several MPI processes, which may use the network and the folders for
    /// communication between such processes.
    pub mpi: bool,
    /// The user that it runs as; `None` is this process's own. Only root can use another.
    pub user: Option<JobUser>,
    /// File for the [`Level`] reached, or for the reason why the command could not be started.
    pub level_file: Option<PathBuf>,
}

/// Maximum number of open files of a command.
const MAX_OPEN_FILES: u64 = 256;

/// Confines this process and replaces it with the command. Returns only on failure.
#[must_use]
pub fn confine(confinement: &Confinement, command: &[OsString]) -> io::Error {
    let Some((program, arguments)) = command.split_first() else {
        return io::Error::other("there is no program to run");
    };
    // Opened before access to the file system is restricted.
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
        // The command's output also contains the message.
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
        // A full disk loses this information, but not the job.
        replace(file, &level.to_string()).ok();
    }
    let failed = Command::new(program).args(arguments).exec();
    let named = format!("{}: {failed}", Path::new(program).display());
    Err(io::Error::new(failed.kind(), named))
}

/// Does not truncate the file: a full disk may have no space beyond the file's own.
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

/// Confines this process as a command would be confined, and returns the level reached.
///
/// # Errors
/// Why the process cannot be confined as requested.
pub fn report(confinement: &Confinement) -> io::Result<Level> {
    // A folder that always exists and contains no user data.
    give_up(confinement, Path::new("/usr"))
}

/// The command must end with its supervisor, because nobody else would settle it. If the supervisor
/// ended before this call, this process already has another parent.
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
    // Steps that need the user's own rights come first. The step that gives them up comes last.
    let files = match confinement.mode {
        Mode::Off => RulesetStatus::NotEnforced,
        mode => close_files(mode, confinement, writable)?,
    };
    if let Some(user) = confinement.user {
        user.become_it()?;
        // Changing the user clears this setting.
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

/// A lower existing limit is kept.
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
