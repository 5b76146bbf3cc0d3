//! Missing and failing engines. The engines here are scripts, because the real one does not fail on
//! demand.

use std::fs;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    skipped::skipped,
    support::{EMPTY_RESULT, Server, is_under_way, script, small, small_job},
};

fn run(then: &str) -> Value {
    let folder = script(then);
    let path = folder.path().join("hyphy");
    let server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let id = small_job(&server);
    let job = server.wait_for(&id, "failed");
    assert_eq!(
        (&job["state"], &job["status"]),
        (&json!("failed"), &json!("error"))
    );
    let response = server.get(&format!("/methods/fel-result?job_id={id}"));
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        response.json::<Value>().unwrap()["error"],
        job["error_message"]
    );
    job
}

#[test]
fn a_missing_engine_is_reported_with_a_remedy() {
    let server = Server::with(&[("HYPHY_PATH", "/nowhere/hyphy")]);
    let response = server.get("/health");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let health: Value = response.json().unwrap();
    assert_eq!(health["details"]["engine"], "unhealthy");
    assert!(health["details"]["engine_version"].is_null());
    assert_eq!(health["details"]["database"], "healthy");
    let said = health["details"]["engine_detail"].as_str().unwrap();
    assert!(
        said.contains("/nowhere/hyphy") && said.contains("make install"),
        "{said}"
    );
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let response = server.post("/methods/fel-start", &body);
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        response.json::<Value>().unwrap()["detail"],
        health["details"]["engine_detail"]
    );
}

#[test]
fn a_real_engine_is_verified_and_reported() {
    let health = Server::start().get_json("/health");
    assert_eq!(health["status"], "healthy");
    let said = health["details"]["engine_detail"].as_str().unwrap();
    assert!(
        said.starts_with("HyPhy 2.5.") && said.contains("share/hyphy"),
        "{said}"
    );
    let version = health["details"]["engine_version"].as_str().unwrap();
    assert!(said.starts_with(&format!("HyPhy {version} at ")), "{said}");
}

#[test]
fn a_failure_has_the_message_of_hyphy() {
    let job = run(
        "printf 'Error:\\nThe internal matrix\\nis singular\\n\\nFunction call stack\\n1 : x\\n'; exit 1",
    );
    assert_eq!(job["error_message"], "The internal matrix is singular");
}

#[test]
fn an_error_with_exit_code_0_is_a_failure() {
    let job = run("printf 'Error:\\nNot what was wanted\\n\\nFunction call stack\\n'");
    assert_eq!(job["error_message"], "Not what was wanted");
}

#[test]
fn a_partial_result_is_not_a_result() {
    let job = run("printf '{\"MLE\":{\"content\":' > result.json");
    let message = job["error_message"].as_str().unwrap();
    assert!(message.contains("not complete JSON"), "{message}");
}

#[test]
fn a_failed_job_runs_again_on_request() {
    let folder = script("exit 3");
    let path = folder.path().join("hyphy");
    let server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let id = server.start_job("fel", &body);
    let first = server.wait_for(&id, "failed");
    assert_eq!(
        first["error_message"],
        "HyPhy failed with exit code 3 and no message. See the job's log."
    );
    let again: Value = server.post("/methods/fel-start", &body).json().unwrap();
    assert_eq!(again["state"], "failed", "monitoring starts nothing");
    let retried: Value = server
        .post("/methods/fel-start?retry=true", &body)
        .json()
        .unwrap();
    assert!(is_under_way(&retried), "{retried}");
    let second = server.wait_for(&id, "failed");
    assert_ne!(second["ended"], first["ended"]);
}

#[test]
fn the_engine_has_a_clean_environment() {
    let folder = script(
        "env > result.json; echo \"Error: `env | sort | cut -d= -f1 | tr '\\n' ' '`\"; exit 1",
    );
    let path = folder.path().join("hyphy");
    let server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap()), ("SECRET", "s")]);
    let id = small_job(&server);
    let message = server.wait_for(&id, "failed")["error_message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        message.replace(" _", "").replace(" OLDPWD", ""),
        "HOME LANG PATH PWD TMPDIR"
    );
}

#[test]
fn the_engine_cannot_write_elsewhere_read_elsewhere_or_reach_a_network() {
    let elsewhere = TempDir::new().unwrap();
    let canary = elsewhere.path().join("canary");
    let secret = elsewhere.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = script(&format!(
        "echo mine > own && echo x > {canary}; cat {secret} own > seen; \
         curl -s -m 2 http://127.0.0.1:{port} > /dev/null; \
         echo \"Error: curl $?, seen `cat seen`\"; exit 1",
        canary = canary.display(),
        secret = secret.display(),
    ));
    let path = folder.path().join("hyphy");
    let server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let level = server.get_json("/health")["details"]["sandbox"].clone();
    if level == "none" {
        return skipped("landlock", "this kernel has none");
    }
    let id = small_job(&server);
    let job = server.wait_for(&id, "failed");
    assert_eq!(job["error_message"], "curl 7, seen mine");
    assert!(!canary.exists());
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "a connection was made");
}

fn server_with(then: &str) -> (Server, TempDir) {
    let folder = script(then);
    let path = folder.path().join("hyphy");
    let server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    (server, folder)
}

#[test]
fn gard_starts_over_after_a_numerical_error() {
    let error = "printf '{\"analysis\":' > result.json; \
        printf 'Error:\\nInternal error in ComputeBranchCache. To treat numerical errors \
        as warnings, please specify \"ENV=TOLERATE_NUMERICAL_ERRORS=1;\"\\n'; exit 1";
    let result = "test -e result.json && exit 7; printf '{\"analysis\":{},\"input\":{},\
        \"breakpointData\":{},\"baselineScore\":1}' > result.json";
    let then = format!("case \"$*\" in *ENV=TOLERATE*) {result} ;; *) {error} ;; esac");
    let (server, _folder) = server_with(&then);
    let body = json!({"alignment": server.upload(small().0)});
    let id = server.start_job("gard", &body);
    let job = server.completed(&id);
    assert_eq!(job["warnings"].as_array().unwrap().len(), 1, "{job}");
}

#[test]
fn a_numerical_error_is_tolerated_once_with_a_warning() {
    let said = [
        "Internal error in ComputeBranchCache. To treat numerical errors as warnings, please \
         specify \"ENV=TOLERATE_NUMERICAL_ERRORS=1;\"",
        "Internal error\\nInternal error: Encountered a positive log-likelihood (0.138199) at \
         evaluation 5121, mode 0, template 0.",
    ];
    for said in said {
        let error = format!("printf 'Error:\\n{said}\\n'; exit 1");
        let then = format!("case \"$*\" in *ENV=TOLERATE*) {EMPTY_RESULT} ;; *) {error} ;; esac");
        let (server, _folder) = server_with(&then);
        let id = small_job(&server);
        let job = server.completed(&id);
        let warnings = job["warnings"].to_string();
        assert!(warnings.contains("tolerate such errors"), "{warnings}");

        let (server, _folder) = server_with(&error);
        let id = small_job(&server);
        let job = server.wait_for(&id, "failed");
        let message = job["error_message"].as_str().unwrap();
        assert!(
            message.starts_with("HyPhy could not compute the likelihood of the data")
                && !message.contains("ComputeBranchCache")
                && !message.contains("Internal error"),
            "{message}"
        );
    }
}

#[test]
fn unsupported_parameters_are_rejected_and_ignored_ones_reported() {
    let (server, _folder) = server_with(EMPTY_RESULT);
    let (fasta, newick) = small();
    let mut body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    body["ci"] = json!(true);
    let refused = server.post("/methods/fel-start", &body);
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = refused.json().unwrap();
    assert_eq!(problem["errors"][0]["field"], "ci");
    let methods = server.get_json("/methods");
    let fel = &methods["methods"][0];
    let ci = fel["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["name"] == "ci");
    assert_eq!(ci.unwrap()["available"], false);

    // HyPhy lists this keyword, but does not use it.
    let folder = script(EMPTY_RESULT);
    let path = folder.path().join("hyphy");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace("echo alignment", "echo alignment; echo ci"),
    )
    .unwrap();
    let server = Server::with(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let (fasta, newick) = small();
    let body = json!({
        "alignment": server.upload(fasta), "tree": server.upload(newick), "ci": true,
    });
    let job = server.completed(&server.start_job("fel", &body));
    assert!(
        job["warnings"]
            .to_string()
            .contains("did not say that it used ci"),
        "{job}"
    );
}

#[test]
fn a_retried_job_may_be_interrupted_once_like_any_other() {
    let (server, folder) = server_with(&format!(
        "here=${{0%/*}}; [ -e $here/fails ] && exit 3; [ -e $here/waits ] && {{ echo waits; sleep 3600; }}; {EMPTY_RESULT}"
    ));
    let (fails, waits) = (folder.path().join("fails"), folder.path().join("waits"));
    fs::write(&fails, "").unwrap();
    fs::write(&waits, "").unwrap();
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let id = server.start_job("fel", &body);
    assert_eq!(server.wait_for(&id, "failed")["state"], "failed");
    fs::remove_file(&fails).unwrap();
    server.post("/methods/fel-start?retry=true", &body);
    server.has_said(&id, "waits");
    fs::remove_file(&waits).unwrap();
    server.kill_jobs();
    let job = server.completed(&id);
    assert!(
        job["warnings"].to_string().contains("was interrupted"),
        "{job}"
    );
}
