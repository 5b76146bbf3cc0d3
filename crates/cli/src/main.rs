//! `datamonkey`: the service and its client in one program.
//!
//! `serve` is the service. `run` uploads data, starts an analysis, follows it and downloads the
//! result, on a given service or on one that it starts itself. The service starts its jobs with
//! hidden commands. This crate contains no business rules.

mod client;
mod commands;
mod exit;
mod telemetry;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Find natural selection in gene sequences with HyPhy, as a service or from the command line.
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
    /// Run an analysis of one or many alignments and write the results. `run METHOD --help` describes its
    /// parameters.
    #[command(subcommand)]
    Run(commands::run::Arguments),
    /// Screen a gene: run the usual set of analyses on an alignment of codons, and write one report.
    Screen(commands::screen::Arguments),
    /// Give an assistant (Claude, ChatGPT, Copilot, …) the analyses as tools: an MCP server on standard input and
    /// output.
    Mcp(commands::mcp::Arguments),
    /// Import the data of the Go service of the same name from a folder. Uses the settings of
    /// `serve`; stop the service first.
    Import {
        /// Folder with the Go service's datasets.json, job_tracker.tab, SQLite database, datasets
        /// and results.
        folder: std::path::PathBuf,
    },
    /// Copy the service's data to a folder, and check the copy. The service may run. Uses the settings of
    /// `serve`.
    Backup {
        /// The folder of the backup, which is empty or does not exist.
        folder: std::path::PathBuf,
    },
    /// Restore a backup to the folders that the settings of `serve` name; stop the service first.
    Restore {
        /// The folder of the backup.
        folder: std::path::PathBuf,
    },
    /// Show what the users of the service have, cancel their jobs, and end their sessions. Uses the settings
    /// of `serve`.
    #[command(subcommand)]
    Admin(commands::admin::Arguments),
    /// Examine the settings, the engine, folders, the database, the scheduler and more, and say what to
    /// mend. Fails if anything is wrong. Changes nothing; the service may run.
    Doctor,
    /// Print the settings of `serve`: names, meanings, defaults, the values in force, and
    /// where they come from.
    Config {
        /// Print docs/SETTINGS.md.
        #[arg(long)]
        markdown: bool,
    },
    /// Print the service's OpenAPI document.
    Openapi,
    /// Write shell completions, man pages and tools for Galaxy into a folder (used by the packages).
    #[command(hide = true)]
    Extras {
        /// Folder for them; created if it is missing.
        folder: std::path::PathBuf,
    },
    /// Run an analysis by the native engine, with HyPhy's keywords (used by the service). `native
    /// METHOD --help` describes them.
    #[command(subcommand)]
    Native(commands::native::Arguments),
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
        Command::Native(arguments) => return commands::native::native(&arguments),
        Command::Serve => commands::serve::serve(),
        Command::Run(arguments) => commands::run::run(&arguments),
        Command::Screen(arguments) => commands::screen::screen(&arguments),
        Command::Mcp(arguments) => commands::mcp::mcp(&arguments),
        Command::Import { folder } => commands::import::import(&folder),
        Command::Backup { folder } => commands::backup::backup(&folder),
        Command::Restore { folder } => commands::backup::restore(&folder),
        Command::Admin(arguments) => commands::admin::admin(arguments),
        Command::Doctor => match commands::doctor::doctor() {
            Ok(code) => return code,
            Err(e) => Err(e),
        },
        Command::Config { markdown } => commands::config::config(markdown),
        Command::Openapi => commands::openapi(),
        Command::Extras { folder } => commands::extras::extras(Arguments::command(), &folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("datamonkey: {e:#}");
            exit::Exit::of(&e).into()
        }
    }
}
