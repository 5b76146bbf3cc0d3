//! Every analysis, from its start to its result: what the service serves is what the same engine
//! writes for the same command line.

use std::{
    fs,
    panic::{self, AssertUnwindSafe},
    sync::Mutex,
    thread,
};

use hyphy::{Analysis, methods, table::Program};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    compare::Case,
    simulate,
    support::{Server, is_under_way, small, until},
};

/// Runs the example of an analysis, by the service and by its bare command line.
fn run_example(analysis: &'static Analysis) {
    let example = &analysis.example;
    let content =
        |file: Option<hyphy::table::ExampleFile>| file.map(|file| file.content.to_owned());
    let batch = TempDir::new().unwrap();
    let mut command_line = example.command_line.to_owned();
    if let Program::Batch(name, text) = analysis.program {
        let path = batch.path().join(name);
        fs::write(&path, text).unwrap();
        command_line = command_line.replacen(name, path.to_str().unwrap(), 1);
    }
    Case {
        method: analysis.id,
        alignment: content(example.alignment),
        tree: content(example.tree),
        body: example.body(),
        engine_tree: None,
        arguments: command_line.leak(),
        random: example.random,
    }
    .same();
}

#[test]
fn every_example_gives_the_result_of_its_command_line() {
    let offered = Server::start().offered();
    let left = Mutex::new(
        methods::ALL
            .iter()
            .filter(|analysis| offered.contains(analysis.id)),
    );
    let failed = Mutex::new(Vec::new());
    let work = || {
        while let Some(analysis) = { left.lock().unwrap().next() } {
            // One failure does not hide the others.
            if panic::catch_unwind(AssertUnwindSafe(|| run_example(analysis))).is_err() {
                failed.lock().unwrap().push(analysis.id);
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed:?}: see above");
}

/// The parts of a version.
fn number(version: &Value) -> Vec<u16> {
    let parts = version.as_str().unwrap().split('.');
    parts.map(|part| part.parse().unwrap()).collect()
}

#[test]
fn an_analysis_that_is_newer_than_the_engine_is_refused_with_the_version_it_needs() {
    let server = Server::start();
    let health = server.get_json("/health");
    let version = &health["details"]["engine_version"];
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    for analysis in methods::ALL {
        let since = json!(analysis.since.to_string());
        if number(version) >= number(&since) {
            continue;
        }
        let refused = server.post(&format!("/methods/{}-start", analysis.id), &body);
        assert_eq!(refused.status().as_u16(), 422, "{}", analysis.id);
        let problem: Value = refused.json().unwrap();
        let said = problem["errors"][0]["message"].as_str().unwrap();
        let expected = format!(
            "HyPhy {} on this server does not support {}, which needs HyPhy {} or newer.",
            version.as_str().unwrap(),
            analysis.name,
            analysis.since
        );
        assert_eq!(said, expected);
    }
}

#[test]
fn the_engine_has_every_parameter_of_every_analysis() {
    let server = Server::start();
    let all = server.get_json("/methods");
    let health = server.get_json("/health");
    let version = number(&health["details"]["engine_version"]);
    for method in all["methods"].as_array().unwrap() {
        // An analysis that is newer than the engine is listed, but not offered.
        if version < number(&method["since"]) {
            assert!(method["status"].is_null(), "{method}");
            continue;
        }
        assert_eq!(method["status"], "available", "{method}");
        for parameter in method["parameters"].as_array().unwrap() {
            assert_eq!(
                parameter["available"], true,
                "{}: {parameter}",
                method["id"]
            );
        }
    }
}

#[test]
fn absrel_tests_the_chosen_branches() {
    let (fasta, newick) = small();
    let engine_tree = newick
        .replace("taaa", "taaa{FOREGROUND}")
        .replace("tbbb", "tbbb{FOREGROUND}");
    let case = Case {
        alignment: Some(fasta),
        tree: Some(newick),
        engine_tree: Some(engine_tree),
        ..Case::new(
            "absrel",
            json!({"branches": ["taaa", "tbbb"], "srv": false}),
            "absrel --branches FOREGROUND --srv No",
        )
    };
    let served = case.same();
    assert_eq!(served["test results"]["tested"], 2);
}

#[test]
fn slac_leaves_the_other_branches_in_the_background() {
    let example = &methods::find("slac").unwrap().example;
    let case = Case {
        alignment: example.alignment.map(|file| file.content.to_owned()),
        tree: example.tree.map(|file| file.content.to_owned()),
        random: example.random,
        ..Case::new(
            "slac",
            json!({"samples": 10, "branches": ["Internal"]}),
            "slac --samples 10 --branches Internal",
        )
    };
    let served = case.same();
    assert_eq!(served["tested"]["0"]["taaa"], "background");
}

#[test]
fn nrm_stores_its_fit_on_request() {
    let server = Server::start();
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick),
        "save_fit": true});
    let id = server.start_job("nrm", &body);
    server.completed(&id);
    let fit = server.get(&format!("/jobs/{id}/fit")).text().unwrap();
    assert!(fit.contains("LikelihoodFunction"), "{fit}");
    let enveloped = server.get_json(&format!("/methods/nrm-result?job_id={id}"));
    assert_eq!(enveloped["result"], enveloped["results"]);
    assert_eq!(enveloped["results"]["tested"], false);
    assert_eq!(server.get("/jobs/abc/fit").status().as_u16(), 404);
}

#[test]
fn gard_continues_where_it_was_interrupted() {
    let server = Server::start();
    let simulated = simulate::alignment(3, 7, &[0.3; 50]);
    let body = json!({"alignment": server.upload(simulated.fasta), "run_mode": "Faster",
        "max_breakpoints": 2});
    let id = server.start_job("gard", &body);
    server.wait_for(&id, "running");
    let partial = || {
        let files = server.files();
        files.iter().any(|file| {
            let inside = file.ends_with("run/result.json");
            inside && fs::read(file).is_ok_and(|text| text.len() > 500)
        })
    };
    until("a partial result", || {
        assert_ne!(server.job(&id)["state"], "completed", "it was too fast");
        partial()
    });
    server.kill_jobs();
    // Read while it runs: after a numerical error, which GARD meets now and then, the job would begin
    // again with nothing.
    let resumes = || {
        let log = server.get(&format!("/jobs/{id}/log")).text().unwrap();
        log.contains("Will resume search")
    };
    until("GARD resumes its search", || {
        // The log is complete when the job is over.
        let job = server.job(&id);
        let resumes = resumes();
        assert!(is_under_way(&job) || resumes, "{job}");
        resumes
    });
    let job = server.completed(&id);
    assert!(job["warnings"].to_string().contains("interrupted"), "{job}");
}

#[test]
fn the_partitions_that_gard_finds_are_analysed_by_one_request() {
    let server = Server::start();
    let gard = methods::find("gard").unwrap();
    let alignment = server.upload(gard.example.alignment.unwrap().content);
    let body = json!({"alignment": alignment, "run_mode": "Faster", "max_breakpoints": 1});
    let id = server.start_job("gard", &body);
    server.completed(&id);
    let nexus = server.get(&format!("/jobs/{id}/partitions"));
    let nexus = nexus.text().unwrap();
    let document = sequence::read(nexus.as_bytes(), &sequence::Limits::default());
    let summary = server.get_json(&format!("/jobs/{id}/summary"));
    // The result does not contain it.
    let version = summary["engine_version"].as_str().unwrap();
    assert!(version.starts_with("2.5."), "{version}");
    let segments = summary["table"]["rows"].as_array().unwrap().len();
    assert!(segments > 1, "GARD finds the breakpoint in the middle");
    assert_eq!(document.partitions.len(), segments);
    assert_eq!(document.trees.len(), segments);
    let fubar = server.start_job("fubar", &json!({"partitions_of": id, "grid_points": 5}));
    let job = server.completed(&fubar);
    assert_ne!(job["alignment_id"], body["alignment"]);
    let result = server.get_json(&format!("/jobs/{fubar}/result"));
    assert_eq!(result["input"]["partition count"], segments);
    let refused = server.post("/methods/fubar-start", &json!({"partitions_of": fubar}));
    assert_eq!(refused.status().as_u16(), 422);
    let refused = server.post("/methods/absrel-start", &json!({"partitions_of": id}));
    assert_eq!(refused.status().as_u16(), 422);
    let unknown = server.post("/methods/fubar-start", &json!({"partitions_of": "abc"}));
    assert_eq!(unknown.status().as_u16(), 404);
}
