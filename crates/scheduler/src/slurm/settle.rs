//! What has become of an attempt: a pure function of all that is known about it.
//!
//! The job's own exit record comes first where it is conclusive. A command that was ended by a
//! signal cannot know why: then Slurm is asked. What Slurm does not know is waited for, and only
//! after [`Patience::lost`] called lost.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{
    explain::{self, Circumstances},
    job::SlurmJob,
    state::State,
};
use crate::{Exit, Observation, sandbox::CANNOT_BEGIN};

/// How long to wait for what should come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For a job that nobody knows (accounting may be minutes behind).
    pub(crate) lost: Duration,
    /// For a job whose submission was never confirmed.
    pub(crate) submit: Duration,
    /// For the exit record of a job that Slurm says has ended (shared file systems lag), and for
    /// Slurm to run an interrupted job again.
    pub(crate) files: Duration,
}

/// All that is known about an attempt.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// What the controller says, or else accounting.
    pub(crate) job: Option<SlurmJob>,
    /// Whether `job` is the controller's word.
    pub(crate) queued: bool,
    /// Whether Slurm confirmed the submission.
    pub(crate) confirmed: bool,
    /// Whether we asked Slurm to cancel it.
    pub(crate) cancelled: bool,
    /// Since when the controller has answered and not named it.
    pub(crate) absent: Option<Duration>,
    /// Since when Slurm has called it over.
    pub(crate) over: Option<Duration>,
    pub(crate) exit: Option<Exit>,
    /// Whether its files say that it ran, or runs.
    pub(crate) began: bool,
    pub(crate) around: Circumstances,
}

/// How the attempt is doing.
pub(crate) fn settle(known: &Known, patience: &Patience) -> Observation {
    if let Some(exit) = &known.exit
        && is_conclusive(exit, known.cancelled)
    {
        let mut exit = exit.clone();
        if exit.timed_out {
            let job = known.job.as_ref();
            exit.explanation = job.map(|job| explain::timed_out(job, &known.around));
        }
        return Observation::Ended(exit);
    }
    match &known.job {
        Some(job) if !job.state.is_final() => unfinished(known, job, patience),
        Some(job) => over(known, job, patience),
        None => absent(known, patience),
    }
}

/// Whether an exit record alone says how the attempt ended. Slurm signals all of a job's processes
/// at once, so the command may be gone before its supervisor knows why: by the signal itself, or,
/// from a shell, by exit code 128 and the signal's number.
pub(crate) fn is_conclusive(exit: &Exit, cancelling: bool) -> bool {
    let by_itself = exit.code.is_some_and(|code| code < 128) && !exit.cancelled && !cancelling;
    exit.is_success() || exit.timed_out || exit.not_started.is_some() || by_itself
}

fn unfinished(known: &Known, job: &SlurmJob, patience: &Patience) -> Observation {
    // Accounting says "running" for ever about a job that the controller lost.
    if !known.queued && known.absent.is_some_and(|absent| absent > patience.lost) {
        return forgotten(known);
    }
    match job.state {
        State::Pending => Observation::Pending,
        _ => Observation::Running,
    }
}

fn over(known: &Known, job: &SlurmJob, patience: &Patience) -> Observation {
    let waited = known.over.is_some_and(|over| over > patience.files);
    let wait = Observation::Running;
    let mut exit = known.exit.clone().unwrap_or_else(|| record(job));
    exit.explanation = explain::why(job, &known.around);
    match job.state {
        State::Cancelled if !(known.queued || known.cancelled || job.by_somebody) => {
            Observation::Lost(format!(
                "The cluster's controller has lost the job. ({})",
                job.facts()
            ))
        }
        State::Cancelled => {
            exit.cancelled = true;
            Observation::Ended(exit)
        }
        State::Timeout => {
            // Slurm's signal looks like a cancellation to whoever wrote the record.
            exit.cancelled = false;
            exit.timed_out = true;
            Observation::Ended(exit)
        }
        State::Interrupted(what) if waited => Observation::Lost(explain::interruption(job, what)),
        State::Interrupted(_) => wait,
        _ if exit.explanation.is_some() => Observation::Ended(exit),
        // Ended by a signal, and Slurm does not say why: somebody on the node.
        _ if known.exit.is_some() => ended_by_signal(known, exit, job),
        _ if !waited => wait,
        State::Completed => {
            exit.code = Some(0);
            Observation::Ended(exit)
        }
        // Whatever ended the command ended its supervisor, too.
        _ if known.began => Observation::Lost(explain::killed(job)),
        _ => {
            exit.not_started = Some(explain::not_started(job, &known.around));
            exit.passing = job.exit_code == Some(CANNOT_BEGIN);
            Observation::Ended(exit)
        }
    }
}

fn ended_by_signal(known: &Known, mut exit: Exit, job: &SlurmJob) -> Observation {
    if exit.cancelled && !known.cancelled {
        return Observation::Lost(format!(
            "The job was stopped on its node by somebody else. ({})",
            job.facts()
        ));
    }
    exit.cancelled = known.cancelled;
    Observation::Ended(exit)
}

fn absent(known: &Known, patience: &Patience) -> Observation {
    let Some(absent) = known.absent else {
        return Observation::Pending;
    };
    let enough = if known.confirmed || known.exit.is_some() {
        patience.lost
    } else {
        patience.submit
    };
    if absent > enough {
        forgotten(known)
    } else if known.exit.is_some() {
        Observation::Running
    } else {
        Observation::Pending
    }
}

/// Nobody but, perhaps, its own record knows anything of it.
fn forgotten(known: &Known) -> Observation {
    match &known.exit {
        _ if known.cancelled => {
            let mut exit = known.exit.clone().unwrap_or_else(|| ended_now(None));
            exit.cancelled = true;
            Observation::Ended(exit)
        }
        Some(exit) if !exit.cancelled => Observation::Ended(exit.clone()),
        _ if !known.confirmed => Observation::Lost("The job did not reach the cluster.".to_owned()),
        _ => Observation::Lost(
            "The cluster has lost the job: neither its queue nor its accounting knows it."
                .to_owned(),
        ),
    }
}

/// A record made from what Slurm says.
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
