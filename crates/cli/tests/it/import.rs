//! Imports data of the Go service.

use std::{fs, path::Path, time::Duration};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    person::Person,
    support::{Server, datamonkey, has_fail_points, sha256, small, small_job, until},
};

/// The engine's result for the small data.
fn real_result() -> String {
    let server = Server::start();
    let id = small_job(&server);
    server.completed(&id);
    server.result(&id)
}

/// Datasets of the first version: a list, and files under their ids.
fn first_version(folder: &Path) -> (String, String) {
    let (fasta, newick) = small();
    let mut list = "{}\n".to_owned();
    let mut keep = |content: &str, name: &str, kind: &str| {
        let id = sha256(content);
        fs::write(folder.join(&id), content).unwrap();
        let line = json!({
            "metadata": {"name": name, "description": "of 2025", "type": kind,
                "created": "2025-03-01T10:00:00.123456789+01:00", "updated": "2025-03-02T10:00:00Z"},
            "id": id, "content_hash": id,
        });
        list += &format!("{line}\n");
        id
    };
    let ids = (
        keep(&fasta, "genes.fasta", "fasta"),
        keep(&newick, "genes.nwk", "newick"),
    );
    list +=
        "{\"metadata\":{\"name\":\"gone.fasta\",\"type\":\"fasta\"},\"id\":\"60ne\"}\nnot JSON\n";
    fs::write(folder.join("datasets.json"), list).unwrap();
    ids
}

#[test]
fn the_store_of_the_first_version_is_imported_once_at_startup() {
    let result = real_result();
    let mut server = Server::start();
    server.stop();
    let folder = server.data.path().to_path_buf();
    let (alignment, tree) = first_version(&folder);
    let (_, named) = result.split_once("\"file name\":\"").unwrap();
    let (file, _) = named.split_once('"').unwrap();
    let result = result.replace(file, &format!("/data/uploads/{alignment}"));
    fs::write(folder.join("fel_0a1b_results.json"), &result).unwrap();
    fs::write(folder.join("meme_0bad_results.json"), &result[..200]).unwrap();
    fs::write(
        folder.join("job_tracker.tab"),
        "0a1b\t17\n0a1b\t18\n0dead\t19\n",
    )
    .unwrap();
    server.restart();

    let dataset = server.get_json(&format!("/datasets/{alignment}"));
    assert_eq!(dataset["name"], "genes.fasta");
    assert_eq!(dataset["created"], "2025-03-01T09:00:00.123456789Z");
    assert_eq!(dataset["report"]["sequences"], 8, "{dataset}");
    let shown = server.get_json(&format!("/datasets/{tree}?include_content=true"));
    assert_eq!(shown["content"], small().1);

    let job = server.get_json("/jobs/0a1b");
    assert_eq!(job["state"], "completed", "{job}");
    assert_eq!(job["method"], "fel");
    assert_eq!(job["alignment_id"], alignment.as_str());
    assert!(
        job["warnings"][0]
            .as_str()
            .unwrap()
            .contains("did not store the parameters")
    );
    assert_eq!(server.result("0a1b"), result);
    let old = server.get_json("/methods/fel-result?job_id=0a1b");
    assert_eq!(old["result"]["input"]["number of sites"], 12, "{old}");
    let summary = server.get_json("/jobs/0a1b/summary?threshold=1");
    assert_eq!(summary["found"], 12);
    // Its event stream ends, so clients that follow it do not wait.
    let events = server.get("/jobs/0a1b/events").text().unwrap();
    assert!(events.contains("\"state\":\"completed\""), "{events}");

    let damaged = server.get_json("/jobs/0bad");
    assert_eq!(damaged["state"], "failed");
    assert!(
        damaged["error_message"]
            .as_str()
            .unwrap()
            .contains("is incomplete")
    );
    assert_eq!(server.get("/jobs/0dead").status(), StatusCode::NOT_FOUND);

    // Starts a new analysis of the same data. Then checks that deleted objects are not imported
    // again.
    let again = server.start_job("fel", &json!({"alignment": alignment, "tree": tree}));
    server.completed(&again);
    assert_eq!(server.delete("/jobs/0a1b"), StatusCode::NO_CONTENT);
    server.stop();
    server.restart();
    assert_eq!(server.get("/jobs/0a1b").status(), StatusCode::NOT_FOUND);
    assert!(folder.join("fel_0a1b_results.json").exists());
}

#[tokio::main(flavor = "current_thread")]
async fn second_version(path: &Path, owner: &str, alignment: &str, tree: &str) {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options).await.unwrap();
    // Tables as the Go service's migrations created them.
    let schema = "
        CREATE TABLE sessions (subject TEXT PRIMARY KEY, created_at INTEGER NOT NULL,
            last_seen INTEGER NOT NULL, metadata TEXT);
        CREATE TABLE datasets (id TEXT PRIMARY KEY, user_id TEXT, metadata_name TEXT NOT NULL,
            metadata_description TEXT, metadata_type TEXT NOT NULL, metadata_created INTEGER NOT NULL,
            metadata_updated INTEGER NOT NULL, content_hash TEXT NOT NULL, data_json TEXT NOT NULL);
        CREATE TABLE jobs (job_id TEXT PRIMARY KEY, scheduler_job_id TEXT NOT NULL, user_id TEXT,
            alignment_id TEXT, tree_id TEXT, method_type TEXT, status TEXT DEFAULT 'pending',
            created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
        CREATE TABLE conversations (id TEXT PRIMARY KEY, subject TEXT NOT NULL, title TEXT,
            created INTEGER NOT NULL, updated INTEGER NOT NULL);
        CREATE TABLE visualizations (viz_id TEXT PRIMARY KEY, user_id TEXT, job_id TEXT,
            dataset_id TEXT, title TEXT, description TEXT, spec TEXT, config TEXT, metadata TEXT,
            created_at INTEGER, updated_at INTEGER);
        INSERT INTO sessions VALUES ('long-ago', 1700000000, 1700000000, NULL);
        CREATE TABLE messages (id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL,
            role TEXT NOT NULL, content TEXT NOT NULL, timestamp INTEGER NOT NULL);
        INSERT INTO messages (id, conversation_id, role, content, timestamp) VALUES
            ('m2', 'conv-1-a', 'assistant', 'FEL finds sites.', 1740823201000),
            ('m1', 'conv-1-a', 'user', 'What does FEL do?', 1740823200000);";
    sqlx::raw_sql(schema).execute(&mut old).await.unwrap();
    for (id, name, kind) in [
        (alignment, "genes.fasta", "fasta"),
        (tree, "genes.nwk", "newick"),
    ] {
        sqlx::query(
            "INSERT INTO datasets VALUES (?, ?, ?, '', ?, 1740823200, 1740823200, '', '{}')",
        )
        .bind(id)
        .bind(owner)
        .bind(name)
        .bind(kind)
        .execute(&mut old)
        .await
        .unwrap();
    }
    for (id, status) in [
        ("0a1b", "complete"),
        ("0fee", "running"),
        ("0ca", "cancelled"),
    ] {
        sqlx::query("INSERT INTO jobs VALUES (?, '7', ?, ?, ?, 'fel', ?, 1740823200, 1740823260)")
            .bind(id)
            .bind(owner)
            .bind(alignment)
            .bind(tree)
            .bind(status)
            .execute(&mut old)
            .await
            .unwrap();
    }
    sqlx::query(
        "INSERT INTO conversations VALUES ('conv-1-a', ?, 'FEL', 1740823200000, 1740823201000)",
    )
    .bind(owner)
    .execute(&mut old)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO visualizations VALUES ('viz_1', ?, '0a1b', NULL, 'Sites', NULL,
             '{\"mark\":\"bar\"}', NULL, NULL, 1740823200, 1740823200)",
    )
    .bind(owner)
    .execute(&mut old)
    .await
    .unwrap();
    old.close().await.unwrap();
}

#[test]
fn the_store_of_the_second_version_keeps_its_owners() {
    let result = real_result();
    let old = tempfile::tempdir().unwrap();
    let database = old.path().join("datamonkey.db");
    let settings = [
        ("USER_TOKEN_ENABLED", "true"),
        ("DATAMONKEY_DB_PATH", database.to_str().unwrap()),
    ];
    let mut server = Server::with(&settings);
    let (ann, _) = Person::new(&server, ">a\nACG\n>b\nACG\n");
    let (token, owner) = (ann.token.clone(), ann.subject());
    server.stop();

    let (fasta, newick) = small();
    let folder = server.data.path();
    fs::write(folder.join("a11"), &fasta).unwrap();
    fs::write(folder.join("7ee"), &newick).unwrap();
    fs::write(folder.join("fel_0a1b_results.json"), &result).unwrap();
    // Its owner deleted it, so it is not in the database.
    fs::write(folder.join("fel_0ff_results.json"), &result).unwrap();
    second_version(&database, &owner, "a11", "7ee");
    server.restart();

    let ask = |path: &str| {
        server
            .http
            .get(server.api(path))
            .bearer_auth(&token)
            .send()
            .unwrap()
    };
    let dataset: Value = ask("/datasets/a11").json().unwrap();
    assert_eq!(dataset["created"], "2025-03-01T10:00:00Z", "{dataset}");
    // Its id is short.
    let object = ask("/jobs/0a1b/ro-crate");
    assert_eq!(object.status(), StatusCode::OK);
    let conversation: Value = ask("/chat/conv-1-a").json().unwrap();
    assert_eq!(conversation["title"], "FEL");
    assert_eq!(conversation["updated"], 1_740_823_201_000_i64);
    let said = &conversation["messages"];
    assert_eq!(said[0]["content"], "What does FEL do?");
    assert_eq!(said[1]["content"], "FEL finds sites.");
    assert_eq!(said[1]["role"], "assistant");
    let job: Value = ask("/jobs/0a1b").json().unwrap();
    assert_eq!(
        (&job["state"], &job["tree_id"]),
        (&json!("completed"), &json!("7ee")),
        "{job}"
    );
    assert_eq!(ask("/jobs/0a1b/result").text().unwrap(), result);
    let unfinished: Value = ask("/jobs/0fee").json().unwrap();
    assert!(
        unfinished["error_message"]
            .as_str()
            .unwrap()
            .contains("had not ended")
    );
    let cancelled: Value = ask("/jobs/0ca").json().unwrap();
    assert_eq!(cancelled["state"], "cancelled");
    let drawn: Value = ask("/visualizations/viz_1").json().unwrap();
    assert_eq!(drawn["spec"]["mark"], "bar", "{drawn}");
    assert_eq!(ask("/jobs/0ff").status(), StatusCode::NOT_FOUND);
    // Other owners cannot see it.
    let other = server.http.get(server.api("/jobs/0a1b")).send().unwrap();
    assert_eq!(other.status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn the_command_imports_a_folder_and_reports() {
    let old = tempfile::tempdir().unwrap();
    let uploads = old.path().join("data/uploads");
    fs::create_dir_all(&uploads).unwrap();
    let (alignment, _) = first_version(&uploads);
    let mut server = Server::start();
    let import = |data: &Path, from: &Path| {
        let mut command = datamonkey();
        command.env("DATAMONKEY_DATA", data).arg("import").arg(from);
        let output = command.output().unwrap();
        let both = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(both).unwrap())
    };
    let data = server.data.path().to_path_buf();
    let (done, said) = import(&data, old.path());
    assert!(!done && said.contains("make stop"), "{said}");
    server.stop();
    let (done, said) = import(&data, old.path());
    assert!(
        done && said.contains("Imported 2 datasets, 0 jobs"),
        "{said}"
    );
    assert!(
        said.contains("Dataset 60ne (gone.fasta): its file is missing."),
        "{said}"
    );
    assert!(said.contains("datasets.json, line 5: "), "{said}");
    let (done, said) = import(&data, old.path());
    assert!(
        done && said.contains("Imported 0 datasets") && said.contains("2 existed already"),
        "{said}"
    );
    let (done, said) = import(&data, &data.join("blobs"));
    assert!(!done && said.contains("contains no data"), "{said}");
    server.restart();
    let dataset = server.get_json(&format!("/datasets/{alignment}"));
    assert_eq!(dataset["description"], "of 2025");
}

#[test]
fn jobs_in_a_json_list_are_imported() {
    let result = real_result();
    for list in [
        "0a1b\t17\n0dead\t19\n",
        "{\"0a1b\": \"17\", \"0dead\": \"19\"}",
        "[{\"job_id\": \"0a1b\"}, {\"id\": \"0dead\"}]",
        "{\"job_id\": \"0a1b\"}\n{\"job_id\": \"0dead\"}\n",
    ] {
        let old = tempfile::tempdir().unwrap();
        fs::write(old.path().join("jobs.json"), list).unwrap();
        fs::write(old.path().join("fel_0a1b_results.json"), &result).unwrap();
        let data = tempfile::tempdir().unwrap();
        let mut command = datamonkey();
        command.env("DATAMONKEY_DATA", data.path());
        let output = command.arg("import").arg(old.path()).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(said.contains("1 job"), "{list}: {said}");
        // The list contains it, but nothing else is known about it.
        assert!(
            said.contains("Job 0dead: it has no result"),
            "{list}: {said}"
        );
    }
}

#[test]
fn imported_jobs_without_their_data_are_removed_with_their_session() {
    if !has_fail_points() {
        return;
    }
    let result = real_result();
    let old = tempfile::tempdir().unwrap();
    let database = old.path().join("datamonkey.db");
    let settings = [
        ("USER_TOKEN_ENABLED", "true"),
        ("DATAMONKEY_DB_PATH", database.to_str().unwrap()),
        ("SESSION_MAX_AGE", "1h"),
        ("SESSION_CLEANUP_INTERVAL", "1s"),
    ];
    let mut server = Server::with(&settings);
    let (ann, _) = Person::new(&server, ">a\nACG\n>b\nACG\n");
    let owner = ann.subject();
    server.stop();
    let folder = server.data.path();
    fs::write(folder.join("fel_0a1b_results.json"), &result).unwrap();
    // Neither a11 nor 7ee has a file.
    second_version(&database, &owner, "a11", "7ee");
    server.restart();
    let kept = |server: &Server| {
        let files = server.files().into_iter();
        files
            .filter(|file| file.to_string_lossy().contains("/results/"))
            .count()
    };
    server.has_cleaned();
    assert_eq!(kept(&server), 1);
    server.shift_clock(Duration::from_secs(2 * 3600));
    until("nothing of it is left", || kept(&server) == 0);
}
