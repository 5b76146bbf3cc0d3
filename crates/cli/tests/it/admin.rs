//! What the operator sees of owners, and does to them, beside the running service.

use std::process::Output;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    person::{Person, with_tokens},
    support::{Server, datamonkey, script, small},
};

fn admin(server: &Server, arguments: &[&str]) -> Output {
    let mut command = datamonkey();
    command.arg("admin").args(arguments);
    if arguments != ["usage"] {
        command.args(["--server", &server.url]);
    }
    command
        .env("DATAMONKEY_DATA", server.data.path())
        .envs(server.settings.iter().cloned())
        .output()
        .unwrap()
}

fn said(server: &Server, arguments: &[&str]) -> String {
    let done = admin(server, arguments);
    let problems = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{problems}");
    String::from_utf8(done.stdout).unwrap()
}

fn refused(server: &Server, arguments: &[&str]) -> String {
    let done = admin(server, arguments);
    assert!(!done.status.success());
    String::from_utf8(done.stderr).unwrap()
}

/// The line of an owner in the table of usage.
fn line(server: &Server, owner: &str) -> Vec<String> {
    let table = said(server, &["usage"]);
    let line = table.lines().find(|line| line.trim().starts_with(owner));
    let words = line.unwrap_or_default().split_whitespace();
    words.map(str::to_owned).collect()
}

/// Starts FEL, whose engine never ends, and waits until it runs.
fn running(person: &Person, pvalue: f64) -> String {
    let (fasta, newick) = small();
    let body = json!({
        "alignment": person.upload(&fasta), "tree": person.upload(&newick), "pvalue": pvalue,
    });
    let start = person.ask(Method::POST, "/methods/fel-start").json(&body);
    let job: Value = start.send().unwrap().json().unwrap();
    let id = job["job_id"].as_str().unwrap().to_owned();
    crate::support::until("the job runs", || state(person, &id) == "running");
    id
}

fn state(person: &Person, job: &str) -> Value {
    let job: Value = person.get(&format!("/jobs/{job}")).json().unwrap();
    job["state"].clone()
}

#[test]
fn the_operator_sees_usage_cancels_jobs_and_retires_sessions() {
    let engine = script("echo begun; sleep 3600");
    let path = engine.path().join("hyphy");
    let server = Server::with(&[
        ("USER_TOKEN_ENABLED", "true"),
        ("HYPHY_PATH", path.to_str().unwrap()),
        ("ESTIMATE_MAX_SECS", "0"),
        ("LOCAL_MAX_JOBS", "4"),
    ]);
    let (ada, _) = Person::new(&server, ">a\nACG\n");
    let (ben, _) = Person::new(&server, ">b\nACG\n");
    let (ada_id, ben_id) = (ada.subject(), ben.subject());
    let first = running(&ada, 0.1);
    let second = running(&ada, 0.2);
    let of_ben = running(&ben, 0.1);

    // datasets, bytes, queued, running, ended
    let (fasta, newick) = small();
    let bytes = (">a\nACG\n".len() + fasta.len() + newick.len()).to_string();
    assert_eq!(line(&server, &ada_id)[1..6], ["3", &bytes, "0", "2", "0"]);
    assert_eq!(line(&server, &ben_id)[1..6], ["3", &bytes, "0", "1", "0"]);

    // A job by the beginning of its id. It is kept.
    let told = said(&server, &["cancel", &first[..10]]);
    assert_eq!(told, format!("{first}: cancelled\n"));
    assert_eq!(state(&ada, &first), "cancelled");
    assert_eq!(state(&ada, &second), "running");
    let unknown = refused(&server, &["cancel", &first]);
    assert!(unknown.contains("there is no unfinished job"), "{unknown}");
    let told = said(&server, &["cancel", "--owner", &ada_id[..8]]);
    assert_eq!(told, format!("{second}: cancelled\n"));
    assert_eq!(line(&server, &ada_id)[3..6], ["0", "0", "2"]);

    said(&server, &["retire", &ben_id[..8]]);
    assert_eq!(ben.get("/jobs").status(), StatusCode::UNAUTHORIZED);
    assert!(line(&server, &ben_id).is_empty());
    let of_all = ada.get(&format!("/jobs/{of_ben}"));
    assert_eq!(of_all.status(), StatusCode::NOT_FOUND);
    crate::support::until("its process is gone", || server.processes().is_empty());
    // What both had uploaded is still Ada's.
    let list: Value = ada.get("/datasets").json().unwrap();
    for dataset in list["datasets"].as_array().unwrap() {
        let id = dataset["id"].as_str().unwrap();
        let content = ada.get(&format!("/datasets/{id}?include_content=true"));
        assert_eq!(content.status(), StatusCode::OK);
    }
    assert_eq!(list["datasets"].as_array().unwrap().len(), 3);
}

#[test]
fn an_operator_needs_the_settings_of_the_service_and_one_owner() {
    let server = with_tokens();
    let (ada, _) = Person::new(&server, ">a\nACG\n");
    let nobody = refused(&server, &["retire", "nobody"]);
    assert!(nobody.contains("there is no owner nobody"), "{nobody}");
    let (_ben, _) = Person::new(&server, ">b\nACG\n");
    let both = refused(&server, &["retire", ""]);
    assert!(both.contains("2 owners begin with"), "{both}");
    assert_eq!(ada.get("/datasets").status(), StatusCode::OK);

    let elsewhere = tempfile::TempDir::new().unwrap();
    let done = datamonkey()
        .args(["admin", "usage"])
        .env("DATAMONKEY_DATA", elsewhere.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        !done.status.success() && said.contains("does not exist"),
        "{said}"
    );
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);

    let open = Server::start();
    open.upload(">a\nACG\n");
    let said = refused(&open, &["retire", "open"]);
    assert!(said.contains("open mode"), "{said}");
}

#[test]
fn a_session_that_has_ended_cannot_be_retired() {
    let server = with_tokens();
    let (ada, _) = Person::new(&server, ">a\nACG\n");
    let id = ada.subject();
    let end = ada.ask(Method::DELETE, "/session").send().unwrap();
    assert_eq!(end.status(), StatusCode::NO_CONTENT);
    assert_eq!(line(&server, &id).last().unwrap(), "ended");
    let said = refused(&server, &["retire", &id]);
    assert!(said.contains("has ended already"), "{said}");
}

#[test]
fn a_cancelled_job_is_kept_and_can_be_started_again() {
    let engine = script("echo begun; sleep 3600");
    let path = engine.path().join("hyphy");
    let server = Server::with(&[
        ("HYPHY_PATH", path.to_str().unwrap()),
        ("ESTIMATE_MAX_SECS", "0"),
    ]);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let job = server.start_job("fel", &body);
    server.wait_for(&job, "running");
    for _ in 0..2 {
        let cancelled = server.post(&format!("/jobs/{job}/cancel"), &json!({}));
        assert_eq!(cancelled.status(), StatusCode::OK);
        let cancelled: Value = cancelled.json().unwrap();
        assert_eq!(cancelled["state"], "cancelled");
        assert_eq!(cancelled["error_code"], "cancelled");
    }
    let again = server.post("/methods/fel-start?retry=true", &body);
    let again: Value = again.json().unwrap();
    assert_eq!(again["job_id"], job.as_str());
    server.wait_for(&job, "running");
    assert_eq!(
        server.delete(&format!("/jobs/{job}")),
        StatusCode::NO_CONTENT
    );
    let gone = server.post(&format!("/jobs/{job}/cancel"), &json!({}));
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_person_can_remove_everything_at_the_end_of_a_session() {
    let server = with_tokens();
    let (ada, uploaded) = Person::new(&server, ">a\nACG\n");
    let blob = |server: &Server| {
        let files = server.files();
        files
            .iter()
            .filter(|file| file.to_string_lossy().contains("/blobs/"))
            .count()
    };
    assert_eq!(blob(&server), 1);
    let wrong = ada.ask(Method::DELETE, "/session?delete_data=perhaps");
    assert_eq!(wrong.send().unwrap().status(), StatusCode::BAD_REQUEST);
    let end = ada.ask(Method::DELETE, "/session?delete_data=true");
    assert_eq!(end.send().unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(blob(&server), 0);
    let path = format!("/datasets/{}", uploaded["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).status(), StatusCode::UNAUTHORIZED);
}
