//! Faults of a real cluster while jobs run on it.

use std::{path::Path, sync::Arc};

use scheduler::{Attempt, AttemptDir, Observation, Scheduler};

use crate::{
    cluster::{Cluster, open_folder},
    contract::{ended, eventually, healthy, submit, task, until},
    loss::{begun, started},
    patience::Patience,
};

pub const DAEMONS: [&str; 3] = ["slurmctld", "slurmdbd", "slurmrestd"];

#[tokio::test(flavor = "multi_thread")]
async fn jobs_survive_faults_of_the_cluster() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    for kind in ["rest", "cli"] {
        let folder = open_folder();
        let scheduler = make(&cluster, kind, folder.path());
        restarts(&cluster, &scheduler, kind, folder.path()).await;
        drained(&cluster, &scheduler, kind, folder.path()).await;
        if kind == "rest" {
            requeued(&cluster, &scheduler, kind, folder.path()).await;
        }
        wiped(&cluster, &scheduler, kind, folder.path()).await;
    }
}

fn make(cluster: &Cluster, kind: &str, at: &Path) -> Arc<dyn Scheduler> {
    match kind {
        "rest" => cluster.rest(at, "normal"),
        _ => cluster.cli(at, "normal"),
    }
}

async fn restarts(cluster: &Cluster, scheduler: &Arc<dyn Scheduler>, kind: &str, at: &Path) {
    eprintln!("{kind}: {DAEMONS:?} stop and return");
    let script = |rest: &str| format!("echo once >> runs; {rest}");
    let through = task(at, &format!("{kind}-through"), &script("sleep 12; exit 5"));
    let through = submit(scheduler, &through).await;
    let within = task(at, &format!("{kind}-within"), &script("sleep 4; exit 6"));
    let within = submit(scheduler, &within).await;
    // A node begins no script while the controller is away.
    started(&through).await;
    started(&within).await;
    cluster.stop(&DAEMONS);
    let said = healthy(scheduler, false).await;
    assert!(said.contains("has not been reachable since"), "{said}");
    // The job ends while Slurm does not answer; its exit record says how.
    assert_eq!(ended(scheduler, &within).await.code, Some(6));
    cluster.bring_back();
    healthy(scheduler, true).await;
    assert_eq!(ended(scheduler, &through).await.code, Some(5));
}

async fn drained(cluster: &Cluster, scheduler: &Arc<dyn Scheduler>, kind: &str, at: &Path) {
    eprintln!("{kind}: drained nodes");
    let all = "NodeName=node1,node2";
    cluster.slurm("scontrol", &["update", all, "State=DRAIN", "Reason=test"]);
    let waiting = submit(scheduler, &task(at, &format!("{kind}-drained"), "true")).await;
    // Slurm has found that there is no node for it.
    let why = || cluster.queue(&waiting.handle, "%r");
    eventually("a reason to wait", || why().contains("DRAINED")).await;
    let seen = scheduler
        .poll(std::slice::from_ref(&waiting))
        .await
        .unwrap();
    assert_eq!(seen, [Observation::Pending]);
    cluster.slurm("scontrol", &["update", all, "State=RESUME"]);
    assert_eq!(ended(scheduler, &waiting).await.code, Some(0));
}

/// As after a node failure, Slurm runs the script again from its beginning.
async fn requeued(cluster: &Cluster, scheduler: &Arc<dyn Scheduler>, kind: &str, at: &Path) {
    eprintln!("{kind}: requeued");
    let script = "echo once >> runs; if [ $(wc -l < runs) -lt 2 ]; then sleep 300; fi";
    let attempt = submit(scheduler, &task(at, &format!("{kind}-requeued"), script)).await;
    let runs = begun(scheduler, &attempt).await;
    cluster.slurm("scontrol", &["requeue", &attempt.handle]);
    until(scheduler, &attempt, |seen| *seen == Observation::Pending).await;
    let_go(cluster, &attempt).await;
    assert_eq!(ended(scheduler, &attempt).await.code, Some(0));
    assert_eq!(std::fs::read_to_string(runs).unwrap(), "once\nonce\n");
}

/// Releases a job that Slurm holds after it was requeued, as an administrator would. Otherwise it
/// waits for two minutes or for ever. Jobs that are not held do not change.
pub async fn let_go(cluster: &Cluster, attempt: &Attempt) {
    let job = format!("JobId={}", attempt.handle);
    let mut patience = Patience::new(format!("Slurm runs {} again", attempt.name));
    loop {
        let state = cluster.queue(&attempt.handle, "%T %r");
        if !state.starts_with("PENDING") && !state.starts_with("REQUEUE") {
            return;
        }
        cluster.slurm("scontrol", &["release", &attempt.handle]);
        cluster.slurm("scontrol", &["update", &job, "StartTime=now"]);
        tokio::time::sleep(patience.pause(state)).await;
    }
}

/// The controller loses its state, and its job ids start at 1 again.
async fn wiped(cluster: &Cluster, scheduler: &Arc<dyn Scheduler>, kind: &str, at: &Path) {
    eprintln!("{kind}: wiped state, ids used again");
    let long = "echo once >> runs; sleep 300";
    let old = submit(scheduler, &task(at, &format!("{kind}-old"), long)).await;
    begun(scheduler, &old).await;
    let stopped = submit(scheduler, &task(at, &format!("{kind}-stopped"), long)).await;
    // Slurm says that a job runs before its node begins the script, and a job that is cancelled in
    // between leaves no record.
    begun(scheduler, &stopped).await;
    // By name and time, as the service asks. A job that is cancelled before accounting has recorded its
    // start is never found in this way.
    let accounting = || {
        let state = [
            "-n",
            "-X",
            "-o",
            "State",
            "-S",
            "now-60minutes",
            "--name",
            &stopped.name,
        ];
        cluster.slurm("sacct", &state)
    };
    eventually("accounting knows it", || accounting().contains("RUNNING")).await;
    cluster.slurm("scancel", &[&stopped.handle]);
    let record = AttemptDir::new(&stopped.directory);
    eventually("a record", || record.read_exit().is_some()).await;
    eventually("accounting knows its end", || {
        accounting().contains("CANCELLED")
    })
    .await;
    // A node does not begin a job while it tells of the end of another one with that number.
    let left = || cluster.slurm("squeue", &["-h", "-o", "%i"]);
    eventually("Slurm knows of all other ends", || {
        left().trim() == old.handle
    })
    .await;
    cluster.stop(&["slurmctld"]);
    cluster.wipe_state();
    cluster.bring_back();
    healthy(scheduler, true).await;
    // Wait until another job has the old id.
    let mut others = Vec::new();
    loop {
        let name = format!("{kind}-other-{}", others.len());
        others.push(submit(scheduler, &task(at, &name, "sleep 1; exit 9")).await);
        let last = others.last().unwrap().handle.parse::<u64>().unwrap();
        if last >= old.handle.parse().unwrap() {
            break;
        }
    }
    assert!(others.iter().any(|other| other.handle == old.handle));
    let over = |seen: &Observation| matches!(seen, Observation::Ended(_) | Observation::Lost(_));
    let end = until(scheduler, &old, over).await;
    assert!(
        matches!(&end, Observation::Lost(why) if why.contains("controller has lost the job")),
        "{end:?}"
    );
    // Now only accounting knows that an administrator cancelled this job, and a restarted service
    // asks it.
    let fresh = make(cluster, kind, at);
    let exit = ended(&fresh, &stopped).await;
    assert!(exit.cancelled, "{exit:?}");
    for other in &others {
        // If the node still runs the old job, Slurm holds the new one with that id. The new job
        // then waits, and its own cancellation ends it.
        if other.handle == old.handle {
            scheduler.cancel(other).await.unwrap();
            let exit = ended(scheduler, other).await;
            assert!(exit.cancelled || exit.code == Some(9), "{exit:?}");
            continue;
        }
        assert_eq!(ended(scheduler, other).await.code, Some(9));
    }
}
