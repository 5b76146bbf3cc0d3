//! Waiting, deleted and retried jobs, and what clients learn about them.

use std::{
    io::{BufRead, BufReader},
    thread,
    time::{Duration, Instant},
};

use reqwest::{StatusCode, blocking::Response};
use serde_json::{Value, json};

use crate::support::{
    Server, has_fail_points, is_under_way, long_data, long_job, small, small_job, until,
};

/// The longest time, in seconds, for which a client may ask to wait.
const LONGEST_WAIT: u64 = 60;

fn ask(server: &Server, id: &str, wait: u64, tag: &str) -> Response {
    let request = server
        .http
        .get(server.api(&format!("/jobs/{id}?wait={wait}")));
    request.header("If-None-Match", tag).send().unwrap()
}

fn tag_of(response: &Response) -> String {
    response.headers()["etag"].to_str().unwrap().to_owned()
}

#[test]
fn a_waiting_client_wakes_only_when_the_position_changes() {
    let server = Server::with(&[
        ("LOCAL_MAX_JOBS", "1"),
        ("RUST_LOG", "info,tower_http=debug,server=debug"),
    ]);
    let first = long_job(&server, 1);
    server.wait_for(&first, "running");
    let (second, third) = (long_job(&server, 2), long_job(&server, 3));
    let health = server.get_json("/health");
    assert_eq!(
        (
            &health["details"]["waiting_jobs"],
            &health["details"]["sends_mail"]
        ),
        (&json!(2), &json!(false))
    );
    // The first job in the queue, while another one keeps running.
    let tag = tag_of(&ask(&server, &second, 0, ""));
    let begin = Instant::now();
    let same = ask(&server, &second, 4, &tag);
    assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
    assert!(begin.elapsed() >= Duration::from_secs(4));
    assert_eq!(tag_of(&same), tag_of(&ask(&server, &second, 0, "")));

    let known = tag_of(&ask(&server, &third, 0, ""));
    let begun = ["started processing", "/jobs/{job_id}\""];
    let asked = server.logged(&begun);
    let (news, seconds) = thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let begin = Instant::now();
            let news = ask(&server, &third, LONGEST_WAIT, &known);
            (news, begin.elapsed().as_secs())
        });
        // Only now is there somebody to wake.
        until("the second request", || server.logged(&begun) > asked);
        assert!(server.delete(&format!("/jobs/{second}")).is_success());
        waiting.join().unwrap()
    });
    assert!(seconds < LONGEST_WAIT, "{seconds} s");
    assert_eq!(news.status(), StatusCode::OK);
    assert_ne!(tag_of(&news), known);
    assert_eq!(news.json::<Value>().unwrap()["queue"]["position"], 1);
}

/// Events of a job after one, up to the first of this kind or with this state: (id, event, data).
fn events_until(server: &Server, last: i64, job: &str, end: &str) -> Vec<(i64, String, Value)> {
    let request = server.http.get(server.api("/jobs/events"));
    let answer = request.header("Last-Event-ID", last).send().unwrap();
    let (mut id, mut event, mut seen) = (0, String::new(), vec![]);
    for line in BufReader::new(answer).lines().map(Result::unwrap) {
        match line.split_once(':') {
            Some(("id", text)) => id = text.trim().parse().unwrap(),
            Some(("event", text)) => event = text.trim().to_owned(),
            Some(("data", text)) => {
                let data: Value = serde_json::from_str(text).unwrap();
                if data["job_id"] != job {
                    continue;
                }
                let is_last = event == end || data["state"] == end;
                seen.push((id, event.clone(), data));
                if is_last {
                    break;
                }
            }
            _ => {}
        }
    }
    seen
}

#[test]
fn a_client_that_reconnects_learns_of_a_deletion() {
    if !has_fail_points() {
        return;
    }
    let server = Server::with(&[("EVENT_REPLAY_AGE", "1h"), ("LOCAL_MAX_JOBS", "1")]);
    let id = long_job(&server, 1);
    server.wait_for(&id, "running");
    let last = events_until(&server, 0, &id, "running").last().unwrap().0;
    let path = format!("/jobs/{id}");
    let watching = server.get(&format!("{path}/events"));
    assert_eq!(server.delete(&path), StatusCode::NO_CONTENT);
    // It ends, though the job is gone.
    let watched = watching.text().unwrap();
    assert!(watched.contains("\"cancelled\""), "{watched}");
    let told: Vec<_> = events_until(&server, last, &id, "deleted")
        .into_iter()
        .filter(|(_, event, _)| event != "progress")
        .map(|(_, event, data)| (event, data["state"].clone()))
        .collect();
    let cancelled = json!("cancelled");
    assert_eq!(
        told,
        [
            ("state".to_owned(), cancelled.clone()),
            ("deleted".to_owned(), cancelled)
        ]
    );
    // The same request starts a new job.
    assert_eq!(long_job(&server, 1), id);
    server.shift_clock(Duration::from_secs(2 * 3600));
    assert_eq!(server.delete(&path), StatusCode::NO_CONTENT);
    let all = events_until(&server, 0, &id, "deleted");
    let (first, deleted) = (
        &all[0],
        all.iter().filter(|(_, event, _)| event == "deleted"),
    );
    // Events of the deleted job are stored only for a limited time.
    assert!(first.0 > last, "{all:?}");
    assert_eq!(
        (first.2["state"].clone(), deleted.count()),
        (json!("queued"), 1)
    );
}

#[test]
fn simultaneous_deletions_of_a_job_all_succeed() {
    let server = Server::start();
    for running in [false, true] {
        let id = if running {
            let id = long_job(&server, 1);
            server.wait_for(&id, "running");
            id
        } else {
            let id = small_job(&server);
            server.completed(&id);
            id
        };
        let path = format!("/jobs/{id}");
        let answers = thread::scope(|scope| {
            let deleting = || server.delete(&path);
            let all: Vec<_> = (0..6).map(|_| scope.spawn(deleting)).collect();
            all.into_iter()
                .map(|one| one.join().unwrap().as_u16())
                .collect::<Vec<_>>()
        });
        assert!(answers.contains(&204), "{answers:?}");
        assert!(
            answers.iter().all(|status| [204, 404].contains(status)),
            "{answers:?}"
        );
    }
}

/// A browser that was left open over a replaced data folder sends such an id.
#[test]
fn an_unknown_event_id_counts_as_the_last() {
    let server = Server::start();
    let request = server.http.get(server.api("/jobs/events"));
    let request = request.header("Last-Event-ID", 1_000_000);
    // It is one answer, however long the job takes.
    let answer = request.timeout(Duration::MAX).send().unwrap();
    let id = small_job(&server);
    server.completed(&id);
    let lines = BufReader::new(answer).lines().map_while(Result::ok);
    let told: Vec<_> = lines
        .take_while(|line| !line.contains("\"completed\""))
        .collect();
    assert!(
        told.iter().any(|line| line.contains("\"queued\"")),
        "{told:?}"
    );
    assert!(told.contains(&"id: 0".to_owned()), "{told:?}");
}

#[test]
fn a_retried_job_has_one_log_which_is_removed_with_it() {
    let server = Server::with(&[("JOB_TIME_LIMIT_SECS", "1")]);
    let (alignment, tree) = long_data(&server);
    let body = json!({"alignment": alignment, "tree": tree});
    let logs = || {
        let files = server.files().into_iter();
        files
            .filter(|file| file.to_string_lossy().contains("/logs/"))
            .count()
    };
    let mut id = String::new();
    for _ in 0..3 {
        let answer = server.post("/methods/fel-start?retry=true", &body);
        let job: Value = answer.json().unwrap();
        assert!(is_under_way(&job), "{job}");
        id = job["job_id"].as_str().unwrap().to_owned();
        assert_eq!(server.wait_for(&id, "failed")["state"], "failed");
        assert_eq!(logs(), 1);
        let log = server.get(&format!("/jobs/{id}/log")).text().unwrap();
        assert!(log.contains("Analysis Description"), "{log}");
    }
    assert_eq!(
        server.delete(&format!("/jobs/{id}")),
        StatusCode::NO_CONTENT
    );
    assert_eq!(logs(), 0);
}

#[test]
fn a_stream_without_news_has_a_heartbeat() {
    let server = Server::start();
    let answer = server.get("/jobs/events");
    let begin = Instant::now();
    let mut lines = BufReader::new(answer).lines().map_while(Result::ok);
    let heartbeat = lines.find(|line| line.starts_with(':') && !line.contains("from here"));
    assert_eq!(heartbeat.as_deref().map(str::trim), Some(":"));
    let seconds = begin.elapsed().as_secs();
    // Proxies cut off who is silent for a minute.
    assert!((13..60).contains(&seconds), "{seconds} s");
}

#[test]
fn every_field_of_a_batch_is_used_or_reported() {
    let server = Server::with(&[("MAX_QUEUED_JOBS_PER_USER", "1"), ("LOCAL_MAX_JOBS", "1")]);
    let running = long_job(&server, 1);
    server.wait_for(&running, "running");
    let failed = small_job(&server);
    let (fasta, newick) = small();
    let own = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let other = json!({"alignment": own["alignment"], "tree": own["tree"], "resample": 1});
    let ask = |retry: &Value| {
        let body = json!({"method": "fel", "retry": retry, "colour": 1, "items": [own, other]});
        let answer = server.post("/jobs/batch", &body);
        (answer.status().as_u16(), answer.json::<Value>().unwrap())
    };
    let (status, batch) = ask(&json!("true"));
    assert_eq!(status, 200, "{batch}");
    let warnings = batch["warnings"].as_array().unwrap();
    assert!(warnings.len() == 1 && warnings[0].as_str().unwrap().contains("colour"));
    assert_eq!(batch["items"][0]["job"]["job_id"], json!(failed));
    let full = &batch["items"][1];
    assert_eq!(
        (&full["status"], &full["problem"]["retry_after"]),
        (&json!(429), &json!(60))
    );
    assert_eq!(ask(&json!("perhaps")).0, 422);
    let wrong = json!({"method": "fell", "parameters": 3, "items": "x", "retry": []});
    let refused = server.post("/jobs/batch", &wrong);
    assert_eq!(refused.status(), 400);
    let problem: Value = refused.json().unwrap();
    let errors = problem["errors"].as_array().unwrap();
    let fields: Vec<_> = errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["method", "parameters", "items", "retry"]);
}
