//! Sessions separate the data of their owners.

use std::{os::unix::fs::PermissionsExt, time::Duration};

use reqwest::{
    Method, StatusCode,
    blocking::{Client, RequestBuilder},
};
use serde_json::{Value, json};

use crate::{
    person::{Person, form, token_of, with_tokens},
    support::{Server, has_fail_points, small, until},
};

#[test]
fn an_upload_without_a_token_begins_a_session() {
    let server = with_tokens();
    assert_eq!(server.get_json("/health")["details"]["access"], "tokens");
    let (ada, uploaded) = Person::new(&server, ">a\nACG\n");
    let (ben, same) = Person::new(&server, ">a\nACG\n");
    // The same content is two datasets. Each id is sha256(hex(sha256(content)) + subject).
    assert_ne!(uploaded["id"], same["id"]);
    assert_eq!(ada.upload(">a\nACG\n"), uploaded["id"]);
    let list: Value = ben.get("/datasets").json().unwrap();
    assert_eq!(list["datasets"].as_array().unwrap().len(), 1);
    assert_eq!(list["datasets"][0]["id"], same["id"]);
    let session: Value = ada.get("/session").json().unwrap();
    assert_eq!(session["access"], "tokens");
    let days = |name: &str| {
        let text = session[name].as_str().unwrap();
        text.parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    };
    assert_eq!((days("expires") - days("used")).num_hours(), 720);
    // Removing one of the two keeps the content for the other.
    let path = format!("/datasets/{}", uploaded["id"].as_str().unwrap());
    let status = ada.ask(Method::DELETE, &path).send().unwrap().status();
    assert_eq!(status, StatusCode::NO_CONTENT);
    let path = format!(
        "/datasets/{}?include_content=true",
        same["id"].as_str().unwrap()
    );
    let dataset: Value = ben.get(&path).json().unwrap();
    assert_eq!(dataset["content"], ">a\nACG\n");
}

#[test]
fn a_token_is_accepted_wherever_clients_send_it() {
    let server = with_tokens();
    let (ada, uploaded) = Person::new(&server, ">a\nACG\n");
    let count = |request: RequestBuilder| {
        let response = request.send().unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let list: Value = response.json().unwrap();
        list["datasets"].as_array().unwrap().len()
    };
    let http = Client::new();
    let url = server.api("/datasets");
    assert_eq!(count(http.get(&url).header("user_token", &ada.token)), 1);
    assert_eq!(
        count(http.get(format!("{url}?user_token={}", ada.token))),
        1
    );
    assert_eq!(
        count(
            http.get(&url)
                .header("Authorization", format!("bearer {}", ada.token))
        ),
        1
    );
    // In a field of the form, and in the body of a start request.
    let form = form(">b\nACG\n").text("user_token", ada.token.clone());
    let response = http.post(&url).multipart(form).send().unwrap();
    assert!(!response.headers().contains_key("x-session-token"));
    assert_eq!(count(ada.ask(Method::GET, "/datasets")), 2);
    let body = json!({"alignment": uploaded["id"], "user_token": ada.token});
    let started = http
        .post(server.api("/methods/fel-start"))
        .json(&body)
        .send()
        .unwrap();
    assert_eq!(started.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(started.text().unwrap().contains("at least"));
}

#[test]
fn an_invalid_token_never_begins_a_new_session() {
    let server = with_tokens();
    let (ada, _) = Person::new(&server, "x");
    let (head, signature) = ada.token.rsplit_once('.').unwrap();
    let turned: String = signature.chars().rev().collect();
    let forged = format!("{head}.{turned}");
    // {"alg":"none"} with the same claims and no signature
    let claims = ada.token.split('.').nth(1).unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{claims}.");
    for authorization in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Basic YTpi".to_owned(),
        ada.token.clone(),
        format!("Bearer {forged}"),
        format!("Bearer {unsigned}"),
        "Bearer a.b.c".to_owned(),
    ] {
        let request = server
            .http
            .post(server.api("/datasets"))
            .multipart(form("x"));
        let response = request
            .header("Authorization", &authorization)
            .send()
            .unwrap();
        assert_eq!(
            response.status(),
            StatusCode::UNAUTHORIZED,
            "{authorization}"
        );
        assert!(!response.headers().contains_key("x-session-token"));
        assert!(
            response.headers()["www-authenticate"]
                .to_str()
                .unwrap()
                .starts_with("Bearer")
        );
        let problem: Value = response.json().unwrap();
        assert_eq!(
            (&problem["code"], &problem["status"]),
            (&json!(401), &json!(401))
        );
        assert!(
            problem["message"].as_str().unwrap().contains("Bearer"),
            "{problem}"
        );
    }
}

#[test]
fn an_owner_can_end_a_session() {
    let server = with_tokens();
    let (ada, uploaded) = Person::new(&server, "x");
    let again = ada.ask(Method::POST, "/session").send().unwrap();
    assert_eq!(again.status(), StatusCode::CREATED);
    let session: Value = again.json().unwrap();
    let other_token = session["token"].as_str().unwrap().to_owned();
    let second = Person {
        server: &server,
        token: other_token,
    };
    assert_eq!(second.subject(), ada.subject());
    let status = ada.ask(Method::DELETE, "/session").send().unwrap().status();
    assert_eq!(status, StatusCode::NO_CONTENT);
    let path = format!("/datasets/{}", uploaded["id"].as_str().unwrap());
    for person in [&ada, &second] {
        assert_eq!(person.get(&path).status(), StatusCode::UNAUTHORIZED);
    }
    // In open mode there is no session to end.
    let open = Server::start();
    assert_eq!(open.delete("/session"), StatusCode::CONFLICT);
    assert_eq!(open.get_json("/session"), json!({"access": "open"}));
}

#[test]
fn only_unused_sessions_are_removed_with_their_data() {
    if !has_fail_points() {
        return;
    }
    const MINUTE: Duration = Duration::from_secs(60);
    let server = Server::with(&[
        ("USER_TOKEN_ENABLED", "true"),
        ("SESSION_MAX_AGE", "1h"),
        ("SESSION_CLEANUP_INTERVAL", "1s"),
    ]);
    let (ada, _) = Person::new(&server, ">left\nACG\n");
    let blobs = || {
        let files = server.files();
        files
            .iter()
            .filter(|path| path.to_string_lossy().contains("/blobs/"))
            .count()
    };
    assert_eq!(blobs(), 1);
    // Near its end a token is followed by another.
    let renewed = |response: &reqwest::blocking::Response| {
        assert_eq!(response.status(), StatusCode::OK);
        response.headers().contains_key("x-session-token")
    };
    assert!(!renewed(&ada.get("/datasets")));
    server.shift_clock(50 * MINUTE);
    let response = ada.get("/datasets");
    assert!(renewed(&response));
    let token = token_of(&response);
    let server = &server;
    assert!(!renewed(&Person { server, token }.get("/datasets")));
    server.shift_clock(100 * MINUTE);
    server.has_cleaned();
    assert_eq!(blobs(), 1, "it was used 50 minutes ago");
    server.shift_clock(120 * MINUTE);
    server.has_cleaned();
    assert_eq!(blobs(), 0);
}

#[test]
fn a_token_that_is_over_says_so() {
    let server = Server::with(&[
        ("USER_TOKEN_ENABLED", "true"),
        ("SESSION_MAX_AGE", "1s"),
        ("SESSION_CLEANUP_INTERVAL", "0"),
    ]);
    let (ada, _) = Person::new(&server, ">left\nACG\n");
    until("the token has expired", || {
        ada.get("/datasets").status() == StatusCode::UNAUTHORIZED
    });
    let said: Value = ada.get("/datasets").json().unwrap();
    let said = said["detail"].as_str().unwrap();
    assert!(said.contains("has expired"), "{said}");
}

#[test]
fn the_service_creates_a_private_key() {
    let mut server = with_tokens();
    let (ada, uploaded) = Person::new(&server, "x");
    let key = server.data.path().join("service-datamonkey.key");
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let token = ada.token.clone();
    server.kill();
    server.restart();
    let ada = Person {
        server: &server,
        token,
    };
    let path = format!("/datasets/{}", uploaded["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).status(), StatusCode::OK);
}

#[test]
fn a_share_link_works_until_it_is_withdrawn() {
    let server = with_tokens();
    let (fasta, newick) = small();
    let (ada, uploaded) = Person::new(&server, &fasta);
    let body = json!({"alignment": uploaded["id"], "tree": ada.upload(&newick)});
    let started = ada
        .ask(Method::POST, "/methods/slac-start")
        .json(&body)
        .send()
        .unwrap();
    let job: Value = started.json().unwrap();
    let id = job["job_id"].as_str().unwrap();
    let wait = format!("/jobs/{id}?wait=60");
    while ada.get(&wait).json::<Value>().unwrap()["status"] != "completed" {}
    let path = format!("/jobs/{id}/share");
    let share = || {
        ada.ask(Method::POST, &path)
            .send()
            .unwrap()
            .json::<Value>()
            .unwrap()
    };
    let link = share();
    let token = link["share_token"].as_str().unwrap();
    assert_eq!(token.len(), 64);
    assert_eq!(link, share());
    // Anyone with the link can read what the owner can read.
    for part in ["/result", "/summary", "/summary?format=csv", "/log"] {
        let shared = server.get(&format!("/shared/{token}{part}"));
        assert_eq!(shared.status(), StatusCode::OK, "{part}");
        let own = ada.get(&format!("/jobs/{id}{part}"));
        assert_eq!(shared.text().unwrap(), own.text().unwrap(), "{part}");
    }
    let shown: Value = server
        .get(link["path"].as_str().unwrap().trim_start_matches("/api/v1"))
        .json()
        .unwrap();
    assert_eq!(shown["job_id"], id);
    // The link gives access to nothing else.
    assert_eq!(
        server.get(&format!("/jobs/{id}")).status(),
        StatusCode::UNAUTHORIZED
    );
    let nothing = server.get(&format!("/shared/{}", "0".repeat(64)));
    assert_eq!(nothing.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        ada.ask(Method::DELETE, &path).send().unwrap().status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        server.get(&format!("/shared/{token}")).status(),
        StatusCode::NOT_FOUND
    );
    assert_ne!(share()["share_token"], token);
}

#[test]
fn content_that_one_owner_removes_is_kept_for_another() {
    let server = Server::with(&[("USER_TOKEN_ENABLED", "true")]);
    let (ann, _) = Person::new(&server, ">a\nACG\n>b\nACG\n");
    let (bob, _) = Person::new(&server, ">a\nACT\n>b\nACT\n");
    let content = ">a\nATG\n>b\nATG\n";
    let upload = |person: &Person| {
        let request = person
            .ask(Method::POST, "/datasets")
            .multipart(form(content));
        let answer: Value = request.send().unwrap().json().unwrap();
        answer["id"].as_str().unwrap().to_owned()
    };
    let remove = |person: &Person, id: &str| {
        let request = person.ask(Method::DELETE, &format!("/datasets/{id}"));
        assert_eq!(request.send().unwrap().status(), StatusCode::NO_CONTENT);
    };
    std::thread::scope(|scope| {
        scope.spawn(|| (0..60).for_each(|_| remove(&ann, &upload(&ann))));
        for _ in 0..60 {
            let id = upload(&bob);
            let shown = bob.get(&format!("/datasets/{id}?include_content=true"));
            assert_eq!(shown.status(), StatusCode::OK);
            let shown: Value = shown.json().unwrap();
            assert_eq!(shown["content"], content);
            remove(&bob, &id);
        }
    });
    let kept = server.files();
    let blobs = kept
        .iter()
        .filter(|file| file.to_string_lossy().contains("blobs/"));
    assert_eq!(blobs.count(), 2, "{kept:?}");
}

#[test]
fn a_stream_sends_nothing_after_its_session_has_ended() {
    use std::io::Read;
    // No stream ends by its own time.
    let server = Server::with(&[
        ("USER_TOKEN_ENABLED", "true"),
        ("EVENT_STREAM_SECS", "3600"),
    ]);
    let (fasta, newick) = small();
    let (ada, alignment) = Person::new(&server, &fasta);
    let tree = ada.ask(Method::POST, "/datasets").multipart(form(&newick));
    let tree: Value = tree.send().unwrap().json().unwrap();
    let body = json!({"alignment": alignment["id"], "tree": tree["id"]});
    let start = ada.ask(Method::POST, "/methods/fel-start").json(&body);
    assert_eq!(start.send().unwrap().status(), StatusCode::OK);
    let stream = ada.ask(Method::GET, "/jobs/events");
    let mut stream = stream.header("Last-Event-ID", "0").send().unwrap();
    let end = ada.ask(Method::DELETE, "/session").send().unwrap();
    assert_eq!(end.status(), StatusCode::NO_CONTENT);
    let mut told = String::new();
    stream.read_to_string(&mut told).unwrap();
    assert!(!told.contains("\"completed\""), "{told}");
}
