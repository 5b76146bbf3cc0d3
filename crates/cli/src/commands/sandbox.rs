//! `datamonkey sandbox` and `datamonkey confine`: what the service starts its jobs with.

use std::{ffi::OsString, path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;
use scheduler::sandbox::{self, Confinement, Options};

#[derive(Args)]
pub(crate) struct SandboxArguments {
    /// The attempt's directory.
    #[arg(long)]
    directory: PathBuf,
    /// Seconds after which the command is stopped.
    #[arg(long)]
    time_limit: Option<u64>,
    /// Bytes of its output that are kept from the beginning.
    #[arg(long, default_value_t = 8 << 20)]
    max_log_bytes: u64,
    /// Folder that the command may read and run programs from.
    #[arg(long)]
    readable: Vec<PathBuf>,
    /// The command.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

#[derive(Args)]
pub(crate) struct ConfineArguments {
    /// Largest file that the command may write, in bytes.
    #[arg(long)]
    max_file_bytes: Option<u64>,
    /// The command.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// No job's file is larger than this, whatever happens.
const MAX_FILE_BYTES: u64 = 20 << 30;

pub(crate) fn supervise(arguments: SandboxArguments) -> ExitCode {
    let options = Options {
        directory: arguments.directory,
        time_limit: arguments.time_limit.map(Duration::from_secs),
        max_log_bytes: arguments.max_log_bytes,
        confine_with: vec![
            "confine".into(),
            format!("--max-file-bytes={MAX_FILE_BYTES}").into(),
        ],
    };
    match sandbox::supervise(&options, &arguments.command) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(e) => {
            eprintln!("datamonkey sandbox: {}: {e}", options.directory.display());
            ExitCode::FAILURE
        }
    }
}

pub(crate) fn confine(arguments: &ConfineArguments) -> ExitCode {
    let confinement = Confinement {
        max_file_bytes: arguments.max_file_bytes,
    };
    let why = sandbox::confine(&confinement, &arguments.command);
    // On the command's standard output: it ends up in the job's log.
    println!("Error:\nHyPhy could not be started: {why}");
    ExitCode::from(126)
}
