//! Unused sessions are removed completely, and revoked tokens stay invalid.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    person::{Person, form, with_tokens},
    support::{Server, small},
};

fn until(what: impl Fn() -> bool) {
    let begin = Instant::now();
    while !what() {
        assert!(begin.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn cleaned(server: &Server) -> u64 {
    let health = server.get_json("/health");
    health["details"]["cleaned_sessions"].as_u64().unwrap()
}

#[test]
fn all_unused_sessions_are_removed_together() {
    let mut server = with_tokens();
    server
        .settings
        .push(("RATE_LIMIT_PER_SECOND".to_owned(), "0".to_owned()));
    server.stop();
    server.restart();
    for _ in 0..250 {
        assert_eq!(
            server.post("/session", &json!({})).status(),
            StatusCode::CREATED
        );
    }
    server.stop();
    let more = [
        ("SESSION_MAX_AGE", "1s"),
        ("SESSION_CLEANUP_INTERVAL", "1h"),
    ];
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
    server.settings.extend(more);
    std::thread::sleep(Duration::from_secs(2));
    server.restart();
    until(|| cleaned(&server) == 250);
}

#[test]
fn nothing_is_removed_if_cleanup_is_off() {
    let server = Server::with(&[
        ("USER_TOKEN_ENABLED", "true"),
        ("SESSION_MAX_AGE", "2s"),
        ("SESSION_CLEANUP_INTERVAL", "0"),
    ]);
    let (ada, _) = Person::new(&server, ">a\nACG\n");
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(ada.get("/datasets").status(), StatusCode::UNAUTHORIZED);
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
    let mut server = with_tokens();
    let (ada, _) = Person::new(&server, ">a\nACG\n");
    let (ben, _) = Person::new(&server, ">b\nACG\n");
    assert_eq!(
        ada.ask(Method::DELETE, "/session").send().unwrap().status(),
        204
    );
    let tokens = [ada.token.clone(), ben.token.clone()];
    server.stop();
    let more = [
        ("SESSION_MAX_AGE", "1s"),
        ("SESSION_CLEANUP_INTERVAL", "1s"),
    ];
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
    server.settings.extend(more);
    std::thread::sleep(Duration::from_secs(2));
    server.restart();
    until(|| cleaned(&server) == 2);
    let files = server.files();
    assert!(
        files
            .iter()
            .all(|file| !file.to_string_lossy().contains("/blobs/"))
    );
    std::thread::sleep(Duration::from_secs(3));
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
    let server = Server::with(&[
        ("USER_TOKEN_ENABLED", "true"),
        ("SESSION_MAX_AGE", "12s"),
        ("SESSION_CLEANUP_INTERVAL", "1s"),
    ]);
    let (fasta, newick) = small();
    let (ada, uploaded) = Person::new(&server, &fasta);
    let tree = ada.ask(Method::POST, "/datasets").multipart(form(&newick));
    let tree: Value = tree.send().unwrap().json().unwrap();
    let body = json!({"alignment": uploaded["id"], "tree": tree["id"]});
    let start = ada.ask(Method::POST, "/methods/slac-start").json(&body);
    assert_eq!(start.send().unwrap().status(), StatusCode::OK);
    until(|| cleaned(&server) == 1);
    let left = server.files();
    assert!(left.is_empty(), "{left:?}");
}
