//! `datamonkey run` from a user's point of view.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    simulate,
    support::{Server, datamonkey},
};

fn files() -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut omega = [0.05; 14];
    omega[4] = 7.0;
    let simulated = simulate::alignment(4, 1, &omega);
    fs::write(folder.path().join("a.fasta"), simulated.fasta).unwrap();
    fs::write(folder.path().join("t.nwk"), simulated.newick).unwrap();
    folder
}

fn run(folder: &TempDir, more: &[&str]) -> std::process::Output {
    let path = |name: &str| folder.path().join(name);
    let mut command = datamonkey();
    command
        .args(["run", "fel", "--alignment"])
        .arg(path("a.fasta"))
        .arg("--tree")
        .arg(path("t.nwk"));
    command
        .arg("-o")
        .arg(path("out.json"))
        .args(more)
        .output()
        .unwrap()
}

#[test]
fn a_service_without_tls_needs_no_certificates() {
    let server = Server::start();
    let folder = files();
    let done = datamonkey()
        .args(["run", "slac", "--engine", "native", "--server", &server.url])
        .arg("--alignment")
        .arg(folder.path().join("a.fasta"))
        .arg("--tree")
        .arg(folder.path().join("t.nwk"))
        .arg("-o")
        .arg(folder.path().join("out.json"))
        // A system without certificates.
        .env("SSL_CERT_FILE", "/nowhere/certificates.pem")
        .env("SSL_CERT_DIR", "/nowhere")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert!(folder.path().join("out.json").exists());
}

fn check(folder: &TempDir, done: &std::process::Output) {
    let out = String::from_utf8_lossy(&done.stdout);
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{out}{err}");
    assert!(
        out.starts_with("FEL found positive (diversifying) selection at 1 of "),
        "{out}"
    );
    let row = out
        .lines()
        .find(|line| line.contains("diversifying") && line.contains('│'))
        .unwrap();
    let codon = row
        .split(['│', '┆'])
        .map(str::trim)
        .find(|cell| !cell.is_empty());
    assert_eq!(codon, Some("5"), "{out}");
    assert!(err.contains("Testing sites"), "progress is shown: {err}");
    let result = fs::read(folder.path().join("out.json")).unwrap();
    let result: Value = hyphy::json::read(&result[..]).unwrap();
    assert_eq!(result["MLE"]["content"]["0"].as_array().unwrap().len(), 14);
}

#[test]
fn run_without_a_server_leaves_only_the_result() {
    let folder = files();
    let tmp = TempDir::new().unwrap();
    let done = {
        let path = |name: &str| folder.path().join(name);
        let mut command = datamonkey();
        command
            .env("TMPDIR", tmp.path())
            .args(["run", "fel", "--alignment"])
            .arg(path("a.fasta"));
        command
            .arg("--tree")
            .arg(path("t.nwk"))
            .arg("-o")
            .arg(path("out.json"))
            .output()
            .unwrap()
    };
    check(&folder, &done);
    assert_eq!(fs::read_dir(tmp.path()).unwrap().count(), 0);
}

#[test]
fn run_against_a_server_finds_the_existing_job() {
    let server = Server::start();
    let folder = files();
    check(&folder, &run(&folder, &["--server", &server.url]));
    let again = run(&folder, &["--server", &server.url]);
    assert!(again.status.success());
    assert_eq!(
        server.get_json("/jobs")["jobs"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn errors_of_the_command_line_are_reported() {
    let server = Server::start();
    let folder = files();
    let done = run(&folder, &["--server", &server.url, "--resample", "many"]);
    assert!(!done.status.success());
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(
        err.contains("resample: resample is \"many\"; it must be a whole number"),
        "{err}"
    );
    let done = run(&folder, &["--server", "http://127.0.0.1:1"]);
    assert!(!done.status.success());
    let done = datamonkey()
        .args(["run", "fell", "--alignment", "x"])
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(
        err.contains("unrecognized subcommand 'fell'") && err.contains("fel"),
        "{err}"
    );
}

#[test]
fn every_analysis_has_flags_for_its_parameters() {
    for analysis in hyphy::methods::ALL {
        let done = datamonkey()
            .args(["run", analysis.id, "--help"])
            .output()
            .unwrap();
        let help = String::from_utf8_lossy(&done.stdout);
        assert!(
            done.status.success() && help.contains(analysis.citation.doi),
            "{help}"
        );
        for parameter in analysis.parameters {
            let flag = format!("--{}", parameter.name.replace('_', "-"));
            assert!(help.contains(&flag), "{} of {}", flag, analysis.id);
        }
    }
    // A parameter that has the name of an option of the command line.
    let done = datamonkey()
        .args([
            "run",
            "error-filter",
            "--alignment",
            "x",
            "--threshold",
            "y",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!said.contains("invalid value"), "{said}");
    let done = datamonkey()
        .args([
            "run",
            "fel",
            "--alignment",
            "x",
            "--multiple-hits",
            "Quadruple",
        ])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&done.stderr).contains("Double+Triple"));
}
