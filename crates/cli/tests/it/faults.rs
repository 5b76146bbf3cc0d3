//! Faults at each step of a job (scheduler/src/faults.rs): an error, a full disk, a delay, and the
//! end of the process. Nothing that was acknowledged is lost, and each job completes once.

use std::{fs, process::Command};

use serde_json::{Value, json};

use crate::{
    patience::Patience,
    screens,
    support::{EMPTY_RESULT, Server, has_fail_points, is_under_way, script, small, until},
};

/// The steps. Each one is a fail point.
const STEPS: [&str; 12] = [
    "upload-kept",
    "upload-noted",
    "job-added",
    "job-claimed",
    "job-prepared",
    "job-submitted",
    "attempt-claimed",
    "command-ended",
    "job-ended",
    "result-kept",
    "job-finished",
    "job-removed",
];

/// Uploads until the service accepts it. The service may end in between.
fn upload(server: &mut Server, content: &str) -> String {
    loop {
        let form = reqwest::blocking::multipart::Form::new()
            .text("meta", r#"{"type":"test"}"#)
            .text("file", content.to_owned());
        let answer = server
            .http
            .post(server.api("/datasets"))
            .multipart(form)
            .send();
        match answer {
            Ok(answer) if answer.status().is_success() => {
                let uploaded: Value = answer.json().unwrap();
                return uploaded["id"].as_str().unwrap().to_owned();
            }
            Ok(answer) => assert!(answer.status().is_server_error(), "{}", answer.status()),
            Err(_) => revive(server),
        }
    }
}

/// Restarts the service if it has ended.
fn revive(server: &mut Server) {
    server.kill();
    server.restart();
}

/// The id of the user who runs the test.
pub fn own_user() -> String {
    rustix::process::getuid().as_raw().to_string()
}

/// Runs one job with one fault at a step. `@` is the file whose existence means that the fault has
/// not happened yet.
fn run(step: &str, fault: &str) {
    let journal = tempfile::TempDir::new().unwrap();
    let file = journal.path().join("journal");
    let engine = script(&format!("echo began >> {}; {EMPTY_RESULT}", file.display()));
    let program = engine.path().join("hyphy");
    let once = journal.path().join("once");
    fs::write(&once, "").unwrap();
    let fault = format!("{step}={fault}").replace('@', &format!("@{}", once.display()));
    let mut server = Server::with(&[
        ("HYPHY_PATH", program.to_str().unwrap()),
        ("SANDBOX", "off"),
        // The engine writes its journal as the user who runs the test.
        ("JOB_USER", &own_user()),
        ("FAILPOINTS", &fault),
    ]);
    let (fasta, newick) = small();
    let (alignment, tree) = (upload(&mut server, &fasta), upload(&mut server, &newick));
    let body = json!({"alignment": alignment, "tree": tree});
    let start = |server: &Server| {
        let url = server.api("/methods/fel-start");
        server.http.post(url).json(&body).send()
    };
    let job = loop {
        match start(&server) {
            Ok(answer) if answer.status().is_success() => {
                let job: Value = answer.json().unwrap();
                break job["job_id"].as_str().unwrap().to_owned();
            }
            Ok(answer) => assert!(answer.status().is_server_error(), "{}", answer.status()),
            Err(_) => revive(&mut server),
        }
    };
    let mut patience = Patience::new(format!("{fault}: the job is completed"));
    loop {
        let url = server.api(&format!("/jobs/{job}"));
        let seen = match server
            .http
            .get(url)
            .send()
            .and_then(Response::json::<Value>)
        {
            Ok(now) if now["state"] == "completed" => break,
            Ok(now) => {
                assert!(is_under_way(&now), "{fault}: {now}");
                now["state"].to_string()
            }
            Err(e) => {
                revive(&mut server);
                e.to_string()
            }
        };
        std::thread::sleep(patience.pause(seen));
    }
    // A command runs again if its supervisor ended before it could record the end.
    let runs = if step == "command-ended" && fault.contains("kill") {
        2
    } else {
        1
    };
    let ran = fs::read_to_string(&file).unwrap();
    assert_eq!(ran, "began\n".repeat(runs), "{fault}");
    // The fault may come after the end of the job.
    if server.http.get(server.api("/health")).send().is_err() {
        revive(&mut server);
    }
    assert!(server.result(&job).contains("MLE"), "{fault}");
    let count = |server: &Server, list: &str| {
        server.get_json(&format!("/{list}"))[list]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(
        (count(&server, "datasets"), count(&server, "jobs")),
        (2, 1),
        "{fault}"
    );
    loop {
        let url = server.api(&format!("/jobs/{job}"));
        match server.http.delete(url).send() {
            Ok(answer) if answer.status().is_server_error() => {}
            Ok(answer) => {
                let status = answer.status();
                assert!(status == 204 || status == 404, "{fault}: {status}");
                break;
            }
            Err(_) => revive(&mut server),
        }
    }
    // The next start removes what the fault left behind.
    server.stop();
    server.restart();
    until("only the two uploads are left", || {
        server.files().iter().all(|path| {
            path.strip_prefix(server.data.path())
                .unwrap()
                .starts_with("blobs")
        })
    });
    assert_eq!((count(&server, "datasets"), count(&server, "jobs")), (2, 0));
    if !fault.contains("sleep") {
        assert!(!once.exists(), "{fault}: it never happened");
    }
}

use reqwest::blocking::Response;

#[test]
fn an_error_at_any_step_loses_no_job() {
    if !has_fail_points() {
        return;
    }
    for step in STEPS {
        run(step, "return(error@)");
    }
}

#[test]
fn a_full_disk_at_any_step_loses_no_job() {
    if !has_fail_points() {
        return;
    }
    for step in STEPS {
        run(step, "return(full@)");
    }
}

#[test]
fn a_delay_at_any_step_loses_no_job() {
    if !has_fail_points() {
        return;
    }
    for step in STEPS {
        run(step, "1*sleep(300)");
    }
}

#[test]
fn the_end_of_the_service_at_any_step_loses_no_job() {
    if !has_fail_points() {
        return;
    }
    for step in STEPS {
        run(step, "return(kill@)");
    }
}

#[test]
fn every_fail_point_is_hit() {
    let source = Command::new("grep")
        .args(["-rhoE", "fail_point!\\(\"[a-z-]+\"\\)"])
        .arg(crate::support::repository().join("crates/service/src"))
        .arg(crate::support::repository().join("crates/scheduler/src"))
        .output()
        .unwrap();
    let source = String::from_utf8(source.stdout).unwrap();
    let mut named: Vec<&str> = source
        .lines()
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    named.sort_unstable();
    let mut steps = [&STEPS[..], &screens::STEPS].concat();
    steps.sort_unstable();
    assert_eq!(named, steps);
}
