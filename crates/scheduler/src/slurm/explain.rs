//! Explanations for users who know biology but not Slurm, together with Slurm's facts.

use super::{
    job::SlurmJob,
    state::{Interruption, State},
};
use crate::Resources;

/// The resources that a submitted job requested, and its script's own output.
#[derive(Debug, Clone, Default)]
pub(crate) struct JobContext {
    /// Requested memory, in bytes.
    pub(crate) memory_bytes: Option<u64>,
    /// Requested time, in seconds.
    pub(crate) time_limit: Option<u64>,
    /// The last output of Slurm and the script.
    pub(crate) output: String,
}

impl From<&Resources> for JobContext {
    fn from(resources: &Resources) -> Self {
        Self {
            memory_bytes: resources.memory_bytes,
            time_limit: resources.time_limit.map(|limit| limit.as_secs()),
            output: String::new(),
        }
    }
}

/// Why a job ended without a result, if the command itself is not the reason.
pub(crate) fn why(job: &SlurmJob, context: &JobContext) -> Option<String> {
    let facts = job.facts();
    match job.state {
        State::OutOfMemory => Some(out_of_memory(&facts, context)),
        State::Failed if is_out_of_memory(&context.output) => Some(out_of_memory(&facts, context)),
        State::Timeout => Some(timed_out(job, context)),
        State::Deadline => Some(format!(
            "The cluster could not run the analysis before its deadline. ({facts})"
        )),
        _ => None,
    }
}

/// Why a job did not start at all.
pub(crate) fn not_started(job: &SlurmJob, context: &JobContext) -> String {
    let said = last_line(&context.output);
    let facts = job.facts();
    if said.is_empty() {
        format!(
            "the cluster's node could not start it, most likely because the job's folder or the \
             program cannot be reached from there ({facts})"
        )
    } else {
        format!("{said} ({facts})")
    }
}

/// The explanation for a job that reached Slurm's time limit, or the wrapper's, which is a minute
/// shorter.
pub(crate) fn timed_out(job: &SlurmJob, context: &JobContext) -> String {
    let limit = context.time_limit.map_or_else(
        || "its time limit".to_owned(),
        |seconds| format!("its time limit of {}", duration(seconds)),
    );
    format!(
        "The analysis took longer than {limit} and was stopped. Try fewer sequences, or ask for a \
         longer limit. ({})",
        job.facts()
    )
}

/// The explanation for a job that ran and left no exit record.
pub(crate) fn killed(job: &SlurmJob) -> String {
    format!(
        "The job and the processes supervising it were killed on the cluster's node. ({})",
        job.facts()
    )
}

/// The explanation for a job that will be run again.
pub(crate) fn interruption(job: &SlurmJob, what: Interruption) -> String {
    let happened = match what {
        Interruption::NodeFail => "The cluster's node that ran the job failed.",
        Interruption::BootFail => "The cluster's node for the job did not start.",
        Interruption::Preempted => "The cluster preempted the job for more urgent work.",
    };
    format!("{happened} ({})", job.facts())
}

fn out_of_memory(facts: &str, context: &JobContext) -> String {
    let memory = context.memory_bytes.map_or_else(
        || "its memory".to_owned(),
        |bytes| format!("its {} of memory", size(bytes)),
    );
    format!(
        "The analysis ran out of {memory}; try fewer or shorter sequences, or ask for more \
         memory. ({facts})"
    )
}

/// Without cgroups, Slurm ends a job that uses too much memory by a signal, and reports the reason
/// only here.
fn is_out_of_memory(output: &str) -> bool {
    [
        "exceeded memory limit",
        "Exceeded job memory limit",
        "oom-kill",
        "oom_kill",
        "Out Of Memory",
    ]
    .iter()
    .any(|words| output.contains(words))
}

fn last_line(output: &str) -> String {
    let line = output.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or_default().trim().chars().take(300).collect()
}

fn size(bytes: u64) -> String {
    const GIB: u64 = 1 << 30;
    if bytes >= GIB && bytes.is_multiple_of(GIB) {
        format!("{} GB", bytes >> 30)
    } else {
        format!("{} MB", bytes >> 20)
    }
}

fn duration(seconds: u64) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        0..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3600),
    }
}
