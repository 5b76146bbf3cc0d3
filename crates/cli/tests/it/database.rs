//! Access to the database and the folders.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Stdio, str::FromStr};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::support::{EMPTY_RESULT, Server, datamonkey, script, small, small_job, until};

fn database(data: &Path) -> std::path::PathBuf {
    data.join("service-datamonkey.sqlite")
}

/// Opens a database as another program does.
async fn connect(path: &Path) -> SqliteConnection {
    let url = format!("sqlite:{}", path.display());
    let options = SqliteConnectOptions::from_str(&url).unwrap();
    options.connect().await.unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}

/// Executes a statement on a database.
pub fn execute(path: &Path, statement: &'static str) {
    run(async {
        let mut other = connect(path).await;
        sqlx::query(statement).execute(&mut other).await.unwrap();
        other.close().await.unwrap();
    });
}

/// Number of rows of a table of a service's database.
pub fn count(data: &Path, table: &str) -> i64 {
    let statement = format!("SELECT count(*) FROM {table}");
    run(async {
        let mut other = connect(&database(data)).await;
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(statement));
        let count = count.fetch_one(&mut other).await.unwrap();
        other.close().await.unwrap();
        count
    })
}

/// Copies a database while it is in use, and returns the problems of the copy.
async fn backup(from: &Path, to: &Path) -> String {
    let mut live = connect(from).await;
    sqlx::query("VACUUM INTO ?")
        .bind(to.to_str().unwrap())
        .execute(&mut live)
        .await
        .unwrap();
    live.close().await.unwrap();
    let mut copy = connect(to).await;
    let said: String = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut copy)
        .await
        .unwrap();
    copy.close().await.unwrap();
    fs::remove_file(to).unwrap();
    said
}

#[test]
fn other_programs_may_read_the_live_database() {
    let engine = script(EMPTY_RESULT);
    let path = engine.path().join("hyphy");
    let mut server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    // The risk concerns only a database that exists at startup.
    server.stop();
    server.restart();
    let live = database(server.data.path());
    let copies = TempDir::new().unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    let kept = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut kept = Vec::new();
            let newick = server.upload(small().1);
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let fasta = small().0.replace('>', &format!(">n{}_", kept.len()));
                let newick = server.upload(small().1.replace("t", &format!("n{}_t", kept.len())));
                let alignment = server.upload(fasta);
                let body = json!({"alignment": alignment, "tree": newick});
                // The test does not depend on whether the names match.
                server.post("/methods/fel-start", &body);
                kept.push(alignment);
            }
            kept.push(newick);
            kept
        });
        run(async {
            for number in 0..100 {
                let mut other = connect(&live).await;
                let count: i64 = sqlx::query_scalar("SELECT count(*) FROM datasets")
                    .fetch_one(&mut other)
                    .await
                    .unwrap();
                assert!(count >= 0);
                other.close().await.unwrap();
                let copy = copies.path().join(format!("{number}.sqlite"));
                assert_eq!(backup(&live, &copy).await, "ok");
            }
        });
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        writer.join().unwrap()
    });
    assert!(kept.len() > 1);
    for id in kept {
        server.get_json(&format!("/datasets/{id}"));
    }
    server.stop();
    run(async {
        let mut left = connect(&live).await;
        let said: String = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_one(&mut left)
            .await
            .unwrap();
        assert_eq!(said, "ok");
    });
}

/// Starts a service that must fail to start, and returns its output.
fn refused(settings: &[(&str, &Path)]) -> String {
    let output = datamonkey()
        .arg("serve")
        .env("SERVICE_DATAMONKEY_PORT", "0")
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_second_service_that_fails_to_start_harms_nothing() {
    let server = Server::start();
    let data = server.data.path();
    let elsewhere = TempDir::new().unwrap();
    // An upload to the first service is in progress while others try to start.
    let incoming = data.join("incoming/.tmpupload");
    fs::write(&incoming, "half").unwrap();
    for settings in [
        vec![("DATAMONKEY_DATA", data)],
        vec![
            ("DATAMONKEY_DATA", data),
            ("JOB_TRACKER_LOCATION", elsewhere.path()),
        ],
        vec![
            ("DATAMONKEY_DATA", elsewhere.path()),
            ("HYPHY_BASE_PATH", data),
        ],
        vec![
            ("DATAMONKEY_DATA", elsewhere.path()),
            ("JOB_TRACKER_LOCATION", data),
        ],
    ] {
        let said = refused(&settings);
        assert!(
            said.contains("another datamonkey is using") && said.contains("DATAMONKEY_DATA"),
            "{settings:?}: {said}"
        );
    }
    assert_eq!(fs::read(&incoming).unwrap(), b"half");
    server.upload(small().0);
}

#[test]
fn an_empty_database_next_to_results_prevents_the_start() {
    let mut server = Server::start();
    let id = server.upload(small().0);
    server.stop();
    let data = server.data.path().to_path_buf();
    let backup = data.join("backup");
    fs::rename(database(&data), &backup).unwrap();
    for empty in [false, true] {
        if empty {
            fs::write(database(&data), "").unwrap();
        }
        let said = refused(&[("DATAMONKEY_DATA", &data)]);
        assert!(
            said.contains("is empty or missing") && said.contains("backup"),
            "{said}"
        );
    }
    fs::rename(&backup, database(&data)).unwrap();
    server.restart();
    server.get_json(&format!("/datasets/{id}"));
}

#[test]
fn files_are_private_to_their_owner() {
    let engine = script(&format!("echo printed; {EMPTY_RESULT}"));
    let path = engine.path().join("hyphy");
    let mut server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    server.completed(&small_job(&server));
    // Earlier versions could have left such files.
    server.stop();
    let live = database(server.data.path());
    fs::set_permissions(&live, fs::Permissions::from_mode(0o644)).unwrap();
    let results = server.data.path().join("results");
    fs::set_permissions(&results, fs::Permissions::from_mode(0o755)).unwrap();
    server.restart();
    server.upload(">a\nACG\n");
    let mut folders = vec![server.data.path().to_path_buf()];
    let mut seen = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            let is_folder = entry.file_type().unwrap().is_dir();
            let expected = if is_folder { 0o700 } else { 0o600 };
            assert_eq!(mode, expected, "{}", entry.path().display());
            seen.push(entry.file_name().into_string().unwrap());
            if is_folder {
                folders.push(entry.path());
            }
        }
    }
    for name in [
        "service-datamonkey.sqlite",
        "service-datamonkey.sqlite-wal",
        "service-datamonkey.key",
        "logs",
        "results",
        "blobs",
    ] {
        assert!(seen.iter().any(|one| one == name), "no {name} in {seen:?}");
    }
}

fn all_bytes(folder: &Path) -> Vec<u8> {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file());
    files.flat_map(|path| fs::read(path).unwrap()).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[test]
fn a_copy_of_the_database_contains_no_share_token() {
    let engine = script(EMPTY_RESULT);
    let path = engine.path().join("hyphy");
    let mut server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let id = small_job(&server);
    server.completed(&id);
    let share = |server: &Server| -> String {
        let answer = server.post(&format!("/jobs/{id}/share"), &json!({}));
        let share: Value = answer.json().unwrap();
        share["share_token"].as_str().unwrap().to_owned()
    };
    let token = share(&server);
    assert_eq!(share(&server), token, "the same link again");
    // Earlier versions stored it this way.
    server.stop();
    let old = "0123456789abcdef".repeat(4);
    run(async {
        let mut database = connect(&database(server.data.path())).await;
        sqlx::query(
            "INSERT INTO shares (job_id, token, created) VALUES (?, ?, '2026-01-01T00:00:00Z')",
        )
        .bind(&id)
        .bind(&old)
        .execute(&mut database)
        .await
        .unwrap();
        database.close().await.unwrap();
    });
    server.restart();
    assert_eq!(share(&server), token, "the same link after a restart");
    for link in [&token, &old] {
        server.get_json(&format!("/shared/{link}"));
    }
    server.stop();
    let bytes = all_bytes(server.data.path());
    assert!(holds(&bytes, &id), "the database is looked at");
    assert!(!holds(&bytes, &token) && !holds(&bytes, &old));
    server.restart();
    assert_eq!(
        server.delete(&format!("/jobs/{id}/share")),
        StatusCode::NO_CONTENT
    );
    for link in [&token, &old] {
        let gone = server.get(&format!("/shared/{link}"));
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    }
}

#[test]
fn orphaned_files_are_removed_at_startup() {
    let engine = script(EMPTY_RESULT);
    let path = engine.path().join("hyphy");
    let mut server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let id = small_job(&server);
    server.completed(&id);
    let result = server.result(&id);
    until("the attempt's folder is removed", || {
        !server
            .files()
            .iter()
            .any(|path| path.to_string_lossy().contains("attempts"))
    });
    server.stop();
    let before = server.files();
    let data = server.data.path();
    let hash = "ab".repeat(32);
    let leftovers = [
        format!("blobs/ab/{hash}"),
        format!("results/ab/{hash}.gz"),
        format!("fits/ab/{hash}.gz"),
        format!("logs/{hash}.gz"),
        "logs/dm-0123.gz".to_owned(),
        format!("partial/{hash}"),
        "attempts/dm-0123/run/alignment.fasta".to_owned(),
        "attempts/.tmpabcdef/left".to_owned(),
        "incoming/.tmpabcdef".to_owned(),
        "logs/.tmpabcdef".to_owned(),
        "blobs/ab/.tmpabcdef".to_owned(),
    ];
    for leftover in &leftovers {
        let path = data.join(leftover);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "left over").unwrap();
    }
    server.restart();
    until("the orphaned files are removed", || {
        server.files() == before
    });
    assert_eq!(server.result(&id), result);
}
