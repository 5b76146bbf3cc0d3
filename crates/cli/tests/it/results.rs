//! Results as files and summaries: conditional requests, ranges, compression and tables.

use reqwest::{StatusCode, blocking::Response, header};
use serde_json::Value;

use crate::support::{Server, script, small_job};

fn ask(server: &Server, path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
    let mut request = server.http.get(server.api(path));
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.send().unwrap()
}

#[test]
fn a_large_result_is_complete_in_every_form() {
    let engine = script(
        "{ printf '{\"fits\":{},\"input\":{},\"tested\":{},\"timers\":{},\"data partitions\":{},\
         \"MLE\":{\"content\":['; yes '[0.125,inf,2.5],' | head -n 30000; printf '[0]]}}'; } > result.json",
    );
    let program = engine.path().join("hyphy");
    let server = Server::with(&[("HYPHY_PATH", program.to_str().unwrap())]);
    let id = small_job(&server);
    server.completed(&id);
    let raw = server.result(&id);
    let shown = raw.replace("inf", "null");
    assert!(raw.len() > 400_000, "{}", raw.len());
    for (path, expected) in [
        (format!("/jobs/{id}/result?raw=true"), &raw),
        (format!("/jobs/{id}/result"), &shown),
    ] {
        let plain = ask(&server, &path, &[]);
        assert!(plain.text().unwrap() == *expected, "{path}");
        let packed = ask(&server, &path, &[(header::ACCEPT_ENCODING, "gzip")]);
        // Bytes of unknown type are not compressed.
        if packed.headers().contains_key(header::CONTENT_ENCODING) {
            let mut unpacked = String::new();
            let bytes = packed.bytes().unwrap();
            let mut from = flate2::read::GzDecoder::new(&bytes[..]);
            std::io::Read::read_to_string(&mut from, &mut unpacked).unwrap();
            assert!(unpacked == *expected, "{path}, packed");
        } else {
            assert!(packed.text().unwrap() == *expected, "{path}");
        }
    }
    let path = format!("/jobs/{id}/result?pretty_print=true");
    let pretty: Value = ask(&server, &path, &[]).json().unwrap();
    let expected: Value = serde_json::from_str(&shown).unwrap();
    assert!(pretty == expected);
    let path = format!("/methods/fel-result?job_id={id}");
    let enveloped: Value = ask(&server, &path, &[]).json().unwrap();
    assert!(enveloped["result"] == expected);
}

#[test]
fn results_are_available_as_files_and_summaries() {
    let server = Server::start();
    let id = small_job(&server);
    let early = server.get(&format!("/jobs/{id}/summary"));
    assert_eq!(early.status(), StatusCode::CONFLICT);
    server.completed(&id);
    let path = format!("/jobs/{id}/result");

    let whole = ask(&server, &path, &[]);
    let tag = whole.headers()[header::ETAG].to_str().unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.len() == 66, "{tag}");
    let text = whole.text().unwrap();
    let same = ask(&server, &path, &[(header::IF_NONE_MATCH, &tag)]);
    assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(same.text().unwrap(), "");
    let other = ask(&server, &path, &[(header::IF_NONE_MATCH, "\"other\"")]);
    assert_eq!(other.status(), StatusCode::OK);

    let part = ask(&server, &path, &[(header::RANGE, "bytes=10-19")]);
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    let place = format!("bytes 10-19/{}", text.len());
    assert_eq!(part.headers()[header::CONTENT_RANGE], place.as_str());
    assert_eq!(part.text().unwrap(), text[10..20]);
    let end = ask(&server, &path, &[(header::RANGE, "bytes=-5")]);
    assert_eq!(end.text().unwrap(), text[text.len() - 5..]);
    let beyond = ask(&server, &path, &[(header::RANGE, "bytes=999999999-")]);
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let changed = [
        (header::RANGE, "bytes=0-9"),
        (header::IF_RANGE, "\"other\""),
    ];
    assert_eq!(ask(&server, &path, &changed).status(), StatusCode::OK);

    let packed = ask(&server, &path, &[(header::ACCEPT_ENCODING, "gzip")]);
    assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(packed.headers()[header::ETAG], format!("W/{tag}").as_str());
    let mut unpacked = String::new();
    let bytes = packed.bytes().unwrap();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut unpacked)
        .unwrap();
    assert_eq!(unpacked, text);

    let path = format!("/jobs/{id}/summary");
    let summary = server.get_json(&path);
    assert_eq!(summary["threshold"]["value"], 0.1);
    assert_eq!(
        summary["hyphy_version"]
            .as_str()
            .map(|v| v.starts_with("2.5.")),
        Some(true)
    );
    let all = server.get_json(&format!("{path}?threshold=1"));
    assert_eq!(all["found"], 12, "{all}");
    let csv = ask(&server, &path, &[(header::ACCEPT, "text/csv")])
        .text()
        .unwrap();
    let mut lines = csv.lines();
    assert!(
        lines.next().unwrap().starts_with("site,alpha,beta,"),
        "{csv}"
    );
    let first: Value = summary["table"]["rows"][0].clone();
    let cell = |at: usize| first[at].to_string();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with(&format!("{},{},", cell(0), cell(1))),
        "{csv}"
    );
    let wrong = server.get(&format!("{path}?threshold=low"));
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        server.get("/jobs/abc/summary").status(),
        StatusCode::NOT_FOUND
    );
}
