//! The log, and the ids of requests.

use reqwest::blocking::{Response, multipart};
use serde_json::{Value, json};

use crate::support::{Server, script, small, small_job, until};

const ID: &str = "x-request-id";

fn id_of(answer: &Response) -> String {
    answer.headers()[ID].to_str().unwrap().to_owned()
}

#[test]
fn a_request_is_one_line_with_the_template_of_its_path() {
    let server = Server::with(&[("USER_TOKEN_ENABLED", "true")]);
    let part = multipart::Part::bytes(b">a\nACG\n>b\nACG\n".to_vec()).file_name("patient-7.fasta");
    let form = multipart::Form::new()
        .text("meta", r#"{"type":"test","name":"patient-7"}"#)
        .part("file", part);
    let request = server.http.post(server.api("/datasets")).multipart(form);
    let uploaded = request.header(ID, "upload-1").send().unwrap();
    let token = uploaded.headers()["x-session-token"].to_str().unwrap();
    let token = token.to_owned();
    let id = uploaded.json::<Value>().unwrap()["file"]
        .as_str()
        .unwrap()
        .to_owned();
    let request = server
        .http
        .get(server.api(&format!("/datasets/{id}?user_token={token}")));
    let got = request.header(ID, "get-1").send().unwrap();
    assert!(got.status().is_success());
    let bytes = format!("bytes={}", got.bytes().unwrap().len());
    let upload = [
        "method=\"POST\"",
        "route=\"/api/v1/datasets\"",
        "status=201",
        "upload-1",
    ];
    until("the upload is logged", || server.logged(&upload) == 1);
    let got = [
        "route=\"/api/v1/datasets/{dataset_id}\"",
        "status=200",
        &bytes,
        "get-1",
    ];
    until("the other request is logged", || server.logged(&got) == 1);
    // Both have the short id of the same owner.
    let owner = server.logged_value("get-1", "owner=");
    assert_eq!(owner.len(), 8, "{owner}");
    assert_eq!(server.logged_value("upload-1", "owner="), owner);
    for secret in ["patient-7", token.as_str(), id.as_str()] {
        assert_eq!(server.logged(&[secret]), 0, "{secret}");
    }
}

#[test]
fn the_id_of_a_request_is_in_its_response_its_problem_and_its_job() {
    let server = Server::start();
    let ask = |id: &str| {
        let request = server.http.get(server.api("/jobs/none"));
        request.header(ID, id).send().unwrap()
    };
    let own = ask("client.id_7");
    assert_eq!(id_of(&own), "client.id_7");
    let problem: Value = own.json().unwrap();
    assert_eq!(problem["request_id"], "client.id_7");
    // Ids that do not belong into a log or a command are replaced, each by a new one.
    let long = "x".repeat(65);
    let mut seen = vec![];
    for bad in ["two words", "", "a\"b", "$(id)", long.as_str()] {
        let answer = ask(bad);
        let id = id_of(&answer);
        assert_eq!(id.len(), 36, "{bad}: {id}");
        assert!(!seen.contains(&id));
        assert_eq!(answer.json::<Value>().unwrap()["request_id"], id);
        seen.push(id);
    }
    // The fault of a layer before the routes has one, too.
    let request = server.http.get(format!("{}/nope", server.url));
    let nowhere = request.header(ID, "nowhere").send().unwrap();
    assert_eq!(nowhere.json::<Value>().unwrap()["request_id"], "nowhere");

    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let start = |id: &str, query: &str| {
        let path = format!("/methods/fel-start{query}");
        let request = server.http.post(server.api(&path)).json(&body);
        request
            .header(ID, id)
            .send()
            .unwrap()
            .json::<Value>()
            .unwrap()
    };
    let job = start("first", "");
    assert_eq!(job["request_id"], "first");
    let id = job["job_id"].as_str().unwrap();
    // The same request means the same job, which the first one started.
    assert_eq!(start("second", "")["request_id"], "first");
    assert_eq!(server.completed(id)["request_id"], "first");
    let added = ["a job was added to the queue", "request_id=\"first\"", id];
    until("the job is logged", || server.logged(&added) == 1);
}

#[test]
fn a_request_that_starts_a_job_again_is_noted_in_it() {
    let engine = script("exit 3");
    let path = engine.path().join("hyphy");
    let server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let start = |id: &str, query: &str| {
        let path = format!("/methods/fel-start{query}");
        let request = server.http.post(server.api(&path)).json(&body);
        request
            .header(ID, id)
            .send()
            .unwrap()
            .json::<Value>()
            .unwrap()
    };
    let job = start("first", "");
    let id = job["job_id"].as_str().unwrap().to_owned();
    assert_eq!(server.wait_for(&id, "failed")["request_id"], "first");
    assert_eq!(start("second", "")["request_id"], "first");
    let again = start("again", "?retry=true");
    assert_eq!(again["request_id"], "again", "{again}");
}

#[test]
fn a_log_in_json_has_the_fields_as_keys() {
    let server = Server::with(&[("LOG_FORMAT", "json")]);
    let request = server.http.get(server.api("/jobs/none"));
    request.header(ID, "in-json").send().unwrap();
    until("the request is logged", || server.logged(&["in-json"]) == 1);
    let line: Value = serde_json::from_str(&server.logged_line("in-json")).unwrap();
    assert_eq!(line["message"], "request");
    assert_eq!(line["target"], "access");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["route"], "/api/v1/jobs/{job_id}");
    assert_eq!(line["status"], 404);
    assert_eq!(line["owner"], "open");
    assert_eq!(line["request_id"], "in-json");
    assert!(line["duration_ms"].as_f64().unwrap() >= 0.0);
    assert!(line["bytes"].as_u64().unwrap() > 100);
}

#[test]
fn messages_about_an_attempt_name_the_job_and_the_attempt() {
    let server = Server::with(&[("LOG_FORMAT", "json")]);
    let id = small_job(&server);
    server.completed(&id);
    until("its end is logged", || {
        server.logged(&["a job changed its state", "\"completed\"", &id]) == 1
    });
    let line: Value = serde_json::from_str(&server.logged_line("\"state\":\"completed\"")).unwrap();
    assert_eq!(line["analysis"], "fel");
    assert_eq!(line["span"]["name"], "job");
    assert_eq!(line["span"]["job"], id.as_str());
    assert!(
        line["span"]["attempt"].as_str().unwrap().starts_with("dm-"),
        "{line}"
    );
}
