//! The process that supervises a command from start to end.

use std::{
    ffi::OsString,
    fs::{self, File, Permissions},
    io::{self, PipeReader, Write},
    os::{
        fd::OwnedFd,
        unix::{fs::PermissionsExt, process::CommandExt},
    },
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use rustix::{
    fs::{Mode, OFlags, statvfs},
    process::{Pid, Signal, WaitStatus, kill_process_group},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use signal_hook::{consts::SIGTERM, iterator::Signals};

use super::{
    JobUser,
    claim::{Claim, Free},
    descendants,
    output::{self, Log},
    record::Record,
    user::make_private,
};
use crate::{AttemptDir, Exit, PATH, fail_point};

/// Settings of the supervisor, besides the command.
#[derive(Debug, Clone)]
pub struct Options {
    /// The attempt's directory.
    pub directory: PathBuf,
    /// Time limit of the command; `None` means no limit.
    pub time_limit: Option<Duration>,
    /// Number of bytes kept from the beginning of the log.
    pub max_log_bytes: u64,
    /// Whether other processes take precedence over the command.
    pub low_priority: bool,
    /// The user that the command runs as; `None` is the supervisor's own.
    pub user: Option<JobUser>,
    /// Arguments with which this program becomes the confined command, up to but excluding `--`.
    pub confine_with: Vec<OsString>,
}

/// What the niceness of a command of low priority is increased by: it gets about a third of the time
/// that others do, so that it still ends while they run.
const NICER: i32 = 5;

/// Exit code of a supervisor whose attempt has already been run, is running, or was taken over by
/// another.
pub const ALREADY_TAKEN: i32 = 75;

/// Exit code of a supervisor that could not claim its attempt, for example because the disk is
/// full. Nothing was run, and nothing will be.
pub const CANNOT_BEGIN: i32 = 74;

/// Interval between checks that the attempt still belongs to this process. Two runs may overlap by
/// this many seconds, in exchange for fewer requests to a shared file system.
pub(crate) const CLAIM_EVERY: Duration = Duration::from_secs(5);

/// The same while the log waits for the disk.
const BEHIND_EVERY: Duration = Duration::from_secs(1);

/// Time between a request to end and a kill.
const GRACE: Duration = Duration::from_secs(5);

/// Time to read the remaining output of the command and its descendants.
const READ_WITHIN: Duration = Duration::from_secs(5);

/// Interval between attempts to write the exit record, at first and at most.
const RECORD_AGAIN: Duration = Duration::from_millis(100);
const RECORD_AGAIN_AT_MOST: Duration = Duration::from_secs(3);

/// A disk with less free space than this counts as full.
const FULL_BELOW: u64 = 64 * 1024;

enum Event {
    Ended(io::Result<WaitStatus>),
    Asked,
}

/// Runs the command of an attempt and records how it ended. Returns this process's exit code.
///
/// # Errors
/// The attempt's directory cannot be used and nothing was run ([`CANNOT_BEGIN`]), or the record
/// could not be written before the supervisor was asked to end.
pub fn supervise(options: &Options, command: &[OsString]) -> io::Result<i32> {
    let dir = AttemptDir::new(&options.directory);
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    // The process may already be a session leader, for example because of a shell's job control.
    if let Err(e) = rustix::process::setsid()
        && e != rustix::io::Errno::PERM
    {
        return Err(e.into());
    }
    if options.low_priority {
        rustix::process::nice(NICER)?;
    }
    let mut signals = Signals::new([SIGTERM])?;
    let attempt = match Running::begin(options, dir) {
        Ok(Some(attempt)) => attempt,
        Ok(None) => return Ok(ALREADY_TAKEN),
        Err(e) => {
            say(&format!("{}: {e}", options.directory.display()));
            return Ok(CANNOT_BEGIN);
        }
    };
    let (events, inbox) = mpsc::channel();
    let asked = events.clone();
    thread::spawn(move || {
        for _ in signals.forever() {
            if asked.send(Event::Asked).is_err() {
                break;
            }
        }
    });
    let exit = attempt.run(options, command, events, &inbox);
    attempt.settle(&exit, &inbox)
}

/// Prints a message for the parent process, if it still exists.
fn say(what: &str) {
    writeln!(io::stderr(), "datamonkey sandbox: {what}").ok();
}

/// An attempt claimed by this process, with everything that must not fail later: all files that
/// need disk space exist before the claim does.
struct Running {
    dir: AttemptDir,
    record: Record,
    log: Log,
    progress: File,
    claim: Claim,
    started: DateTime<Utc>,
}

impl Running {
    /// `None` if the attempt has already been run or is running.
    fn begin(options: &Options, dir: AttemptDir) -> io::Result<Option<Self>> {
        descendants::adopt_orphans()?;
        let Some(free) = Free::lock(&dir)? else {
            return Ok(None);
        };
        // Some shared file systems have no file modes.
        fs::set_permissions(&options.directory, Permissions::from_mode(0o700)).ok();
        let record = Record::reserve(&dir)?;
        let log = Log::create(&dir.log(), options.max_log_bytes)?;
        let progress = output::create_progress(&dir.progress())?;
        let run = dir.run();
        fs::create_dir_all(&run)?;
        make_private(&run, options.user)?;
        let claim = free.claim()?;
        fail_point!("attempt-claimed");
        Ok(Some(Self {
            claim,
            started: Utc::now(),
            dir,
            record,
            log,
            progress,
        }))
    }

    /// Runs the command and waits until it and all of its descendants have ended.
    fn run(
        &self,
        options: &Options,
        command: &[OsString],
        events: Sender<Event>,
        inbox: &Receiver<Event>,
    ) -> Exit {
        let (child, stdout, terminal, progress) = match self.start(options, command) {
            Ok(started) => started,
            Err(e) => {
                let passing = is_passing(&e);
                return Exit::of_not_started(e.to_string(), passing);
            }
        };
        let child = Pid::from_child(&child);
        let (read, is_read) = mpsc::channel::<()>();
        thread::spawn({
            let (log, read) = (self.log.clone(), read.clone());
            move || {
                output::copy(stdout, &log);
                drop(read);
            }
        });
        thread::spawn({
            let log = self.log.clone();
            move || {
                output::follow_terminal(File::from(terminal), &progress, &log);
                drop(read);
            }
        });
        thread::spawn(move || events.send(Event::Ended(descendants::wait_for(child))));
        let ending = self.wait(inbox, child, options.time_limit);
        if !descendants::kill_all() {
            say("a process that the command has started cannot be ended");
        }
        // Nobody can print any more. The channel closes when both readers have dropped their ends.
        if is_read.recv_timeout(READ_WITHIN) == Err(RecvTimeoutError::Timeout) {
            say("the command's output did not end with it");
        }
        let status = match ending.status {
            Ok(status) => status,
            Err(e) => {
                return Exit::of_not_started(format!("cannot observe the command: {e}"), true);
            }
        };
        let code = status.exit_status();
        if code == Some(NOT_STARTED_CODE)
            && let Some((why, passing)) = self.dir.read_not_started()
            && !ending.cancelled
        {
            return Exit::of_not_started(why, passing);
        }
        Exit {
            code,
            signal: status.terminating_signal(),
            timed_out: ending.timed_out,
            cancelled: ending.cancelled,
            not_started: None,
            passing: false,
            disk_full: self.log.was_full() || is_full(&self.dir),
            explanation: None,
            started: self.started,
            ended: Utc::now(),
        }
    }

    /// Starts the confined command with a clean environment and no input. Its output is a pipe and
    /// its standard error a terminal, because HyPhy reports progress only to a terminal.
    fn start(
        &self,
        options: &Options,
        command: &[OsString],
    ) -> io::Result<(Child, PipeReader, OwnedFd, File)> {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&terminal)?;
        unlockpt(&terminal)?;
        let user_side = rustix::fs::open(
            ptsname(&terminal, Vec::new())?.as_c_str(),
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let (stdout, writer) = io::pipe()?;
        let progress = self.progress.try_clone()?;
        let run = self.dir.run();
        // Another user may have no access to it except through the folder in which it starts.
        let home = match options.user {
            Some(_) => PathBuf::from("/proc/self/cwd"),
            None => run.clone(),
        };
        // This exact program, even if its file has been replaced since.
        let child = Command::new("/proc/self/exe")
            .args(&options.confine_with)
            .arg("--level-file")
            .arg(self.dir.level())
            .arg("--")
            .args(command)
            .env_clear()
            .env("PATH", PATH)
            .env("LANG", "C.UTF-8")
            .env("HOME", &home)
            .env("TMPDIR", &home)
            .current_dir(&run)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(user_side)
            .spawn()?;
        Ok((child, stdout, terminal, progress))
    }

    /// Waits for the command. Ends its whole process group when asked to, when the time limit is
    /// reached, or when another process has taken over the attempt.
    fn wait(&self, inbox: &Receiver<Event>, group: Pid, time_limit: Option<Duration>) -> Ending {
        let (mut timed_out, mut cancelled) = (false, false);
        let mut deadline = time_limit.map(|limit| Instant::now() + limit);
        loop {
            self.log.catch_up();
            let every = if self.log.is_behind() {
                BEHIND_EVERY
            } else {
                CLAIM_EVERY
            };
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            let next = left.map_or(every, |left| left.min(every));
            match inbox.recv_timeout(next) {
                Err(RecvTimeoutError::Timeout) if left.is_none_or(|left| left > next) => {
                    if self.claim.is_lost() {
                        kill_process_group(group, Signal::KILL).ok();
                    }
                    continue;
                }
                Ok(Event::Ended(status)) => {
                    return Ending {
                        status,
                        timed_out,
                        cancelled,
                    };
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Ending {
                        status: Err(io::Error::other("its watcher is gone")),
                        timed_out,
                        cancelled,
                    };
                }
                // A second request does not extend the grace period.
                Ok(Event::Asked) if cancelled || timed_out => {
                    cancelled = true;
                    continue;
                }
                Ok(Event::Asked) => cancelled = true,
                Err(RecvTimeoutError::Timeout) if timed_out || cancelled => {
                    kill_process_group(group, Signal::KILL).ok();
                    deadline = None;
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => timed_out = true,
            }
            kill_process_group(group, Signal::TERM).ok();
            deadline = Some(Instant::now() + GRACE);
        }
    }

    /// Writes the end of the log and the exit record, and retries until it succeeds.
    fn settle(&self, exit: &Exit, inbox: &Receiver<Event>) -> io::Result<i32> {
        let mut pause = RECORD_AGAIN;
        loop {
            // The record has its reserved space, so it does not wait until there is space for the
            // log.
            let finished = self.log.finish();
            if self.claim.is_lost() {
                return Ok(ALREADY_TAKEN);
            }
            let Err(e) = self.record.write(exit) else {
                if let Err(e) = finished {
                    say(&format!("the log is incomplete: {e}"));
                }
                return Ok(0);
            };
            if pause == RECORD_AGAIN {
                say(&format!("cannot write the exit record yet: {e}"));
            }
            match inbox.recv_timeout(pause) {
                Ok(Event::Asked) => return Err(e),
                Err(RecvTimeoutError::Disconnected) => thread::sleep(pause),
                Ok(Event::Ended(_)) | Err(RecvTimeoutError::Timeout) => {}
            }
            pause = (pause * 2).min(RECORD_AGAIN_AT_MOST);
        }
    }
}

/// Exit code of a confined process that could not become the command. The level file contains the
/// reason.
pub(super) const NOT_STARTED_CODE: i32 = 126;

/// Whether starting the same command may succeed at another time.
pub(super) fn is_passing(e: &io::Error) -> bool {
    !matches!(
        e.kind(),
        io::ErrorKind::ArgumentListTooLong | io::ErrorKind::InvalidInput
    )
}

/// Whether the attempt's disk is full.
fn is_full(dir: &AttemptDir) -> bool {
    statvfs(dir.run()).is_ok_and(|disk| {
        let no_blocks = disk.f_bavail.saturating_mul(disk.f_frsize) < FULL_BELOW;
        // Some file systems do not count files.
        no_blocks || disk.f_files > 0 && disk.f_favail == 0
    })
}

struct Ending {
    status: io::Result<WaitStatus>,
    timed_out: bool,
    cancelled: bool,
}
