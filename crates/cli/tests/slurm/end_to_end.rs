//! FEL from upload to result on a real cluster, by the REST API and by the command line.

use std::path::Path;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    cluster::{Cluster, open_folder},
    support::{Server, long_job, small, until},
};

pub fn serve(cluster: &Cluster, kind: &str, base: &Path) -> Server {
    serve_with(cluster, kind, base, &[])
}

fn serve_with(cluster: &Cluster, kind: &str, base: &Path, more: &[(&str, &str)]) -> Server {
    let mut settings: Vec<(&str, &str)> = cluster
        .settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| *name != "SCHEDULER_TYPE")
        .collect();
    settings.push(("SCHEDULER_TYPE", kind));
    settings.push(("HYPHY_BASE_PATH", base.to_str().unwrap()));
    settings.extend(more);
    Server::with(&settings)
}

fn fel(server: &Server) -> String {
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    server.start_job("fel", &body)
}

fn result(server: &Server, id: &str) -> Value {
    server.completed(id);
    let mut result: Value = serde_json::from_str(&server.result(id)).unwrap();
    result.as_object_mut().unwrap().remove("timers").unwrap();
    result
}

#[test]
fn fel_has_the_same_result_locally_by_rest_and_by_command_line() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let local = Server::with(&[("LOCAL_MAX_THREADS", "1")]);
    let expected = result(&local, &fel(&local));
    for kind in ["SlurmRestScheduler", "SlurmScheduler"] {
        let folder = open_folder();
        let mut server = serve(&cluster, kind, folder.path());
        let id = fel(&server);
        assert_eq!(result(&server, &id), expected, "{kind}");
        let events = server.get(&format!("/jobs/{id}/events")).text().unwrap();
        assert!(
            events.contains("\"Testing sites\""),
            "no progress by site: {events}"
        );
        let health = server.get_json("/health");
        assert_eq!(health["details"]["scheduler"], kind);
        let said = health["details"]["scheduler_detail"].as_str().unwrap();
        assert!(
            said.starts_with("Slurm 2") && said.contains("normal up, urgent up, down down"),
            "{said}"
        );
        let slurm = &health["details"]["cluster"];
        assert_eq!(slurm["reachable"], true);
        assert!(slurm["version"].as_str().unwrap().starts_with('2'));
        assert!(slurm["last_contact"].is_string() && slurm["unreachable_since"].is_null());
        assert_eq!(
            (&slurm["pending"], &slurm["running"]),
            (&json!(0), &json!(0))
        );
        let partitions = json!([
            {"name": "normal", "up": true, "nodes": 2},
            {"name": "urgent", "up": true, "nodes": 2},
            {"name": "down", "up": false, "nodes": 1},
        ]);
        assert_eq!(slurm["partitions"], partitions);

        // The service is killed while a job runs, and recovers it after the restart.
        let long = long_job(&server, 4);
        assert_eq!(server.wait_for(&long, "running")["state"], "running");
        server.kill();
        server.restart();
        until("it has asked Slurm", || {
            let health: Value = server.get("/health").json().unwrap();
            health["details"]["cluster"]["last_contact"].is_string()
        });
        assert_eq!(server.job(&long)["state"], "running");
        assert_eq!(
            server.delete(&format!("/jobs/{long}")),
            StatusCode::NO_CONTENT
        );
        let left = || cluster.slurm("squeue", &["-h", "-t", "running,pending,completing"]);
        until("Slurm's queue is empty", || left().is_empty());
    }
}

#[test]
fn an_estimate_is_a_job_of_the_cluster_and_is_ended_with_its_own() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = open_folder();
    let on = [("ESTIMATE_MAX_SECS", "60")];
    let server = serve_with(&cluster, "SlurmScheduler", folder.path(), &on);
    let id = long_job(&server, 4);
    until("the estimate is ready", || {
        server.job(&id)["estimate"]["status"] == "ready"
    });
    // Slurm may start the job after the estimate, which can be over first.
    assert_eq!(server.wait_for(&id, "running")["state"], "running");
    let estimate = server.get_json(&format!("/jobs/{id}/estimate"));
    let rows = estimate["summary"]["table"]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 120);
    let names = cluster.slurm("squeue", &["-h", "-o", "%j", "-t", "all"]);
    assert!(names.contains("dm-estimate-"), "{names}");
    assert_eq!(
        server.delete(&format!("/jobs/{id}")),
        StatusCode::NO_CONTENT
    );
    let left = || cluster.slurm("squeue", &["-h", "-t", "running,pending,completing"]);
    until("Slurm's queue is empty", || left().is_empty());
}

#[test]
fn jobs_wait_for_an_absent_cluster() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    cluster.stop(&["slurmrestd"]);
    let folder = open_folder();
    let server = serve(&cluster, "SlurmRestScheduler", folder.path());
    let id = fel(&server);
    until("the cluster is missed", || {
        let health: Value = server.get("/health").json().unwrap();
        health["details"]["cluster"]["unreachable_since"].is_string()
    });
    until("the job waits again", || {
        server.job(&id)["state"] == "queued"
    });
    let health = server.get("/health");
    assert_eq!(health.status(), StatusCode::SERVICE_UNAVAILABLE);
    let health: Value = health.json().unwrap();
    assert_eq!(health["details"]["job_scheduler"], "unhealthy");
    let said = health["details"]["scheduler_detail"].as_str().unwrap();
    assert!(
        said.contains("has not been reachable since") && said.contains("refused"),
        "{said}"
    );
    let slurm = &health["details"]["cluster"];
    assert_eq!(slurm["reachable"], false);
    assert!(slurm["unreachable_since"].is_string() && slurm["last_contact"].is_null());
    // A job that waits for the cluster can be cancelled without it.
    let other = long_job(&server, 9);
    assert_eq!(
        server.delete(&format!("/jobs/{other}")),
        StatusCode::NO_CONTENT
    );
    cluster.bring_back();
    server.completed(&id);
    assert_eq!(server.job(&id)["warnings"], Value::Null);
}
