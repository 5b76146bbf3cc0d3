//! `datamonkey sandbox` and `datamonkey confine`: the commands with which the service starts its
//! jobs.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use scheduler::sandbox::{self, Confinement, JobUser, Mode, Options};

#[derive(Args)]
pub(crate) struct SandboxArguments {
    /// The attempt's directory.
    #[arg(long)]
    directory: PathBuf,
    /// Seconds after which the command is stopped.
    #[arg(long)]
    time_limit: Option<u64>,
    /// Number of bytes kept from the beginning of its output.
    #[arg(long, default_value_t = 8 << 20)]
    max_log_bytes: u64,
    /// Let other processes take precedence over the command.
    #[arg(long)]
    low_priority: bool,
    #[command(flatten)]
    limits: Limits,
    /// The command.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// The options that the supervisor passes on to the confined command.
#[derive(Args)]
struct Limits {
    /// Confinement of the command: required, best-effort or off.
    #[arg(long, default_value = "required")]
    sandbox: Mode,
    /// Folder from which the command may read and run programs.
    #[arg(long)]
    readable: Vec<PathBuf>,
    /// Size limit of the command's address space, in bytes.
    #[arg(long)]
    max_memory_bytes: Option<u64>,
    /// User id and group id to run the command as; only root can choose others than its own.
    #[arg(long)]
    user: Option<JobUser>,
}

#[derive(Args)]
pub(crate) struct ConfineArguments {
    #[command(flatten)]
    limits: Limits,
    /// The command is one of several MPI processes.
    #[arg(long)]
    mpi: bool,
    /// File for the level that is reached.
    #[arg(long)]
    level_file: Option<PathBuf>,
    /// Print the level that is reached and exit.
    #[arg(long)]
    report: bool,
    /// The command.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Size limit of every file that a job writes: 4 GiB.
const MAX_FILE_BYTES: u64 = 4 << 30;

impl Limits {
    fn arguments(self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--sandbox".into(), self.sandbox.word().into()];
        for folder in self.readable {
            arguments.extend(["--readable".into(), folder.into()]);
        }
        if let Some(bytes) = self.max_memory_bytes {
            arguments.extend(["--max-memory-bytes".into(), bytes.to_string().into()]);
        }
        if let Some(user) = self.user {
            arguments.extend(["--user".into(), user.to_string().into()]);
        }
        arguments
    }
}

pub(crate) fn supervise(arguments: SandboxArguments) -> ExitCode {
    scheduler::faults::arm();
    let user = arguments.limits.user;
    let mut confine_with: Vec<OsString> = vec!["confine".into()];
    confine_with.extend(arguments.limits.arguments());
    let options = Options {
        directory: arguments.directory,
        time_limit: arguments.time_limit.map(Duration::from_secs),
        max_log_bytes: arguments.max_log_bytes,
        low_priority: arguments.low_priority,
        user,
        confine_with,
    };
    match sandbox::supervise(&options, &arguments.command) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(e) => {
            // The process that started this one may be gone.
            let directory = options.directory.display();
            writeln!(io::stderr(), "datamonkey sandbox: {directory}: {e}").ok();
            ExitCode::FAILURE
        }
    }
}

pub(crate) fn confine(arguments: ConfineArguments) -> ExitCode {
    let confinement = Confinement {
        mode: arguments.limits.sandbox,
        readable: arguments.limits.readable,
        max_file_bytes: MAX_FILE_BYTES,
        max_memory_bytes: arguments.limits.max_memory_bytes,
        mpi: arguments.mpi,
        user: arguments.limits.user,
        level_file: arguments.level_file,
    };
    if arguments.report {
        return match sandbox::report(&confinement) {
            Ok(level) => {
                println!("{level}");
                ExitCode::SUCCESS
            }
            Err(e) => {
                println!("{e}");
                ExitCode::FAILURE
            }
        };
    }
    let why = sandbox::confine(&confinement, &arguments.command);
    // On the command's standard output, so that the message is in the job's log.
    println!("Error:\nThe engine could not be started: {why}");
    ExitCode::from(126)
}
