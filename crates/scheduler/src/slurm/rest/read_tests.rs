//! Responses of real servers: those of 22.05.8 were recorded; those of newer versions have the form
//! that their servers sent.
#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;

fn job(value: Value) -> SlurmJob {
    let answer: Answer = serde_json::from_value(json!({"jobs": [value]})).unwrap();
    answer
        .jobs
        .into_iter()
        .next()
        .unwrap()
        .into_internal()
        .unwrap()
}

#[test]
fn a_failed_job_is_the_same_in_every_dialect() {
    let old = job(
        json!({"job_id": 5, "name": "dm-1", "job_state": "FAILED", "exit_code": 768,
        "state_reason": "NonZeroExitCode", "submit_time": 100, "start_time": 101, "end_time": 104,
        "nodes": "node1"}),
    );
    assert_eq!((old.exit_code, old.signal), (Some(3), None));
    let number = |n: i64| json!({"set": true, "infinite": false, "number": n});
    let new = json!({"job_id": 5, "name": "dm-1", "job_state": ["FAILED"],
        "exit_code": {"status": ["ERROR"], "return_code": number(3),
            "signal": {"id": {"set": false, "infinite": false, "number": 0}, "name": ""}},
        "state_reason": "NonZeroExitCode", "submit_time": number(100), "start_time": number(101),
        "end_time": number(104), "nodes": "node1"});
    assert_eq!(job(new.clone()), old);
    let mut newest = new;
    newest["job_id"] = number(5);
    assert_eq!(job(newest), old);
    let accounted = job(json!({"job_id": 5, "name": "dm-1",
        "state": {"current": ["FAILED"], "reason": "NonZeroExitCode"},
        "exit_code": {"return_code": number(3)},
        "time": {"submission": 100, "start": 101, "end": 104}, "nodes": "node1"}));
    assert_eq!(accounted, old);
}

#[test]
fn a_wait_status_with_a_signal_is_a_signal() {
    let killed = job(json!({"job_id": 5, "name": "a", "job_state": "FAILED", "exit_code": 9}));
    assert_eq!((killed.exit_code, killed.signal), (None, Some(9)));
}

#[test]
fn unset_times_are_none() {
    let waiting = job(
        json!({"job_id": 5, "name": "a", "job_state": "PENDING", "start_time": 0,
        "end_time": {"set": false, "infinite": false, "number": 0}}),
    );
    assert_eq!((waiting.started, waiting.ended), (None, None));
    assert_eq!(waiting.state, State::Pending);
}

#[test]
fn errors_are_parsed_in_all_their_forms() {
    let text = r#"{"errors":[{"error_code":2000,"error":"Invalid partition name specified"},
        {"error_number":2017,"description":"Unknown","error":"Invalid job id"},"what?"]}"#;
    let answer: Answer = serde_json::from_str(text).unwrap();
    let numbers: Vec<_> = answer
        .errors
        .iter()
        .map(|fault| fault.error_number)
        .collect();
    assert_eq!(numbers, [2000, 2017, 0]);
    assert_eq!(
        answer.errors[0].said(),
        "Invalid partition name specified (error 2000)"
    );
    assert_eq!(
        answer.errors[1].said(),
        "Unknown: Invalid job id (error 2017)"
    );
}

#[test]
fn partitions_are_up_or_down() {
    let text = r#"{"partitions":[{"name":"a","state":"UP","total_nodes":2},{"name":"b","state":"DOWN"},
        {"name":"c","partition":{"state":["UP"]},"nodes":{"total":3}},{"name":"d","partition":{"state":["DOWN"]}}]}"#;
    let answer: Answer = serde_json::from_str(text).unwrap();
    let seen: Vec<_> = answer
        .partitions
        .into_iter()
        .map(RestPartition::into_internal)
        .map(|p| (p.up, p.nodes))
        .collect();
    assert_eq!(
        seen,
        [
            (true, Some(2)),
            (false, None),
            (true, Some(3)),
            (false, None)
        ]
    );
}
