//! Clients that stall, and pages of other origins.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use reqwest::{Method, StatusCode};

use crate::{
    patience::STILL,
    support::{Server, script, small, small_job, until},
};

/// Seconds after which a client is cut off that has asked for nothing, and any other client, where
/// CLIENT_TIMEOUT_SECS says nothing else.
const FIRST_HEAD: f64 = 15.0;
const USUAL: f64 = 60.0;

/// Sends `text` and then nothing, and reads until the service closes the connection. Returns the
/// response and the elapsed seconds.
fn stall(server: &Server, text: &str) -> (String, f64) {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(STILL)).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let begin = Instant::now();
    let mut said = Vec::new();
    match stream.read_to_end(&mut said) {
        Ok(_) => {}
        Err(e) => assert_eq!(e.kind(), ErrorKind::ConnectionReset, "{e}"),
    }
    (
        String::from_utf8_lossy(&said).into_owned(),
        begin.elapsed().as_secs_f64(),
    )
}

#[test]
fn clients_that_stall_are_disconnected() {
    let server = Server::with(&[("CLIENT_TIMEOUT_SECS", "1")]);
    let upload = "POST /api/v1/datasets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\
                  Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n";
    let start =
        "POST /api/v1/methods/fel-start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{";
    for text in ["", "GET / HTTP/1.1\r\nHost:", upload, start] {
        let (said, seconds) = stall(&server, text);
        assert!(
            (0.5..FIRST_HEAD).contains(&seconds),
            "{seconds} s after {text:?}"
        );
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
    assert!(
        server
            .files()
            .iter()
            .all(|file| !file.to_string_lossy().contains("incoming/"))
    );
}

/// Whether the service holds its end of a connection: proc_net(5), where 01 is TCP_ESTABLISHED.
fn is_held(stream: &TcpStream) -> bool {
    let port = |address: std::net::SocketAddr| format!(":{:04X}", address.port());
    let ends = (
        port(stream.peer_addr().unwrap()),
        port(stream.local_addr().unwrap()),
    );
    let all = std::fs::read_to_string("/proc/net/tcp").unwrap();
    all.lines().any(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        fields[1].ends_with(&ends.0) && fields[2].ends_with(&ends.1) && fields[3] == "01"
    })
}

#[test]
fn a_client_that_does_not_read_its_response_is_disconnected() {
    let server = Server::with(&[("CLIENT_TIMEOUT_SECS", "1")]);
    // Random letters, which compression cannot make fit into the socket's buffers.
    let mut seed = 1_u32;
    let mut letter = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (b'a' + u8::try_from((seed >> 24) % 26).unwrap()) as char
    };
    let content: String = (0..20_000_000).map(|_| letter()).collect();
    let id = server.upload(content.clone());
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let ask = format!(
        "GET /api/v1/datasets/{id}?include_content=true HTTP/1.1\r\nHost: localhost\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).unwrap();
    stream.peek(&mut [0]).unwrap();
    until("the service gives up", || !is_held(&stream));
    stream.set_read_timeout(Some(STILL)).unwrap();
    let mut taken = Vec::new();
    stream.read_to_end(&mut taken).ok();
    assert!(
        !taken.is_empty() && taken.len() < content.len(),
        "{} bytes",
        taken.len()
    );
}

#[test]
fn a_silent_client_that_watches_events_stays_connected() {
    let server = Server::with(&[("CLIENT_TIMEOUT_SECS", "1")]);
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let ask = "GET /api/v1/jobs/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(ask.as_bytes()).unwrap();
    stream.set_read_timeout(Some(STILL)).unwrap();
    stream.peek(&mut [0]).unwrap();
    // Slow connections are closed in the meantime, one after the other.
    for _ in 0..3 {
        stall(&server, "GET / HTTP/1.1\r\nHost:");
    }
    let job = small_job(&server);
    let (mut seen, mut piece) = (String::new(), [0; 4096]);
    while !seen.contains(&job) {
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "it was cut off: {seen}");
        seen += &String::from_utf8_lossy(&piece[..count]);
    }
}

#[test]
fn pages_of_allowed_origins_may_use_the_api() {
    let server = Server::with(&[(
        "CORS_ALLOWED_ORIGINS",
        "https://a.example, https://b.example",
    )]);
    let ask = |origin: &str| {
        let request = server
            .http
            .request(Method::OPTIONS, server.api("/datasets"));
        let request = request.header("Origin", origin);
        let request = request.header("Access-Control-Request-Method", "POST");
        request
            .header(
                "Access-Control-Request-Headers",
                "authorization,idempotency-key",
            )
            .send()
            .unwrap()
    };
    let allowed = ask("https://b.example");
    assert_eq!(allowed.status(), StatusCode::OK);
    assert_eq!(
        allowed.headers()["access-control-allow-origin"],
        "https://b.example"
    );
    // `*` excludes Authorization, so the headers are listed.
    let names = |headers: &reqwest::header::HeaderMap, name: &str| {
        let text = headers[name].to_str().unwrap().to_lowercase();
        text.split(',')
            .map(|name| name.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let may = names(allowed.headers(), "access-control-allow-headers");
    for name in [
        "authorization",
        "content-type",
        "user_token",
        "idempotency-key",
        "if-none-match",
        "last-event-id",
        "range",
    ] {
        assert!(
            may.iter().any(|one| one == name),
            "{name} is not in {may:?}"
        );
    }
    assert!(
        !ask("https://c.example")
            .headers()
            .contains_key("access-control-allow-origin")
    );
    let get = |server: &Server| {
        let request = server.http.get(server.api("/jobs"));
        request
            .header("Origin", "https://a.example")
            .send()
            .unwrap()
    };
    let answer = get(&server);
    assert_eq!(
        answer.headers()["access-control-allow-origin"],
        "https://a.example"
    );
    let exposed = names(answer.headers(), "access-control-expose-headers");
    for name in [
        "x-session-token",
        "etag",
        "link",
        "location",
        "retry-after",
        "content-range",
        "idempotency-replayed",
    ] {
        assert!(
            exposed.iter().any(|one| one == name),
            "{name} is not in {exposed:?}"
        );
    }
    assert_eq!(answer.headers()["cache-control"], "private, no-cache");
    let none = Server::start();
    assert!(
        !get(&none)
            .headers()
            .contains_key("access-control-allow-origin")
    );
}

#[test]
fn pages_of_other_origins_change_nothing_unless_allowed() {
    let server = Server::with(&[("CORS_ALLOWED_ORIGINS", "https://a.example")]);
    let dataset = server.upload(">a\nACG\n>b\nACG\n");
    let ask = |method: Method, site: &str, origin: &str| {
        let url = server.api(&format!("/datasets/{dataset}"));
        let request = server.http.request(method, url);
        let request = request.header("Sec-Fetch-Site", site);
        request.header("Origin", origin).send().unwrap()
    };
    let refused = ask(Method::DELETE, "cross-site", "https://evil.example");
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let problem: serde_json::Value = refused.json().unwrap();
    assert!(
        problem["type"]
            .as_str()
            .unwrap()
            .ends_with("/docs/problems/origin"),
        "{problem}"
    );
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("https://evil.example")
    );
    let page = ask(Method::DELETE, "same-site", "http://localhost:5000");
    assert_eq!(page.status(), StatusCode::FORBIDDEN);
    // Older browsers, and all browsers over plain HTTP, send only Origin.
    let own = server.url.clone();
    for (origin, expected) in [
        ("https://evil.example", 403),
        ("null", 403),
        ("http://127.0.0.1:1", 403),
        ("https://a.example", 404),
        (&own, 404),
    ] {
        let request = server.http.delete(server.api("/datasets/none"));
        let answer = request.header("Origin", origin).send().unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{origin}");
    }
    // The browser itself withholds responses. Allowed pages may change things.
    let read = ask(Method::GET, "cross-site", "https://evil.example");
    assert_eq!(read.status(), StatusCode::OK);
    let allowed = ask(Method::DELETE, "cross-site", "https://a.example");
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
}

#[test]
fn a_client_receives_a_rejection_although_its_body_is_late() {
    let server = Server::with(&[("USER_TOKEN_ENABLED", "true")]);
    let address = server.url.strip_prefix("http://").unwrap();
    let body = "x".repeat(200_000);
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(STILL)).unwrap();
    let head = format!(
        "POST /api/v1/datasets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a.b.c\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    for piece in body.as_bytes().chunks(50_000) {
        std::thread::sleep(Duration::from_millis(100));
        stream.write_all(piece).unwrap();
    }
    let mut said = [0; 12];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"HTTP/1.1 401");
    // The connection is still usable.
    stream
        .write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("HTTP/1.1 200"), "{rest}");
}

/// Sends a byte now and then after `head`. Returns the response and the elapsed seconds.
fn trickle(server: &Server, head: &str, pause: Duration) -> (String, f64) {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(pause)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let begin = Instant::now();
    let (mut said, mut piece) = (String::new(), [0; 4096]);
    while begin.elapsed() < STILL {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => said += &String::from_utf8_lossy(&piece[..count]),
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
        if said.is_empty() && stream.write_all(b" ").is_err() {
            break;
        }
    }
    (said, begin.elapsed().as_secs_f64())
}

#[test]
fn clients_that_send_a_byte_now_and_then_are_disconnected() {
    let server = Server::with(&[("CLIENT_TIMEOUT_SECS", "2")]);
    let upload = "POST /api/v1/datasets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\
                  Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n\
                  Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let states =
        "POST /api/v1/jobs/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{";
    for head in [upload, states] {
        let (said, seconds) = trickle(&server, head, Duration::from_millis(300));
        assert!((1.5..USUAL).contains(&seconds), "{seconds} s: {said}");
        assert!(said.starts_with("HTTP/1.1 408"), "{said}");
        assert!(said.contains("CLIENT_MIN_BYTES_PER_SEC"), "{said}");
    }
    // A client that is slow, but fast enough, is not disconnected.
    let server = Server::with(&[
        ("CLIENT_TIMEOUT_SECS", "1"),
        ("CLIENT_MIN_BYTES_PER_SEC", "2"),
    ]);
    let short = "POST /api/v1/jobs/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 18\r\n\r\n{\"ids\": []}";
    let (said, seconds) = trickle(&server, short, Duration::from_millis(300));
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(seconds > 1.5, "{seconds}");
}

#[test]
fn connections_from_one_address_are_limited() {
    let server = Server::with(&[("MAX_CONNECTIONS_PER_ADDRESS", "3")]);
    let address = server.url.strip_prefix("http://").unwrap();
    let connect = || {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(STILL)).unwrap();
        stream
    };
    let ask = |mut stream: TcpStream| {
        let head = b"GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(head).ok();
        let mut said = String::new();
        stream.read_to_string(&mut said).ok();
        said
    };
    // Connections are accepted one after the other, and closed when the service notices.
    let silent = [connect(), connect(), connect()];
    assert_eq!(ask(connect()), "");
    assert!(silent.iter().all(is_held));
    drop(silent);
    until("there is room again", || {
        ask(connect()).starts_with("HTTP/1.1 200")
    });
}

#[test]
fn a_client_that_sends_no_request_is_disconnected_early() {
    let server = Server::start();
    for text in ["", "GET / HTTP/1.1\r\nHost:"] {
        let (said, seconds) = stall(&server, text);
        assert!(said.is_empty(), "{said}");
        assert!((FIRST_HEAD - 2.0..USUAL).contains(&seconds), "{seconds} s");
    }
}

/// Seconds within which a supervisor such as systemd may expect the service to be gone after SIGTERM.
const STOP: f64 = 10.0;

#[test]
fn the_service_stops_although_clients_hold_on_and_jobs_run() {
    let engine = script("echo begun; sleep 3600");
    let path = engine.path().join("hyphy");
    let mut server = Server::with(&[
        ("HYPHY_PATH", path.to_str().unwrap()),
        ("EVENT_STREAM_SECS", "3600"),
        ("ESTIMATE_MAX_SECS", "0"),
    ]);
    let (fasta, newick) = small();
    let body =
        serde_json::json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let job = server.start_job("fel", &body);
    server.wait_for(&job, "running");
    let address = server.url.strip_prefix("http://").unwrap();
    let held: Vec<TcpStream> = [
        "GET /api/v1/jobs/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /api/v1/datasets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\
         Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n",
        "GET /api/v1/jobs HTTP/1.1\r\nHost:",
        "",
    ]
    .iter()
    .map(|text| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    })
    .collect();
    // The stream has begun.
    (&held[0]).read_exact(&mut [0; 12]).unwrap();
    let begin = Instant::now();
    server.stop();
    let seconds = begin.elapsed().as_secs_f64();
    assert!(seconds < STOP, "{seconds} s");
    assert!(!server.processes().is_empty(), "the job runs on");
    server.restart();
    assert_eq!(server.job(&job)["state"], "running");
    assert_eq!(
        server.delete(&format!("/jobs/{job}")),
        StatusCode::NO_CONTENT
    );
}
