//! FEL returns HyPhy's result, analyses the first codon, and finds the simulated selection.

use std::{fs, process::Command};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    compare::without_root,
    simulate,
    support::{Server, repository, small},
};

/// The command line of the service's engine.
pub fn engine_command() -> Vec<std::ffi::OsString> {
    let path = std::env::var_os("HYPHY_PATH").map(std::path::PathBuf::from);
    let folders = [repository().join("engine")];
    let candidates = hyphy::engine::candidates(path.as_deref(), &folders);
    let works = |command: &Vec<std::ffi::OsString>| {
        Command::new(&command[0])
            .args(&command[1..])
            .arg("--version")
            .output()
            .unwrap()
            .status
            .success()
    };
    candidates
        .iter()
        .map(hyphy::engine::Candidate::command)
        .find(works)
        .expect("an engine")
}

fn without_timers(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).unwrap();
    assert!(value.as_object_mut().unwrap().remove("timers").is_some());
    value
}

#[test]
fn the_result_equals_that_of_the_same_command_line() {
    let server = Server::with(&[("LOCAL_MAX_THREADS", "1")]);
    let (fasta, newick) = small();
    let body = json!({
        "alignment": server.upload(fasta.clone()), "tree": server.upload(newick.clone()),
        "ci": true, "srv": "No", "branches": "Leaves",
    });
    let id = server.start_job("fel", &body);
    let bare = TempDir::new().unwrap();
    fs::write(bare.path().join("alignment.fasta"), fasta).unwrap();
    fs::write(bare.path().join("tree.nwk"), without_root(&newick)).unwrap();
    let command = engine_command();
    let done = Command::new(&command[0])
        .args(&command[1..])
        .args([
            "CPU=1",
            "fel",
            "--alignment",
            "/proc/self/cwd/alignment.fasta",
        ])
        .args([
            "--tree",
            "/proc/self/cwd/tree.nwk",
            "--output",
            "/proc/self/cwd/result.json",
        ])
        .args([
            "--ci",
            "Yes",
            "--srv",
            "No",
            "--branches",
            "Leaves",
            "--limit-to-sites",
            "[0-9]",
        ])
        .current_dir(bare.path())
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stdout)
    );
    let expected = fs::read_to_string(bare.path().join("result.json")).unwrap();
    server.completed(&id);
    let file = server.result(&id);
    assert_eq!(without_timers(&file), without_timers(&expected));

    let headers: Value = serde_json::from_str(&file).unwrap();
    assert_eq!(
        headers["MLE"]["headers"][6][0], "dN/dS LB",
        "ci=true adds its columns"
    );
    let enveloped = server
        .get(&format!("/methods/fel-result?job_id={id}"))
        .text()
        .unwrap();
    let (start, rest) = enveloped.split_once(r#""result":"#).unwrap();
    assert_eq!(
        start,
        format!(r#"{{"job_id":"{id}","jobId":"{id}","status":"completed","#)
    );
    assert_eq!(rest.strip_suffix('}').unwrap(), file, "byte for byte");
}

#[test]
fn the_simulated_sites_are_found_including_the_first_codon() {
    let (weak, strong) = (0.05, 5.0);
    let mut omega = [weak; 24];
    // The first codon varies most. Engines that skip it report zeros.
    for codon in [1, 9, 17] {
        omega[codon - 1] = strong;
    }
    let simulated = simulate::alignment(5, 11, &omega);
    let server = Server::start();
    let body = json!({
        "alignment": server.upload(simulated.fasta), "tree": server.upload(simulated.newick),
    });
    let id = server.start_job("fel", &body);
    server.completed(&id);
    let summary = server.get_json(&format!("/jobs/{id}/summary"));
    let rows = summary["table"]["rows"].as_array().unwrap();
    let in_class = |class: &str| {
        let is = |row: &&Value| row.as_array().unwrap().last().unwrap() == class;
        let sites = rows.iter().filter(is).map(|row| row[0].as_u64().unwrap());
        sites.collect::<Vec<u64>>()
    };
    assert_eq!(in_class("diversifying"), [1, 9, 17], "{summary}");
    let negative = in_class("purifying").len();
    assert!(
        negative >= 15,
        "of 21 conserved sites {negative} were found"
    );
    assert_eq!(summary["table"]["columns"][2]["name"], "beta");
    let first = rows[0][2].as_f64().unwrap();
    assert!(first > 1.0, "the first codon: {first}");
}

#[test]
fn hyphys_own_example_runs_with_its_embedded_tree() {
    let engine = engine_command();
    let library = engine
        .iter()
        .filter_map(|a| a.to_str()?.strip_prefix("LIBPATH="))
        .next()
        .unwrap();
    let example = fs::read(format!("{library}/data/integrase_BDA.nex")).unwrap();
    let server = Server::start();
    let alignment = server.upload(example);
    let report = server.get_json(&format!("/datasets/{alignment}/report"));
    assert_eq!(report["sequences"], 11);
    assert_eq!(report["codons"], 288);
    assert_eq!(report["tree"]["leaves"], 11);
    let body = json!({"alignment": alignment, "branches": ["B_BO_99_BOL0122", "B_AR_99_ARMA132"],
        "samples": 0});
    let id = server.start_job("slac", &body);
    server.completed(&id);
    let result: Value = serde_json::from_str(&server.result(&id)).unwrap();
    let tested: Vec<_> = result["tested"]["0"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, how)| *how == "test")
        .map(|(branch, _)| branch.as_str())
        .collect();
    assert_eq!(tested.len(), 2, "{tested:?}");
    assert!(tested.contains(&"B_BO_99_BOL0122") && tested.contains(&"B_AR_99_ARMA132"));
    assert_eq!(result["input"]["number of sites"], 288);
}
