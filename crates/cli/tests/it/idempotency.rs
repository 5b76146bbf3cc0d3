//! POSTs that are repeated.

use reqwest::blocking::Response;
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
    // After a restart, too.
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
    // Refusals are answers, too; the key belongs to one request.
    let wrong = json!({"job_id": job});
    let refused = post(&server, "/visualizations", "one", &wrong);
    assert_eq!(refused.status(), 422);
    let problem: Value = refused.json().unwrap();
    assert_eq!(problem["errors"][0]["field"], "Idempotency-Key");
    assert_eq!(post(&server, "/jobs/status", "one", &body).status(), 422);
    let long = "x".repeat(256);
    assert_eq!(post(&server, "/visualizations", &long, &body).status(), 400);
}

#[test]
fn of_many_at_once_one_is_carried_out() {
    let server = Server::start();
    let job = small_job(&server);
    let body = json!({"job_id": job, "title": "t", "spec": {}});
    let codes: Vec<u16> = std::thread::scope(|scope| {
        let ask = || {
            post(&server, "/visualizations", "k", &body)
                .status()
                .as_u16()
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
