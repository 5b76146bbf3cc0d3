//! Clients that watch events across all restarts.

use std::{
    io::{BufRead, BufReader},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::blocking::Client as Http;
use serde_json::Value;

use crate::{
    faults::{Fault, Faults},
    service::Service,
};

/// A received event.
struct Event {
    id: i64,
    state: String,
}

/// Follows the events of all of a client's jobs, and always continues after the last one. Returns
/// the ids in the order in which they arrived.
pub(crate) fn follow_all(service: &Service, token: &str, done: &AtomicBool) -> Vec<i64> {
    let mut seen: Vec<i64> = Vec::new();
    while !done.load(Ordering::Relaxed) {
        let last = seen.last().copied().unwrap_or(0);
        follow(service, "/jobs/events", token, last, done, |event| {
            seen.push(event.id)
        });
    }
    seen
}

/// Follows the newest job of a client, and then the next one.
pub(crate) fn follow_newest(
    service: &Service,
    token: &str,
    newest: &Mutex<Option<String>>,
    faults: &Arc<Faults>,
    done: &AtomicBool,
) {
    while !done.load(Ordering::Relaxed) {
        let Some(id) = newest.lock().unwrap().take() else {
            std::thread::sleep(Duration::from_millis(20));
            continue;
        };
        let (mut last, mut state) = (0, String::new());
        let path = format!("/jobs/{id}/events");
        let whole = follow(service, &path, token, 0, done, |event| {
            if event.id <= last {
                let what = format!("event {} of job {id} came after {last}", event.id);
                faults.add(Fault::Doubled, what);
            }
            (last, state) = (event.id, event.state);
        });
        // A stream that ended by itself has sent the end of the job.
        let over = ["completed", "failed", "cancelled"].contains(&state.as_str());
        if whole && last > 0 && !over && !done.load(Ordering::Relaxed) {
            let what = format!("the events of job {id} end with {state}");
            faults.add(Fault::Lost, what);
        }
    }
}

/// Reads one stream to its end. Returns whether it ended by itself.
fn follow(
    service: &Service,
    path: &str,
    token: &str,
    after: i64,
    done: &AtomicBool,
    mut take: impl FnMut(Event),
) -> bool {
    let http = Http::builder().timeout(None).build().unwrap();
    let Some(url) = service.url_now() else {
        std::thread::sleep(Duration::from_millis(5));
        return false;
    };
    let request = http
        .get(format!("{url}/api/v1{path}"))
        .bearer_auth(token)
        .header("Last-Event-ID", after.to_string());
    let Ok(response) = request.send() else {
        return false;
    };
    if response.status() != 200 {
        return false;
    }
    let (mut id, mut data) = (0, String::new());
    for line in BufReader::new(response).lines() {
        let Ok(line) = line else { return false };
        if let Some(rest) = line.strip_prefix("id: ") {
            id = rest.parse().unwrap_or_default();
        } else if let Some(rest) = line.strip_prefix("data: ") {
            rest.clone_into(&mut data);
        } else if line.is_empty() && !data.is_empty() {
            let event: Value = serde_json::from_str(&data).unwrap_or_default();
            let state = event["state"].as_str().unwrap_or_default().to_owned();
            take(Event { id, state });
            data.clear();
        }
        if done.load(Ordering::Relaxed) {
            return false;
        }
    }
    true
}
