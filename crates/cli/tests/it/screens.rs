//! Screens: the usual set of analyses of an alignment, and their report.

use std::{cell::RefCell, fs, thread};

use hyphy::methods;
use reqwest::{Method, StatusCode, blocking::Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    estimates::endless,
    faults::own_user,
    patience::Patience,
    person::{Person, with_tokens},
    simulate,
    support::{EMPTY_RESULT, Server, datamonkey, has_fail_points, script, small, until},
};

/// The fail points between the start of a step's job and the record of it.
pub const STEPS: [&str; 1] = ["screen-job-started"];

/// The codon that is simulated under positive selection.
const SELECTED: u64 = 5;

/// 16 sequences of 14 codons, one of which is under positive selection.
fn gene() -> simulate::Simulated {
    let mut omega = [0.05; 14];
    omega[4] = 7.0;
    simulate::alignment(4, 1, &omega)
}

/// The fields of a request for the gene.
fn request(server: &Server, more: &Value) -> Value {
    let simulated = gene();
    let mut body = json!({
        "alignment": server.upload(simulated.fasta), "tree": server.upload(simulated.newick),
    });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

fn start(server: &Server, body: &Value) -> String {
    let answer = server.post("/screens", body);
    let status = answer.status();
    let screen: Value = answer.json().unwrap();
    assert_eq!(status, StatusCode::ACCEPTED, "{screen}");
    assert_eq!(screen["state"], "running", "{screen}");
    screen["screen_id"].as_str().unwrap().to_owned()
}

/// Waits until there is nothing left to do, and returns the screen.
fn completed(server: &Server, id: &str) -> Value {
    let mut patience = Patience::new("the screen is completed");
    loop {
        let screen = server.get_json(&format!("/screens/{id}"));
        if screen["state"] == "completed" {
            return screen;
        }
        thread::sleep(patience.pause(screen));
    }
}

fn step<'a>(screen: &'a Value, method: &str) -> &'a Value {
    let mut steps = screen["steps"].as_array().unwrap().iter();
    steps.find(|step| step["method"] == method).unwrap()
}

fn state<'a>(screen: &'a Value, method: &str) -> &'a str {
    step(screen, method)["state"].as_str().unwrap()
}

fn report(server: &Server, id: &str) -> Value {
    server.get_json(&format!("/screens/{id}/report"))
}

/// What an analysis says about a codon.
fn call<'a>(report: &'a Value, site: u64, method: &str) -> &'a Value {
    let mut analyses = report["site_analyses"].as_array().unwrap().iter();
    let at = analyses.position(|one| one["method"] == method).unwrap();
    let mut sites = report["sites"].as_array().unwrap().iter();
    let of_site = sites.find(|one| one["site"] == site).unwrap();
    &of_site["calls"][at]
}

fn answer(report: &Value) -> String {
    let sentences = report["answer"].as_array().unwrap().iter();
    let sentences: Vec<&str> = sentences.map(|said| said.as_str().unwrap()).collect();
    sentences.join(" ")
}

#[test]
fn a_screen_runs_to_its_end_and_its_report_has_the_values_of_its_jobs() {
    let server = Server::start();
    // Three sequences are too few for GARD.
    let fasta = ">a\nATGAAACCCGGG\n>b\nATGAGACCAGGG\n>c\nATGAAACCTGGA\n";
    let body = json!({"alignment": server.upload(fasta), "name": "three",
        "methods": ["gard", "fel", "meme", "fubar", "busted", "absrel"],
        "parameters": {"fubar": {"grid_points": 5}, "busted": {"srv": "No"},
            "absrel": {"srv": "No"}}});
    let id = start(&server, &body);
    let screen = completed(&server, &id);
    assert_eq!(screen["name"], "three");
    let listed = server.get_json("/screens");
    let time = |value: &Value| value.as_str().map(str::to_owned);
    assert!(
        time(&screen["ended"]) > time(&screen["created"]),
        "{screen}"
    );
    assert_eq!(listed["screens"][0]["ended"], screen["ended"]);
    assert_eq!(state(&screen, "gard"), "skipped");
    let why = step(&screen, "gard")["note"].as_str().unwrap();
    assert!(why.contains("sequences"), "{why}");
    for method in ["fel", "meme", "fubar", "busted", "absrel"] {
        assert_eq!(state(&screen, method), "completed", "{screen}");
        let job = step(&screen, method)["job_id"].as_str().unwrap();
        let summary = server.get_json(&format!("/jobs/{job}/summary"));
        assert_eq!(step(&screen, method)["statement"], summary["statement"]);
        assert_eq!(step(&screen, method).get("note"), None, "{screen}");
    }
    let report = report(&server, &id);
    assert_eq!(report["complete"], true);
    assert_eq!(report["sites"].as_array().unwrap().len(), 4);
    let brief = server.get_json(&format!("/screens/{id}/report?rows=false"));
    assert_eq!(brief["sites"], json!([]));
    assert_eq!(brief["answer"], report["answer"]);
    let fel = step(&screen, "fel")["job_id"].as_str().unwrap();
    let summary = server.get_json(&format!("/jobs/{fel}/summary"));
    let columns = summary["table"]["columns"].as_array().unwrap().iter();
    let p_value = columns.clone().position(|one| one["name"] == "p-value");
    for row in summary["table"]["rows"].as_array().unwrap() {
        let site = row[0].as_u64().unwrap();
        let value = call(&report, site, "fel")["value"].as_f64();
        assert!(value.is_some() && value == row[p_value.unwrap()].as_f64());
    }
    let said = answer(&report);
    let busted = step(&screen, "busted")["statement"].as_str().unwrap();
    assert!(said.contains(busted), "{said}");
    let methods = report["methods"].as_str().unwrap();
    assert!(methods.contains("3 sequences and 4 codons"), "{methods}");
    assert!(methods.contains("grid points = 5"), "{methods}");
    assert!(methods.contains("neighbour joining"), "{methods}");
    let cited = report["references"].to_string();
    assert!(cited.contains("10.1093/molbev/msi105"), "{cited}");
    // The jobs are ordinary ones: the same request finds them.
    let again = server.start_job("fel", &json!({"alignment": body["alignment"]}));
    assert_eq!(again, fel);
    assert_eq!(start_again(&server, &body), id);
}

/// The screen that the same request means.
fn start_again(server: &Server, body: &Value) -> String {
    let screen: Value = server.post("/screens", body).json().unwrap();
    screen["screen_id"].as_str().unwrap().to_owned()
}

#[test]
fn analyses_of_sites_agree_on_the_codon_that_was_simulated_under_selection() {
    let server = Server::start();
    let more = json!({"engine": "native", "recombination": "skip",
        "methods": ["gard", "fel", "meme", "fubar"]});
    let id = start(&server, &request(&server, &more));
    let screen = completed(&server, &id);
    assert_eq!(state(&screen, "gard"), "skipped");
    assert_eq!(
        step(&screen, "gard")["note"],
        "The request says to skip it."
    );
    let report = report(&server, &id);
    for (method, class) in [
        ("fel", "diversifying"),
        ("meme", "episodic"),
        ("fubar", "diversifying"),
    ] {
        assert_eq!(call(&report, SELECTED, method)["class"], class, "{report}");
        assert_eq!(call(&report, SELECTED, method)["selection"], "positive");
    }
    let sites = report["sites"].as_array().unwrap();
    assert_eq!(sites.len(), 14);
    let positive = sites.iter().filter(|site| site["positive"] != 0);
    let positive: Vec<_> = positive
        .map(|site| (&site["site"], &site["agree"]))
        .collect();
    assert_eq!(positive, [(&json!(SELECTED), &json!(3))]);
    assert_eq!(report["evidence"], "moderate");
    let said = answer(&report);
    let expected = "1 codon (5) is under positive selection by at least two of FEL, MEME and FUBAR";
    assert!(said.contains(expected), "{said}");
    assert!(
        said.starts_with(
            "Moderate evidence of positive selection: from 1 codon that at least two analyses detected. \
             FEL, MEME and FUBAR found positive selection."
        ),
        "{said}"
    );

    let csv = server
        .get(&format!("/screens/{id}/report?format=csv"))
        .text()
        .unwrap();
    let mut lines = csv.lines();
    assert_eq!(
        lines.next().unwrap(),
        "site,FEL p-value,FEL class,MEME p-value,MEME class,FUBAR posterior probability,\
         FUBAR class,direction,positive,negative,agree"
    );
    let selected = lines.nth(4).unwrap();
    assert!(
        selected.starts_with("5,") && selected.ends_with("positive,3,0,3"),
        "{selected}"
    );
    let md = server
        .get(&format!("/screens/{id}/report?format=md"))
        .text()
        .unwrap();
    assert!(md.contains("| 5 | ") && md.contains("3 positive |"), "{md}");

    // Deleting a screen deletes its jobs only on request.
    let fel = step(&screen, "fel")["job_id"].as_str().unwrap();
    assert_eq!(
        server.delete(&format!("/screens/{id}")),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        server.get(&format!("/screens/{id}")).status(),
        StatusCode::NOT_FOUND
    );
    server.completed(fel);
    let id = start_again(&server, &request(&server, &more));
    completed(&server, &id);
    let with_jobs = format!("/screens/{id}?jobs=true");
    assert_eq!(server.delete(&with_jobs), StatusCode::NO_CONTENT);
    assert_eq!(
        server.get(&format!("/jobs/{fel}")).status(),
        StatusCode::NOT_FOUND
    );
}

#[test]
fn a_screen_goes_on_after_a_restart_with_the_partitions_that_gard_finds() {
    let mut server = Server::start();
    let gard = &methods::find("gard").unwrap().example;
    let alignment = server.upload(gard.alignment.unwrap().content);
    let quick = json!({"run_mode": "Faster", "max_breakpoints": 1});
    let body = json!({"alignment": alignment, "engine": "native", "methods": ["fel", "gard", "fubar"],
        "parameters": {"gard": quick, "fubar": {"grid_points": 5}}});
    let id = start(&server, &body);
    let path = format!("/screens/{id}");
    until("GARD runs", || {
        state(&server.get_json(&path), "gard") == "running"
    });
    let screen = server.get_json(&path);
    assert_eq!(state(&screen, "fel"), "waiting", "{screen}");
    server.kill();
    server.restart();
    let screen = completed(&server, &id);
    assert_eq!(screen["steps"][0]["method"], "gard");
    let found = step(&screen, "gard")["job_id"].as_str().unwrap();
    let segments = server.get_json(&format!("/jobs/{found}/summary"))["table"]["rows"].clone();
    let segments = segments.as_array().unwrap().len();
    assert!(segments > 1, "GARD finds the breakpoint in the middle");
    for method in ["fel", "fubar"] {
        assert_eq!(state(&screen, method), "completed", "{screen}");
        let job = step(&screen, method)["job_id"].as_str().unwrap();
        let result = server.get_json(&format!("/jobs/{job}/result"));
        assert_eq!(result["input"]["partition count"], segments);
    }
    let all = report(&server, &id);
    assert_eq!(all["analyses"][1]["partitioned"], true);
    let text = all["methods"].as_str().unwrap();
    let expected = "FEL and FUBAR analysed the partitions between the breakpoints that GARD found";
    assert!(text.contains(expected), "{text}");

    // The partitions of a GARD job are analysed by one request, too.
    let body = json!({"partitions_of": found, "engine": "native", "methods": ["meme", "absrel"],
        "parameters": {"absrel": {"srv": "No"}}});
    let id = start(&server, &body);
    let screen = completed(&server, &id);
    assert_eq!(step(&screen, "gard")["job_id"], found);
    assert_eq!(state(&screen, "meme"), "completed", "{screen}");
    assert_eq!(step(&screen, "meme").get("note"), None);
    let note = step(&screen, "absrel")["note"].as_str().unwrap();
    assert!(note.contains("with one tree"), "{note}");
    assert_eq!(report(&server, &id)["analyses"][1]["partitioned"], true);
}

#[test]
fn a_refused_analysis_says_why_and_the_screen_goes_on() {
    let server = Server::start();
    let more = json!({"engine": "native", "recombination": "skip", "branches": ["nobody"],
        "methods": ["fel", "fubar"]});
    let body = request(&server, &more);
    let id = start(&server, &body);
    let screen = completed(&server, &id);
    assert_eq!(state(&screen, "fel"), "refused");
    let why = step(&screen, "fel")["note"].as_str().unwrap();
    assert!(why.contains("nobody"), "{why}");
    assert_eq!(state(&screen, "fubar"), "completed");
    let said = answer(&report(&server, &id));
    assert!(said.contains("Without a result: FEL."), "{said}");

    let refused = |body: Value, status: u16, words: &str| {
        let answer = server.post("/screens", &body);
        assert_eq!(answer.status().as_u16(), status, "{body}");
        let problem: Value = answer.json().unwrap();
        assert!(
            problem["detail"].as_str().unwrap().contains(words),
            "{problem}"
        );
    };
    let alignment = &body["alignment"];
    refused(json!({}), 400, "alignment is missing");
    refused(json!({"alignment": "abc"}), 404, "There is no dataset");
    refused(json!({"partitions_of": "abc"}), 404, "There is no job");
    refused(json!({"alignment": alignment, "colour": 1}), 400, "colour");
    refused(
        json!({"alignment": alignment, "methods": ["x"]}),
        422,
        "There is no analysis x",
    );
    refused(
        json!({"alignment": alignment, "methods": ["contrast-fel"]}),
        422,
        "branch_sets",
    );
    let parameters = json!({"fel": {"pvalue": 2}});
    refused(
        json!({"alignment": alignment, "parameters": parameters}),
        422,
        "pvalue is 2",
    );
    let parameters = json!({"fel": {"alignment": alignment}});
    refused(
        json!({"alignment": alignment, "parameters": parameters}),
        422,
        "those of the screen",
    );
    // A tree is no alignment, so nothing can run.
    refused(json!({"alignment": body["tree"]}), 422, "alignment");
}

#[test]
fn a_fault_after_the_start_of_a_job_starts_no_other() {
    if !has_fail_points() {
        return;
    }
    for (step, fault) in STEPS
        .iter()
        .flat_map(|step| ["error", "full", "kill"].map(|it| (step, it)))
    {
        let folder = TempDir::new().unwrap();
        let (journal, once) = (folder.path().join("journal"), folder.path().join("once"));
        let engine = script(&format!(
            "echo began >> {}; {EMPTY_RESULT}",
            journal.display()
        ));
        let program = engine.path().join("hyphy");
        fs::write(&once, "").unwrap();
        let mut server = Server::with(&[
            ("HYPHY_PATH", program.to_str().unwrap()),
            ("SANDBOX", "off"),
            ("JOB_USER", &own_user()),
            (
                "FAILPOINTS",
                &format!("{step}=return({fault}@{})", once.display()),
            ),
        ]);
        let (fasta, newick) = small();
        let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick),
            "recombination": "skip", "methods": ["fel"]});
        let mut patience = Patience::new(format!("{fault}: the screen is completed"));
        loop {
            // The same request means the same screen.
            let asked = server.http.post(server.api("/screens")).json(&body).send();
            let seen = match asked.and_then(Response::json::<Value>) {
                Ok(screen) if screen["state"] == "completed" => break,
                Ok(screen) => screen["steps"].to_string(),
                Err(e) => {
                    server.kill();
                    server.restart();
                    e.to_string()
                }
            };
            thread::sleep(patience.pause(seen));
        }
        assert!(!once.exists(), "{fault}: it never happened");
        assert_eq!(fs::read_to_string(&journal).unwrap(), "began\n", "{fault}");
        let jobs = server.get_json("/jobs")["jobs"].clone();
        assert_eq!(jobs.as_array().unwrap().len(), 1, "{fault}");
    }
}

#[test]
fn a_full_queue_delays_a_screen() {
    let hyphy = endless();
    let path = hyphy.path().join("hyphy");
    let server = Server::with(&[
        ("HYPHY_PATH", path.to_str().unwrap()),
        ("LOCAL_MAX_JOBS", "1"),
        ("MAX_QUEUED_JOBS_PER_USER", "1"),
    ]);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick),
        "recombination": "skip", "methods": ["fel", "fubar", "meme"]});
    let id = start(&server, &body);
    let path = format!("/screens/{id}");
    until("one waits for room in the queue", || {
        let screen = server.get_json(&path);
        let steps = screen["steps"].as_array().unwrap();
        steps.iter().any(|step| {
            let note = step["note"].as_str().unwrap_or_default();
            step["state"] == "waiting" && note.contains("MAX_QUEUED_JOBS_PER_USER")
        })
    });
    let screen = server.get_json(&path);
    let first = step(&screen, "fel")["job_id"].as_str().unwrap();
    server.delete(&format!("/jobs/{first}"));
    until("all have been started", || {
        let screen = server.get_json(&path);
        let steps = screen["steps"].as_array().unwrap();
        steps.iter().all(|step| step["state"] != "waiting")
    });
    assert_eq!(state(&server.get_json(&path), "fel"), "deleted");
}

/// The ids of the jobs that lists show.
fn listed(server: &Server) -> Vec<String> {
    let jobs = server.get_json("/jobs")["jobs"].clone();
    let ids = jobs.as_array().unwrap().iter();
    ids.map(|job| job["job_id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn estimates_of_the_whole_alignment_are_there_while_gard_runs() {
    let hyphy = endless();
    let path = hyphy.path().join("hyphy");
    let mut server = Server::with(&[
        ("HYPHY_PATH", path.to_str().unwrap()),
        ("ESTIMATE_MAX_SECS", "60"),
        ("LOCAL_MAX_JOBS", "1"),
        ("MAX_QUEUED_JOBS_PER_USER", "1"),
    ]);
    let gard = &methods::find("gard").unwrap().example;
    let alignment = server.upload(gard.alignment.unwrap().content);
    let body = json!({"alignment": alignment, "methods": ["gard", "fel", "meme"]});
    let id = start(&server, &body);
    let path = format!("/screens/{id}");
    let estimated = |server: &Server| {
        let screen = server.get_json(&path);
        ["fel", "meme"].iter().all(|method| {
            let step = step(&screen, method);
            step["state"] == "waiting"
                && step["preliminary"] == true
                && step["statement"] != Value::Null
        })
    };
    until("both have estimates", || estimated(&server));
    server.kill();
    server.restart();
    assert!(estimated(&server), "a restart loses none");
    let all = report(&server, &id);
    let job = |place: usize| {
        all["analyses"][place]["job_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (gard, fel, meme) = (job(0), job(1), job(2));
    assert_eq!(all["analyses"][1]["partitioned"], false, "{all}");
    assert_eq!(
        call(&all, 1, "fel")["value"].as_f64().map(f64::is_finite),
        Some(true)
    );
    // They neither run nor count.
    assert_eq!(listed(&server), std::slice::from_ref(&gard));
    assert_eq!(server.get_json("/limits")["queued_jobs"]["used"], 0);

    // Whoever starts one of them gets it, whatever becomes of the screen.
    let mine = server.start_job("fel", &json!({"alignment": alignment}));
    assert_eq!(mine, fel);
    assert_eq!(listed(&server), [fel.clone(), gard.clone()]);
    assert_eq!(server.delete(&path), StatusCode::NO_CONTENT);
    assert_eq!(listed(&server), [fel, gard]);
    let gone = server.get(&format!("/jobs/{meme}"));
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_held_job_runs_if_there_is_no_recombination_and_is_removed_otherwise() {
    let server = Server::with(&[("ESTIMATE_MAX_SECS", "60")]);
    let recombinant = &methods::find("gard").unwrap().example;
    let recombinant = server.upload(recombinant.alignment.unwrap().content);
    let clonal = server.upload(simulate::alignment(3, 1, &[1.0; 24]).fasta);
    for (alignment, partitioned) in [(clonal, false), (recombinant, true)] {
        let quick = json!({"run_mode": "Faster", "max_breakpoints": 1});
        let body = json!({"alignment": alignment, "methods": ["gard", "fel"],
            "parameters": {"gard": quick}});
        let id = start(&server, &body);
        let held = RefCell::new(Value::Null);
        until("FEL has an estimate", || {
            held.replace(report(&server, &id)["analyses"][1]["job_id"].clone());
            let screen = server.get_json(&format!("/screens/{id}"));
            let fel = step(&screen, "fel");
            fel["state"] == "waiting" && fel["preliminary"] == true
        });
        let screen = completed(&server, &id);
        assert_eq!(state(&screen, "fel"), "completed", "{screen}");
        let all = report(&server, &id);
        assert_eq!(all["analyses"][1]["partitioned"], partitioned, "{all}");
        assert_eq!(
            step(&screen, "fel")["job_id"] == *held.borrow(),
            !partitioned
        );
    }
    assert_eq!(listed(&server).len(), 4, "two screens have two jobs each");
}

#[test]
fn estimates_are_in_the_report_until_hyphy_has_finished() {
    let hyphy = endless();
    let path = hyphy.path().join("hyphy");
    let server = Server::with(&[
        ("HYPHY_PATH", path.to_str().unwrap()),
        ("ESTIMATE_MAX_SECS", "60"),
    ]);
    let more = json!({"recombination": "skip", "methods": ["fel"]});
    let id = start(&server, &request(&server, &more));
    until("the estimate is shown", || {
        let screen = server.get_json(&format!("/screens/{id}"));
        step(&screen, "fel")["preliminary"] == true
    });
    let report = report(&server, &id);
    assert_eq!(report["complete"], false);
    assert_eq!(report["site_analyses"][0]["preliminary"], true);
    assert_eq!(call(&report, SELECTED, "fel")["class"], "diversifying");
    let said = answer(&report);
    assert!(said.contains("Preliminary: the findings of FEL"), "{said}");
}

#[test]
fn a_screen_belongs_to_its_owner() {
    let server = with_tokens();
    let (fasta, newick) = small();
    let (ada, uploaded) = Person::new(&server, &fasta);
    let (eve, _) = Person::new(&server, "nothing");
    let body = json!({"alignment": uploaded["id"], "tree": ada.upload(&newick),
        "engine": "native", "recombination": "skip", "methods": ["fubar"]});
    let created = ada
        .ask(Method::POST, "/screens")
        .json(&body)
        .send()
        .unwrap();
    let screen: Value = created.json().unwrap();
    let path = format!("/screens/{}", screen["screen_id"].as_str().unwrap());
    assert_eq!(ada.get(&path).status(), StatusCode::OK);
    for path in [path.clone(), format!("{path}/report")] {
        let problem: Value = eve.get(&path).json().unwrap();
        assert_eq!(problem["type"], "/docs/problems/no-screen");
    }
    let foreign = eve
        .ask(Method::POST, "/screens")
        .json(&body)
        .send()
        .unwrap();
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
    let deleted = eve.ask(Method::DELETE, &path).send().unwrap();
    assert_eq!(deleted.status(), StatusCode::NOT_FOUND);
    let list = |person: &Person| -> Value { person.get("/screens").json().unwrap() };
    assert_eq!(list(&eve)["screens"], json!([]));
    let of_others = ada.get("/screens?alignment_id=abc").json::<Value>();
    assert_eq!(of_others.unwrap()["screens"], json!([]));
    let screens = list(&ada)["screens"].clone();
    assert_eq!(screens[0]["screen_id"], screen["screen_id"]);
    assert_eq!(screens[0]["steps"][0]["statement"], Value::Null);
}

#[test]
fn the_command_line_writes_the_report() {
    let folder = TempDir::new().unwrap();
    let simulated = gene();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.fasta"), simulated.fasta).unwrap();
    fs::write(path("t.nwk"), simulated.newick).unwrap();
    let done = datamonkey()
        .arg("screen")
        .arg(path("a.fasta"))
        .arg("--tree")
        .arg(path("t.nwk"))
        .args(["--engine", "native", "--skip-recombination"])
        .args([
            "--methods",
            "fel,fubar",
            "--set",
            "fubar.grid_points=5",
            "-o",
        ])
        .arg(path("report.json"))
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&done.stdout);
    let err = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{out}{err}");
    assert!(err.contains("FUBAR completed: FUBAR found"), "{err}");
    assert!(
        out.starts_with("Moderate evidence of positive selection: from 1 codon that"),
        "{out}"
    );
    let report: Value = serde_json::from_slice(&fs::read(path("report.json")).unwrap()).unwrap();
    assert_eq!(report["name"], "a.fasta");
    assert_eq!(call(&report, SELECTED, "fel")["class"], "diversifying");
    assert_eq!(
        report["analyses"][1]["changed_parameters"],
        json!({"grid_points": 5})
    );
}
