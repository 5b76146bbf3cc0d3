//! Waiting, deleted and retried jobs, and what clients learn about them.

use std::{
    io::{BufRead, BufReader},
    thread,
    time::{Duration, Instant},
};

use reqwest::{StatusCode, blocking::Response};
use serde_json::{Value, json};

use crate::support::{Server, long_data, long_job, small, small_job};

fn ask(server: &Server, id: &str, wait: u32, tag: &str) -> Response {
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
    let server = Server::with(&[("LOCAL_MAX_JOBS", "1")]);
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
    let (news, seconds) = thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let begin = Instant::now();
            (ask(&server, &third, 60, &known), begin.elapsed().as_secs())
        });
        thread::sleep(Duration::from_millis(500));
        assert!(server.delete(&format!("/jobs/{second}")).is_success());
        waiting.join().unwrap()
    });
    assert!(seconds < 20, "{seconds} s");
    assert_eq!(news.status(), StatusCode::OK);
    assert_ne!(tag_of(&news), known);
    assert_eq!(news.json::<Value>().unwrap()["queue"]["position"], 1);
}

/// Returns the events of all jobs after the given id that arrive within some seconds: (id, event,
/// data).
fn events_after(server: &Server, last: i64, job: &str, seconds: u64) -> Vec<(i64, String, Value)> {
    let request = server.http.get(server.api("/jobs/events"));
    let request = request.header("Last-Event-ID", last);
    let answer = request
        .timeout(Duration::from_secs(seconds))
        .send()
        .unwrap();
    let (mut id, mut event, mut seen) = (0, String::new(), vec![]);
    for line in BufReader::new(answer).lines().map_while(Result::ok) {
        match line.split_once(':') {
            Some(("id", text)) => id = text.trim().parse().unwrap(),
            Some(("event", text)) => event = text.trim().to_owned(),
            Some(("data", text)) => {
                let data: Value = serde_json::from_str(text).unwrap();
                if data["job_id"] == job {
                    seen.push((id, event.clone(), data));
                }
                if event == "deleted" {
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
    let server = Server::with(&[("EVENT_REPLAY_AGE", "4s"), ("LOCAL_MAX_JOBS", "1")]);
    let id = long_job(&server, 1);
    server.wait_for(&id, "running");
    let last = events_after(&server, 0, &id, 2).last().unwrap().0;
    let path = format!("/jobs/{id}");
    let watched = thread::scope(|scope| {
        let events = format!("{path}/events");
        let server = &server;
        let watching = scope.spawn(move || server.get(&events).text().unwrap());
        thread::sleep(Duration::from_millis(500));
        assert_eq!(server.delete(&path), StatusCode::NO_CONTENT);
        // The stream ends although the job no longer exists.
        watching.join().unwrap()
    });
    assert!(watched.contains("\"cancelled\""), "{watched}");
    let told: Vec<_> = events_after(&server, last, &id, 10)
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
    thread::sleep(Duration::from_secs(5));
    assert_eq!(server.delete(&path), StatusCode::NO_CONTENT);
    let all = events_after(&server, 0, &id, 10);
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
    let told = thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let request = server.http.get(server.api("/jobs/events"));
            let request = request.header("Last-Event-ID", 1_000_000);
            let answer = request.timeout(Duration::from_secs(60)).send().unwrap();
            let lines = BufReader::new(answer).lines().map_while(Result::ok);
            lines
                .take_while(|line| !line.contains("\"completed\""))
                .collect::<Vec<_>>()
        });
        thread::sleep(Duration::from_millis(500));
        let id = small_job(&server);
        server.completed(&id);
        watching.join().unwrap()
    });
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
        assert_eq!(job["state"], "queued", "{job}");
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
    assert!((13..30).contains(&seconds), "{seconds} s");
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
