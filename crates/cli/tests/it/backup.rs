//! Backups: of a running service, restored elsewhere, and what a restore refuses.

use std::{fs, os::unix::fs::MetadataExt, path::Path, process::Output};

use serde_json::json;
use tempfile::TempDir;

use crate::support::{EMPTY_RESULT, Server, datamonkey, script, sha256, small};

fn command(name: &str, folder: &Path, data: &Path) -> Output {
    datamonkey()
        .args([name, folder.to_str().unwrap()])
        .env("DATAMONKEY_DATA", data)
        .output()
        .unwrap()
}

fn succeeds(name: &str, folder: &Path, data: &Path) -> String {
    let done = command(name, folder, data);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    String::from_utf8(done.stdout).unwrap()
}

fn refused(name: &str, folder: &Path, data: &Path) -> String {
    let done = command(name, folder, data);
    assert!(!done.status.success());
    String::from_utf8(done.stderr).unwrap()
}

/// A service with one completed job, and the job's id.
fn with_a_result(engine: &Path) -> (Server, String) {
    let path = engine.join("hyphy");
    let server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let id = server.start_job("fel", &body);
    server.completed(&id);
    (server, id)
}

/// Where a folder of contents has one.
fn file_of(folder: &Path, name: &str) -> std::path::PathBuf {
    folder.join(&name[..2]).join(name)
}

#[test]
fn a_backup_of_a_running_service_is_restored_with_its_key() {
    let engine = script(EMPTY_RESULT);
    let (server, id) = with_a_result(engine.path());
    let result = server.result(&id);
    let folders = TempDir::new().unwrap();
    let backup = folders.path().join("backup");
    let said = succeeds("backup", &backup, server.data.path());
    assert!(said.contains("is complete and was checked"), "{said}");
    let description: serde_json::Value =
        serde_json::from_slice(&fs::read(backup.join("backup.json")).unwrap()).unwrap();
    assert_eq!(description["missing"], json!([]));
    assert_eq!(description["has_key"], true);
    // Two uploads, what the engine read, its result and its log.
    assert_eq!(description["files"], 5);

    // What happens afterwards is not in it.
    let later = server.upload(small().0.replace('>', ">later_"));
    let again = refused("backup", &backup, server.data.path());
    assert!(again.contains("is not empty"), "{again}");
    let in_use = refused("restore", &backup, server.data.path());
    assert!(
        in_use.contains("contains data, and a restore does not replace it"),
        "{in_use}"
    );

    let mut restored = Server::start();
    restored.stop();
    fs::remove_file(restored.data.path().join("service-datamonkey.sqlite")).unwrap();
    succeeds("restore", &backup, restored.data.path());
    let key = |data: &Path| fs::read(data.join("service-datamonkey.key")).unwrap();
    assert_eq!(key(restored.data.path()), key(server.data.path()));
    assert!(
        restored
            .data
            .path()
            .join("service-datamonkey.key.replaced")
            .exists()
    );
    restored.restart();
    assert_eq!(restored.result(&id), result);
    assert_eq!(restored.job(&id)["state"], "completed");
    assert_eq!(restored.get(&format!("/datasets/{later}")).status(), 404);
}

#[test]
fn a_damaged_or_unfinished_backup_is_refused_and_changes_nothing() {
    let engine = script(EMPTY_RESULT);
    let (server, _) = with_a_result(engine.path());
    let folders = TempDir::new().unwrap();
    let (backup, data) = (folders.path().join("backup"), folders.path().join("data"));
    succeeds("backup", &backup, server.data.path());

    let description = fs::read(backup.join("backup.json")).unwrap();
    fs::remove_file(backup.join("backup.json")).unwrap();
    let said = refused("restore", &backup, &data);
    assert!(said.contains("is not a complete backup"), "{said}");
    fs::write(backup.join("backup.json"), description).unwrap();

    let fasta = sha256(small().0.as_bytes());
    let stored = file_of(&server.data.path().join("blobs"), &fasta);
    let kept = file_of(&backup.join("blobs"), &fasta);
    let inode = |path: &Path| fs::metadata(path).unwrap().ino();
    if inode(&stored) == inode(&kept) {
        // Only the backup is to be damaged.
        fs::remove_file(&kept).unwrap();
    }
    fs::write(&kept, "other").unwrap();
    let said = refused("restore", &backup, &data);
    assert!(said.contains("is damaged: its SHA-256 is"), "{said}");
    fs::remove_file(&kept).unwrap();
    let said = refused("restore", &backup, &data);
    assert!(
        said.contains(&format!("the content {fasta} is missing")),
        "{said}"
    );
    assert!(!data.exists());
}

#[test]
fn a_folder_without_data_is_not_backed_up() {
    let folders = TempDir::new().unwrap();
    let said = refused(
        "backup",
        &folders.path().join("b"),
        &folders.path().join("nowhere"),
    );
    assert!(said.contains("there is nothing to back up"), "{said}");
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let mut server = Server::start();
    server.stop();
    let database = server.data.path().join("service-datamonkey.sqlite");
    crate::database::execute(
        &database,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', true, x'00', 0)",
    );
    let done = datamonkey()
        .arg("serve")
        .env("DATAMONKEY_DATA", server.data.path())
        .env("SERVICE_DATAMONKEY_PORT", "0")
        .output()
        .unwrap();
    assert!(!done.status.success());
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        said.contains("a newer version of datamonkey wrote it: its schema is 9999"),
        "{said}"
    );
}
