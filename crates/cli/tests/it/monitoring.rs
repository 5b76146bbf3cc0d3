//! What programs that watch the service read: its metrics, and whether it is alive and ready.

use std::{collections::BTreeSet, fs, io::BufRead, io::BufReader, net::SocketAddr};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Server, datamonkey, repository, small_job, until};

const TOKEN: &str = "a-token-for-prometheus";

/// A service whose metrics are at an address of their own, and the URL of that address.
fn watched(settings: &[(&str, &str)]) -> (Server, String) {
    let own = [("METRICS_ADDRESS", "127.0.0.1:0")];
    let server = Server::with(&[&own, settings].concat());
    let said = "anyone can read the metrics at ";
    let url = server.logged_value(said, said);
    let url = url.strip_suffix("/metrics").unwrap().to_owned();
    (server, url)
}

fn metrics(server: &Server, url: &str) -> String {
    let answer = server.http.get(format!("{url}/metrics")).send().unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    answer.text().unwrap()
}

/// The value of the sample whose name and labels have all of these words; 0 if there is none.
fn sample(text: &str, words: &[&str]) -> f64 {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let found = lines.find(|line| words.iter().all(|word| line.contains(word)));
    found.map_or(0.0, |line| {
        line.rsplit(' ').next().unwrap().parse().unwrap()
    })
}

#[test]
fn a_job_that_ran_is_in_the_metrics() {
    let (server, url) = watched(&[]);
    let before = metrics(&server, &url);
    let running = ["datamonkey_jobs{", "analysis=\"fel\"", "state=\"running\""];
    assert!(before.contains("datamonkey_jobs{"), "{before}");
    assert_eq!(sample(&before, &running), 0.0);
    let id = small_job(&server);
    server.completed(&id);
    let after = metrics(&server, &url);
    let is = |words: &[&str], value: f64| assert_eq!(sample(&after, words), value, "{words:?}");
    let of_fel = "analysis=\"fel\"";
    is(
        &[
            "datamonkey_jobs_finished_total{",
            of_fel,
            "outcome=\"completed\"",
        ],
        1.0,
    );
    is(&["datamonkey_job_run_duration_seconds_count", of_fel], 1.0);
    is(
        &["datamonkey_job_queue_duration_seconds_count", of_fel],
        1.0,
    );
    is(&running, 0.0);
    is(
        &[
            "datamonkey_scheduler_call_duration_seconds_count",
            "scheduler=\"LocalScheduler\"",
            "operation=\"submit\"",
            "outcome=\"ok\"",
        ],
        1.0,
    );
    is(&["datamonkey_scheduler_up"], 1.0);
    is(&["datamonkey_engine_up"], 1.0);
    let start = [
        "http_server_request_duration_seconds_count",
        "http_request_method=\"POST\"",
        "http_route=\"/api/v1/methods/fel-start\"",
        "http_response_status_code=\"200\"",
    ];
    is(&start, 1.0);
    for name in [
        "datamonkey_database_write_duration_seconds_count{outcome=\"committed\"}",
        "datamonkey_database_write_wait_seconds_count",
        "datamonkey_disk_free_bytes{folder=\"jobs\"}",
        "datamonkey_job_run_duration_seconds_sum",
    ] {
        assert!(sample(&after, &[name]) > 0.0, "{name}: {after}");
    }
    assert!(!after.contains(&id), "no ids in labels");
}

#[test]
fn a_failed_job_is_counted_by_its_cause() {
    let engine = crate::support::script("exit 3");
    let path = engine.path().join("hyphy");
    let (server, url) = watched(&[("HYPHY_PATH", path.to_str().unwrap())]);
    let job = server.wait_for(&small_job(&server), "failed");
    let outcome = format!("outcome={}", job["error_code"]);
    let text = metrics(&server, &url);
    let failed = ["datamonkey_jobs_finished_total", &outcome];
    assert_eq!(sample(&text, &failed), 1.0, "{text}");
}

#[test]
fn an_open_stream_of_events_is_counted_until_its_client_leaves() {
    let (server, url) = watched(&[]);
    let open = || sample(&metrics(&server, &url), &["datamonkey_event_streams"]);
    let answer = server.get("/jobs/events");
    let mut stream = BufReader::new(answer);
    stream.read_line(&mut String::new()).unwrap();
    assert_eq!(open(), 1.0);
    drop(stream);
    until("the stream is closed", || open() == 0.0);
}

#[test]
fn metrics_at_the_address_of_the_service_need_their_token() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), format!("{TOKEN}\n")).unwrap();
    let server = Server::with(&[("METRICS_TOKEN_FILE", file.path().to_str().unwrap())]);
    let ask = |authorization: Option<&str>| {
        let mut request = server.http.get(format!("{}/metrics", server.url));
        if let Some(value) = authorization {
            request = request.header("Authorization", value);
        }
        request.send().unwrap()
    };
    for wrong in [None, Some("Bearer wrong"), Some(TOKEN), Some("Bearer ")] {
        let answer = ask(wrong);
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{wrong:?}");
        let problem: Value = answer.json().unwrap();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("METRICS_TOKEN_FILE"), "{detail}");
    }
    let right = ask(Some(&format!("Bearer {TOKEN}")));
    assert_eq!(right.status(), StatusCode::OK);
    assert!(right.text().unwrap().contains("datamonkey_build_info"));
}

#[test]
fn there_are_no_metrics_unless_they_are_turned_on() {
    let server = Server::start();
    let answer = server.http.get(format!("{}/metrics", server.url)).send();
    assert_eq!(answer.unwrap().status(), StatusCode::NOT_FOUND);
    // An address of their own is not the service's.
    let (server, _) = watched(&[]);
    let answer = server.http.get(format!("{}/metrics", server.url)).send();
    assert_eq!(answer.unwrap().status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_token_that_can_be_guessed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "short\n").unwrap();
    let said = datamonkey()
        .arg("serve")
        .env("DATAMONKEY_DATA", folder.path())
        .env("SERVICE_DATAMONKEY_PORT", "0")
        .env("METRICS_TOKEN_FILE", &file)
        .output()
        .unwrap();
    assert!(!said.status.success());
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(
        said.contains("METRICS_TOKEN_FILE") && said.contains("16 characters"),
        "{said}"
    );
}

/// Whether the service is ready, and the checks that say so: name and whether it succeeded.
fn readiness(server: &Server, url: &str, query: &str) -> (StatusCode, Value) {
    let answer = server
        .http
        .get(format!("{url}/readyz{query}"))
        .send()
        .unwrap();
    (answer.status(), answer.json().unwrap())
}

fn names(readiness: &Value) -> Vec<(String, bool)> {
    let checks = readiness["checks"].as_array().unwrap().iter();
    let name = |check: &Value| {
        let name = check["name"].as_str().unwrap().to_owned();
        (name, check["ok"].as_bool().unwrap())
    };
    checks.map(name).collect()
}

#[test]
fn a_service_that_works_is_alive_and_ready() {
    let (server, own) = watched(&[]);
    for url in [&server.url, &own] {
        let alive = server.http.get(format!("{url}/livez")).send().unwrap();
        assert_eq!(alive.status(), StatusCode::OK);
        assert_eq!(alive.headers()["cache-control"], "no-store");
        assert_eq!(alive.text().unwrap(), "ok\n");
        let (status, brief) = readiness(&server, url, "");
        assert_eq!(status, StatusCode::OK, "{brief}");
        assert_eq!(brief, json!({"ready": true, "checks": []}));
        let (_, all) = readiness(&server, url, "?verbose");
        let all = names(&all);
        let good = ["database", "folders", "space", "scheduler", "engine"];
        assert_eq!(all, good.map(|name| (name.to_owned(), true)));
    }
    // Programs ask all the time.
    assert_eq!(server.logged(&["/livez"]) + server.logged(&["/readyz"]), 0);
}

#[test]
fn a_service_without_its_cluster_is_alive_but_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("jwt.key");
    fs::write(&key, [7; 32]).unwrap();
    // Nobody listens at this address any more.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address: SocketAddr = nobody.local_addr().unwrap();
    drop(nobody);
    let (server, url) = watched(&[
        ("SCHEDULER_TYPE", "SlurmRestScheduler"),
        ("SLURM_REST_URL", &format!("http://{address}")),
        ("SLURM_JWT_KEY_PATH", key.to_str().unwrap()),
        ("SLURM_JWT_USERNAME", "nobody"),
    ]);
    let (status, found) = readiness(&server, &server.url, "");
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(found["ready"], false);
    assert_eq!(names(&found), [("scheduler".to_owned(), false)]);
    let (_, all) = readiness(&server, &server.url, "?verbose");
    assert_eq!(names(&all).len(), 5);
    until("the reason is known", || {
        let (_, found) = readiness(&server, &server.url, "");
        let detail = found["checks"][0]["detail"].as_str().unwrap().to_owned();
        detail.contains("has not been reachable since")
    });
    let alive = server
        .http
        .get(format!("{}/livez", server.url))
        .send()
        .unwrap();
    assert_eq!(alive.status(), StatusCode::OK);
    let text = metrics(&server, &url);
    assert_eq!(sample(&text, &["datamonkey_scheduler_up"]), 0.0);
    assert!(text.contains("datamonkey_scheduler_up 0"), "{text}");
    let calls = [
        "datamonkey_scheduler_call_duration_seconds_count",
        "scheduler=\"SlurmRestScheduler\"",
        "outcome=\"unreachable\"",
    ];
    assert!(sample(&text, &calls) >= 1.0, "{text}");
}

#[test]
fn a_service_whose_folder_or_engine_is_gone_is_not_ready() {
    let server = Server::with(&[("HYPHY_PATH", "/nowhere/hyphy")]);
    let attempts = server.data.path().join("attempts");
    // Root may write to every folder that is there.
    fs::rename(&attempts, server.data.path().join("elsewhere")).unwrap();
    let (status, found) = readiness(&server, &server.url, "");
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let failed = ["folders", "engine"].map(|name| (name.to_owned(), false));
    assert_eq!(names(&found), failed);
    let detail = found["checks"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("attempts"), "{detail}");
    let place = server.data.path().to_str().unwrap();
    assert!(
        !found.to_string().contains(place),
        "the place is for the log: {found}"
    );
    let written = ["cannot be written", place];
    until("the place is logged", || server.logged(&written) == 1);
}

/// The names of metrics in a text, without the suffixes of histograms.
fn names_in(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c == '_';
    let words = text.split(|c: char| !is_part(c));
    let named =
        words.filter(|word| word.starts_with("datamonkey_") || word.starts_with("http_server_"));
    let suffixes = ["_bucket", "_sum", "_count"];
    let base = |word: &str| {
        let mut bases = suffixes
            .iter()
            .filter_map(|suffix| word.strip_suffix(suffix));
        bases.next().unwrap_or(word).to_owned()
    };
    named.map(base).collect()
}

#[test]
fn the_table_the_rules_and_the_dashboard_name_the_metrics_that_there_are() {
    let read = |path: &str| fs::read_to_string(repository().join(path)).unwrap();
    let documented: BTreeSet<String> = read("docs/METRICS.md")
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(names_in)
        .collect();
    let code: BTreeSet<String> = [
        "crates/server/src/access.rs",
        "crates/server/src/metrics_table.rs",
        "crates/server/src/metrics_streams.rs",
        "crates/service/src/metrics.rs",
        "crates/scheduler/src/measured.rs",
        "crates/store/src/write.rs",
    ]
    .iter()
    .flat_map(|path| {
        let text = read(path);
        let strings = text.split('"').skip(1).step_by(2);
        strings.flat_map(names_in).collect::<Vec<_>>()
    })
    .collect();
    assert_eq!(documented, code);
    for path in [
        "docs/operations/alerts.yml",
        "docs/operations/dashboard.json",
    ] {
        let named = names_in(&read(path));
        let unknown: Vec<_> = named.difference(&documented).collect();
        assert!(named.len() > 5 && unknown.is_empty(), "{path}: {unknown:?}");
    }
    let (server, url) = watched(&[]);
    let exposed = names_in(&metrics(&server, &url));
    assert!(
        exposed.len() > 5 && exposed.is_subset(&documented),
        "{exposed:?}"
    );
}
