//! What `datamonkey doctor` says is wrong.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use tempfile::TempDir;

use crate::support::{EMPTY_RESULT, Server, datamonkey, script};

/// Runs it, and returns whether it found nothing wrong, and what it printed.
fn doctor(data: &Path, settings: &[(&str, &str)]) -> (bool, String) {
    let done = datamonkey()
        .arg("doctor")
        .env("DATAMONKEY_DATA", data)
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    (done.status.success(), said)
}

/// Returns the line about something.
fn line<'a>(said: &'a str, state: &str, name: &str) -> &'a str {
    let start = format!("{state:<8} {name:<14} ");
    let mut lines = said.lines().filter_map(|line| line.strip_prefix(&start));
    lines
        .next()
        .unwrap_or_else(|| panic!("no {start}in\n{said}"))
}

#[test]
fn nothing_is_wrong_with_a_service_that_runs() {
    let engine = script(EMPTY_RESULT);
    let path = engine.path().join("hyphy");
    let path = path.to_str().unwrap();
    let server = Server::with(&[("HYPHY_PATH", path)]);
    let (is_well, said) = doctor(server.data.path(), &[("HYPHY_PATH", path)]);
    assert!(is_well, "{said}");
    assert!(line(&said, "good", "database").ends_with("is sound."));
    assert!(line(&said, "good", "engine").contains(path));
    assert!(said.ends_with("Nothing is wrong.\n"), "{said}");
}

#[test]
fn each_thing_that_is_wrong_is_named_with_its_remedy() {
    let mut server = Server::start();
    server.stop();
    let data = server.data.path();
    let database = data.join("service-datamonkey.sqlite");
    let mut bytes = fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xAA);
    fs::write(&database, bytes).unwrap();
    fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(data.join("service-datamonkey.key"), "short").unwrap();
    let settings = [
        ("HYPHY_PATH", "/nowhere/hyphy"),
        ("MIN_FREE_BYTES", "9000000000000000000"),
        ("DATASET_LOCATON", "/elsewhere"),
        ("TRUST_PROXY", "true"),
        ("SERVICE_DATAMONKEY_HOST", "0.0.0.0"),
    ];
    let (is_well, said) = doctor(data, &settings);
    assert!(!is_well);
    let misspelt = line(&said, "warning", "settings");
    assert!(misspelt.contains("DATASET_LOCATION is one"), "{misspelt}");
    assert!(
        line(&said, "wrong", "engine").contains("HYPHY_PATH"),
        "{said}"
    );
    assert!(line(&said, "wrong", "space").contains("MIN_FREE_BYTES"));
    assert!(line(&said, "wrong", "key").contains("must have at least 32"));
    assert!(line(&said, "warning", "database").contains("chmod 600"));
    assert!(
        line(&said, "wrong", "database").contains("sqlite"),
        "{said}"
    );
    assert!(line(&said, "warning", "proxy").contains("TRUST_PROXY"));
    assert!(said.ends_with("4 things are wrong.\n"), "{said}");
}

#[test]
fn data_that_everybody_behind_a_proxy_shares_is_a_warning() {
    let data = TempDir::new().unwrap();
    let (_, said) = doctor(data.path(), &[("TRUST_PROXY", "true")]);
    assert!(line(&said, "warning", "proxy").contains("USER_TOKEN_ENABLED=true"));
    let with_tokens = [("TRUST_PROXY", "true"), ("USER_TOKEN_ENABLED", "true")];
    let (_, said) = doctor(data.path(), &with_tokens);
    line(&said, "good", "proxy");
}

#[test]
fn invalid_settings_are_listed() {
    let data = TempDir::new().unwrap();
    let settings = [("LOCAL_MAX_JOBS", "0"), ("SCHEDULER_TYPE", "Cron")];
    let (is_well, said) = doctor(data.path(), &settings);
    assert!(!is_well);
    assert!(said.contains("LOCAL_MAX_JOBS must be at least 1"), "{said}");
    assert!(said.contains("SCHEDULER_TYPE is \"Cron\""), "{said}");
    assert!(said.ends_with("2 things are wrong.\n"), "{said}");
}
