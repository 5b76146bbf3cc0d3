//! Figures that clients store.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Server, small_job};

#[test]
fn a_figure_is_stored_unchanged_and_deleted_with_its_job() {
    let server = Server::start();
    let job = small_job(&server);
    assert_eq!(
        server.get_json("/visualizations"),
        json!({"visualizations": []})
    );
    let spec = json!({"mark": "point", "data": {"values": [{"x": 1.10, "y": null}]}, "a": 1e-300});
    let metadata = json!({"library": "vega-lite", "generated_by": "a person", "extra": true});
    let body = json!({"job_id": job, "title": "dN/dS", "spec": spec, "metadata": metadata});
    let made = server.post("/visualizations", &body);
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().unwrap();
    let id = made["viz_id"].as_str().unwrap();
    let parts: Vec<&str> = id.split('_').collect();
    assert!(
        parts[0] == "viz" && parts[1].parse::<u64>().is_ok() && parts.len() == 3,
        "{id}"
    );
    let path = format!("/visualizations/{id}");
    assert_eq!(server.get_json(&path), made);
    assert_eq!((&made["spec"], &made["metadata"]), (&spec, &metadata));

    let change = json!({"title": "omega", "config": {"width": 300}});
    let changed = server
        .http
        .put(server.api(&path))
        .json(&change)
        .send()
        .unwrap();
    let changed: Value = changed.json().unwrap();
    assert_eq!(changed["title"], "omega");
    assert_eq!(changed["config"]["width"], 300);
    assert_eq!(changed["spec"], spec);
    let count = |query: &str| {
        let list = server.get_json(&format!("/visualizations?{query}"));
        list["visualizations"].as_array().unwrap().len()
    };
    assert_eq!(
        (count(&format!("job_id={job}")), count("job_id=other")),
        (1, 0)
    );
    assert_eq!(count("dataset_id=other"), 0);

    server.completed(&job);
    assert_eq!(
        server.delete(&format!("/jobs/{job}")),
        StatusCode::NO_CONTENT
    );
    let gone = server.get(&path);
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    assert!(
        gone.json::<Value>().unwrap()["detail"]
            .as_str()
            .unwrap()
            .contains(id)
    );
    assert_eq!(server.delete(&path), StatusCode::NOT_FOUND);
}

#[test]
fn invalid_fields_of_a_figure_are_reported() {
    let server = Server::start();
    let job = small_job(&server);
    for (body, status, field) in [
        (json!({"title": "t", "spec": {}}), 400, "job_id"),
        (json!({"job_id": job, "title": 3, "spec": {}}), 400, "title"),
        (
            json!({"job_id": job, "title": "t", "spec": []}),
            400,
            "spec",
        ),
        (
            json!({"job_id": "none", "title": "t", "spec": {}}),
            404,
            "none",
        ),
        (
            json!({"job_id": job, "dataset_id": "no", "title": "t", "spec": {}}),
            404,
            "dataset no",
        ),
    ] {
        let response = server.post("/visualizations", &body);
        assert_eq!(response.status().as_u16(), status, "{body}");
        let problem: Value = response.json().unwrap();
        assert!(
            problem["detail"].as_str().unwrap().contains(field),
            "{problem}"
        );
    }
}
