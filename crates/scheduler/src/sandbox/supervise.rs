//! The process that stays with a command from start to end.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, PipeReader},
    os::{
        fd::OwnedFd,
        unix::process::{CommandExt, ExitStatusExt},
    },
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use chrono::Utc;
use rustix::{
    fs::{Mode, OFlags},
    process::{Pid, Signal, kill_process_group},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use signal_hook::{consts::SIGTERM, iterator::Signals};

use super::{PATH, claim::Claim, output};
use crate::{AttemptDir, Exit, attempt_dir::write_json};

/// What the supervisor needs to know besides the command.
#[derive(Debug, Clone)]
pub struct Options {
    /// The attempt's directory.
    pub directory: PathBuf,
    /// Ends the command after this time; `None` means never.
    pub time_limit: Option<Duration>,
    /// Bytes of log kept from its beginning.
    pub max_log_bytes: u64,
    /// Arguments with which this program becomes the confined command, up to and without `--`.
    pub confine_with: Vec<OsString>,
}

/// Exit code of a supervisor that found its attempt already run, or running, or taken from it.
pub const ALREADY_TAKEN: i32 = 75;

/// Between looks at whether the attempt is still ours. Seconds of a second run at once are the price
/// of few questions to a shared file system.
pub(crate) const CLAIM_EVERY: Duration = Duration::from_secs(5);

/// Between a polite request to end and the end.
const GRACE: Duration = Duration::from_secs(5);

enum Event {
    Ended(io::Result<std::process::ExitStatus>),
    Asked,
}

/// Runs the command of an attempt and records how it ended. Returns this process's exit code.
///
/// # Errors
/// The attempt's directory cannot be used; nothing was run.
pub fn supervise(options: &Options, command: &[OsString]) -> io::Result<i32> {
    let dir = AttemptDir::new(&options.directory);
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    // A leader already (by a shell's job control, say) is as good.
    if let Err(e) = rustix::process::setsid()
        && e != rustix::io::Errno::PERM
    {
        return Err(e.into());
    }
    let mut signals = Signals::new([SIGTERM])?;
    let Some(claim) = Claim::take(&dir)? else {
        return Ok(ALREADY_TAKEN);
    };

    let started = Utc::now();
    let log = output::Log::create(&dir.log(), options.max_log_bytes)?;
    let exit = match start(options, &dir, command) {
        Err(e) => Exit {
            code: None,
            signal: None,
            timed_out: false,
            cancelled: false,
            not_started: Some(e.to_string()),
            explanation: None,
            started,
            ended: Utc::now(),
        },
        Ok((mut child, stdout, terminal)) => {
            let group = Pid::from_child(&child);
            let (events, inbox) = mpsc::channel();
            let asked = events.clone();
            thread::spawn(move || {
                for _ in signals.forever() {
                    if asked.send(Event::Asked).is_err() {
                        break;
                    }
                }
            });
            let readers = [
                thread::spawn({
                    let log = log.clone();
                    move || output::copy(stdout, &log)
                }),
                thread::spawn({
                    let (log, progress) = (log.clone(), dir.progress());
                    move || output::follow_terminal(File::from(terminal), &progress, &log)
                }),
            ];
            thread::spawn(move || events.send(Event::Ended(child.wait())));
            let ending = wait(&inbox, group, options.time_limit, &claim)?;
            for reader in readers {
                // A full disk costs the rest of the log, not the job.
                if let Ok(Err(e)) = reader.join() {
                    eprintln!("the log is incomplete: {e}");
                }
            }
            Exit {
                code: ending.status.code(),
                signal: ending.status.signal(),
                timed_out: ending.timed_out,
                cancelled: ending.cancelled,
                not_started: None,
                explanation: None,
                started,
                ended: Utc::now(),
            }
        }
    };
    if let Err(e) = log.finish() {
        eprintln!("the log is incomplete: {e}");
    }
    if claim.is_lost() {
        return Ok(ALREADY_TAKEN);
    }
    write_json(&dir.exit(), &exit)?;
    Ok(0)
}

/// Starts the confined command: no input, a pipe for its output, a terminal for its errors
/// (HyPhy tells its progress only to a terminal), a clean environment.
fn start(
    options: &Options,
    dir: &AttemptDir,
    command: &[OsString],
) -> io::Result<(Child, PipeReader, OwnedFd)> {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&terminal)?;
    unlockpt(&terminal)?;
    let user_side = rustix::fs::open(
        ptsname(&terminal, Vec::new())?.as_c_str(),
        OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let (stdout, writer) = io::pipe()?;
    let run = dir.run();
    fs::create_dir_all(&run)?;
    let child = Command::new(std::env::current_exe()?)
        .args(&options.confine_with)
        .arg("--level-file")
        .arg(dir.level())
        .arg("--")
        .args(command)
        .env_clear()
        .env("PATH", PATH)
        .env("LANG", "C.UTF-8")
        .env("HOME", &run)
        .env("TMPDIR", &run)
        .current_dir(&run)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(user_side)
        .spawn()?;
    Ok((child, stdout, terminal))
}

struct Ending {
    status: std::process::ExitStatus,
    timed_out: bool,
    cancelled: bool,
}

/// Waits for the command, and ends its whole process group when asked, when its time is up, or when
/// somebody else has the attempt.
fn wait(
    inbox: &mpsc::Receiver<Event>,
    group: Pid,
    time_limit: Option<Duration>,
    claim: &Claim,
) -> io::Result<Ending> {
    let (mut timed_out, mut cancelled) = (false, false);
    let mut deadline = time_limit.map(|limit| Instant::now() + limit);
    loop {
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        let next = left.map_or(CLAIM_EVERY, |left| left.min(CLAIM_EVERY));
        match inbox.recv_timeout(next) {
            Err(RecvTimeoutError::Timeout) if left.is_none_or(|left| left > next) => {
                if claim.is_lost() {
                    kill_process_group(group, Signal::KILL).ok();
                }
                continue;
            }
            Ok(Event::Ended(status)) => {
                // Whatever it started goes with it. That nothing is left is the usual case.
                kill_process_group(group, Signal::KILL).ok();
                return Ok(Ending {
                    status: status?,
                    timed_out,
                    cancelled,
                });
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("lost sight of the command"));
            }
            // Asked again, it gets no more time.
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
