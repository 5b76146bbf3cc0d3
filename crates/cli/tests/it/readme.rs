//! The curl commands in the README of the Go service, unchanged except for the port.

use std::{fs, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Server, small};

fn shell(server: &Server, folder: &TempDir, line: &str) -> Value {
    let line = line.replace("http://localhost:9300", &server.url);
    let done = Command::new("sh")
        .args(["-c", &line])
        .env("SLURM_JWT", "")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let out = String::from_utf8(done.stdout).unwrap();
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{line}: {e}: {out}"))
}

#[test]
fn every_command_works_unchanged() {
    let server = Server::start();
    let folder = TempDir::new().unwrap();
    let health = shell(
        &server,
        &folder,
        "curl -k -vvvv -H X-SLURM-USER-TOKEN:${SLURM_JWT} -X GET 'http://localhost:9300/api/v1/health'",
    );
    assert_eq!(health["status"], "healthy");

    let upload = r#"curl -X POST -H "Content-type: multipart/form-data" -F meta='{"name":"TEST","type":"TEST TYPE","description":"TEST DESC"}' -F file=@test.txt  http://localhost:9300/api/v1/datasets"#;
    let (fasta, newick) = small();
    let mut ids = vec![];
    for content in ["anything at all", &fasta, &newick] {
        fs::write(folder.path().join("test.txt"), content).unwrap();
        let uploaded = shell(&server, &folder, upload);
        assert_eq!(uploaded["file"], uploaded["id"]);
        assert_eq!(uploaded["datasets"][0]["type"], "TEST TYPE");
        ids.push(uploaded["id"].as_str().unwrap().to_owned());
    }
    let list = shell(
        &server,
        &folder,
        "curl http://localhost:9300/api/v1/datasets",
    );
    let listed: Vec<_> = list["datasets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| &d["id"])
        .collect();
    assert_eq!(listed.len(), 3);
    assert!(
        ids.iter()
            .all(|id| listed.iter().any(|listed| *listed == id))
    );

    let body = r#"{
  "alignment": "ALIGNMENT",
  "tree": "TREE",
  "ci": false,
  "srv": true,
  "resample": 0,
  "multiple_hits": "None",
  "site_multihit": "Estimate",
  "genetic_code": {
    "value": "Universal",
    "display_name": "Universal code"
  },
  "branches": []
}"#;
    fs::write(
        folder.path().join("body.json"),
        body.replace("ALIGNMENT", &ids[1]).replace("TREE", &ids[2]),
    )
    .unwrap();
    let post = |path: &str| {
        let line = format!(
            "curl -X POST -H 'X-SLURM-USER-TOKEN: ${{SLURM_JWT}}' -H 'Content-Type: application/json' -d @body.json http://localhost:9300/api/v1/methods/{path}"
        );
        shell(&server, &folder, &line)
    };
    let started = post("fel-start");
    let id = started["job_id"].as_str().unwrap();
    assert_eq!(started["jobId"], id);
    assert!(["queued", "running"].contains(&started["status"].as_str().unwrap()));
    // Repeating the request monitors the job.
    let done = loop {
        let now = post("fel-start");
        assert_eq!(now["job_id"], id);
        if now["status"] == "completed" || now["status"] == "error" {
            break now;
        }
    };
    assert_eq!(done["status"], "completed");
    let by_post = post("fel-result");
    let by_get = shell(
        &server,
        &folder,
        &format!("curl http://localhost:9300/api/v1/methods/fel-result?job_id={id}"),
    );
    assert_eq!(by_post, by_get);
    assert_eq!(by_post["job_id"], id);
    assert_eq!(by_post["result"]["input"]["number of sequences"], 8);
    assert_eq!(by_post["result"]["MLE"]["headers"][0][0], "alpha");
    let pretty = server
        .get(&format!("/jobs/{id}?pretty_print=true"))
        .text()
        .unwrap();
    assert!(pretty.starts_with("{\n  \"job_id\": "), "{pretty}");
}
