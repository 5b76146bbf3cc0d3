//! Every way a job can end, from its record, the queue and accounting.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::slurm::state::Interruption;

const TIMEOUTS: Timeouts = Timeouts {
    lost: Duration::from_secs(600),
    submit: Duration::from_secs(60),
    files: Duration::from_secs(15),
};
const LONG: Option<Duration> = Some(Duration::from_secs(601));
const SHORT: Option<Duration> = Some(Duration::from_secs(20));

fn job(state: State) -> Option<SlurmJob> {
    Some(SlurmJob {
        id: 7,
        name: "dm-1".to_owned(),
        state,
        state_words: format!("{state:?}"),
        reason: "Why".to_owned(),
        by_somebody: false,
        exit_code: Some(1),
        signal: None,
        submitted: Some(100),
        started: Some(110),
        ended: Some(120),
        nodes: "n1".to_owned(),
    })
}

fn exit(code: Option<i32>, signal: Option<i32>, cancelled: bool) -> Option<Exit> {
    Some(Exit {
        code,
        signal,
        cancelled,
        ..ended_now(None)
    })
}

fn known(state: State) -> Known {
    Known {
        job: job(state),
        queued: true,
        confirmed: true,
        ..Known::default()
    }
}

fn ended(known: &Known) -> Exit {
    match settle(known, &TIMEOUTS) {
        Observation::Ended(exit) => exit,
        other => panic!("{other:?}"),
    }
}

fn lost(known: &Known) -> String {
    match settle(known, &TIMEOUTS) {
        Observation::Lost(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_conclusive_record_needs_no_slurm() {
    for state in [State::Running, State::Failed, State::Cancelled] {
        let known = Known {
            exit: exit(Some(0), None, false),
            ..known(state)
        };
        assert_eq!(ended(&known).code, Some(0));
    }
    let nobody = Known {
        exit: exit(Some(3), None, false),
        ..Known::default()
    };
    assert_eq!(ended(&nobody).code, Some(3));
}

#[test]
fn a_signal_is_explained_by_slurm() {
    let mut known = Known {
        exit: exit(None, Some(9), false),
        ..known(State::Running)
    };
    assert_eq!(settle(&known, &TIMEOUTS), Observation::Running);
    known.job = job(State::OutOfMemory);
    known.context.memory_bytes = Some(4 << 30);
    let why = ended(&known).explanation.unwrap();
    assert!(
        why.starts_with("The analysis ran out of its 4 GB of memory;"),
        "{why}"
    );
    assert!(
        why.contains("(Slurm job 7, OutOfMemory, Why, on n1)"),
        "{why}"
    );
    known.job = job(State::Failed);
    known.context.output = "slurmstepd: error: Exceeded job memory limit\n".to_owned();
    assert!(
        ended(&known)
            .explanation
            .unwrap()
            .contains("ran out of its 4 GB")
    );
}

#[test]
fn a_command_that_ended_before_its_supervisor_knew_why_is_cancelled() {
    let mut known = Known {
        exit: exit(Some(143), None, false),
        ..known(State::Running)
    };
    assert_eq!(settle(&known, &TIMEOUTS), Observation::Running);
    known.job = job(State::Cancelled);
    assert!(ended(&known).cancelled);
    known.exit = exit(Some(3), None, false);
    known.job = job(State::Running);
    known.cancelled = true;
    assert_eq!(settle(&known, &TIMEOUTS), Observation::Running);
}

#[test]
fn only_slurm_or_the_service_can_call_a_job_cancelled() {
    assert!(ended(&known(State::Cancelled)).cancelled);
    let mut accounted = Known {
        queued: false,
        ..known(State::Cancelled)
    };
    assert!(lost(&accounted).contains("has lost the job"));
    if let Some(job) = &mut accounted.job {
        job.by_somebody = true;
    }
    assert!(ended(&accounted).cancelled);
    // Slurm's controller was wiped and the node killed the orphan: the attempt is lost.
    let mut orphan = Known {
        exit: exit(None, Some(15), true),
        absent: SHORT,
        confirmed: true,
        ..Known::default()
    };
    assert_eq!(settle(&orphan, &TIMEOUTS), Observation::Running);
    orphan.absent = LONG;
    assert!(lost(&orphan).contains("neither its queue nor its accounting"));
    // Accounting has not heard of it.
    orphan.job = job(State::Running);
    assert!(lost(&orphan).contains("controller has lost the job"));
    orphan.cancelled = true;
    assert!(ended(&orphan).cancelled);
}

#[test]
fn a_node_that_failed_is_given_time_to_run_the_job_again() {
    let mut known = known(State::Interrupted(Interruption::NodeFail));
    assert_eq!(settle(&known, &TIMEOUTS), Observation::Running);
    known.over = SHORT;
    assert!(lost(&known).starts_with("The cluster's node that ran the job failed."));
}

#[test]
fn an_end_without_a_record_waits_for_the_file_system() {
    let mut known = known(State::Completed);
    assert_eq!(settle(&known, &TIMEOUTS), Observation::Running);
    known.over = SHORT;
    assert_eq!(ended(&known).code, Some(0));
    known.job = job(State::Failed);
    known.context.output = "sh: 3: cd: can't cd to /shared\n".to_owned();
    assert_eq!(
        ended(&known).not_started.unwrap(),
        "sh: 3: cd: can't cd to /shared (Slurm job 7, Failed, Why, on n1)"
    );
}

#[test]
fn a_timeout_can_be_slurms_or_the_wrappers() {
    let mut known = known(State::Timeout);
    known.context.time_limit = Some(3 * 3600);
    let exit = ended(&known);
    assert!(exit.timed_out);
    assert!(
        exit.explanation
            .unwrap()
            .contains("its time limit of 3 hours")
    );
}

#[test]
fn an_attempt_unknown_everywhere_is_eventually_lost() {
    let mut known = Known {
        confirmed: true,
        ..Known::default()
    };
    // Slurm has not responded yet, which says nothing about the job.
    assert_eq!(settle(&known, &TIMEOUTS), Observation::Pending);
    known.absent = Some(Duration::from_secs(599));
    assert_eq!(settle(&known, &TIMEOUTS), Observation::Pending);
    known.absent = LONG;
    assert!(lost(&known).contains("neither its queue nor its accounting"));
    known.confirmed = false;
    known.absent = Some(Duration::from_secs(61));
    assert_eq!(lost(&known), "The job did not reach the cluster.");
}

#[test]
fn accounting_that_keeps_reporting_running_is_eventually_ignored() {
    let mut known = Known {
        queued: false,
        absent: SHORT,
        ..known(State::Running)
    };
    assert_eq!(settle(&known, &TIMEOUTS), Observation::Running);
    known.absent = LONG;
    assert!(lost(&known).contains("lost the job"));
}

#[test]
fn a_job_that_ran_and_was_killed_without_a_record_is_run_again() {
    let mut known = Known {
        over: SHORT,
        ..known(State::Failed)
    };
    let not_started = ended(&known).not_started.unwrap();
    assert!(not_started.contains("could not start it"), "{not_started}");
    assert!(!ended(&known).passing);
    known.job.as_mut().unwrap().exit_code = Some(CANNOT_BEGIN);
    assert!(ended(&known).passing, "the node's disk was full, say");
    known.began = true;
    let why = lost(&known);
    assert!(
        why.starts_with("The job and the processes supervising it were killed"),
        "{why}"
    );
    known.over = Some(Duration::from_secs(1));
    assert_eq!(settle(&known, &TIMEOUTS), Observation::Running);
}
