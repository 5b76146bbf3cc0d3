//! Estimates: the native engine's answers while HyPhy runs.

use std::{fs, path::Path};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::simulate::alignment;
use crate::support::{Server, is_under_way, long_data, script, small, until};

const ON: (&str, &str) = ("ESTIMATE_MAX_SECS", "60");

/// A HyPhy that has these parameters, too, and runs until it is ended.
pub fn endless() -> TempDir {
    let folder = script("echo begun; sleep 3600");
    let program = folder.path().join("hyphy");
    let text = fs::read_to_string(&program).unwrap();
    let more = "echo pvalue; echo resample; echo multiple-hits";
    fs::write(&program, text.replacen("echo pvalue", more, 1)).unwrap();
    folder
}

fn server(hyphy: &Path, more: &[(&str, &str)]) -> Server {
    let path = hyphy.join("hyphy");
    let mut settings = vec![("HYPHY_PATH", path.to_str().unwrap()), ON];
    settings.extend(more);
    Server::with(&settings)
}

/// A request for an analysis of small data by HyPhy.
fn request(server: &Server) -> Value {
    let (fasta, newick) = small();
    json!({"alignment": server.upload(fasta), "tree": server.upload(newick)})
}

/// Waits until a job's estimate is ready, and returns it.
fn ready(server: &Server, id: &str) -> Value {
    until("the estimate is ready", || {
        server.job(id)["estimate"]["status"] == "ready"
    });
    server.get_json(&format!("/jobs/{id}/estimate"))
}

/// What is said about an estimate that is not there.
fn absent(server: &Server, id: &str) -> String {
    let answer = server.get(&format!("/jobs/{id}/estimate"));
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let problem: Value = answer.json().unwrap();
    problem["type"].as_str().unwrap().to_owned()
}

/// The first estimate is done, so those of jobs before it would have been, too.
fn another_is_ready(server: &Server) {
    let mut body = request(server);
    body["pvalue"] = json!(0.31);
    let id = server.start_job("fel", &body);
    ready(server, &id);
}

#[test]
fn it_arrives_while_the_job_runs_and_disappears_with_it() {
    let hyphy = endless();
    let server = server(hyphy.path(), &[("LOCAL_MAX_JOBS", "1")]);
    let id = server.start_job("fel", &request(&server));
    let estimate = ready(&server, &id);
    let job = server.job(&id);
    assert!(is_under_way(&job), "{job}");
    let summary = &estimate["summary"];
    assert_eq!(summary["engine"], "native");
    assert_eq!(summary["table"]["rows"].as_array().unwrap().len(), 12);
    assert_eq!(estimate["comparison"], Value::Null);
    let all = server.get_json(&format!("/jobs/{id}/estimate?threshold=1"));
    assert_eq!(all["summary"]["found"], 12, "{all}");
    let result = server.get_json(&format!("/jobs/{id}/estimate/result"));
    assert_eq!(result["MLE"]["content"]["0"].as_array().unwrap().len(), 12);
    let trees = server.get_json(&format!("/jobs/{id}/estimate/trees"));
    assert_eq!(trees["trees"].as_array().unwrap().len(), 1);
    let share: Value = server
        .post(&format!("/jobs/{id}/share"), &Value::Null)
        .json()
        .unwrap();
    let shared = format!(
        "/shared/{}/estimate",
        share["share_token"].as_str().unwrap()
    );
    assert_eq!(server.get_json(&shared), estimate);

    // The only slot is taken, but not by the estimates.
    another_is_ready(&server);
    assert_eq!(
        server.delete(&format!("/jobs/{id}")),
        StatusCode::NO_CONTENT
    );
    assert_eq!(absent(&server, &id), "/docs/problems/no-job");
    let others = server.get_json("/jobs")["jobs"].clone();
    let other = others[0]["job_id"].as_str().unwrap();
    server.delete(&format!("/jobs/{other}"));
    until("no file of a job is left", || {
        let left = |path: &&std::path::PathBuf| !path.to_string_lossy().contains("/blobs/");
        let files = server.files();
        let of_jobs = files.iter().filter(left);
        of_jobs
            .filter(|path| path.extension().is_some_and(|it| it == "gz"))
            .count()
            == 0
    });
    until("its processes have ended", || server.processes().is_empty());
}

#[test]
fn the_stream_of_events_tells_when_it_is_ready() {
    let server = Server::with(&[ON]);
    // HyPhy takes a hundred times as long as the native engine.
    let data = alignment(4, 1, &[0.5; 12]);
    let body = json!({
        "alignment": server.upload(data.fasta), "tree": server.upload(data.newick),
    });
    let id = server.start_job("fel", &body);
    ready(&server, &id);
    let job = server.job(&id);
    assert!(
        is_under_way(&job),
        "the estimate is there before the result: {job}"
    );
    let events = server.events(&format!("/jobs/{id}/events"));
    assert_eq!(events.matches("event: estimate\n").count(), 1, "{events}");
    let (before, _) = events.split_once("event: estimate\n").unwrap();
    assert!(!before.contains("\"state\":\"completed\""), "{before}");
    assert!(
        before.contains("\"status\":\"running\",\"progress\""),
        "{before}"
    );

    // HyPhy's result has come.
    let estimate = server.get_json(&format!("/jobs/{id}/estimate"));
    let comparison = &estimate["comparison"];
    assert_eq!(comparison["agree"], true, "{comparison}");
    assert_eq!(
        comparison["statement"],
        "The native engine's preliminary estimate detected the same codons."
    );
    assert_eq!(comparison["differences"]["rows"], json!([]));
    let columns = comparison["differences"]["columns"].as_array().unwrap();
    let names: Vec<&str> = columns
        .iter()
        .map(|c| c["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "site",
            "p-value, HyPhy",
            "p-value, the native engine",
            "class, HyPhy",
            "class, the native engine"
        ]
    );
}

#[test]
fn it_is_only_computed_if_the_setting_and_the_parameters_allow_it() {
    let hyphy = endless();
    let off = server(hyphy.path(), &[("ESTIMATE_MAX_SECS", "0")]);
    let id = off.start_job("fel", &request(&off));
    off.has_said(&id, "begun");
    // It would have been requested when the job was added.
    assert_eq!(off.job(&id)["estimate"], Value::Null);
    assert_eq!(absent(&off, &id), "/docs/problems/no-estimate");

    let server = server(hyphy.path(), &[]);
    let mut body = request(&server);
    body["multiple_hits"] = json!("Double");
    let lacking = server.start_job("meme", &body);
    let other = server.start_job("busted", &request(&server));
    another_is_ready(&server);
    for id in [lacking, other] {
        assert_eq!(server.job(&id)["estimate"], Value::Null);
        assert_eq!(absent(&server, &id), "/docs/problems/no-estimate");
    }
}

#[test]
fn it_is_ended_with_its_job() {
    let hyphy = endless();
    let server = server(hyphy.path(), &[("ESTIMATE_MAX_SECS", "100000")]);
    let (alignment, tree) = long_data(&server);
    let body = json!({"alignment": alignment, "tree": tree, "resample": 1000});
    let id = server.start_job("fel", &body);
    until("the estimate runs", || {
        server.job(&id)["estimate"]["progress"]["stage_number"].as_u64() > Some(0)
    });
    assert_eq!(
        server.delete(&format!("/jobs/{id}")),
        StatusCode::NO_CONTENT
    );
    until("its processes have ended", || server.processes().is_empty());
    // Its slot is free again.
    another_is_ready(&server);
}

#[test]
fn it_survives_a_restart_of_the_service() {
    let hyphy = endless();
    let mut server = server(hyphy.path(), &[]);
    let (alignment, tree) = long_data(&server);
    let body = json!({"alignment": alignment, "tree": tree, "resample": 5});
    let id = server.start_job("fel", &body);
    until("the estimate runs", || {
        server.job(&id)["estimate"]["progress"]["stage_number"].as_u64() > Some(0)
    });
    server.kill();
    server.restart();
    let estimate = ready(&server, &id);
    assert_eq!(
        estimate["summary"]["table"]["rows"]
            .as_array()
            .unwrap()
            .len(),
        120
    );
    let ready = ["estimate", "state=Ready"];
    until("the estimate is logged", || server.logged(&ready) == 1);
}
