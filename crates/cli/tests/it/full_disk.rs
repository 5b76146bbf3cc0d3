//! A disk that is really full: a small file system in memory. Mounting it requires root.

use std::{fs, path::Path};

use reqwest::{StatusCode, blocking::Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    machine::Disk,
    support::{EMPTY_RESULT, Server, script, small, until},
};

/// A service whose data are on the disk, and whose engine, which is elsewhere, ends its jobs when the
/// file that is returned is there.
fn service(disk: &Disk, engine: &TempDir) -> Server {
    let program = engine.path().join("hyphy");
    Server::with(&[
        ("HYPHY_PATH", program.to_str().unwrap()),
        (
            "DATASET_LOCATION",
            disk.path().join("data").to_str().unwrap(),
        ),
        ("MIN_FREE_BYTES", "0"),
        ("SANDBOX", "off"),
        ("LOCAL_MAX_JOBS", "1"),
    ])
}

fn engine_that_waits_for(go: &Path) -> TempDir {
    script(&format!(
        "echo waiting; until [ -e {} ]; do sleep 0.05; done; {EMPTY_RESULT}",
        go.display()
    ))
}

/// Temporary files in the folders in which the service makes them.
fn temporary(data: &Path) -> usize {
    let in_folder = |folder: &str| {
        let files = fs::read_dir(data.join(folder)).unwrap();
        let names = files.map(|file| file.unwrap().file_name());
        names
            .filter(|name| name.to_string_lossy().starts_with(".tmp"))
            .count()
    };
    in_folder("incoming") + in_folder("logs")
}

/// Fills the disk. A temporary file that the service removes after that would make room again, so this waits for
/// such files to be gone.
fn fill(disk: &Disk) {
    let data = disk.path().join("data");
    until("the disk stays full", || {
        disk.fill() && temporary(&data) == 0
    });
}

fn is_507(response: Response) -> Value {
    let status = response.status();
    let problem: Value = response.json().unwrap();
    assert_eq!(status, StatusCode::INSUFFICIENT_STORAGE, "{problem}");
    assert_eq!(problem["type"], "/docs/problems/disk-full");
    problem
}

#[test]
fn a_full_disk_loses_nothing() {
    let Some(disk) = Disk::mount(24) else { return };
    let go_to = TempDir::new().unwrap();
    let go = go_to.path().join("go");
    let engine = engine_that_waits_for(&go);
    let mut server = service(&disk, &engine);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta.clone()), "tree": server.upload(newick)});
    let with = |pvalue: f64| {
        let mut body = body.clone();
        body["pvalue"] = json!(pvalue);
        body
    };
    let spare = server.upload(">spare\nACGTTT\n");
    let running = server.start_job("fel", &with(0.1));
    server.wait_for(&running, "running");
    server.has_said(&running, "waiting");
    let waiting = server.start_job("fel", &with(0.2));

    // An upload larger than the room.
    is_507(server.try_upload(fasta.repeat(120_000).into_bytes()));

    fill(&disk);
    // Requests that write are rejected every time, and never acknowledged.
    for round in 0..4 {
        is_507(server.try_upload(format!(">full{round}\nACG\n")));
        is_507(server.post("/methods/fel-start", &with(0.3)));
        is_507(server.post(&format!("/jobs/{running}/share"), &json!({})));
        let health: Value = server.get("/health").json().unwrap();
        assert_eq!(health["details"]["database"], "unhealthy", "{health}");
        let said = health["details"]["database_detail"].as_str().unwrap();
        assert!(said.contains("full"), "{said}");
        // Requests that read still work.
        assert_eq!(
            server.get_json("/datasets")["datasets"]
                .as_array()
                .unwrap()
                .len(),
            3
        );
        server.get_json(&format!("/datasets/{spare}?include_content=true"));
        assert_eq!(server.job(&running)["state"], "running");
        assert_eq!(server.job(&waiting)["state"], "queued");
    }
    let deleted = server
        .http
        .delete(server.api(&format!("/datasets/{spare}")))
        .send()
        .unwrap();
    is_507(deleted);
    server.get_json(&format!("/datasets/{spare}"));

    // The running job ends while the disk is full, and is not lost.
    fs::write(&go, "").unwrap();
    until("its command has ended", || server.processes().is_empty());
    assert_eq!(server.job(&running)["state"], "running");
    disk.make_room();
    let begin = std::time::Instant::now();
    assert!(server.completed(&running)["warnings"].is_null());
    assert!(server.completed(&waiting)["warnings"].is_null());
    let took = begin.elapsed();
    eprintln!("both jobs were completed {took:?} after there was room");
    // Only what is costly is put off for a minute.
    assert!(took.as_secs() < 60, "{took:?}");

    let kept = server.upload(">after\nACG\n");
    let third = server.start_job("fel", &with(0.3));
    server.completed(&third);
    assert_eq!(
        server.delete(&format!("/datasets/{spare}")),
        StatusCode::NO_CONTENT
    );
    let health = server.get_json("/health");
    assert_eq!(health["status"], "healthy", "{health}");

    // After a restart, there are no leftovers and nothing is missing.
    let blobs = || {
        let mut files = Vec::new();
        for folder in fs::read_dir(disk.path().join("data/blobs")).unwrap() {
            files.extend(
                fs::read_dir(folder.unwrap().path())
                    .unwrap()
                    .map(|f| f.unwrap().path()),
            );
        }
        files
    };
    for restarted in [false, true] {
        if restarted {
            server.stop();
            server.restart();
        }
        assert_eq!(blobs().len(), 3, "{:?}", blobs());
        let data = disk.path().join("data");
        let empty = |folder: &str| fs::read_dir(data.join(folder)).unwrap().next().is_none();
        until("the attempts' folders are removed", || empty("attempts"));
        assert!(empty("incoming"));
        assert_eq!(temporary(&data), 0);
        server.get_json(&format!("/datasets/{kept}"));
        for job in [&running, &waiting, &third] {
            assert_eq!(server.job(job)["state"], "completed");
            assert!(server.result(job).contains("MLE"));
        }
    }
}

#[test]
fn a_client_with_a_token_can_read_on_a_full_disk() {
    let Some(disk) = Disk::mount(24) else { return };
    let mut server = Server::with(&[
        (
            "DATASET_LOCATION",
            disk.path().join("data").to_str().unwrap(),
        ),
        ("MIN_FREE_BYTES", "0"),
        ("USER_TOKEN_ENABLED", "true"),
        ("SESSION_MAX_AGE", "1h"),
    ]);
    let first = server.try_upload(b">a\nACG\n");
    assert_eq!(first.status(), StatusCode::CREATED);
    let token = first.headers()["x-session-token"]
        .to_str()
        .unwrap()
        .to_owned();
    // Long enough ago that the service records its use again.
    server.stop();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        use sqlx::{ConnectOptions, Connection};
        let path = disk.path().join("data/service-datamonkey.sqlite");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut database = options.connect().await.unwrap();
        sqlx::query("UPDATE sessions SET used = '2026-01-01T00:00:00+00:00'")
            .execute(&mut database)
            .await
            .unwrap();
        database.close().await.unwrap();
    });
    server
        .settings
        .push(("SESSION_CLEANUP_INTERVAL".to_owned(), "0".to_owned()));
    server.restart();
    fill(&disk);
    let list = || {
        server
            .http
            .get(server.api("/datasets"))
            .bearer_auth(&token)
            .send()
            .unwrap()
    };
    for _ in 0..3 {
        assert_eq!(list().status(), StatusCode::OK);
    }
    // A new session would have to be written.
    is_507(server.try_upload(b">b\nACG\n"));
    disk.make_room();
    assert_eq!(list().status(), StatusCode::OK);
}
