//! Paged lists, and requests about many jobs.

use reqwest::{StatusCode, blocking::multipart};
use serde_json::{Value, json};

use crate::support::{Server, script, small, small_job};

fn named(server: &Server, name: &str, content: String) -> String {
    let part = multipart::Part::bytes(content.into_bytes()).file_name("data");
    let meta = json!({"name": name, "type": "fasta"}).to_string();
    let form = multipart::Form::new().text("meta", meta).part("file", part);
    let request = server.http.post(server.api("/datasets")).multipart(form);
    let uploaded: Value = request.send().unwrap().json().unwrap();
    uploaded["id"].as_str().unwrap().to_owned()
}

/// Returns the values of a field over all pages of a list. Follows `Link`.
fn walk(server: &Server, path: &str, query: &str, list: &str, field: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = Some(format!("?{query}"));
    while let Some(query) = next {
        let response = server.get(&format!("{path}{query}"));
        assert_eq!(response.status(), StatusCode::OK);
        next = response.headers().get("link").map(|link| {
            let link = link.to_str().unwrap();
            let (address, rel) = link.split_once(';').unwrap();
            assert_eq!(rel, " rel=\"next\"");
            address.trim_matches(['<', '>']).to_owned()
        });
        let page: Value = response.json().unwrap();
        let page = page[list].as_array().unwrap();
        assert!(next.is_none() || !page.is_empty());
        found.extend(page.iter().map(|item| item[field].clone()));
        assert!(found.len() <= 100, "it does not end");
    }
    found
}

#[test]
fn consecutive_pages_contain_every_item_once() {
    let server = Server::start();
    let ids: Vec<String> = (0..5)
        .map(|n| {
            named(
                &server,
                &format!("d{}%_", n % 3),
                format!(">a\n{}\n", "A".repeat(n + 1)),
            )
        })
        .collect();
    let datasets = |query: &str, field: &str| walk(&server, "/datasets", query, "datasets", field);
    let newest: Vec<Value> = ids.iter().rev().map(|id| json!(id)).collect();
    assert_eq!(datasets("limit=2", "id"), newest);
    assert_eq!(
        datasets("limit=2&sort=created", "id"),
        json!(ids).as_array().unwrap().clone()
    );
    assert_eq!(
        datasets("limit=2&sort=size", "size"),
        [5, 6, 7, 8, 9].map(Value::from)
    );
    let names = datasets("limit=2&sort=-name", "name");
    assert_eq!(
        names,
        ["d2%_", "d1%_", "d1%_", "d0%_", "d0%_"].map(Value::from)
    );
    assert_eq!(datasets("limit=2&name=D1%25_", "name").len(), 2);
    assert_eq!(datasets("name=%25%25", "name").len(), 0);
    assert_eq!(datasets("type=none", "name").len(), 0);
    let old = "created_before=2020-01-01T00:00:00Z";
    assert_eq!(datasets(old, "name").len(), 0);
    assert_eq!(
        datasets("created_after=2020-01-01T00:00:00Z", "name").len(),
        5
    );
    // A deleted item is still a valid position in the list.
    let first = server.get("/datasets?limit=1");
    let link = first.headers()["link"].to_str().unwrap().to_owned();
    assert_eq!(
        server.delete(&format!("/datasets/{}", ids[4])),
        StatusCode::NO_CONTENT
    );
    let next = link.split(['<', '>']).nth(1).unwrap();
    let page = server.get_json(&format!("/datasets{next}"));
    assert_eq!(page["datasets"][0]["id"], json!(ids[3]));

    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("sort=colour", "sort"),
        ("cursor=abc", "cursor"),
    ] {
        let refused = server.get(&format!("/datasets?{query}"));
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let problem: Value = refused.json().unwrap();
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
}

#[test]
fn many_jobs_are_started_and_queried_in_one_request() {
    let server = Server::start();
    let (fasta, newick) = small();
    let (good, tree) = (server.upload(fasta), server.upload(newick));
    let bad = server.upload(">a\nAC\n");
    let body = json!({"method": "slac", "parameters": {"samples": 5}, "items": [
        {"alignment": good, "tree": tree}, {"alignment": bad}, {"alignment": "0"}, 7
    ]});
    let response = server.post("/jobs/batch", &body);
    assert_eq!(response.status(), StatusCode::OK);
    let batch: Value = response.json().unwrap();
    let statuses: Vec<_> = (0..4)
        .map(|n| batch["items"][n]["status"].clone())
        .collect();
    assert_eq!(statuses, [200, 422, 404, 400].map(Value::from), "{batch}");
    let problem = &batch["items"][1]["problem"];
    assert_eq!(problem["errors"][0]["field"], "alignment", "{problem}");
    let started = batch["items"][0]["job"]["job_id"].as_str().unwrap();
    // It is the same job as if it were started alone.
    let alone = json!({"alignment": good, "tree": tree, "samples": 5});
    let alone: Value = server.post("/methods/slac-start", &alone).json().unwrap();
    assert_eq!(alone["job_id"], started);

    let other = small_job(&server);
    let asked = json!({"ids": [other, "x", started]});
    let states: Value = server.post("/jobs/status", &asked).json().unwrap();
    assert_eq!(states["jobs"][0]["job_id"], json!(other));
    assert_eq!(states["jobs"][1]["job_id"], started);
    assert_eq!(states["missing"], json!(["x"]));
    let count = |query: &str| {
        server.get_json(&format!("/jobs?{query}"))["jobs"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count(&format!("dataset_id={good}&method=slac")), 1);
    server.completed(started);
    assert_eq!(
        (
            count("method=slac&state=completed"),
            count("method=slac&status=queued")
        ),
        (1, 0)
    );
    assert_eq!(
        walk(&server, "/jobs", "limit=1&sort=updated", "jobs", "job_id").len(),
        2
    );

    let too_many = json!({"ids": vec!["x"; 1001]});
    assert_eq!(
        server.post("/jobs/status", &too_many).status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let unknown = json!({"method": "fell", "items": []});
    let unknown = server.post("/jobs/batch", &unknown);
    assert_eq!(unknown.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = unknown.json().unwrap();
    assert!(problem["detail"].as_str().unwrap().contains("fell"));
}

#[test]
fn a_status_of_several_states_is_paged_in_every_order() {
    let engine = script("exec sleep 3600");
    let program = engine.path().join("hyphy");
    let server = Server::with(&[
        ("HYPHY_PATH", program.to_str().unwrap()),
        ("LOCAL_MAX_JOBS", "1"),
    ]);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let start = |number: u32| {
        let mut body = body.clone();
        body["pvalue"] = json!(f64::from(number) / 100.0);
        server.start_job("fel", &body)
    };
    let running = start(1);
    server.wait_for(&running, "running");
    let waiting: Vec<Value> = (2..5).map(|number| json!(start(number))).collect();
    let newest: Vec<Value> = waiting.iter().rev().cloned().collect();
    let jobs = |query: &str| walk(&server, "/jobs", query, "jobs", "job_id");
    let dataset = body["alignment"].as_str().unwrap();
    for limit in [1, 2, 50] {
        for more in ["", &format!("&dataset_id={dataset}"), "&method=fel"] {
            let page = |order: &str| jobs(&format!("status=queued&limit={limit}{more}{order}"));
            assert_eq!(page(""), newest, "{limit} {more}");
            assert_eq!(page("&sort=updated"), waiting, "{limit} {more}");
            assert_eq!(page("&sort=-updated"), newest, "{limit} {more}");
            assert_eq!(page("&sort=created"), waiting, "{limit} {more}");
        }
    }
    assert_eq!(jobs("status=running&sort=updated"), [json!(running)]);
    assert_eq!(jobs("status=queued&state=running"), Vec::<Value>::new());
}
