//! What a cluster's administrators read about a job.

use std::fs;

use serde_json::{Value, json};

use crate::{
    stand_in::StandIn,
    support::{Server, small, until},
};

#[test]
fn the_comment_of_a_slurm_job_names_the_job_and_the_request() {
    let slurm = StandIn::start();
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("jwt.key");
    fs::write(&key, [7; 32]).unwrap();
    let server = Server::with(&[
        ("SCHEDULER_TYPE", "SlurmRestScheduler"),
        ("SLURM_REST_URL", &slurm.url),
        ("SLURM_JWT_KEY_PATH", key.to_str().unwrap()),
        ("SLURM_JWT_USERNAME", "nobody"),
    ]);
    let (fasta, newick) = small();
    let body = json!({"alignment": server.upload(fasta), "tree": server.upload(newick)});
    let request = server.http.post(server.api("/methods/fel-start"));
    let request = request.header("x-request-id", "from-lab-7").json(&body);
    let job: Value = request.send().unwrap().json().unwrap();
    let expected = format!(
        "datamonkey job={} request=from-lab-7",
        job["job_id"].as_str().unwrap()
    );
    until("the job is submitted", || {
        slurm.state.lock().unwrap().comments == [expected.as_str()]
    });
}
