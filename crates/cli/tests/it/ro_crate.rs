//! Jobs as research objects.

use std::{collections::BTreeMap, io::Read, path::Path};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Server, datamonkey, sha256, small};

/// The files of a ZIP archive.
fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let archive = rawzip::ZipArchive::from_slice(archive).unwrap();
    let mut files = BTreeMap::new();
    let mut directory = archive.entries();
    while let Some(record) = directory.next_entry().unwrap() {
        let name = String::from_utf8(record.file_path().as_ref().to_vec()).unwrap();
        let entry = archive.get_entry(record.wayfinder()).unwrap();
        let decoder = flate2::read::DeflateDecoder::new(entry.data());
        let mut content = Vec::new();
        entry
            .verifying_reader(decoder)
            .read_to_end(&mut content)
            .unwrap();
        files.insert(name, content);
    }
    files
}

fn crate_of(server: &Server, job: &str) -> BTreeMap<String, Vec<u8>> {
    let response = server.get(&format!("/jobs/{job}/ro-crate"));
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/zip");
    unpacked(&response.bytes().unwrap())
}

fn entity<'a>(metadata: &'a Value, id: &str) -> &'a Value {
    let mut graph = metadata["@graph"].as_array().unwrap().iter();
    let found = graph.find(|entity| entity["@id"] == id);
    found.unwrap_or_else(|| panic!("{id} is not described"))
}

#[test]
fn a_research_object_holds_what_its_result_came_from() {
    let server = Server::start();
    let (fasta, newick) = small();
    let alignment = server.upload(&fasta);
    let tree = server.upload(&newick);
    let body = json!({"alignment": alignment, "tree": tree, "engine": "native", "pvalue": 0.2});
    let job = server.start_job("fel", &body);
    server.completed(&job);
    let files = crate_of(&server, &job);

    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    let parsed = |name: &str| -> Value { serde_json::from_str(&text(name)).unwrap() };
    let named = |folder: &str| files.keys().find(|name| name.starts_with(folder)).unwrap();
    assert_eq!(text(named("uploads/alignment/")), fasta);
    assert_eq!(text(named("uploads/tree/")), newick);
    assert_eq!(text("result.json"), server.result(&job));
    assert_eq!(parsed("parameters.json"), server.job(&job)["parameters"]);
    let summary = server.get_json(&format!("/jobs/{job}/summary"));
    assert_eq!(parsed("summary.json"), summary);
    let rows = summary["table"]["rows"].as_array().unwrap().len();
    assert_eq!(text("table.csv").lines().count(), 1 + rows);
    let log = server.get(&format!("/jobs/{job}/log")).text().unwrap();
    assert_eq!(text("log.txt"), log);
    let statement = summary["statement"].as_str().unwrap();
    assert!(text("README.md").contains(statement));

    // Every file is described, with its size and hash.
    let metadata = parsed("ro-crate-metadata.json");
    let parts = entity(&metadata, "./")["hasPart"].as_array().unwrap();
    assert_eq!(parts.len(), files.len() - 1);
    for part in parts {
        let name = part["@id"].as_str().unwrap();
        let described = entity(&metadata, name);
        assert_eq!(described["contentSize"], files[name].len().to_string());
        assert_eq!(described["sha256"], sha256(&files[name]), "{name}");
    }
    assert_eq!(entity(&metadata, "#parameter-pvalue")["value"], 0.2);

    // The command makes the same estimates from the files in the archive.
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in &files {
        if let Some(name) = name.strip_prefix("engine/") {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
    }
    let command = text("command.txt");
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("datamonkey"));
    let ran = datamonkey()
        .args(words.map(|word| word.trim_matches('\'')))
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{command}{ran:?}");
    let result =
        |path: &Path| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let again = result(&folder.path().join("result.json"));
    assert_eq!(again["MLE"], parsed("result.json")["MLE"]);
}

#[test]
fn a_job_without_a_result_is_no_research_object() {
    let server = Server::start();
    let job = crate::support::long_job(&server, 1);
    let response = server.get(&format!("/jobs/{job}/ro-crate"));
    assert_eq!(response.status(), StatusCode::CONFLICT);
    let unknown = format!("/jobs/{}/ro-crate", "0".repeat(64));
    assert_eq!(server.get(&unknown).status(), StatusCode::NOT_FOUND);
}

#[test]
fn the_command_line_writes_research_objects() {
    let folder = tempfile::tempdir().unwrap();
    let alignment = folder.path().join("gene.fasta");
    std::fs::write(&alignment, small().0).unwrap();
    let archive = folder.path().join("gene.crate.zip");
    let mut command = datamonkey();
    command.args(["run", "slac", "--engine", "native", "--alignment"]);
    command.arg(&alignment).arg("--ro-crate").arg(&archive);
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let files = unpacked(&std::fs::read(&archive).unwrap());
    assert_eq!(files["uploads/alignment/gene.fasta"], small().0.as_bytes());
}
