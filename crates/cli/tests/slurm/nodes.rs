//! Events on a node, and whether Slurm or the service runs the job again.

use std::{fs, path::Path, sync::Arc};

use scheduler::{Observation, Scheduler};

use crate::{
    cluster::{Cluster, open_folder},
    contract::{ended, eventually, submit, task, until},
    faults::let_go,
    loss::{
        ONLY_THE_SECOND_ENDS, begun, cli, kill, node1_is_down, on_the_other_node, processes,
        works_in,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn events_on_a_node_are_reported_and_nothing_runs_twice() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = open_folder();
    let at = folder.path();
    killed_with_all_that_watched_it(&cluster, at).await;
    preempted(&cluster, at).await;
    not_requeued(&cluster, at).await;
    let wrapped = cli(&cluster, at, &["--exclude=node2"]);
    cut_off(&cluster, &wrapped, at, "cut-off").await;
    let plain = cluster.plain_cli(at, &["--exclude=node2"]);
    cut_off(&cluster, &plain, at, "cut-off-plain").await;
}

/// For instance by an administrator. There is no record, and Slurm reports the job as failed.
async fn killed_with_all_that_watched_it(cluster: &Cluster, at: &Path) {
    eprintln!("killed");
    let scheduler = cluster.rest(at, "normal");
    let attempt = submit(&scheduler, &task(at, "killed", ONLY_THE_SECOND_ENDS)).await;
    begun(&scheduler, &attempt).await;
    // The supervisor works outside of `run`, and its command line contains the attempt's directory.
    let directory = attempt.directory.to_string_lossy().into_owned();
    let killed = kill(|process| {
        let title = fs::read(process.join("cmdline")).unwrap_or_default();
        works_in(process, &attempt) || String::from_utf8_lossy(&title).contains(&directory)
    });
    assert!(killed > 0);
    let over = |seen: &Observation| matches!(seen, Observation::Ended(_) | Observation::Lost(_));
    let end = until(&scheduler, &attempt, over).await;
    assert!(
        matches!(&end, Observation::Lost(why) if why.contains("were killed on the cluster's node")),
        "{end:?}"
    );
}

/// A more urgent job preempts this one; Slurm runs it again afterwards.
async fn preempted(cluster: &Cluster, at: &Path) {
    eprintln!("preempted");
    let scheduler = cli(cluster, at, &["--exclude=node2", "--exclusive"]);
    let attempt = submit(&scheduler, &task(at, "preempted", ONLY_THE_SECOND_ENDS)).await;
    let runs = begun(&scheduler, &attempt).await;
    let mut urgent = task(at, "urgent", "sleep 3; exit 4");
    urgent.resources.partition = Some("urgent".to_owned());
    let urgent = submit(&scheduler, &urgent).await;
    until(&scheduler, &attempt, |seen| *seen == Observation::Pending).await;
    assert_eq!(ended(&scheduler, &urgent).await.code, Some(4));
    let_go(cluster, &attempt).await;
    assert_eq!(ended(&scheduler, &attempt).await.code, Some(0));
    assert_eq!(fs::read_to_string(runs).unwrap(), "once\nonce\n");
}

/// If Slurm does not run a job again, the service learns why it ended, and runs it again.
async fn not_requeued(cluster: &Cluster, at: &Path) {
    eprintln!("not requeued");
    let scheduler = cli(cluster, at, &["--exclude=node2", "--no-requeue"]);
    let attempt = submit(&scheduler, &task(at, "not-requeued", ONLY_THE_SECOND_ENDS)).await;
    begun(&scheduler, &attempt).await;
    cluster.stop(&["slurmd-node1"]);
    node1_is_down(cluster);
    let over = |seen: &Observation| matches!(seen, Observation::Ended(_) | Observation::Lost(_));
    let end = until(&scheduler, &attempt, over).await;
    assert!(
        matches!(&end, Observation::Lost(why)
            if why.starts_with("The cluster's node that ran the job failed. (Slurm job ")
                && why.contains("NODE_FAIL")),
        "{end:?}"
    );
    kill(|process| works_in(process, &attempt));
    cluster.bring_back();
}

/// Slurm considers the node lost and runs the job on another one, while the first run continues.
/// The first run notices this, ends its processes, and leaves no record.
async fn cut_off(cluster: &Cluster, scheduler: &Arc<dyn Scheduler>, at: &Path, name: &str) {
    eprintln!("{name}");
    let script =
        "echo once >> runs; if [ $(wc -l < runs) -lt 2 ]; then sleep 300; fi; sleep 8; exit 7";
    let attempt = submit(scheduler, &task(at, name, script)).await;
    let runs = begun(scheduler, &attempt).await;
    let first = processes(|process| works_in(process, &attempt));
    assert!(!first.is_empty());
    cluster.stop(&["slurmd-node1"]);
    node1_is_down(cluster);
    on_the_other_node(cluster, scheduler, &attempt).await;
    assert_eq!(ended(scheduler, &attempt).await.code, Some(7));
    assert_eq!(fs::read_to_string(runs).unwrap(), "once\nonce\n");
    let goes_on = || first.iter().any(|process| works_in(process, &attempt));
    eventually("the first run ends", || !goes_on()).await;
    cluster.bring_back();
}
