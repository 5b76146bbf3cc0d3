//! The life of a job: progress, events, queue, cancellation and restarts.

use std::{thread, time::Duration};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    patience::Patience,
    support::{Server, long_job, small, small_job, until},
};

/// Parses the events of a stream: (id, event, data).
fn events(text: &str) -> Vec<(i64, String, Value)> {
    let blocks = text.split("\n\n").filter(|block| block.contains("data:"));
    let field = |block: &str, name: &str| {
        let line = block
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap();
        line.trim().to_owned()
    };
    blocks
        .map(|block| {
            let data = serde_json::from_str(&field(block, "data:")).unwrap();
            (
                field(block, "id:").parse().unwrap(),
                field(block, "event:"),
                data,
            )
        })
        .collect()
}

#[test]
fn progress_is_streamed_from_queued_to_completed_and_can_be_replayed() {
    let server = Server::start();
    let id = small_job(&server);
    let path = format!("/jobs/{id}/events");
    // The stream ends by itself when the job is over.
    let all = events(&server.events(&path));
    let states: Vec<_> = all
        .iter()
        .filter(|(_, event, _)| event == "state")
        .map(|(_, _, data)| data["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["queued", "submitting", "running", "completed"]);
    let progress: Vec<_> = all
        .iter()
        .filter(|(_, event, _)| event == "progress")
        .collect();
    let fractions: Vec<f64> = progress
        .iter()
        .map(|(_, _, d)| d["progress"]["fraction"].as_f64().unwrap())
        .collect();
    assert!(
        !fractions.is_empty() && fractions.is_sorted(),
        "{fractions:?}"
    );
    let stages: Vec<_> = progress
        .iter()
        .map(|(_, _, d)| d["progress"]["stage"].as_str().unwrap())
        .collect();
    assert!(stages.contains(&"Testing sites"), "{stages:?}");

    let job = server.job(&id);
    assert_eq!(job["progress"]["fraction"], 1.0);
    assert!(job["elapsed_seconds"].as_f64().unwrap() > 0.1, "{job}");

    let after = all[1].0;
    let replay = server
        .http
        .get(server.api(&path))
        .header("Last-Event-ID", after)
        .send()
        .unwrap();
    let replayed = events(&replay.text().unwrap());
    assert_eq!(replayed, all[2..]);
    let last = all.last().unwrap().0;
    let nothing = server
        .http
        .get(server.api(&path))
        .header("Last-Event-ID", last)
        .send()
        .unwrap();
    assert_eq!(nothing.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        server.get("/jobs/abc/events").status(),
        StatusCode::NOT_FOUND
    );
}

#[test]
fn the_same_request_is_the_same_job() {
    let server = Server::start();
    let (fasta, newick) = small();
    let (alignment, tree) = (server.upload(fasta), server.upload(newick));
    let body = json!({"alignment": alignment, "tree": tree});
    let ids: Vec<String> = thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| server.start_job("fel", &body)))
            .collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let other = json!({"alignment": alignment, "tree": tree, "srv": false});
    assert_ne!(server.start_job("fel", &other), ids[0]);
    assert_eq!(
        server.get_json("/jobs")["jobs"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn jobs_wait_in_the_queue() {
    let server = Server::with(&[("LOCAL_MAX_JOBS", "1")]);
    let first = long_job(&server, 1);
    assert_eq!(server.wait_for(&first, "running")["state"], "running");
    let second = small_job(&server);
    assert_eq!(server.job(&second)["state"], "queued");
    let path = format!("/methods/fel-result?job_id={second}");
    let early = server.get(&path);
    assert_eq!(early.status(), StatusCode::CONFLICT);
    assert_eq!(early.headers()["retry-after"], "5");
    assert_eq!(
        early.json::<Value>().unwrap()["error"],
        "Job is not complete"
    );
    let before = chrono::Utc::now();
    assert_eq!(
        server.delete(&format!("/jobs/{first}")),
        StatusCode::NO_CONTENT
    );
    server.completed(&second);
    server.began_after(&second, before);
}

#[test]
fn a_deleted_job_is_cancelled_and_leaves_nothing() {
    let server = Server::start();
    let id = long_job(&server, 2);
    server.wait_for(&id, "running");
    until("a supervisor and HyPhy", || server.processes().len() >= 2);
    assert_eq!(
        server.delete(&format!("/jobs/{id}")),
        StatusCode::NO_CONTENT
    );
    assert_eq!(server.processes(), Vec::<u32>::new());
    assert_eq!(
        server.get(&format!("/jobs/{id}")).status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(server.delete(&format!("/jobs/{id}")), StatusCode::NOT_FOUND);
    let left: Vec<_> = server
        .files()
        .into_iter()
        .filter(|f| !f.to_string_lossy().contains("/blobs/"))
        .collect();
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_dataset_in_use_is_kept() {
    let server = Server::start();
    let id = small_job(&server);
    let alignment = server.job(&id)["alignment_id"].as_str().unwrap().to_owned();
    let path = format!("/datasets/{alignment}");
    assert_eq!(server.delete(&path), StatusCode::CONFLICT);
    server.completed(&id);
    assert_eq!(
        server.delete(&format!("/jobs/{id}")),
        StatusCode::NO_CONTENT
    );
    assert_eq!(server.delete(&path), StatusCode::NO_CONTENT);
    assert_eq!(server.get(&path).status(), StatusCode::NOT_FOUND);
}

/// There is one process tree before and after the restart.
fn survives(end: fn(&mut Server)) {
    let mut server = Server::start();
    let id = small_job(&server);
    server.has_said(&id, "Analysis Description");
    let mut before = server.processes();
    end(&mut server);
    before.sort_unstable();
    server.restart();
    let mut after = server.processes();
    after.sort_unstable();
    // The job may have ended in the meantime, but no second one may have started.
    assert!(
        after.iter().all(|process| before.contains(process)),
        "{before:?} {after:?}"
    );
    let job = server.completed(&id);
    assert_eq!(job.get("warnings"), None, "{job}");
    let log = server.get(&format!("/jobs/{id}/log")).text().unwrap();
    assert_eq!(
        log.matches("Analysis Description").count(),
        1,
        "it ran once"
    );
}

#[test]
fn a_restarted_service_recovers_its_job() {
    survives(Server::stop);
}

#[test]
fn a_killed_service_recovers_its_job() {
    survives(Server::kill);
}

#[test]
fn a_job_that_ended_while_the_service_was_down_is_collected() {
    let mut server = Server::start();
    let id = small_job(&server);
    server.wait_for(&id, "running");
    server.kill();
    until("the job has ended", || server.processes().is_empty());
    server.restart();
    let job = server.completed(&id);
    assert!(job["elapsed_seconds"].as_f64().unwrap() > 0.1);
    assert_eq!(job.get("warnings"), None, "{job}");
}

#[test]
fn an_interrupted_job_runs_again_and_says_so() {
    let server = Server::start();
    let id = small_job(&server);
    until("a supervisor and HyPhy", || server.processes().len() >= 2);
    server.kill_jobs();
    let job = server.completed(&id);
    assert_eq!(
        job["warnings"],
        json!([
            "The job was interrupted and started again from its beginning. The machine went \
             down, or the job's supervisor was killed."
        ])
    );
}

#[test]
fn a_job_that_exceeds_the_time_limit_is_stopped() {
    let server = Server::with(&[("JOB_TIME_LIMIT_SECS", "1")]);
    let id = long_job(&server, 3);
    let job = server.wait_for(&id, "failed");
    assert_eq!(job["status"], "error");
    let message = job["error_message"].as_str().unwrap();
    assert!(
        message.contains("the time limit of this server"),
        "{message}"
    );
    assert_eq!(server.processes(), Vec::<u32>::new());
}

#[test]
fn a_second_service_on_the_same_data_does_not_start() {
    let server = Server::start();
    let second = crate::support::datamonkey()
        .arg("serve")
        .env("DATAMONKEY_DATA", server.data.path())
        .env("SERVICE_DATAMONKEY_PORT", "0")
        .output()
        .unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("another datamonkey is using"), "{said}");
}

#[test]
fn a_request_that_waits_is_answered_when_the_job_changes() {
    let server = Server::start();
    let id = small_job(&server);
    let path = format!("/jobs/{id}");
    let mut tag = String::new();
    let mut states = vec![];
    // Every response but the last is sent because the job changed, not because time passed.
    for _ in 0..200 {
        let request = server.http.get(server.api(&format!("{path}?wait=60")));
        let response = request.header("If-None-Match", &tag).send().unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let now = response.headers()["etag"].to_str().unwrap().to_owned();
        assert!(now.starts_with('"') && now != tag, "{now}");
        tag = now;
        let job: Value = response.json().unwrap();
        let state = job["state"].as_str().unwrap().to_owned();
        if states.last() != Some(&state) {
            states.push(state);
        }
        if job["status"] == "completed" {
            break;
        }
    }
    assert_eq!(states.last().unwrap(), "completed");
    assert!(states.contains(&"running".to_owned()), "{states:?}");
    // A finished job does not change: clients that know it receive 304 and do not wait.
    let request = server.http.get(server.api(&format!("{path}?wait=60")));
    let begin = std::time::Instant::now();
    let known = request.header("If-None-Match", &tag).send().unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert!(begin.elapsed() < Duration::from_secs(60));
    let pretty = server.get(&format!("{path}?pretty_print=true"));
    assert_eq!(pretty.headers()["etag"], format!("W/{tag}"));
    let refused = server.get(&format!("{path}?wait=61"));
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        refused.json::<Value>().unwrap()["errors"][0]["field"],
        "wait"
    );
}

#[test]
fn one_stream_has_the_events_of_all_jobs_exactly_once() {
    use std::io::{BufRead, BufReader};
    let server = Server::start();
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let first = server.start_job("fel", &body);
    let second = server.start_job("slac", &body);
    // Disconnects after every event and reconnects.
    let mut last = "0".to_owned();
    let mut seen: Vec<(i64, String, String)> = vec![];
    let ended = |seen: &[(i64, String, String)]| {
        let done = seen.iter().filter(|(_, _, state)| state == "completed");
        done.count() == 2
    };
    while !ended(&seen) {
        let request = server.http.get(server.api("/jobs/events"));
        let response = request.header("Last-Event-ID", &last).send().unwrap();
        let mut id = String::new();
        for line in BufReader::new(response).lines().map_while(Result::ok) {
            if let Some(text) = line.strip_prefix("id:") {
                id = text.trim().to_owned();
            }
            if let Some(data) = line.strip_prefix("data:") {
                let data: Value = serde_json::from_str(data).unwrap();
                let text = |name: &str| data[name].as_str().unwrap().to_owned();
                seen.push((id.parse().unwrap(), text("job_id"), text("state")));
                last = id;
                break;
            }
        }
        assert!(seen.len() < 1000);
    }
    assert!(seen.is_sorted_by(|a, b| a.0 < b.0), "{seen:?}");
    for job in [&first, &second] {
        let mut expected: Vec<i64> =
            events(&server.get(&format!("/jobs/{job}/events")).text().unwrap())
                .iter()
                .map(|(id, _, _)| *id)
                .collect();
        let mut got: Vec<i64> = seen.iter().filter(|e| e.1 == **job).map(|e| e.0).collect();
        // The last event of the last job may not have arrived yet.
        expected.truncate(got.len());
        got.sort_unstable();
        assert_eq!(got, expected);
    }
}

#[test]
fn force_deletes_a_dataset_together_with_its_jobs() {
    let server = Server::start();
    let id = long_job(&server, 11);
    server.wait_for(&id, "running");
    let alignment = server.job(&id)["alignment_id"].as_str().unwrap().to_owned();
    let path = format!("/datasets/{alignment}");
    assert_eq!(server.delete(&path), StatusCode::CONFLICT);
    let forced = server.delete(&format!("{path}?force=true"));
    assert_eq!(forced, StatusCode::NO_CONTENT);
    for gone in [path, format!("/jobs/{id}")] {
        assert_eq!(server.get(&gone).status(), StatusCode::NOT_FOUND);
    }
    assert!(server.processes().is_empty());
}

#[test]
fn a_waiting_job_shows_its_position() {
    let server = Server::with(&[("LOCAL_MAX_JOBS", "1")]);
    let first = long_job(&server, 1);
    let running = server.wait_for(&first, "running");
    assert!(running.get("queue").is_none());
    let (second, third) = (long_job(&server, 2), long_job(&server, 3));
    let place = |id: &str| server.job(id)["queue"].clone();
    assert_eq!(
        (
            place(&second)["position"].clone(),
            place(&third)["position"].clone()
        ),
        (json!(1), json!(2))
    );
    let time = |value: &Value| {
        value
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
    };
    let (a, b) = (place(&second), place(&third));
    assert!(time(&a["expected_start"]) < time(&a["expected_end"]));
    assert_eq!(a["expected_end"], b["expected_start"]);
    assert!(server.delete(&format!("/jobs/{first}")).is_success());
    server.wait_for(&second, "running");
    assert_eq!(place(&third)["position"], 1);
}

#[test]
fn a_thousand_reconnects_lose_and_repeat_no_event() {
    use std::io::Read;
    const RECONNECTS: u32 = 1000;
    let server = Server::start();
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let jobs = ["fel", "slac", "meme"].map(|method| server.start_job(method, &body));
    // Deletes one job while it waits or runs, and another after it has ended. Watchers learn about
    // both.
    let doomed = [1, 2].map(|resample| {
        let mut body = body.clone();
        body["resample"] = json!(resample);
        server.start_job("fel", &body)
    });
    let mut left = doomed.to_vec();
    let mut seed = 1_u32;
    let mut chance = |upto: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) % upto
    };
    let mut seen: Vec<(i64, String, Value)> = vec![];
    let mut followed = vec![];
    let mut reconnects = 0;
    // A busy machine may not answer at once; and it may take many connections before the jobs end.
    let mut limit = Duration::from_millis(100);
    let mut patience = Patience::new("the jobs end");
    let over = |seen: &[(i64, String, Value)]| {
        let mut events = seen.iter();
        let deleted = events.clone().filter(|(_, event, _)| event == "deleted");
        let ended = |job: &String| {
            events.clone().any(|(_, event, data)| {
                event == "state" && data["state"] == "completed" && data["job_id"] == **job
            })
        };
        deleted.count() == doomed.len() && jobs.iter().all(ended) && events.next().is_some()
    };
    // Disconnects in the middle of most events, and waits a little if there is no event yet.
    while reconnects < RECONNECTS || !over(&seen) {
        patience.pause(seen.len());
        reconnects += 1;
        if reconnects == 30 || (reconnects > 200 && left.len() == 1) {
            let job = left.pop().unwrap();
            assert!(server.delete(&format!("/jobs/{job}")).is_success());
        }
        if over(&seen) {
            // It has followed the jobs to their end. Another client starts only afterwards.
            followed.push(std::mem::take(&mut seen));
        }
        let last = seen.last().map_or(0, |(id, _, _)| *id);
        let take = if chance(10) == 0 { 2000 } else { chance(300) };
        let asked = server
            .http
            .get(server.api("/jobs/events"))
            .header("Last-Event-ID", last)
            .timeout(limit)
            .send();
        // Not answered in time: one more connection that broke off.
        let Ok(response) = asked else {
            limit *= 2;
            continue;
        };
        limit = Duration::from_millis(100);
        let mut text = String::new();
        response.take(take.into()).read_to_string(&mut text).ok();
        // An event without a trailing empty line is incomplete.
        let whole = text.rfind("\n\n").map_or("", |end| &text[..end + 2]);
        seen.extend(events(whole));
    }
    let mut all: Vec<_> = jobs
        .iter()
        .flat_map(|job| events(&server.get(&format!("/jobs/{job}/events")).text().unwrap()))
        .collect();
    all.sort_by_key(|(id, _, _)| *id);
    followed.push(seen);
    for seen in &followed {
        let here =
            |event: &&(i64, String, Value)| jobs.iter().any(|job| event.2["job_id"] == **job);
        assert_eq!(seen.iter().filter(here).cloned().collect::<Vec<_>>(), all);
        // All clients received the same events of the deleted jobs, including the last one.
        assert_eq!(seen, &followed[0]);
        for job in &doomed {
            let of_job = seen.iter().filter(|(_, _, data)| data["job_id"] == **job);
            let told: Vec<_> = of_job
                .map(|(_, event, data)| (event, &data["state"]))
                .collect();
            assert_eq!(*told[0].1, "queued", "{told:?}");
            assert_eq!(told.last().unwrap().0, "deleted", "{told:?}");
            let before = told[told.len() - 2];
            assert!(
                before.0 == "state" && before.1 == told.last().unwrap().1,
                "{told:?}"
            );
        }
    }
}
