//! Events that end a job on a real cluster early.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use scheduler::{
    Attempt, Observation, Scheduler,
    slurm::{CliConfig, Slurm},
};

use crate::{
    cluster::{Cluster, open_folder},
    contract::{ended, eventually, running, submit, task, until},
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

/// The first run never ends.
pub const ONLY_THE_SECOND_ENDS: &str =
    "echo once >> runs; if [ $(wc -l < runs) -lt 2 ]; then sleep 300; fi";

/// Returns the file in which a run of such a script reports its start, once it has done so.
pub async fn begun(scheduler: &Arc<dyn Scheduler>, attempt: &Attempt) -> PathBuf {
    running(scheduler, attempt).await;
    started(attempt).await
}

/// Like [`begun`], for a script that may already have ended.
pub async fn started(attempt: &Attempt) -> PathBuf {
    let runs = attempt.directory.join("run/runs");
    eventually("its script begins", || runs.exists()).await;
    runs
}

pub fn node1_is_down(cluster: &Cluster) {
    let down = ["update", "NodeName=node1", "State=DOWN", "Reason=test"];
    cluster.slurm("scontrol", &down);
}

/// Slurm has requeued the job. It may now run on the node from which it was excluded.
pub async fn on_the_other_node(
    cluster: &Cluster,
    scheduler: &Arc<dyn Scheduler>,
    attempt: &Attempt,
) {
    until(scheduler, attempt, |seen| *seen == Observation::Pending).await;
    let job = format!("JobId={}", attempt.handle);
    cluster.slurm("scontrol", &["update", &job, "ExcNodeList="]);
    let_go(cluster, attempt).await;
}

/// With additional arguments for `sbatch`.
pub fn cli(cluster: &Cluster, at: &Path, options: &[&str]) -> Arc<dyn Scheduler> {
    let config = CliConfig {
        sbatch_options: options.iter().map(|&option| option.to_owned()).collect(),
        ..cluster.cli_config("normal")
    };
    Arc::new(Slurm::cli(config, cluster.config(at)).unwrap())
}

/// Slurm's shortest limit is a minute; the wrapper has no limit here.
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

/// The node and all its processes disappear. Slurm runs the job on the other node.
async fn node_failure(cluster: &Cluster, at: &Path) {
    let scheduler = cli(cluster, at, &["--exclude=node2"]);
    let attempt = submit(&scheduler, &task(at, "node-failure", ONLY_THE_SECOND_ENDS)).await;
    let runs = begun(&scheduler, &attempt).await;
    cluster.stop(&["slurmd-node1"]);
    kill_all(cluster, &attempt);
    node1_is_down(cluster);
    on_the_other_node(cluster, &scheduler, &attempt).await;
    assert_eq!(ended(&scheduler, &attempt).await.code, Some(0));
    assert_eq!(fs::read_to_string(runs).unwrap(), "once\nonce\n");
}

/// First stops what Slurm watches the job with, because it would report the script's end to the
/// controller. Then stops every process that works in the attempt's directory.
fn kill_all(cluster: &Cluster, attempt: &Attempt) {
    let step = format!("slurmstepd: [{}.batch]", attempt.handle);
    let config = format!("SLURM_CONF={}", cluster.settings["SLURM_CONF"]);
    kill(|process| {
        let read = |name| fs::read(process.join(name)).unwrap_or_default();
        let (title, environment) = (read("cmdline"), read("environ"));
        title.starts_with(step.as_bytes())
            && environment
                .split(|byte| *byte == 0)
                .any(|set| set == config.as_bytes())
    });
    kill(|process| works_in(process, attempt));
}

pub fn works_in(process: &Path, attempt: &Attempt) -> bool {
    fs::read_link(process.join("cwd")).is_ok_and(|at| at.starts_with(&attempt.directory))
}

pub fn processes(meant: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbered = all.map(|process| process.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.chars().all(|c| c.is_ascii_digit())
    });
    numbered.filter(|process| meant(process)).collect()
}

/// Kills the selected processes, given by their folders in `/proc`. Returns their number.
pub fn kill(meant: impl Fn(&Path) -> bool) -> usize {
    let processes = processes(meant);
    for process in &processes {
        let id = process.file_name().unwrap();
        Command::new("kill").arg("-9").arg(id).status().unwrap();
    }
    processes.len()
}
