//! The committed OpenAPI document and table of settings match the code.

use std::fs;

use serde_json::Value;

use crate::support::{Server, datamonkey, repository};

#[test]
fn the_committed_document_matches_the_code() {
    let made = datamonkey().arg("openapi").output().unwrap().stdout;
    let committed = fs::read(repository().join("openapi.json")).unwrap();
    assert!(
        made == committed,
        "openapi.json does not match the code: run `make update` and commit it"
    );
}

#[test]
fn the_reference_page_works_without_a_network() {
    let server = Server::start();
    let served: Value = server
        .http
        .get(format!("{}/openapi.json", server.url))
        .send()
        .unwrap()
        .json()
        .unwrap();
    let committed = fs::read_to_string(repository().join("openapi.json")).unwrap();
    assert_eq!(served, serde_json::from_str::<Value>(&committed).unwrap());
    let page = server
        .http
        .get(format!("{}/docs/", server.url))
        .send()
        .unwrap()
        .text()
        .unwrap();
    assert!(page.contains("swagger-ui"), "{page}");
    assert!(!page.contains("https://"), "{page}");
    for path in page
        .split('"')
        .filter(|path| path.ends_with(".js") || path.ends_with(".css"))
    {
        let url = format!("{}/docs/{}", server.url, path.trim_start_matches("./"));
        assert_eq!(server.http.get(url).send().unwrap().status(), 200, "{path}");
    }
}

#[test]
fn the_committed_table_of_settings_matches_the_program() {
    let printed = datamonkey()
        .args(["config", "--markdown"])
        .output()
        .unwrap();
    let committed = fs::read(repository().join("docs/SETTINGS.md")).unwrap();
    assert!(
        printed.stdout == committed,
        "docs/SETTINGS.md does not match the program: run `make update` and commit it"
    );
}

#[test]
fn config_shows_all_values_except_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let shown = datamonkey()
        .arg("config")
        .current_dir(folder.path())
        .env("SERVICE_DATAMONKEY_PORT", "9999")
        .env("SMTP_URL", "smtps://user:secret@mail.example.org")
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("in force: 9999 (environment)"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
}
