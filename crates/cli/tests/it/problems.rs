//! Every error response is a problem, whichever layer it comes from.

use reqwest::{Method, blocking::Response};
use serde_json::{Value, json};

use crate::support::{Server, small_job};

fn problem(answer: Response, status: u16) -> Value {
    assert_eq!(answer.status().as_u16(), status, "{}", answer.url());
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().unwrap();
    assert_eq!(problem["status"], status);
    assert!(
        problem["type"]
            .as_str()
            .unwrap()
            .starts_with("/docs/problems/")
    );
    problem
}

#[test]
fn unknown_paths_and_methods_are_problems() {
    let server = Server::start();
    let get = |path: &str| {
        server
            .http
            .get(format!("{}{path}", server.url))
            .send()
            .unwrap()
    };
    for path in [
        "/api/v1/jobs/%ff",
        "/api/v1/jobs/%ff/result",
        "/api/v1/datasets/%ff/report",
        "/api/v1/visualizations/%ff",
        "/api/v1/shared/%ff",
        "/docs/problems/%ff",
        "/assets/%ff",
    ] {
        let said = problem(get(path), 400);
        assert_eq!(said["errors"][0]["field"], "path", "{path}: {said}");
    }
    for path in ["/docs/nope", "/docs/problems/nope", "/nope", "/api/v1/nope"] {
        assert_eq!(problem(get(path), 404)["type"], "/docs/problems/no-path");
    }
    // It is indented even if no operation was reached.
    for (method, path, status) in [
        (Method::GET, "/nope", 404),
        (Method::GET, "/api/v1/nope", 404),
        (Method::PATCH, "/api/v1/jobs", 405),
    ] {
        let url = format!("{}{path}?pretty_print=true", server.url);
        let answer = server.http.request(method, url).send().unwrap();
        assert_eq!(answer.status().as_u16(), status);
        let text = answer.text().unwrap();
        assert!(text.starts_with("{\n  \"type\""), "{text}");
    }
}

#[test]
fn a_range_after_the_end_is_a_problem() {
    let server = Server::start();
    let job = small_job(&server);
    server.completed(&job);
    let request = server.http.get(server.api(&format!("/jobs/{job}/result")));
    let answer = request.header("Range", "bytes=99999999-").send().unwrap();
    let range = answer.headers()["content-range"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(range.starts_with("bytes */"), "{range}");
    assert_eq!(problem(answer, 416)["type"], "/docs/problems/range");
}

#[test]
fn the_problem_of_a_large_body_states_the_limit() {
    let server = Server::start();
    let limit = server.get_json("/limits")["max_body_bytes"].to_string();
    let body = json!({"ids": ["x".repeat(1 << 20)]});
    for key in [None, Some("key")] {
        let mut request = server.http.post(server.api("/jobs/batch")).json(&body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let said = problem(request.send().unwrap(), 413);
        assert!(said["detail"].as_str().unwrap().contains(&limit), "{said}");
    }
}

#[test]
fn all_invalid_parameters_are_reported_at_once() {
    let server = Server::start();
    let fields = |answer: Response, status: u16| {
        let said = problem(answer, status);
        let errors = said["errors"].as_array().unwrap().clone();
        let names = errors
            .iter()
            .map(|error| error["field"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let lists = "?limit=many&created_after=yesterday&sort=colour";
    for list in ["/jobs", "/datasets"] {
        let mut all = fields(server.get(&format!("{list}{lists}")), 400);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all, ["created_after", "limit"], "what cannot be read");
        let all = fields(
            server.get(&format!("{list}?limit=0&sort=x&created_after=y")),
            400,
        );
        assert_eq!(all, ["created_after", "limit", "sort"]);
    }
    let drawn = json!({"title": 3, "spec": [], "config": "x"});
    let all = fields(server.post("/visualizations", &drawn), 400);
    assert_eq!(all, ["job_id", "title", "spec", "config"]);
    let start = json!({"resample": "x", "callback_url": "http://a", "notify": 3});
    let all = fields(server.post("/methods/fel-start", &start), 400);
    assert_eq!(all, ["alignment", "resample", "callback_url", "notify"]);
}

#[test]
fn a_cursor_is_valid_only_for_its_own_sort_order() {
    let server = Server::start();
    for content in ["a", "bb", "ccc"] {
        server.upload(content);
    }
    let page = server.get("/datasets?limit=1&sort=size");
    let link = page.headers()["link"].to_str().unwrap().to_owned();
    let next = link.split(['<', '>']).nth(1).unwrap();
    assert_eq!(
        server.get_json(&format!("/datasets{next}"))["datasets"][0]["size"],
        2
    );
    for sort in ["-size", "name", "created"] {
        let other = next.replace("sort=size", &format!("sort={sort}"));
        let said = problem(server.get(&format!("/datasets{other}")), 422);
        assert_eq!(said["errors"][0]["field"], "cursor", "{sort}");
    }
}
