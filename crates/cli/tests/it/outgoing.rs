//! Outgoing requests: downloads, webhooks and mail.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::blocking::{Response, multipart::Form};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    gate::Gate,
    patience::until_some,
    support::{Server, long_data, small, until},
    web,
};

fn upload_by_url(server: &Server, url: &str) -> Response {
    let form = Form::new()
        .text("meta", r#"{"type":"fasta"}"#)
        .text("url", url.to_owned());
    let request = server.http.post(server.api("/datasets"));
    request.multipart(form).send().unwrap()
}

#[test]
fn a_file_is_fetched_from_its_url() {
    let web = web::serve(|asked, _| match asked.path.as_str() {
        "/data/some.fasta?v=1" => (200, String::new(), ">a\nACG\n>b\nACC\n".to_owned()),
        "/moved" => (
            302,
            "location: /data/some.fasta?v=1\r\n".to_owned(),
            String::new(),
        ),
        "/inside" => (
            302,
            "location: https://127.0.0.2/\r\n".to_owned(),
            String::new(),
        ),
        "/plain" => (
            302,
            "location: http://localhost/\r\n".to_owned(),
            String::new(),
        ),
        "/round" => (302, "location: /round\r\n".to_owned(), String::new()),
        "/large" => (200, String::new(), "A".repeat(2000)),
        _ => (404, String::new(), String::new()),
    });
    let server = Server::with(&[
        ("OUTGOING_CA_FILE", web.ca.to_str().unwrap()),
        ("OUTGOING_ALLOW", "127.0.0.1/32, ::1/128"),
        ("MAX_UPLOAD_BYTES", "1000"),
    ]);
    let at = |path: &str| format!("https://localhost:{}{path}", web.port);
    for path in ["/data/some.fasta?v=1", "/moved"] {
        let uploaded = upload_by_url(&server, &at(path));
        assert_eq!(uploaded.status(), 201);
        let uploaded: Value = uploaded.json().unwrap();
        let dataset = &uploaded["datasets"][0];
        assert_eq!(dataset["size"], 14);
        let id = uploaded["id"].as_str().unwrap();
        let whole = server.get_json(&format!("/datasets/{id}?include_content=true"));
        assert_eq!(whole["content"], ">a\nACG\n>b\nACC\n");
    }
    for (url, status, why) in [
        (at("/large"), 413, "1000 bytes"),
        (at("/none"), 422, "404"),
        (at("/inside"), 422, "127.0.0.2 is not a public address"),
        (at("/plain"), 422, "must begin with https"),
        (at("/round"), 422, "more than 5 times"),
        ("https://127.0.0.2/".to_owned(), 422, "not a public address"),
        (
            "https://[::ffff:10.0.0.1]/".to_owned(),
            422,
            "not a public address",
        ),
        (
            "https://169.254.169.254/".to_owned(),
            422,
            "not a public address",
        ),
        ("http://localhost/".to_owned(), 422, "must begin with https"),
        ("https://nowhere.invalid/".to_owned(), 422, "does not exist"),
        (
            "file:///etc/passwd".to_owned(),
            422,
            "must begin with https",
        ),
        ("https://localhost:1/".to_owned(), 422, "cannot be reached"),
    ] {
        let refused = upload_by_url(&server, &url);
        assert_eq!(refused.status(), status, "{url}");
        let problem: Value = refused.json().unwrap();
        assert!(
            problem["detail"].as_str().unwrap().contains(why),
            "{url}: {problem}"
        );
        if status == 422 {
            assert_eq!(problem["errors"][0]["field"], "url");
        }
    }
    assert_eq!(
        server.get_json("/datasets")["datasets"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let server = Server::with(&[("ALLOW_URL_UPLOAD", "false")]);
    let refused: Value = upload_by_url(&server, &at("/moved")).json().unwrap();
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("ALLOW_URL_UPLOAD")
    );
}

/// Says once for each address that it is not ready, and then takes what it is told.
fn busy_at_first() -> web::Web {
    web::serve(|_, count| {
        let status = if count == 1 { 503 } else { 204 };
        (status, String::new(), String::new())
    })
}

#[test]
fn a_signed_webhook_is_retried_until_it_succeeds() {
    let web = busy_at_first();
    let mut server = Server::with(&[
        ("OUTGOING_CA_FILE", web.ca.to_str().unwrap()),
        ("OUTGOING_ALLOW", "127.0.0.1/32,::1/128"),
    ]);
    let (fasta, newick) = small();
    let url = format!("https://localhost:{}/done", web.port);
    let mut body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick), "callback_url": url});
    let started: Value = server.post("/methods/fel-start", &body).json().unwrap();
    assert!(started.get("warnings").is_none(), "{started}");
    let job = started["job_id"].as_str().unwrap().to_owned();
    server.completed(&job);
    let calls = || web.asked.lock().unwrap().clone();
    until("the first call", || calls().len() == 1);
    let path = format!("/jobs/{job}/deliveries");
    let pending = until_some("the first try is noted", || {
        let told = server.get_json(&path);
        (told["deliveries"][0]["tries"] == 1).then_some(told)
    });
    assert_eq!(pending["deliveries"][0]["status"], "pending");
    assert!(
        pending["deliveries"][0]["error"]
            .as_str()
            .unwrap()
            .contains("503")
    );
    // What is to be told survives a restart.
    server.shift_clock(Duration::from_secs(60));
    server.kill();
    server.restart();
    until("the second call", || calls().len() == 2);
    let told = until_some("the second try is noted", || {
        let told = server.get_json(&path);
        (told["deliveries"][0]["status"] == "delivered").then_some(told)
    });
    let secret = told["secret"]
        .as_str()
        .unwrap()
        .strip_prefix("whsec_")
        .unwrap();
    let secret = BASE64_STANDARD.decode(secret).unwrap();
    assert_eq!(secret.len(), 32);
    let calls = calls();
    assert_eq!(calls[0].header("webhook-id"), calls[1].header("webhook-id"));
    for call in &calls {
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        let (id, time) = (call.header("webhook-id"), call.header("webhook-timestamp"));
        mac.update(format!("{id}.{time}.{}", call.body).as_bytes());
        let signature = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(call.header("webhook-signature"), signature);
        let body: Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(body["type"], "job.completed");
        assert_eq!(body["data"]["job_id"], json!(job));
    }
    // Repeating the request for a finished job does not call the webhook again.
    server.post("/methods/fel-start", &body);
    let again = server.get_json(&path)["deliveries"].clone();
    assert_eq!(again, told["deliveries"]);
    for resample in 1..=2 {
        body["resample"] = json!(resample);
        let later = server.start_job("fel", &body);
        let path = format!("/jobs/{later}/deliveries");
        until("the later job is told of", || {
            server.get_json(&path)["deliveries"][0]["status"] == "delivered"
        });
    }
    let asked = web.asked.lock().unwrap();
    let of_job = asked.iter().filter(|call| call.body.contains(&job));
    assert_eq!((of_job.count(), asked.len()), (2, 4));
}

#[test]
fn invalid_recipients_are_reported_before_the_job_starts() {
    let server = Server::start();
    let body = json!({"alignment": "a", "callback_url": "http://a.org", "notify": "ada@a.org"});
    let refused = server.post("/methods/fel-start", &body);
    assert_eq!(refused.status(), 422);
    let problem: Value = refused.json().unwrap();
    let fields: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["field"])
        .collect();
    assert_eq!(fields, ["callback_url", "notify"]);
    // The service rejects a private address immediately, and a name that resolves to one when it
    // calls it.
    let (fasta, newick) = small();
    let mut body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick),
        "callback_url": "https://localhost:1/"});
    let job = server.start_job("fel", &body);
    for inside in [
        "127.0.0.1:1",
        "10.0.0.1",
        "[::ffff:10.0.0.1]",
        "0x7f000001",
        "[::1]",
    ] {
        body["callback_url"] = json!(format!("https://{inside}/"));
        body["resample"] = json!("many");
        let refused = server.post("/methods/fel-start", &body);
        assert_eq!(refused.status(), 422, "{inside}");
        let problem: Value = refused.json().unwrap();
        // The response also lists the other problems.
        let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().collect();
        let fields: Vec<_> = fields.iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, ["resample", "callback_url"], "{problem}");
        let said = problem["errors"][1]["message"].as_str().unwrap();
        assert!(said.contains("is not a public address"), "{said}");
    }
    let path = format!("/jobs/{job}/deliveries");
    let told = until_some("the try is noted", || {
        let told = server.get_json(&path)["deliveries"][0].clone();
        (told["tries"] == 1).then_some(told)
    });
    assert_eq!(told["error"], "localhost is not a public address.");
    // The failure is permanent, so there is no retry.
    assert_eq!(told["status"], "failed", "{told}");
}

/// Receives one mail like a mail server.
fn mail_server() -> (u16, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let said = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&said);
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut answer = stream.try_clone().unwrap();
        let mut say = |text: &str| answer.write_all(text.as_bytes()).unwrap();
        say("220 test\r\n");
        let mut in_mail = false;
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            kept.lock().unwrap().push_str(&(line.clone() + "\n"));
            match line.as_str() {
                "." => in_mail = false,
                "DATA" => {
                    in_mail = true;
                    say("354 go on\r\n");
                    continue;
                }
                _ => {}
            }
            if !in_mail {
                say("250 fine\r\n");
            }
        }
    });
    (port, said)
}

#[test]
fn a_mail_announces_the_end_of_a_job() {
    let (port, said) = mail_server();
    let server = Server::with(&[
        ("SMTP_URL", &format!("smtp://127.0.0.1:{port}")),
        ("SMTP_FROM", "Datamonkey <service@example.org>"),
        ("PUBLIC_URL", "https://dm.example.org/"),
    ]);
    assert_eq!(server.get_json("/health")["details"]["sends_mail"], true);
    let (fasta, newick) = small();
    let mut body =
        json!({"alignment": server.upload(fasta), "tree": server.upload(newick), "notify": "ada"});
    assert_eq!(server.post("/methods/fel-start", &body).status(), 422);
    body["notify"] = json!("ada@example.org");
    let job = server.start_job("fel", &body);
    server.completed(&job);
    let path = format!("/jobs/{job}/deliveries");
    until("the mail is sent", || {
        server.get_json(&path)["deliveries"][0]["status"] == "delivered"
    });
    let said = said.lock().unwrap().clone();
    for part in [
        "MAIL FROM:<service@example.org>",
        "RCPT TO:<ada@example.org>",
        "Subject: FEL has completed",
        &format!("https://dm.example.org/jobs/{}", &job[..20]),
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn the_end_of_a_deleted_job_is_still_announced() {
    let web = busy_at_first();
    let mut server = Server::with(&[
        ("OUTGOING_CA_FILE", web.ca.to_str().unwrap()),
        ("OUTGOING_ALLOW", "127.0.0.1/32,::1/128"),
        ("LOCAL_MAX_JOBS", "1"),
    ]);
    let (alignment, tree) = long_data(&server);
    let start = |server: &Server, method: &str| {
        let url = format!("https://localhost:{}/{method}", web.port);
        let body = json!({"alignment": alignment, "tree": tree, "callback_url": url});
        server.start_job(method, &body)
    };
    let (running, waiting) = (start(&server, "fel"), start(&server, "meme"));
    server.wait_for(&running, "running");
    for job in [&waiting, &running] {
        assert_eq!(server.delete(&format!("/jobs/{job}")), 204);
    }
    let calls = |path: &str| {
        let asked = web.asked.lock().unwrap();
        let of_path = asked.iter().filter(|call| call.path == path);
        of_path.cloned().collect::<Vec<_>>()
    };
    until("both are told of", || {
        calls("/fel").len() + calls("/meme").len() >= 2
    });
    server.kill();
    server.restart();
    for (path, job) in [("/fel", &running), ("/meme", &waiting)] {
        until(path, || calls(path).len() == 2);
        for call in calls(path) {
            let body: Value = serde_json::from_str(&call.body).unwrap();
            assert_eq!(body["type"], "job.cancelled");
            assert_eq!(body["data"]["job_id"], json!(job));
            assert_eq!(body["data"]["state"], "cancelled");
        }
    }
    // Started again, it is a job like any other, and its end is announced, too.
    let again = start(&server, "meme");
    assert_eq!(again, waiting);
    assert_eq!(server.delete(&format!("/jobs/{again}")), 204);
    until("the third call", || calls("/meme").len() == 3);
}

#[test]
fn a_slow_receiver_delays_no_other_delivery() {
    let gate = Gate::default();
    let passage = gate.passage();
    let slow = web::serve(move |_, _| {
        passage.pass();
        (204, String::new(), String::new())
    });
    let server = Server::with(&[
        ("OUTGOING_CA_FILE", slow.ca.to_str().unwrap()),
        ("OUTGOING_ALLOW", "127.0.0.0/8,::1/128"),
    ]);
    let (fasta, newick) = small();
    let (alignment, tree) = (server.upload(fasta), server.upload(newick));
    let jobs: Vec<_> = (1..=3)
        .map(|resample| {
            let body = json!({"alignment": alignment, "tree": tree, "resample": resample});
            let job = server.start_job("fel", &body);
            server.completed(&job);
            (job, body)
        })
        .collect();
    // More than are delivered concurrently.
    for n in 0..10 {
        for (_, body) in &jobs[..2] {
            let mut body = body.clone();
            body["callback_url"] = json!(format!("https://localhost:{}/{n}", slow.port));
            assert_eq!(server.post("/methods/fel-start", &body).status(), 200);
        }
    }
    let asked = || slow.asked.lock().unwrap().len();
    until("so many of one host", || asked() >= 8);
    let mut body = jobs[2].1.clone();
    body["callback_url"] = json!("https://127.0.0.1:1/");
    assert_eq!(server.post("/methods/fel-start", &body).status(), 200);
    let path = format!("/jobs/{}/deliveries", jobs[2].0);
    until("another host is tried", || {
        server.get_json(&path)["deliveries"][0]["tries"] == 1
    });
    // The slow ones are at it still, and there are no more of them.
    let tries = jobs[..2].iter().flat_map(|(job, _)| {
        let told = server.get_json(&format!("/jobs/{job}/deliveries"));
        told["deliveries"].as_array().unwrap().clone()
    });
    assert!(tries.into_iter().all(|told| told["tries"] == 0));
    assert_eq!(asked(), 8, "so many of one host");
}

#[test]
fn a_download_that_is_too_slow_is_aborted() {
    let gate = Gate::default();
    let passage = gate.passage();
    // It never answers.
    let web = web::serve(move |_, _| {
        passage.pass();
        (200, String::new(), ">a\nACG\n".to_owned())
    });
    let server = Server::with(&[
        ("OUTGOING_CA_FILE", web.ca.to_str().unwrap()),
        ("OUTGOING_ALLOW", "127.0.0.1/32, ::1/128"),
        ("URL_UPLOAD_TIMEOUT_SECS", "1"),
    ]);
    let refused = upload_by_url(&server, &format!("https://localhost:{}/", web.port));
    assert_eq!(refused.status(), 422);
    let problem: Value = refused.json().unwrap();
    assert_eq!(problem["errors"][0]["field"], "url");
    let said = problem["detail"].as_str().unwrap();
    assert!(said.contains("1 s (URL_UPLOAD_TIMEOUT_SECS)"), "{said}");
}
