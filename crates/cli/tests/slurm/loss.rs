//! What ends a job on a real cluster before its time.

use std::{fs, path::Path, process::Command, sync::Arc, time::Duration};

use scheduler::{
    Attempt, Observation, Scheduler,
    slurm::{CliConfig, Slurm},
};

use crate::{
    cluster::{Cluster, open_folder},
    contract::{ended, running, submit, task, until},
    faults::let_go,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_node_and_slurms_own_time_limit() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = open_folder();
    tokio::join!(
        time_limit(&cluster, folder.path()),
        node_failure(&cluster, folder.path())
    );
}

/// With more arguments for `sbatch`.
fn cli(cluster: &Cluster, at: &Path, options: &[&str]) -> Arc<dyn Scheduler> {
    let config = CliConfig {
        user: Some(cluster.settings["SLURM_CLI_USER"].clone()),
        partition: "normal".to_owned(),
        slurm_conf: Some(cluster.settings["SLURM_CONF"].clone()),
        sbatch_options: options.iter().map(|&option| option.to_owned()).collect(),
        ..CliConfig::default()
    };
    Arc::new(Slurm::cli(config, cluster.config(at)).unwrap())
}

/// Slurm's shortest limit is a minute; the wrapper has none here.
async fn time_limit(cluster: &Cluster, at: &Path) {
    let scheduler = cli(cluster, at, &["--time=1", "--exclude=node1"]);
    let attempt = submit(&scheduler, &task(at, "over-time", "sleep 300")).await;
    let exit = ended(&scheduler, &attempt).await;
    assert!(exit.timed_out && !exit.cancelled, "{exit:?}");
    let why = exit.explanation.unwrap();
    assert!(
        why.starts_with("The analysis took longer than its time limit and was stopped.")
            && why.contains("TIMEOUT"),
        "{why}"
    );
}

/// The node is gone with all that ran on it. Slurm runs the job on the other one.
async fn node_failure(cluster: &Cluster, at: &Path) {
    let scheduler = cli(cluster, at, &["--exclude=node2"]);
    let script = "echo once >> runs; if [ $(wc -l < runs) -lt 2 ]; then sleep 300; fi";
    let attempt = submit(&scheduler, &task(at, "node-failure", script)).await;
    running(&scheduler, &attempt).await;
    let runs = attempt.directory.join("run/runs");
    for _ in 0..300 {
        if runs.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    cluster.stop(&["slurmd-node1"]);
    kill_all(&attempt);
    cluster.slurm(
        "scontrol",
        &["update", "NodeName=node1", "State=DOWN", "Reason=test"],
    );
    until(&scheduler, &attempt, |seen| *seen == Observation::Pending).await;
    let job = format!("JobId={}", attempt.handle);
    cluster.slurm("scontrol", &["update", &job, "ExcNodeList="]);
    let_go(cluster, &attempt).await;
    assert_eq!(ended(&scheduler, &attempt).await.code, Some(0));
    assert_eq!(fs::read_to_string(runs).unwrap(), "once\nonce\n");
}

/// Everything that works in the attempt's directory, and what Slurm watches it with.
fn kill_all(attempt: &Attempt) {
    for process in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let path = process.path();
        let ours =
            fs::read_link(path.join("cwd")).is_ok_and(|at| at.starts_with(&attempt.directory));
        if ours {
            let id = process.file_name();
            Command::new("kill").arg("-9").arg(id).status().unwrap();
        }
    }
}
