//! What people call their jobs, datasets and screens.

use reqwest::{StatusCode, blocking::Response};
use serde_json::{Value, json};

use crate::support::{Server, small, small_job};

fn change(server: &Server, path: &str, body: &Value) -> Response {
    let request = server.http.patch(server.api(path)).json(body);
    request.send().unwrap()
}

#[test]
fn jobs_have_names_and_tags() {
    let server = Server::start();
    let job = small_job(&server);
    let path = format!("/jobs/{job}");
    assert_eq!(server.get_json(&path).get("name"), None);
    let naming = json!({"name": " Spike, first try ", "tags": ["flu", " draft", "flu"]});
    let named: Value = change(&server, &path, &naming).json().unwrap();
    assert_eq!(named["name"], "Spike, first try");
    assert_eq!(named["tags"], json!(["flu", "draft"]));
    assert_eq!(server.get_json(&path)["name"], "Spike, first try");

    let count = |query: &str| {
        let list = server.get_json(&format!("/jobs?{query}"));
        list["jobs"].as_array().unwrap().len()
    };
    assert_eq!([count("tag=flu"), count("tag=fl")], [1, 0]);
    assert_eq!([count("name=FIRST"), count("name=last")], [1, 0]);
    assert_eq!(count("tag=draft&state=failed"), 0);

    // A field that is absent keeps its value, and null removes it.
    let changed: Value = change(&server, &path, &json!({"name": null}))
        .json()
        .unwrap();
    assert_eq!(changed.get("name"), None);
    assert_eq!(changed["tags"], json!(["flu", "draft"]));

    // Whoever has a link sees the name, but not the tags.
    change(&server, &path, &json!({"name": "Spike"}));
    let link: Value = server
        .post(&format!("{path}/share"), &json!({}))
        .json()
        .unwrap();
    let token = link["share_token"].as_str().unwrap();
    let shared = server.get_json(&format!("/shared/{token}"));
    assert_eq!(shared["name"], "Spike");
    assert_eq!(shared.get("tags"), None);

    let cleared: Value = change(&server, &path, &json!({"tags": null}))
        .json()
        .unwrap();
    assert_eq!(cleared.get("tags"), None);
    let missing = change(&server, &format!("/jobs/{}", "0".repeat(64)), &naming);
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    server.completed(&job);
    assert_eq!(server.get_json(&path)["name"], "Spike");
}

#[test]
fn datasets_have_names_and_tags() {
    let server = Server::start();
    let id = server.upload(">a\nATG\n>b\nATG\n");
    let path = format!("/datasets/{id}");
    let naming = json!({"name": "spike.fasta", "tags": ["flu"]});
    let named: Value = change(&server, &path, &naming).json().unwrap();
    assert_eq!(named["name"], "spike.fasta");
    let found = server.get_json("/datasets?tag=flu");
    assert_eq!(found["datasets"][0]["tags"], json!(["flu"]));
    assert_eq!(
        server.get_json("/datasets?tag=other")["datasets"],
        json!([])
    );
    // The same file, uploaded again, keeps its tags.
    assert_eq!(server.upload(">a\nATG\n>b\nATG\n"), id);
    assert_eq!(server.get_json(&path)["tags"], json!(["flu"]));

    let empty = change(&server, &path, &json!({"name": "  "}));
    assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn screens_have_names_and_tags() {
    let server = Server::start();
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick),
        "engine": "native", "recombination": "skip", "methods": ["fubar"]});
    let screen: Value = server.post("/screens", &body).json().unwrap();
    let path = format!("/screens/{}", screen["screen_id"].as_str().unwrap());
    let naming = json!({"name": "Spike", "tags": ["flu"]});
    let named: Value = change(&server, &path, &naming).json().unwrap();
    assert_eq!(named["name"], "Spike");
    assert_eq!(named["tags"], json!(["flu"]));
    let count = |query: &str| {
        let list = server.get_json(&format!("/screens?{query}"));
        list["screens"].as_array().unwrap().len()
    };
    assert_eq!([count("tag=flu"), count("tag=fl")], [1, 0]);
    assert_eq!([count("name=PIK"), count("name=last")], [1, 0]);
    let refused = change(&server, &path, &json!({"name": null}));
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let missing = change(&server, &format!("/screens/{}", "0".repeat(64)), &naming);
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    // The same request means the same screen, which keeps its name.
    let again: Value = server.post("/screens", &body).json().unwrap();
    assert_eq!(
        [&again["screen_id"], &again["name"]],
        [&screen["screen_id"], &json!("Spike")]
    );
}

#[test]
fn invalid_names_and_tags_are_refused_together() {
    let server = Server::start();
    let job = small_job(&server);
    let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    let messages = |body: Value| {
        let answer = change(&server, &format!("/jobs/{job}"), &body);
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let problem: Value = answer.json().unwrap();
        let errors = problem["errors"].as_array().unwrap().clone();
        let text = |error: &Value| error["message"].as_str().unwrap().to_owned();
        errors.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(
        messages(json!({"name": 5, "tags": ["a,b", "", 7, "x".repeat(51)]})),
        [
            "name must be text, or null.".to_owned(),
            r#"The tag "a,b" must not be empty or have a comma."#.to_owned(),
            r#"The tag "" must not be empty or have a comma."#.to_owned(),
            "tags holds 7; each tag must be text.".to_owned(),
            format!(
                r#"The tag "{}" has 51 characters; the maximum is 50."#,
                "x".repeat(51)
            ),
        ]
    );
    assert_eq!(
        messages(json!({"tags": many})),
        ["There are 21 tags; at most 20 are allowed."]
    );
    assert_eq!(
        messages(json!({"name": "a\nb"})),
        ["name must not have line breaks or other control characters."]
    );
    server.completed(&job);
}
