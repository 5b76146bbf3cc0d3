//! Host names that the service answers to.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

use crate::support::Server;

/// Returns the status and body of the response to a request with these header lines.
fn ask(server: &Server, line: &str, headers: &str) -> (u16, String) {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{line} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    (status, body.to_owned())
}

#[test]
fn in_open_mode_foreign_host_names_are_rejected() {
    let settings = [
        ("PUBLIC_URL", "https://datamonkey.example.org"),
        ("ALLOWED_HOSTS", "node1"),
    ];
    let server = Server::with(&settings);
    let port = server.url.rsplit_once(':').unwrap().1;
    let line = "GET /api/v1/datasets";
    for own in [
        "localhost",
        "127.0.0.1",
        &format!("127.0.0.1:{port}"),
        "[::1]:1",
        "node1:9300",
        "Datamonkey.example.org",
    ] {
        assert_eq!(
            ask(&server, line, &format!("Host: {own}\r\n")).0,
            200,
            "{own}"
        );
    }
    for line in [line, "GET /", "GET /docs/", "DELETE /api/v1/datasets/x"] {
        let (status, body) = ask(&server, line, "Host: evil.example:80\r\n");
        assert_eq!(status, 421, "{line}: {body}");
    }
    let (_, body) = ask(&server, line, "Host: evil.example:80\r\n");
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["type"], "/docs/problems/host");
    let said = problem["detail"].as_str().unwrap();
    assert!(
        said.contains("ALLOWED_HOSTS") && said.contains("evil.example"),
        "{said}"
    );
    // The address in the request line has precedence over Host.
    let (status, _) = ask(
        &server,
        "GET http://evil.example/api/v1/health",
        "Host: localhost\r\n",
    );
    assert_eq!(status, 421);
}

#[test]
fn a_request_must_have_exactly_one_host() {
    for settings in [vec![], vec![("USER_TOKEN_ENABLED", "true")]] {
        let server = Server::with(&settings);
        let line = "GET /api/v1/health";
        for headers in ["", "Host: localhost\r\nHost: localhost\r\n"] {
            let (status, body) = ask(&server, line, headers);
            assert_eq!(status, 400, "{body}");
            assert!(body.contains("one Host header"), "{body}");
        }
        // With tokens, a page of another site has no token and is harmless.
        let expected = if settings.is_empty() { 421 } else { 200 };
        assert_eq!(ask(&server, line, "Host: evil.example\r\n").0, expected);
    }
}
