//! Quotas of an owner.

use reqwest::{
    StatusCode,
    blocking::{
        Response,
        multipart::{Form, Part},
    },
};
use serde_json::{Value, json};

use crate::support::{Server, long_job, small};

fn problem(response: Response, status: u16) -> Value {
    assert_eq!(response.status(), status);
    let problem: Value = response.json().unwrap();
    assert_eq!(problem["status"], status);
    problem
}

#[test]
fn jobs_beyond_the_quota_wait_or_are_rejected() {
    let server = Server::with(&[
        ("LOCAL_MAX_JOBS", "2"),
        ("MAX_RUNNING_JOBS_PER_USER", "1"),
        ("MAX_QUEUED_JOBS_PER_USER", "1"),
    ]);
    let first = long_job(&server, 1);
    server.wait_for(&first, "running");
    let second = long_job(&server, 2);
    // There is a free slot, and it is not for this owner.
    assert_eq!(server.job(&second)["state"], "queued");
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let refused = server.post("/methods/fel-start", &body);
    assert_eq!(refused.headers()["retry-after"], "60");
    let said = problem(refused, 429)["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("MAX_QUEUED_JOBS_PER_USER"), "{said}");
    // An existing job does not count again.
    let again = long_job(&server, 2);
    assert_eq!(again, second);
    let limits = server.get_json("/limits");
    assert_eq!(limits["queued_jobs"], json!({"limit": 1, "used": 1}));
    assert_eq!(limits["running_jobs"], json!({"limit": 1, "used": 1}));
    let before = chrono::Utc::now();
    assert_eq!(
        server.delete(&format!("/jobs/{first}")),
        StatusCode::NO_CONTENT
    );
    server.wait_for(&second, "running");
    server.began_after(&second, before);
}

#[test]
fn stored_bytes_and_data_are_limited() {
    let (fasta, newick) = small();
    let most = (fasta.len() + newick.len()).to_string();
    let server = Server::with(&[
        ("MAX_BYTES_PER_USER", &most),
        ("MAX_SITES_FEL", "30"),
        ("MAX_SEQUENCES_FEL", "4"),
    ]);
    let (alignment, tree) = (server.upload(fasta.clone()), server.upload(newick));
    let said = problem(server.try_upload(">a\nACG\n"), 413);
    let said = said["detail"].as_str().unwrap();
    assert!(said.contains(&most) && said.contains("7 more"), "{said}");
    // Existing data do not count again.
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
            .contains("36 sites; FEL accepts at most 30")
    );
    let job = server.start_job("slac", &body);
    server.completed(&job);
    assert_eq!(
        server.delete(&format!("/datasets/{tree}?force=true")),
        StatusCode::NO_CONTENT
    );
    assert_eq!(server.try_upload(">a\nACG\n").status(), StatusCode::CREATED);
}

#[test]
fn a_full_disk_rejects_only_uploads() {
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
    let refused = server.try_upload(">a\nACG\n");
    assert_eq!(refused.headers()["retry-after"], "60");
    let said = problem(refused, 507);
    assert_eq!(said["type"], "/docs/problems/disk-full");
    let job = server.start_job("fel", &body);
    server.completed(&job);
    let count = || {
        server.get_json("/datasets")["datasets"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count(), 2);
    // What is here takes no room: it is uploaded again, under another name.
    let part = Part::text(small().0).file_name("a");
    let form = Form::new().text("meta", r#"{"type":"fasta"}"#);
    let request = server.http.post(server.api("/datasets"));
    let again = request.multipart(form.part("file", part)).send().unwrap();
    assert_eq!(again.status(), StatusCode::CREATED);
    let again: Value = again.json().unwrap();
    assert_eq!(
        (&again["id"], &again["datasets"][0]["type"]),
        (&body["alignment"], &json!("fasta"))
    );
    // An inferred tree is small.
    let treeless = json!({"alignment": body["alignment"]});
    let job = server.start_job("fel", &treeless);
    server.completed(&job);
    assert_eq!(count(), 3);
}

#[test]
fn requests_that_are_too_fast_learn_when_to_retry() {
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
    // One or two permits were returned in the meantime.
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

/// Returns the statuses of many simultaneous requests.
fn at_once(count: usize, ask: impl Fn(usize) -> u16 + Sync) -> Vec<u16> {
    let mut codes: Vec<u16> = std::thread::scope(|scope| {
        let ask = &ask;
        let threads: Vec<_> = (0..count).map(|n| scope.spawn(move || ask(n))).collect();
        let codes = threads.into_iter().map(|thread| thread.join().unwrap());
        codes.collect()
    });
    codes.sort_unstable();
    codes
}

#[test]
fn limits_hold_for_simultaneous_requests() {
    let server = Server::with(&[
        ("LOCAL_MAX_JOBS", "1"),
        ("MAX_QUEUED_JOBS_PER_USER", "2"),
        ("MAX_BYTES_PER_USER", "1000000"),
    ]);
    let first = long_job(&server, 1);
    server.wait_for(&first, "running");
    let (alignment, tree) = crate::support::long_data(&server);
    let codes = at_once(12, |n| {
        let body = json!({"alignment": alignment, "tree": tree, "resample": n + 1});
        server.post("/methods/fel-start", &body).status().as_u16()
    });
    assert_eq!(codes, [&[200; 2][..], &[429; 10]].concat());
    assert_eq!(server.get_json("/limits")["queued_jobs"]["used"], 2);
    let before = server.get_json("/limits")["stored_bytes"]["used"]
        .as_u64()
        .unwrap();
    let codes = at_once(8, |n| {
        let content = char::from(b'a' + u8::try_from(n).unwrap()).to_string();
        server.try_upload(content.repeat(600_000)).status().as_u16()
    });
    assert_eq!(codes, [&[201][..], &[413; 7]].concat());
    let after = server.get_json("/limits")["stored_bytes"]["used"]
        .as_u64()
        .unwrap();
    assert_eq!(after, before + 600_000);
    // Rejected uploads have left nothing behind.
    let files = server.files().into_iter();
    let kept = files.filter(|file| file.to_string_lossy().contains("/blobs/"));
    assert_eq!(kept.count(), 3);
}

#[test]
fn a_retried_job_waits_like_any_other() {
    let server = Server::with(&[
        ("LOCAL_MAX_JOBS", "1"),
        ("MAX_QUEUED_JOBS_PER_USER", "1"),
        ("JOB_TIME_LIMIT_SECS", "2"),
    ]);
    let (alignment, tree) = crate::support::long_data(&server);
    let start = |n: usize, retry: &str| {
        let body = json!({"alignment": alignment, "tree": tree, "resample": n + 1});
        server.post(&format!("/methods/fel-start?retry={retry}"), &body)
    };
    for n in 0..3 {
        let job: Value = start(n, "false").json().unwrap();
        let id = job["job_id"].as_str().unwrap();
        assert_eq!(server.wait_for(id, "failed")["state"], "failed");
    }
    let running = long_job(&server, 9);
    server.wait_for(&running, "running");
    let codes = at_once(3, |n| start(n, "true").status().as_u16());
    assert_eq!(codes, [200, 429, 429]);
}

#[test]
fn figures_are_counted_and_paged() {
    let server = Server::with(&[
        ("MAX_VISUALIZATIONS_PER_USER", "5"),
        ("MAX_BYTES_PER_USER", "100000"),
    ]);
    let job = crate::support::small_job(&server);
    let make = |title: &str, text: &str| {
        let body = json!({"job_id": job, "title": title, "spec": {"t": text}});
        server.post("/visualizations", &body)
    };
    let before = server.get_json("/limits")["stored_bytes"]["used"]
        .as_u64()
        .unwrap();
    assert_eq!(make("a", "bc").status(), StatusCode::CREATED);
    let limits = server.get_json("/limits");
    // The bytes of {"t":"bc"} and the title.
    assert_eq!(limits["stored_bytes"]["used"], before + 11);
    assert_eq!(limits["visualizations"], json!({"limit": 5, "used": 1}));
    let said = problem(make("large", &"x".repeat(100_000)), 413);
    assert_eq!(said["type"], "/docs/problems/too-much-stored");
    let codes = at_once(8, |n| make(&n.to_string(), "").status().as_u16());
    assert_eq!(codes, [&[201; 4][..], &[413; 4]].concat());
    let mut query = "?limit=2&sort=created".to_owned();
    let mut titles = vec![];
    for _ in 0..3 {
        let page = server.get(&format!("/visualizations{query}"));
        let link = page.headers().get("link").cloned();
        let page: Value = page.json().unwrap();
        titles.extend(page["visualizations"].as_array().unwrap().clone());
        let Some(link) = link else { break };
        query = link
            .to_str()
            .unwrap()
            .split(['<', '>'])
            .nth(1)
            .unwrap()
            .to_owned();
    }
    titles.sort_by_key(|drawn| drawn["viz_id"].to_string());
    titles.dedup();
    assert_eq!((titles.len(), query.contains("cursor=")), (5, true));
    for field in ["limit=0", "sort=size", "cursor=abc"] {
        let refused = server.get(&format!("/visualizations?{field}"));
        problem(refused, 422);
    }
    // Updating a figure needs no additional figure, but additional bytes.
    let path = format!("/visualizations/{}", titles[0]["viz_id"].as_str().unwrap());
    let change = |text: String| {
        let request = server.http.put(server.api(&path));
        request.json(&json!({"spec": {"t": text}})).send().unwrap()
    };
    assert_eq!(change("y".repeat(1000)).status(), StatusCode::OK);
    problem(change("y".repeat(100_000)), 413);
}
