//! What the exit code says.

use std::{process::ExitCode, time::Duration};

use reqwest::StatusCode;

/// The exit codes of the commands that use a service, as their help lists them.
pub(crate) const HELP: &str = "\
Exit codes:
    0  every analysis has its result
    1  an analysis failed, or a file cannot be written; other results are there
    2  the command line is not valid
    3  an input or a parameter was refused, and nothing was analysed
    4  the service cannot be reached, or the fault is its own
  130  interrupted by Ctrl-C or SIGTERM; the same command continues";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Failed = 1,
    Refused = 3,
    NoService = 4,
    Interrupted = 130,
}

impl Exit {
    /// What an error means.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        if let Some(failure) = error.downcast_ref::<Failure>() {
            return failure.exit;
        }
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            let is_ours = refusal.status.is_client_error();
            return if is_ours && refusal.status != StatusCode::TOO_MANY_REQUESTS {
                Self::Refused
            } else {
                Self::NoService
            };
        }
        match error.downcast_ref::<reqwest::Error>() {
            Some(_) => Self::NoService,
            None => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What a service answers in place of what it was asked for.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// How long it asks to wait.
    pub(crate) wait: Option<Duration>,
}

/// An error that knows its exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Failure {
    exit: Exit,
    message: String,
}

pub(crate) fn failure(exit: Exit, message: impl Into<String>) -> anyhow::Error {
    let message = message.into();
    anyhow::Error::new(Failure { exit, message })
}

pub(crate) fn refused(message: impl Into<String>) -> anyhow::Error {
    failure(Exit::Refused, message)
}
