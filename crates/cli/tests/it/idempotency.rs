//! Repeated POST requests.

use reqwest::blocking::{Body, Response, multipart};
use serde_json::{Value, json};

use crate::support::{Server, small_job};

fn post(server: &Server, path: &str, key: &str, body: &Value) -> Response {
    let request = server.http.post(server.api(path)).json(body);
    request.header("Idempotency-Key", key).send().unwrap()
}

#[test]
fn a_repeated_post_is_carried_out_once() {
    let mut server = Server::start();
    let job = small_job(&server);
    let body = json!({"job_id": job, "title": "t", "spec": {"mark": "bar"}});
    let first = post(&server, "/visualizations", "one", &body);
    assert_eq!(first.status(), 201);
    assert!(!first.headers().contains_key("idempotency-replayed"));
    let first: Value = first.json().unwrap();
    // This holds after a restart, too.
    server.stop();
    server.restart();
    let again = post(&server, "/visualizations", "one", &body);
    assert_eq!(
        (
            again.status().as_u16(),
            &again.headers()["idempotency-replayed"]
        ),
        (201, &"true".parse().unwrap())
    );
    assert_eq!(again.headers()["content-type"], "application/json");
    assert_eq!(again.json::<Value>().unwrap(), first);
    let other = post(&server, "/visualizations", "two", &body);
    assert_ne!(other.json::<Value>().unwrap()["viz_id"], first["viz_id"]);
    let count = server.get_json("/visualizations")["visualizations"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(count, 2);
    // Rejections are stored, too, and a key belongs to one request.
    let wrong = json!({"job_id": job});
    let refused = post(&server, "/visualizations", "one", &wrong);
    assert_eq!(refused.status(), 422);
    let problem: Value = refused.json().unwrap();
    assert_eq!(problem["errors"][0]["field"], "Idempotency-Key");
    assert_eq!(post(&server, "/jobs/batch", "one", &body).status(), 422);
    let long = "x".repeat(256);
    assert_eq!(post(&server, "/visualizations", &long, &body).status(), 400);
}

#[test]
fn one_of_many_simultaneous_requests_is_carried_out() {
    let server = Server::start();
    let job = small_job(&server);
    let body = json!({"job_id": job, "title": "t", "spec": {}});
    let codes: Vec<u16> = std::thread::scope(|scope| {
        let ask = || {
            let answer = post(&server, "/visualizations", "k", &body);
            let status = answer.status().as_u16();
            // A client that repeats the request too early learns when to retry.
            assert_eq!(status == 409, answer.headers().contains_key("retry-after"));
            status
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(
        codes.iter().all(|code| [201, 409].contains(code)),
        "{codes:?}"
    );
    let count = server.get_json("/visualizations")["visualizations"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(count, 1);
}

/// The bytes of an upload form with the given boundary.
fn form(boundary: &str, content: &str) -> String {
    let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=");
    format!(
        "{part}\"meta\"\r\n\r\n{{\"type\":\"x\"}}\r\n{part}\"file\"; filename=\"a\"\r\n\r\n\
         {content}\r\n--{boundary}--\r\n"
    )
}

fn upload(server: &Server, key: &str, boundary: &str, body: impl Into<Body>) -> Response {
    let kind = format!("multipart/form-data; boundary={boundary}");
    let request = server.http.post(server.api("/datasets"));
    let request = request.header("Content-Type", kind);
    let request = request.header("Idempotency-Key", key);
    request.body(body).send().unwrap()
}

#[test]
fn a_different_upload_does_not_count_as_a_repetition() {
    let server = Server::start();
    let chunked = |text: String| Body::new(std::io::Cursor::new(text));
    let replayed = |answer: &Response| answer.headers().contains_key("idempotency-replayed");
    for (key, other) in [
        ("same-length", ">b\nTTTTTT\n"),
        ("longer", ">b\nTTTTTTTTTTTT\n"),
    ] {
        let first = upload(&server, key, "x", chunked(form("x", ">a\nACGTAA\n")));
        assert_eq!((first.status().as_u16(), replayed(&first)), (201, false));
        let first: Value = first.json().unwrap();
        // Clients choose a new boundary for each request. It is still the same upload.
        let again = upload(&server, key, "yyy", form("yyy", ">a\nACGTAA\n"));
        assert_eq!((again.status().as_u16(), replayed(&again)), (201, true));
        assert_eq!(again.json::<Value>().unwrap(), first);
        for body in [Body::from(form("x", other)), chunked(form("x", other))] {
            let refused = upload(&server, key, "x", body);
            assert_eq!(refused.status(), 422);
            let problem: Value = refused.json().unwrap();
            assert_eq!(
                problem["errors"][0]["field"], "Idempotency-Key",
                "{problem}"
            );
        }
        let renamed = form("x", ">a\nACGTAA\n").replace("\"x\"", "\"y\"");
        assert_eq!(upload(&server, key, "x", renamed).status(), 422);
    }
    let datasets = server.get_json("/datasets")["datasets"].clone();
    assert_eq!(datasets.as_array().unwrap().len(), 1, "{datasets}");
    // A rejected upload has stored nothing, so a corrected one can use the same key.
    let wrong = form("x", "ACGT").replace("name=\"meta\"", "name=\"mega\"");
    assert_eq!(upload(&server, "wrong", "x", wrong).status(), 400);
    assert_eq!(
        upload(&server, "wrong", "x", form("x", "ACGT")).status(),
        201
    );
}

#[test]
fn stored_responses_are_limited_and_requests_are_not_stored() {
    let server = Server::start();
    let job = small_job(&server);
    let large = "x".repeat(900_000);
    let body = json!({"job_id": job, "title": "t", "spec": {"text": large}});
    let replayed = |key: &str| {
        let answer = post(&server, "/visualizations", key, &body);
        assert_eq!(answer.status(), 201);
        answer.headers().contains_key("idempotency-replayed")
    };
    // 18 of them fit into 16 MiB.
    for n in 0..20 {
        assert!(!replayed(&format!("key-{n}")));
    }
    assert!(replayed("key-19") && replayed("key-5"));
    assert!(!replayed("key-0"));
    for _ in 0..2 {
        let asked = post(&server, "/jobs/status", "states", &json!({"ids": [job]}));
        assert_eq!(asked.status(), 200);
        assert!(!asked.headers().contains_key("idempotency-replayed"));
    }
}

#[test]
fn all_problems_of_an_upload_are_reported_at_once() {
    let server = Server::start();
    let form = multipart::Form::new().text("meta", r#"{"name": 3, "description": []}"#);
    let request = server.http.post(server.api("/datasets")).multipart(form);
    let refused = request.send().unwrap();
    assert_eq!(refused.status(), 400);
    let problem: Value = refused.json().unwrap();
    let mut fields: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        ["file", "meta.description", "meta.name", "meta.type"]
    );
}
