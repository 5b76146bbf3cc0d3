//! Temporary obstacles do not fail a job.

use std::{fs, path::Path};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::support::{EMPTY_RESULT, Server, script, small, until};

fn health(server: &Server) -> Value {
    server.get("/health").json().unwrap()
}

/// A service with this engine that runs one job at a time, and the datasets of a job.
fn server_with(engine: &Path, more: &[(&str, &str)]) -> (Server, Value) {
    let program = engine.join("hyphy");
    let mut settings = vec![
        ("HYPHY_PATH", program.to_str().unwrap()),
        ("LOCAL_MAX_JOBS", "1"),
    ];
    settings.extend_from_slice(more);
    let server = Server::with(&settings);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    (server, body)
}

/// An engine whose jobs end when a file named `go` exists.
fn patient() -> TempDir {
    let folder = TempDir::new().unwrap();
    let go = folder.path().join("go");
    let engine = script(&format!(
        "until [ -e {} ]; do sleep 0.05; done; {EMPTY_RESULT}",
        go.display()
    ));
    // The engine's folder is readable for jobs. The test chooses where it is.
    fs::remove_dir(folder.path()).unwrap();
    fs::rename(engine.keep(), folder.path()).unwrap();
    folder
}

/// A service with such an engine, and two jobs: one runs, and the other waits.
fn running_and_waiting(engine: &TempDir) -> (Server, [String; 2]) {
    let (server, mut body) = server_with(engine.path(), &[("SANDBOX", "off")]);
    let first = server.start_job("fel", &body);
    server.has_said(&first, "given");
    body["pvalue"] = json!(0.2);
    let second = server.start_job("fel", &body);
    (server, [first, second])
}

#[test]
fn jobs_wait_while_the_engine_is_missing() {
    let engine = patient();
    let (server, [first, second]) = running_and_waiting(&engine);
    let program = engine.path().join("hyphy");
    let away = engine.path().join("away");
    fs::rename(&program, &away).unwrap();
    until("the missing engine is noticed", || {
        health(&server)["details"]["engine"] == "unhealthy"
    });
    fs::write(engine.path().join("go"), "").unwrap();
    server.completed(&first);
    assert_eq!(server.job(&second)["state"], "queued");
    fs::rename(&away, &program).unwrap();
    server.completed(&second);
    assert_eq!(health(&server)["details"]["engine"], "healthy");
}

#[test]
fn a_command_that_cannot_be_started_is_retried() {
    let engine = script(EMPTY_RESULT);
    let (server, body) = server_with(engine.path(), &[]);
    let program = engine.path().join("hyphy");
    // The file exists, so the engine counts as present, but it cannot be run.
    let text = fs::read_to_string(&program).unwrap();
    fs::write(&program, text.replace("#!/bin/sh", "#!/nowhere/sh")).unwrap();
    let job = server.start_job("fel", &body);
    until("the obstacle is reported", || {
        let delayed = &health(&server)["details"]["delayed"];
        delayed["jobs"] == 1
            && delayed["reason"]
                .as_str()
                .is_some_and(|why| why.contains("engine"))
    });
    fs::write(&program, text).unwrap();
    let done = server.completed(&job);
    assert!(done["warnings"].is_null(), "{done}");
    assert!(health(&server)["details"]["delayed"].is_null());
}

#[test]
fn jobs_wait_while_the_data_folder_is_missing() {
    let engine = script(EMPTY_RESULT);
    let (server, body) = server_with(engine.path(), &[]);
    let done = server.start_job("fel", &body);
    server.completed(&done);
    // The database is already open, but files are opened by their paths.
    let data = server.data.path();
    let away = data.with_extension("away");
    fs::rename(data, &away).unwrap();
    let upload = || {
        let form = reqwest::blocking::multipart::Form::new()
            .text("meta", r#"{"type":"test"}"#)
            .text("file", ">a\nACG\n");
        server
            .http
            .post(server.api("/datasets"))
            .multipart(form)
            .send()
            .unwrap()
            .status()
    };
    assert_eq!(upload(), StatusCode::SERVICE_UNAVAILABLE);
    let again = server.post("/methods/fel-start?retry=true", &body);
    assert_eq!(again.status(), StatusCode::OK, "known data need no files");
    fs::rename(&away, data).unwrap();
    assert_eq!(upload(), StatusCode::CREATED);
}

#[test]
fn a_job_waits_for_its_missing_files() {
    let engine = patient();
    let (server, [first, second]) = running_and_waiting(&engine);
    // What start wrote for HyPhy, and the uploads from which it could be written again.
    let folders = ["inputs", "blobs"].map(|name| server.data.path().join(name));
    let away = |folder: &Path| folder.with_extension("away");
    for folder in &folders {
        fs::rename(folder, away(folder)).unwrap();
    }
    fs::write(engine.path().join("go"), "").unwrap();
    server.completed(&first);
    until("the obstacle is reported", || {
        let delayed = &health(&server)["details"]["delayed"];
        delayed["reason"] == "A file or folder of the service is missing."
            && delayed["since"].is_string()
    });
    for folder in &folders {
        assert!(!folder.exists(), "nothing is made in its place");
        fs::rename(away(folder), folder).unwrap();
    }
    server.completed(&second);
    assert!(health(&server)["details"]["delayed"].is_null());
}

#[test]
fn jobs_wait_for_a_busy_database() {
    let engine = script(EMPTY_RESULT);
    let (server, body) = server_with(engine.path(), &[]);
    let path = server.data.path().join("service-datamonkey.sqlite");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let options = SqliteConnectOptions::new().filename(path);
    let mut other = runtime.block_on(options.connect()).unwrap();
    let mut tell = |what: &'static str| {
        runtime
            .block_on(sqlx::raw_sql(what).execute(&mut other))
            .unwrap();
    };
    tell("BEGIN IMMEDIATE");
    let health_then = health(&server);
    assert_eq!(health_then["details"]["database"], "unhealthy");
    assert_eq!(server.get("/datasets").status(), StatusCode::OK);
    // Longer than SQLite's timeout.
    let refused = server.post("/methods/fel-start", &body);
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let problem: Value = refused.json().unwrap();
    assert!(
        problem["detail"].as_str().unwrap().contains("busy"),
        "{problem}"
    );
    tell("ROLLBACK");
    let job = server.start_job("fel", &body);
    server.completed(&job);
    assert_eq!(health(&server)["details"]["database"], "healthy");
    runtime.block_on(other.close()).unwrap();
}
