//! Unused sessions are removed completely, and revoked tokens stay invalid.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    person::{Person, form, with_tokens},
    support::{Server, has_fail_points, small, until},
};

const HOUR: Duration = Duration::from_secs(3600);

fn cleaned(server: &Server) -> u64 {
    let health = server.get_json("/health");
    health["details"]["cleaned_sessions"].as_u64().unwrap()
}

#[test]
fn all_unused_sessions_are_removed_together() {
    if !has_fail_points() {
        return;
    }
    let mut server = with_tokens();
    server.set(&[("RATE_LIMIT_PER_SECOND", "0")]);
    server.stop();
    server.restart();
    for _ in 0..250 {
        assert_eq!(
            server.post("/session", &json!({})).status(),
            StatusCode::CREATED
        );
    }
    server.stop();
    server.set(&[
        ("SESSION_MAX_AGE", "1h"),
        ("SESSION_CLEANUP_INTERVAL", "1h"),
    ]);
    server.shift_clock(2 * HOUR);
    server.restart();
    until("250 sessions are removed", || cleaned(&server) == 250);
}

#[test]
fn nothing_is_removed_if_cleanup_is_off() {
    let server = Server::with(&[
        ("USER_TOKEN_ENABLED", "true"),
        ("SESSION_MAX_AGE", "1s"),
        ("SESSION_CLEANUP_INTERVAL", "0"),
    ]);
    let (ada, _) = Person::new(&server, ">a\nACG\n");
    // Nobody looks for sessions that are over, however late it is.
    let off = ["SESSION_CLEANUP_INTERVAL is 0: unused sessions are never removed"];
    until("it says so", || server.logged(&off) == 1);
    server.shift_clock(1000 * HOUR);
    until("the token has expired", || {
        ada.get("/datasets").status() == StatusCode::UNAUTHORIZED
    });
    assert_eq!(cleaned(&server), 0);
    let details = &server.get_json("/health")["details"];
    assert!(
        details.get("cleaned").is_none_or(Value::is_null),
        "{details}"
    );
    let files = server.files();
    assert!(
        files
            .iter()
            .any(|file| file.to_string_lossy().contains("/blobs/"))
    );
}

#[test]
fn a_revoked_token_never_works_again() {
    if !has_fail_points() {
        return;
    }
    let mut server = with_tokens();
    let (ada, _) = Person::new(&server, ">a\nACG\n");
    let (ben, _) = Person::new(&server, ">b\nACG\n");
    assert_eq!(
        ada.ask(Method::DELETE, "/session").send().unwrap().status(),
        204
    );
    let tokens = [ada.token.clone(), ben.token.clone()];
    server.stop();
    server.set(&[
        ("SESSION_MAX_AGE", "1h"),
        ("SESSION_CLEANUP_INTERVAL", "1s"),
    ]);
    server.shift_clock(2 * HOUR);
    server.restart();
    until("both are removed", || cleaned(&server) == 2);
    let files = server.files();
    assert!(
        files
            .iter()
            .all(|file| !file.to_string_lossy().contains("/blobs/"))
    );
    server.has_cleaned();
    let asked = tokens.map(|token| {
        let person = Person {
            server: &server,
            token,
        };
        person.get("/datasets").status()
    });
    // The other session's token is still valid, but finds nothing.
    assert_eq!(asked, [StatusCode::UNAUTHORIZED, StatusCode::OK]);
    assert_eq!(cleaned(&server), 2);
}

#[test]
fn removing_a_session_removes_figures_logs_and_stored_responses() {
    if !has_fail_points() {
        return;
    }
    let server = Server::with(&[
        ("USER_TOKEN_ENABLED", "true"),
        ("SESSION_MAX_AGE", "1h"),
        ("SESSION_CLEANUP_INTERVAL", "1s"),
    ]);
    let (fasta, newick) = small();
    let (ada, uploaded) = Person::new(&server, &fasta);
    let tree = ada.ask(Method::POST, "/datasets").multipart(form(&newick));
    let tree: Value = tree.send().unwrap().json().unwrap();
    let body = json!({"alignment": uploaded["id"], "tree": tree["id"]});
    let start = ada.ask(Method::POST, "/methods/slac-start").json(&body);
    let started = start.send().unwrap();
    assert_eq!(started.status(), StatusCode::OK);
    let job: Value = started.json().unwrap();
    let path = format!("/jobs/{}", job["job_id"].as_str().unwrap());
    until("the job is completed", || {
        ada.get(&path).json::<Value>().unwrap()["state"] == "completed"
    });
    server.shift_clock(2 * HOUR);
    until("the session is removed", || cleaned(&server) == 1);
    let left = server.files();
    assert!(left.is_empty(), "{left:?}");
}
