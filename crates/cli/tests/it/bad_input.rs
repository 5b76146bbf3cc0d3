//! The service rejects invalid input with the name of the field, and leaves nothing behind.

use reqwest::{StatusCode, blocking::multipart};
use serde_json::{Value, json};

use crate::support::{Server, small};

fn assert_problem(status: StatusCode, problem: &Value, expected: u16, field: &str, part: &str) {
    assert_eq!(status.as_u16(), expected, "{problem}");
    assert_eq!(problem["status"], expected);
    assert_eq!(problem["code"], expected);
    assert_eq!(problem["error"], problem["detail"]);
    let errors = problem["errors"].as_array().unwrap();
    let found = errors
        .iter()
        .any(|error| error["field"] == field && error["message"].as_str().unwrap().contains(part));
    assert!(found, "no error of {field} says {part}: {problem}");
}

#[test]
fn malformed_uploads_are_rejected_and_leave_nothing() {
    let server = Server::with(&[("MAX_UPLOAD_BYTES", "1000")]);
    let url = server.api("/datasets");
    let form = multipart::Form::new;
    let file = |content: &str| multipart::Part::text(content.to_owned()).file_name("a.fasta");
    let meta = r#"{"type":"fasta"}"#;
    let forms = [
        (form().text("meta", meta), "file", "file is missing"),
        (
            form().text("meta", meta).part("file", file("")),
            "file",
            "The file is empty",
        ),
        (form().part("file", file("x")), "meta", "meta is missing"),
        (
            form().text("meta", "{}").part("file", file("x")),
            "meta.type",
            "meta.type is missing",
        ),
        (
            form().text("meta", "{").part("file", file("x")),
            "meta",
            "meta is not valid JSON",
        ),
        (
            form().text("meta", r#"{"type":3}"#).part("file", file("x")),
            "meta.type",
            "must be a string",
        ),
        (
            form()
                .text("meta", meta)
                .part("file", file("x"))
                .part("file", file("y")),
            "file",
            "more than one field named file",
        ),
    ];
    for (form, field, part) in forms {
        let response = server.http.post(&url).multipart(form).send().unwrap();
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let status = response.status();
        assert_problem(status, &response.json().unwrap(), 400, field, part);
    }
    let response = server.http.post(&url).body("no form").send().unwrap();
    let status = response.status();
    assert_problem(
        status,
        &response.json().unwrap(),
        400,
        "file",
        "multipart/form-data",
    );

    let large = form()
        .text("meta", meta)
        .part("file", file(&"x".repeat(1001)));
    let response = server.http.post(&url).multipart(large).send().unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        response.json::<Value>().unwrap()["detail"]
            .as_str()
            .unwrap()
            .contains("1000 bytes")
    );

    assert_eq!(server.files(), Vec::<std::path::PathBuf>::new());
    assert_eq!(server.get_json("/datasets"), json!({"datasets": []}));
}

#[test]
fn unsuitable_data_are_rejected_with_all_reasons() {
    let server = Server::start();
    let (fasta, newick) = small();
    let good = server.upload(fasta.clone());
    let tree = server.upload(newick.clone());
    let lines: Vec<&str> = fasta.lines().collect();
    let out_of_frame: String = lines
        .iter()
        .map(|line| {
            if line.starts_with('>') {
                format!("{line}\n")
            } else {
                format!("{}\n", &line[1..])
            }
        })
        .collect();
    let with_stop = fasta.replacen(&lines[1][3..6], "TAA", 1);
    let other_taxa = newick.replace("taaa", "taaz").replace("tbbb", "elsewhere");
    let cases = [
        (
            json!({"alignment": good, "tree": server.upload(other_taxa)}),
            422,
            "tree",
            "'taaz'",
        ),
        (
            json!({"alignment": server.upload(out_of_frame), "tree": tree}),
            422,
            "alignment",
            "35 nucleotides",
        ),
        (
            json!({"alignment": server.upload(with_stop), "tree": tree}),
            422,
            "alignment",
            "stop codon TAA",
        ),
        (
            json!({"alignment": server.upload(vec![0, 159, 146, 150, 7, 0]), "tree": tree}),
            422,
            "alignment",
            "not a text file",
        ),
        (
            json!({"alignment": server.upload("anything at all\n"), "tree": tree}),
            422,
            "alignment",
            "not recognised",
        ),
        (
            json!({"alignment": good, "tree": good}),
            422,
            "tree",
            "does not contain a tree",
        ),
        (
            json!({"alignment": tree, "tree": tree}),
            422,
            "alignment",
            "does not contain an alignment",
        ),
        (
            json!({"alignment": good, "tree": tree, "branches": ["taax"]}),
            422,
            "branches",
            "Did you mean taa",
        ),
        (
            json!({"alignment": good, "tree": tree, "resample": 1.5}),
            422,
            "resample",
            "a whole number from 0 to 1000",
        ),
        (
            json!({"alignment": good, "tree": tree, "genetic_code": "Martian"}),
            422,
            "genetic_code",
            "Vertebrate-mtDNA",
        ),
        (
            json!({"alignment": good, "tree": tree, "srv": "perhaps"}),
            422,
            "srv",
            "Yes or No",
        ),
        (
            json!({"alignment": "../etc/passwd", "tree": tree}),
            422,
            "alignment",
            "the id of a dataset",
        ),
        (
            json!({"alignment": "abc", "tree": tree}),
            404,
            "alignment",
            "no dataset abc",
        ),
        (
            json!({"alignment": good, "tree": "abc"}),
            404,
            "tree",
            "no dataset abc",
        ),
        (
            json!({"tree": tree}),
            400,
            "alignment",
            "alignment is required",
        ),
    ];
    for (body, expected, field, part) in cases {
        let response = server.post("/methods/fel-start", &body);
        let status = response.status();
        assert_problem(status, &response.json().unwrap(), expected, field, part);
    }
    assert_eq!(server.get_json("/jobs"), json!({"jobs": []}));
}

#[test]
fn all_problems_are_reported_at_once() {
    let server = Server::start();
    let (fasta, newick) = small();
    let body = json!({
        "alignment": server.upload(fasta.replace("taaa", "taaz")), "tree": server.upload(newick),
        "branches": ["nobody"],
    });
    let problem: Value = server.post("/methods/fel-start", &body).json().unwrap();
    let mut fields: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["field"].as_str().unwrap())
        .collect();
    fields.dedup();
    assert_eq!(fields, ["tree", "branches"], "{problem}");
}

#[test]
fn unknown_paths_and_ids_are_problems() {
    let server = Server::start();
    for (path, status) in [
        ("/nothing", 404),
        ("/jobs/abc", 404),
        ("/datasets/abc", 404),
        ("/jobs?status=odd", 400),
        ("/methods/fel-result", 400),
    ] {
        let response = server.get(path);
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json",
            "{path}"
        );
        assert_eq!(
            response.json::<Value>().unwrap()["status"],
            status,
            "{path}"
        );
    }
    let response = server.http.put(server.api("/jobs")).send().unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(
        response.json::<Value>().unwrap()["title"],
        "Method not allowed"
    );
}

#[test]
fn every_problem_has_a_page() {
    let server = Server::start();
    for path in [
        "/jobs/none",
        "/datasets/none",
        "/nowhere",
        "/shared/none",
        "/methods/fel-result",
    ] {
        let problem: Value = server.get(path).json().unwrap();
        let page = problem["type"].as_str().unwrap();
        let page = server
            .http
            .get(format!("{}{page}", server.url))
            .send()
            .unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{problem}");
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        let text = page.text().unwrap();
        assert!(text.contains(problem["title"].as_str().unwrap()), "{text}");
    }
    let unknown = server
        .http
        .get(format!("{}/docs/problems/none", server.url))
        .send()
        .unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}
