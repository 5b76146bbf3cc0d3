//! `datamonkey`: the service and its client, one program.
//!
//! `serve` is the service; `run` uploads, starts, watches and fetches, against a service or, with
//! none named, one that it starts for itself. Hidden commands are what the service starts its jobs
//! with. Never here: business rules.

mod client;
mod commands;
mod telemetry;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Find natural selection in gene sequences with HyPhy: as a service, or from the command line.
#[derive(Parser)]
#[command(name = "datamonkey", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service. Its settings are environment variables, also read from .env; `config` prints
    /// them.
    Serve,
    /// Run an analysis and write its result: run METHOD --help says what it takes.
    #[command(subcommand)]
    Run(commands::run::Arguments),
    /// Take over what the Go service of the same name has kept in a folder, into the data of this
    /// one (the settings of `serve` apply; stop the service first).
    Import {
        /// Folder with its datasets.json, job_tracker.tab, SQLite database, datasets and results.
        folder: std::path::PathBuf,
    },
    /// Print the settings of `serve`: names, meanings, defaults, and what is set.
    Config {
        /// Print docs/SETTINGS.md.
        #[arg(long)]
        markdown: bool,
    },
    /// Print the service's OpenAPI document.
    Openapi,
    /// Supervise a job's command (used by the service).
    #[command(hide = true)]
    Sandbox(commands::sandbox::SandboxArguments),
    /// Confine this process and become a job's command (used by `sandbox`).
    #[command(hide = true)]
    Confine(commands::sandbox::ConfineArguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        // These two must stay small and start no threads of a runtime.
        Command::Sandbox(arguments) => return commands::sandbox::supervise(arguments),
        Command::Confine(arguments) => return commands::sandbox::confine(arguments),
        Command::Serve => commands::serve::serve(),
        Command::Run(arguments) => commands::run::run(&arguments),
        Command::Import { folder } => commands::import::import(&folder),
        Command::Config { markdown } => commands::config::config(markdown),
        Command::Openapi => commands::openapi(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("datamonkey: {e:#}");
            ExitCode::FAILURE
        }
    }
}
