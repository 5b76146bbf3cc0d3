//! The state of an attempt, as a pure function of everything that is known about it.
//!
//! The job's own exit record takes precedence if it is conclusive. A command that was ended by a
//! signal cannot know the reason, so Slurm is asked. An attempt that Slurm does not know is lost
//! only after [`Timeouts::lost`].

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{
    explain::{self, JobContext},
    job::SlurmJob,
    state::State,
};
use crate::{Exit, Observation, sandbox::CANNOT_BEGIN};

/// Time limits for expected information.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// For a job that is unknown everywhere (accounting may be minutes behind).
    pub(crate) lost: Duration,
    /// For a job whose submission was never confirmed.
    pub(crate) submit: Duration,
    /// For the exit record of a job that has ended according to Slurm (shared file systems lag),
    /// and for Slurm to run an interrupted job again.
    pub(crate) files: Duration,
}

/// Everything that is known about an attempt.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// The job according to the controller, or else to accounting.
    pub(crate) job: Option<SlurmJob>,
    /// Whether `job` comes from the controller.
    pub(crate) queued: bool,
    /// Whether Slurm confirmed the submission.
    pub(crate) confirmed: bool,
    /// Whether the service asked Slurm to cancel it.
    pub(crate) cancelled: bool,
    /// How long the controller has not listed it, since accounting was first asked about it.
    pub(crate) absent: Option<Duration>,
    /// How long Slurm has reported it as ended.
    pub(crate) over: Option<Duration>,
    pub(crate) exit: Option<Exit>,
    /// Whether its files show that it has started.
    pub(crate) began: bool,
    pub(crate) context: JobContext,
}

/// Determines the state of the attempt.
pub(crate) fn settle(known: &Known, timeouts: &Timeouts) -> Observation {
    if let Some(exit) = &known.exit
        && is_conclusive(exit, known.cancelled)
    {
        let mut exit = exit.clone();
        if exit.timed_out {
            let job = known.job.as_ref();
            exit.explanation = job.map(|job| explain::timed_out(job, &known.context));
        }
        return Observation::Ended(exit);
    }
    match &known.job {
        Some(job) if !job.state.is_final() => unfinished(known, job, timeouts),
        Some(job) => over(known, job, timeouts),
        None => absent(known, timeouts),
    }
}

/// Whether an exit record alone determines how the attempt ended. Slurm signals all of a job's
/// processes at once, so the command may end before its supervisor knows the reason: by the signal
/// itself, or, under a shell, with exit code 128 plus the signal's number.
pub(crate) fn is_conclusive(exit: &Exit, cancelling: bool) -> bool {
    let by_itself = exit.code.is_some_and(|code| code < 128) && !exit.cancelled && !cancelling;
    exit.is_success() || exit.timed_out || exit.not_started.is_some() || by_itself
}

fn unfinished(known: &Known, job: &SlurmJob, timeouts: &Timeouts) -> Observation {
    // Accounting keeps reporting "running" for a job that the controller lost.
    if !known.queued && known.absent.is_some_and(|absent| absent > timeouts.lost) {
        return forgotten(known);
    }
    match job.state {
        State::Pending => Observation::Pending,
        _ => Observation::Running,
    }
}

fn over(known: &Known, job: &SlurmJob, timeouts: &Timeouts) -> Observation {
    let waited = known.over.is_some_and(|over| over > timeouts.files);
    let wait = Observation::Running;
    let mut exit = known.exit.clone().unwrap_or_else(|| record(job));
    exit.explanation = explain::why(job, &known.context);
    match job.state {
        State::Cancelled if !(known.queued || known.cancelled || job.by_somebody) => {
            Observation::Lost(lost_by_controller(job))
        }
        State::Cancelled => {
            exit.cancelled = true;
            Observation::Ended(exit)
        }
        State::Timeout => {
            // To the writer of the record, Slurm's signal looks like a cancellation.
            exit.cancelled = false;
            exit.timed_out = true;
            Observation::Ended(exit)
        }
        State::Interrupted(what) if waited => Observation::Lost(explain::interruption(job, what)),
        State::Interrupted(_) => wait,
        _ if exit.explanation.is_some() => Observation::Ended(exit),
        // Ended by a signal without a reason from Slurm: somebody on the node sent it.
        _ if known.exit.is_some() => ended_by_signal(known, exit, job),
        _ if !waited => wait,
        State::Completed => {
            exit.code = Some(0);
            Observation::Ended(exit)
        }
        // Whatever ended the command also ended its supervisor.
        _ if known.began => Observation::Lost(explain::killed(job)),
        _ => {
            exit.not_started = Some(explain::not_started(job, &known.context));
            exit.passing = job.exit_code == Some(CANNOT_BEGIN);
            Observation::Ended(exit)
        }
    }
}

fn ended_by_signal(known: &Known, mut exit: Exit, job: &SlurmJob) -> Observation {
    if exit.cancelled && !known.cancelled {
        return Observation::Lost(format!(
            "Someone else stopped the job on its node. ({})",
            job.facts()
        ));
    }
    exit.cancelled = known.cancelled;
    Observation::Ended(exit)
}

fn absent(known: &Known, timeouts: &Timeouts) -> Observation {
    let Some(absent) = known.absent else {
        return Observation::Pending;
    };
    let enough = if known.confirmed || known.exit.is_some() {
        timeouts.lost
    } else {
        timeouts.submit
    };
    if absent > enough {
        forgotten(known)
    } else if known.exit.is_some() {
        Observation::Running
    } else {
        Observation::Pending
    }
}

/// Settles an attempt that the controller no longer knows, from its own record if there is one.
fn forgotten(known: &Known) -> Observation {
    match &known.exit {
        _ if known.cancelled => {
            let mut exit = known.exit.clone().unwrap_or_else(|| ended_now(None));
            exit.cancelled = true;
            Observation::Ended(exit)
        }
        Some(exit) if !exit.cancelled => Observation::Ended(exit.clone()),
        _ => Observation::Lost(match &known.job {
            Some(job) => lost_by_controller(job),
            None if !known.confirmed => "The job did not reach the cluster.".to_owned(),
            None => "The cluster has lost the job: neither its queue nor its accounting knows it."
                .to_owned(),
        }),
    }
}

/// Only accounting still knows the job.
fn lost_by_controller(job: &SlurmJob) -> String {
    format!(
        "The cluster's controller has lost the job. ({})",
        job.facts()
    )
}

/// A record built from Slurm's information.
fn record(job: &SlurmJob) -> Exit {
    let time = |seconds: Option<i64>| seconds.and_then(|s| DateTime::from_timestamp(s, 0));
    let ended = time(job.ended).unwrap_or_else(Utc::now);
    Exit {
        code: job.exit_code.filter(|_| job.signal.is_none()),
        signal: job.signal,
        started: time(job.started).unwrap_or(ended),
        ..ended_now(Some(ended))
    }
}

fn ended_now(at: Option<DateTime<Utc>>) -> Exit {
    let at = at.unwrap_or_else(Utc::now);
    Exit {
        code: None,
        signal: None,
        timed_out: false,
        cancelled: false,
        not_started: None,
        passing: false,
        disk_full: false,
        explanation: None,
        started: at,
        ended: at,
    }
}

#[cfg(test)]
#[path = "settle_tests.rs"]
mod tests;
