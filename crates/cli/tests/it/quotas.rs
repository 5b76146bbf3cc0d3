//! How much anybody may have.

use reqwest::{StatusCode, blocking::Response};
use serde_json::{Value, json};

use crate::support::{Server, long_job, small};

fn problem(response: Response, status: u16) -> Value {
    assert_eq!(response.status(), status);
    let problem: Value = response.json().unwrap();
    assert_eq!(problem["status"], status);
    problem
}

fn try_upload(server: &Server, content: &str) -> Response {
    let part = reqwest::blocking::multipart::Part::bytes(content.as_bytes().to_vec());
    let form = reqwest::blocking::multipart::Form::new()
        .text("meta", r#"{"type":"fasta"}"#)
        .part("file", part.file_name("a"));
    let request = server.http.post(server.api("/datasets"));
    request.multipart(form).send().unwrap()
}

#[test]
fn jobs_wait_and_then_are_refused() {
    let server = Server::with(&[
        ("LOCAL_MAX_JOBS", "2"),
        ("MAX_RUNNING_JOBS_PER_USER", "1"),
        ("MAX_QUEUED_JOBS_PER_USER", "1"),
    ]);
    let first = long_job(&server, 1);
    server.wait_for(&first, "running");
    let second = long_job(&server, 2);
    std::thread::sleep(std::time::Duration::from_secs(1));
    // There is a free slot, and it is not for this owner.
    assert_eq!(server.job(&second)["state"], "queued");
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let refused = server.post("/methods/fel-start", &body);
    assert_eq!(refused.headers()["retry-after"], "60");
    let said = problem(refused, 429)["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("MAX_QUEUED_JOBS_PER_USER"), "{said}");
    // What is there already is not one more.
    let again = long_job(&server, 2);
    assert_eq!(again, second);
    let limits = server.get_json("/limits");
    assert_eq!(limits["queued_jobs"], json!({"limit": 1, "used": 1}));
    assert_eq!(limits["running_jobs"], json!({"limit": 1, "used": 1}));
    assert_eq!(
        server.delete(&format!("/jobs/{first}")),
        StatusCode::NO_CONTENT
    );
    server.wait_for(&second, "running");
}

#[test]
fn bytes_and_data_have_limits() {
    let (fasta, newick) = small();
    let most = (fasta.len() + newick.len()).to_string();
    let server = Server::with(&[
        ("MAX_BYTES_PER_USER", &most),
        ("MAX_SITES_FEL", "30"),
        ("MAX_SEQUENCES_FEL", "4"),
    ]);
    let (alignment, tree) = (server.upload(fasta.clone()), server.upload(newick));
    let said = problem(try_upload(&server, ">a\nACG\n"), 413);
    let said = said["detail"].as_str().unwrap();
    assert!(said.contains(&most) && said.contains("7 more"), "{said}");
    // What is there already takes no more.
    assert_eq!(server.upload(fasta), alignment);
    let limits = server.get_json("/limits");
    assert_eq!(limits["stored_bytes"]["used"].to_string(), most);
    let methods = json!([{"method": "fel", "max_sequences": 4, "max_sites": 30}]);
    assert_eq!(limits["methods"], methods);
    let body = json!({"alignment": alignment, "tree": tree});
    let problem = problem(server.post("/methods/fel-start", &body), 422);
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 2, "{problem}");
    assert!(errors.iter().all(|error| error["field"] == "alignment"));
    assert!(
        errors[1]["message"]
            .as_str()
            .unwrap()
            .contains("36 sites; FEL takes at most 30")
    );
    let job = server.start_job("slac", &body);
    server.completed(&job);
    assert_eq!(
        server.delete(&format!("/datasets/{tree}?force=true")),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        try_upload(&server, ">a\nACG\n").status(),
        StatusCode::CREATED
    );
}

#[test]
fn a_full_disk_refuses_uploads_and_nothing_else() {
    let mut server = Server::start();
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    server.stop();
    server
        .settings
        .push(("MIN_FREE_BYTES".to_owned(), (1_u64 << 60).to_string()));
    server.restart();
    assert_eq!(
        server.get_json("/health")["details"]["takes_uploads"],
        false
    );
    assert_eq!(server.get_json("/limits")["takes_uploads"], false);
    let said = problem(try_upload(&server, ">a\nACG\n"), 507);
    assert_eq!(said["type"], "/docs/problems/disk-full");
    let job = server.start_job("fel", &body);
    server.completed(&job);
    assert_eq!(
        server.get_json("/datasets")["datasets"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn requests_that_come_too_fast_are_told_when_to_come_back() {
    let server = Server::with(&[
        ("RATE_LIMIT_PER_SECOND", "1"),
        ("RATE_LIMIT_BURST", "50"),
        ("TRUST_PROXY", "true"),
    ]);
    let ask = |address: &str| {
        let request = server.http.get(server.api("/datasets"));
        request.header("X-Forwarded-For", address).send().unwrap()
    };
    let refused = (0..100).map(|_| ask("spoofed, 192.0.2.1"));
    let refused = refused
        .into_iter()
        .position(|answer| answer.status() == 429);
    // One or two were given back meanwhile.
    assert!((50..60).contains(&refused.unwrap()), "{refused:?}");
    let answer = ask("192.0.2.1");
    let seconds: u64 = answer.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=2).contains(&seconds));
    assert_eq!(problem(answer, 429)["type"], "/docs/problems/too-many");
    assert_eq!(ask("192.0.2.2").status(), StatusCode::OK);
    assert_eq!(server.get_json("/limits")["requests_at_once"], 50);
}
