//! The native engine, from the start of a job and from the command line, with and without HyPhy.

use std::{
    fs,
    process::{Command, Output},
};

use hyphy::{arguments, methods, native::NativeAnalysis, progress::Reader, request};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    PROGRAM, Server, datamonkey, is_under_way, long_data, long_job, script, sha256, small, until,
};

/// A place where there is no HyPhy.
const NOWHERE: (&str, &str) = ("HYPHY_PATH", "/nowhere/hyphy");

/// A request for FEL by the native engine.
fn request(server: &Server) -> Value {
    let (fasta, newick) = small();
    json!({
        "alignment": server.upload(fasta), "tree": server.upload(newick), "engine": "native",
    })
}

fn method(server: &Server, id: &str) -> Value {
    let all = server.get_json("/methods");
    let mut methods = all["methods"].as_array().unwrap().iter();
    methods.find(|one| one["id"] == id).unwrap().clone()
}

#[test]
fn a_job_runs_from_its_start_to_its_summary() {
    let server = Server::with(&[NOWHERE]);
    let mut body = request(&server);
    body["ci"] = json!(true);
    let id = server.start_job("fel", &body);
    let job = server.completed(&id);
    assert_eq!(job["engine"], "native");
    assert_eq!(job["progress"]["stage"], "Testing sites", "{job}");
    assert_eq!(server.get_json("/jobs")["jobs"][0]["engine"], "native");
    let result: Value = serde_json::from_str(&server.result(&id)).unwrap();
    assert_eq!(result["analysis"]["engine"], "native");
    let file = &result["input"]["file name"];
    assert_eq!(
        file, "/proc/self/cwd/alignment.fasta",
        "{}",
        result["input"]
    );
    let summary = server.get_json(&format!("/jobs/{id}/summary"));
    let brief = server.get_json(&format!("/jobs/{id}/summary?rows=false"));
    assert_eq!(brief["statement"], summary["statement"]);
    assert_eq!(brief["finding"], summary["finding"]);
    assert_eq!(brief["table"], json!({"columns": [], "rows": []}));
    assert_eq!(summary["engine"], "native");
    assert_eq!(summary["engine_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(summary["hyphy_version"], Value::Null);
    assert_eq!(summary["table"]["rows"].as_array().unwrap().len(), 12);
    let columns = summary["table"]["columns"].as_array().unwrap();
    let lower = columns.iter().find(|column| column["name"] == "dN/dS LB");
    let said = lower.unwrap()["description"].as_str().unwrap();
    assert!(said.contains("95% profile likelihood interval"), "{said}");
    assert_eq!(server.processes(), [0; 0]);
}

#[test]
fn the_total_length_is_shown_if_only_some_branches_are_tested() {
    let server = Server::with(&[NOWHERE]);
    let mut body = request(&server);
    body["branches"] = json!(["Leaves"]);
    let id = server.start_job("fel", &body);
    server.completed(&id);
    let summary = server.get_json(&format!("/jobs/{id}/summary"));
    let columns = summary["table"]["columns"].as_array().unwrap();
    let shown = columns.iter().any(|c| c["name"] == "Total branch length");
    assert!(shown, "{columns:?}");
}

/// As after a run by HyPhy: the sentence says why they are not tested.
#[test]
fn branches_without_length_are_named() {
    let server = Server::with(&[NOWHERE]);
    let fasta = ">A\nATGAAATGGCCG\n>B\nATGAAATGGCCG\n>C\nATGAAGTGGCCA\n>D\nATGCAATGGCCA\n>E\nATGAAATGGCCG\n";
    let body = json!({
        "alignment": server.upload(fasta),
        "tree": server.upload("((A:0.1,B:0.1)AB:0.1,(C:0.1,D:0.1)CD:0.1,E:0.1);"),
        "engine": "native",
    });
    let job = server.completed(&server.start_job("fel", &body));
    let warnings = job["warnings"].to_string();
    assert!(
        warnings.contains("The native engine did not test these branches: AB. Internal"),
        "{warnings}"
    );
}

#[test]
fn each_partition_is_analysed_on_its_own_tree() {
    let server = Server::with(&[NOWHERE]);
    let (fasta, newick) = small();
    let rows: Vec<String> = fasta
        .split('>')
        .skip(1)
        .map(|row| row.replacen('\n', " ", 1).replace('\n', ""))
        .collect();
    let nexus = format!(
        "#NEXUS\nBEGIN DATA;\nDIMENSIONS NTAX={} NCHAR=36;\nFORMAT DATATYPE=DNA GAP=-;\nMATRIX\n{}\n;\nEND;\n\
         BEGIN SETS;\nCHARSET a = 1-15;\nCHARSET b = 16-36;\nEND;\n\
         BEGIN TREES;\nTREE a = {newick}\nTREE b = {newick}\nEND;\n",
        rows.len(),
        rows.join("\n")
    );
    let body = json!({
        "alignment": server.upload(nexus), "engine": "native", "branches": ["taaa", "tbbb"],
    });
    let id = server.start_job("fel", &body);
    let job = server.completed(&id);
    assert_eq!(job["warnings"], Value::Null, "{job}");
    let result = server.get_json(&format!("/jobs/{id}/result"));
    assert_eq!(result["input"]["partition count"], 2);
    for partition in ["0", "1"] {
        let words = result["tested"][partition].as_object().unwrap();
        let tested = words.iter().filter(|(_, word)| *word == "test");
        let tested: Vec<&String> = tested.map(|(branch, _)| branch).collect();
        assert_eq!(tested, ["taaa", "tbbb"]);
    }
    let summary = server.get_json(&format!("/jobs/{id}/summary"));
    let rows = summary["table"]["rows"].as_array().unwrap();
    let sites: Vec<u64> = rows.iter().map(|row| row[0].as_u64().unwrap()).collect();
    assert_eq!(sites, (1..=12).collect::<Vec<u64>>());
}

#[test]
fn a_short_job_does_not_wait_for_those_of_hyphy() {
    let server = Server::with(&[("LOCAL_MAX_JOBS", "1"), ("ESTIMATE_MAX_SECS", "60")]);
    let running = long_job(&server, 1);
    let waiting = long_job(&server, 2);
    let (fasta, newick) = small();
    let data = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let native = |method| {
        let mut body = data.clone();
        body["engine"] = json!("native");
        server.start_job(method, &body)
    };
    let jobs = ["fel", "slac", "fubar"].map(native);
    for job in &jobs {
        server.completed(job);
    }
    let state = |job: &str| server.get_json(&format!("/jobs/{job}"))["state"].clone();
    assert!(is_under_way(&json!({"state": state(&running)})));
    assert_eq!(state(&waiting), "queued");
}

#[test]
fn the_engine_is_part_of_a_jobs_identity() {
    let folder = script("exit 3");
    let path = folder.path().join("hyphy");
    let server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let mut body = request(&server);
    let native = server.start_job("fel", &body);
    body["engine"] = json!("HyPhy");
    let named = server.start_job("fel", &body);
    body.as_object_mut().unwrap().remove("engine");
    let plain = server.start_job("fel", &body);
    assert_eq!(named, plain);
    assert_ne!(native, plain);
    let job = server.job(&plain);
    assert_eq!(job["engine"], "hyphy");
    // The ids of requests without an engine are those of earlier versions.
    assert_eq!(plain, sha256(format!("fel\n{}", job["parameters"])));
}

#[test]
fn what_the_engine_lacks_is_refused_by_name() {
    let server = Server::with(&[NOWHERE]);
    let refused = |method: &str, field: &str, value: Value| {
        let mut body = request(&server);
        body[field] = value;
        let answer = server.post(&format!("/methods/{method}-start"), &body);
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let problem: Value = answer.json().unwrap();
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        problem["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        refused("fel", "engine", json!("fast")),
        "engine is \"fast\"; it must be one of hyphy, native"
    );
    assert_eq!(
        refused("busted", "engine", json!("native")),
        "engine is \"native\"; it must be hyphy, the only engine of BUSTED"
    );
    let said = refused("meme", "multiple_hits", json!("Double"));
    assert!(
        said.contains("the native engine of MEME has only None"),
        "{said}"
    );
    assert_eq!(server.get_json("/jobs")["jobs"], json!([]));
}

#[test]
fn a_service_without_hyphy_says_what_it_can_do() {
    let server = Server::with(&[NOWHERE]);
    let answer = server.get("/health");
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let details = answer.json::<Value>().unwrap()["details"].clone();
    assert_eq!(details["engine"], "unhealthy");
    assert_eq!(details["native_engine"], "healthy");
    let said = details["native_engine_detail"].as_str().unwrap();
    assert!(said.contains("FEL, MEME, FUBAR, SLAC"), "{said}");

    let fel = method(&server, "fel");
    assert_eq!(fel["status"], "available");
    let engines = fel["engines"].as_array().unwrap();
    let states: Vec<_> = engines.iter().map(|e| (&e["id"], &e["status"])).collect();
    let expected = [("hyphy", "unavailable"), ("native", "available")];
    let expected = expected.map(|(id, status)| (json!(id), json!(status)));
    assert_eq!(states, expected.each_ref().map(|(id, status)| (id, status)));
    assert_eq!(engines[1]["lacks"], json!([]));
    let meme = method(&server, "meme");
    assert_eq!(
        meme["engines"][1]["lacks"],
        json!(["multiple_hits", "site_multihit"])
    );
    let busted = method(&server, "busted");
    assert!(busted["status"].is_null());
    assert_eq!(busted["engines"].as_array().unwrap().len(), 1);

    let mut body = request(&server);
    body.as_object_mut().unwrap().remove("engine");
    let refused = server.post("/methods/fel-start", &body);
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let problem: Value = refused.json().unwrap();
    let said = problem["detail"].as_str().unwrap();
    assert!(
        said.contains("/nowhere/hyphy") && said.contains("--engine native"),
        "{said}"
    );
}

#[test]
fn only_the_jobs_of_a_missing_engine_wait() {
    let folder = script("echo begun; sleep 3600");
    let path = folder.path().join("hyphy");
    let settings = [
        ("HYPHY_PATH", path.to_str().unwrap()),
        ("LOCAL_MAX_JOBS", "1"),
    ];
    let server = Server::with(&settings);
    let mut body = request(&server);
    body.as_object_mut().unwrap().remove("engine");
    let running = server.start_job("fel", &body);
    server.has_said(&running, "begun");
    body["pvalue"] = json!(0.2);
    let waiting = server.start_job("fel", &body);
    drop(folder);
    until("the engine is known to be missing", || {
        let health: Value = server.get("/health").json().unwrap();
        health["details"]["engine"] == "unhealthy"
    });
    body["engine"] = json!("native");
    let native = server.start_job("fel", &body);
    assert_eq!(
        server.delete(&format!("/jobs/{running}")),
        StatusCode::NO_CONTENT
    );
    server.completed(&native);
    assert_eq!(server.job(&waiting)["state"], "queued");
}

#[test]
fn a_cancelled_job_leaves_no_process() {
    let server = Server::with(&[NOWHERE]);
    let (alignment, tree) = long_data(&server);
    let body = json!({
        "alignment": alignment, "tree": tree, "engine": "native", "resample": 1000,
    });
    let id = server.start_job("fel", &body);
    until("the engine has begun", || {
        let job = server.job(&id);
        assert!(is_under_way(&job), "{job}");
        job["progress"]["stage_number"].as_u64() > Some(0)
    });
    assert_eq!(
        server.delete(&format!("/jobs/{id}")),
        StatusCode::NO_CONTENT
    );
    until("its processes have ended", || server.processes().is_empty());
    assert_eq!(
        server.get(&format!("/jobs/{id}")).status(),
        StatusCode::NOT_FOUND
    );
}

fn run(more: &[&str]) -> (Output, TempDir) {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (fasta, newick) = small();
    fs::write(path("a.fasta"), fasta).unwrap();
    fs::write(path("t.nwk"), newick).unwrap();
    let mut command = datamonkey();
    command
        .env(NOWHERE.0, NOWHERE.1)
        .args(["run", "fel", "--alignment"])
        .arg(path("a.fasta"))
        .arg("--tree")
        .arg(path("t.nwk"))
        .arg("-o")
        .arg(path("out.json"))
        .args(more);
    (command.output().unwrap(), folder)
}

#[test]
fn run_needs_no_hyphy() {
    let (done, folder) = run(&["--engine", "native"]);
    let out = String::from_utf8_lossy(&done.stdout);
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{out}{err}");
    assert!(
        out.starts_with("FEL found ") && out.contains("The native engine's result:"),
        "{out}"
    );
    let result = fs::read(folder.path().join("out.json")).unwrap();
    let result: Value = serde_json::from_slice(&result).unwrap();
    assert_eq!(result["MLE"]["content"]["0"].as_array().unwrap().len(), 12);
}

#[test]
fn several_nucleotides_may_change_at_once() {
    let server = Server::with(&[NOWHERE]);
    let mut body = request(&server);
    body["multiple_hits"] = json!("Double+Triple");
    let id = server.start_job("fel", &body);
    server.completed(&id);
    let result: Value = serde_json::from_str(&server.result(&id)).unwrap();
    let settings = &result["analysis"]["settings"];
    assert_eq!(settings["multihit"], "Double+Triple");
    assert_eq!(settings["site-multihit"], "Estimate");
    let summary = server.get_json(&format!("/jobs/{id}/summary"));
    let columns = summary["table"]["columns"].as_array().unwrap();
    for name in ["2H rate", "3H rate"] {
        assert!(columns.iter().any(|column| column["name"] == name));
    }

    let (done, folder) = run(&[
        "--engine",
        "native",
        "--multiple-hits",
        "Double",
        "--site-multihit",
        "Global",
    ]);
    assert!(done.status.success(), "{done:?}");
    let result = fs::read(folder.path().join("out.json")).unwrap();
    let result: Value = serde_json::from_slice(&result).unwrap();
    let rate = "rate at which 2 nucleotides are changed instantly within a single codon";
    let rate = &result["fits"]["Global MG94xREV"]["Rate Distributions"][rate][0][0];
    let rows = result["MLE"]["content"]["0"].as_array().unwrap();
    let mut variable = rows.iter().filter(|row| row[4] != 1);
    assert!(variable.all(|row| row[6] == *rate), "{rate} {rows:?}");
}

#[test]
fn the_example_has_a_saturated_site_and_an_invariable_one() {
    let server = Server::with(&[NOWHERE]);
    let example = &methods::find("fel").unwrap().example;
    let mut body = json!({"engine": "native"});
    for (field, file) in [("alignment", example.alignment), ("tree", example.tree)] {
        body[field] = json!(server.upload(file.unwrap().content));
    }
    let id = server.start_job("fel", &body);
    server.completed(&id);
    let result: Value = serde_json::from_str(&server.result(&id)).unwrap();
    // HyPhy's likelihood ratio; at another maximum, with a synonymous rate of 4.6, it is 7.24.
    let ratio = result["MLE"]["content"]["0"][8][3].as_f64().unwrap();
    assert!(ratio > 7.77, "{ratio}");

    // Where both rates are equal, there is no direction, whatever the threshold.
    let all = server.get_json(&format!("/jobs/{id}/summary?threshold=1"));
    let rows = all["table"]["rows"].as_array().unwrap();
    let (equal, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row[1] == row[2]);
    let class = |row: &Value| row.as_array().unwrap().last().unwrap().is_string();
    assert!(!equal.is_empty() && !equal.iter().any(|row| class(row)));
    assert!(others.iter().all(|row| class(row)), "{others:?}");

    for wrong in ["5", "-0.1", "NaN"] {
        let response = server.get(&format!("/jobs/{id}/summary?threshold={wrong}"));
        assert_eq!(response.status(), 400);
        let said: Value = response.json().unwrap();
        let expected = format!("threshold must be from 0 to 1 for FEL, not {wrong}.");
        assert_eq!(said["detail"], expected, "{said}");
    }
}

/// Numbers may differ in the last digits between processors.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(x), Some(y)) => (x - y).abs() <= 1e-4 * (1.0 + x.abs()),
        _ => one == other,
    }
}

#[test]
fn the_example_of_the_home_page_is_a_result_of_this_engine() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src");
    let stored = fs::read(format!("{page}/home/example.json")).unwrap();
    let stored: Value = serde_json::from_slice(&stored).unwrap();
    let folder = TempDir::new().unwrap();
    let summary = folder.path().join("summary.json");
    let mut command = datamonkey();
    command
        .args(["run", "fel", "--engine", "native", "--alignment"])
        .arg(format!("{page}/data/example.fasta"))
        .arg("-o")
        .arg(folder.path().join("out.json"))
        .arg("--summary")
        .arg(&summary);
    assert!(command.output().unwrap().status.success());
    let fresh: Value = serde_json::from_slice(&fs::read(summary).unwrap()).unwrap();
    for part in ["method", "statement", "classes", "threshold", "sequences"] {
        assert_eq!(stored[part], fresh[part], "make update");
    }
    assert_eq!(stored["table"]["columns"], fresh["table"]["columns"]);
    let rows = |of: &Value| of["table"]["rows"].as_array().unwrap().clone();
    let (stored, fresh) = (rows(&stored), rows(&fresh));
    assert_eq!(stored.len(), fresh.len());
    for (stored, fresh) in stored.iter().zip(&fresh) {
        let cells = stored
            .as_array()
            .unwrap()
            .iter()
            .zip(fresh.as_array().unwrap());
        for (stored, fresh) in cells {
            assert!(same(stored, fresh), "{stored} {fresh}: make update");
        }
    }
}

#[test]
fn run_without_hyphy_offers_the_native_engine() {
    let (done, _folder) = run(&[]);
    assert!(!done.status.success());
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        said.contains("--engine native") && said.contains("FEL, MEME, FUBAR, SLAC"),
        "{said}"
    );
}

/// A folder with the files of a native run.
fn files(native: NativeAnalysis) -> TempDir {
    let folder = TempDir::new().unwrap();
    let example = &native.analysis.example;
    let files = [
        (arguments::ALIGNMENT, example.alignment),
        (arguments::TREE, example.tree),
    ];
    for (name, file) in files {
        fs::write(folder.path().join(name), file.unwrap().content).unwrap();
    }
    folder
}

#[test]
fn every_command_of_a_job_gives_a_result_and_shows_its_stages() {
    for native in NativeAnalysis::all() {
        let analysis = native.analysis;
        let folder = files(native);
        let parameters = request::defaults(analysis);
        let branches = native
            .takes_branches()
            .then(|| ("--branches".to_owned(), "All".to_owned()));
        let branches: Vec<_> = branches.into_iter().collect();
        let program = PROGRAM.as_ref();
        let command = native.command(program, &parameters, &branches, 2);
        let done = Command::new(&command[0])
            .args(&command[1..])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{}: {said}", analysis.id);
        let result = fs::read(folder.path().join(arguments::RESULT)).unwrap();
        let complete = hyphy::result::check(analysis, &result[..]).unwrap();
        assert_eq!(complete, Ok(()), "{}", analysis.id);
        let mut progress = Reader::new(native.stages());
        progress.log(&done.stdout);
        let now = progress.now();
        assert_eq!(now.stage_number, now.stages, "{}", analysis.id);
    }
}

/// The exit code and what is said about a command line.
fn refused(command: &mut Command) -> (i32, String) {
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    (done.status.code().unwrap(), said)
}

#[test]
fn wrong_arguments_and_data_are_refused_with_their_own_exit_codes() {
    let fel = NativeAnalysis::of(hyphy::methods::find("fel").unwrap()).unwrap();
    let folder = files(fel);
    let fel = |more: &[&str]| {
        let mut command = datamonkey();
        command.args(["native", "fel", "--alignment", arguments::ALIGNMENT]);
        command.args(["--output", "o.json"]).args(more);
        command.current_dir(folder.path());
        refused(&mut command)
    };
    let tree = ["--tree", arguments::TREE];
    for (arguments, code, words) in [
        (&["--resample", "1001"][..], 2, "resample is \"1001\""),
        (&["--multiple-hits", "Quadruple"], 2, "Double+Triple"),
        (&["--threads", "0"], 2, "--threads"),
        (&["--cache", "x"], 2, "--cache"),
        (
            &["--branches", "Nowhere"],
            1,
            "Error: No branch of the tree has the label Nowhere",
        ),
        (
            &["--code", "Ciliate-Nuclear", "--tree", "none.nwk"],
            1,
            "cannot read none.nwk",
        ),
    ] {
        let own_tree = arguments.contains(&"--tree");
        let given = if own_tree { &[][..] } else { &tree[..] };
        let (exit, said) = fel(&[given, arguments].concat());
        assert_eq!(exit, code, "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    let (exit, said) = fel(&[]);
    assert_eq!(
        (exit, said.as_str()),
        (1, "Error: There is no tree. Give one by --tree.\n")
    );
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2, "nothing is written without a result");
}
