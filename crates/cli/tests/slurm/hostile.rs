//! Rare behaviour of a cluster, which a real one does not show on demand.

use std::{fs, path::Path, sync::Arc, time::Duration};

use scheduler::{
    Attempt, Observation, Scheduler, SubmitError, Task,
    slurm::{JobOptions, Launcher, RestConfig, Slurm, SlurmConfig},
};
use tempfile::TempDir;

use crate::{
    contract::{ended, eventually, healthy, running, submit, task, until},
    gate::Gate,
    stand_in::{Act, StandIn},
};

pub struct Fixture {
    pub folder: TempDir,
    pub slurm: StandIn,
    pub scheduler: Arc<dyn Scheduler>,
}

pub fn fixture() -> Fixture {
    let folder = TempDir::new().unwrap();
    let slurm = StandIn::start();
    let key_path = folder.path().join("jwt.key");
    fs::write(&key_path, [7; 32]).unwrap();
    let rest = RestConfig {
        url: slurm.url.clone(),
        api_path: None,
        submit_path: None,
        partition: "normal".to_owned(),
        key_path,
        user: whoami(),
        token_lifetime: Duration::from_secs(600),
        options: JobOptions::default(),
        job_options: serde_json::Map::new(),
    };
    let config = SlurmConfig {
        attempts: folder.path().to_path_buf(),
        wrapper: None,
        launcher: Launcher::default(),
        poll_every: Duration::from_secs(1),
        lost_after: Duration::from_secs(4),
    };
    let scheduler = Arc::new(Slurm::rest(rest, config).unwrap());
    Fixture {
        folder,
        slurm,
        scheduler,
    }
}

fn whoami() -> String {
    let id = std::process::Command::new("id")
        .arg("-un")
        .output()
        .unwrap();
    String::from_utf8(id.stdout).unwrap().trim().to_owned()
}

/// The end of a job as its script records it.
pub fn record(attempt: &Attempt, code: i32) {
    let text = format!(
        r#"{{"code":{code},"signal":null,"started":"2026-01-01T00:00:00Z","ended":"2026-01-01T00:00:01Z"}}"#
    );
    fs::write(attempt.directory.join("exit.json"), text).unwrap();
}

/// Submits a job whose submission gets no clear answer.
async fn unclear(scheduler: &Arc<dyn Scheduler>, at: &Path, name: &str) -> Attempt {
    let task: Task = task(at, name, "true");
    match scheduler.submit(&task).await {
        Err(SubmitError::Unclear(_)) => {}
        other => panic!("{other:?}"),
    }
    Attempt {
        name: task.name,
        handle: String::new(),
        directory: task.directory,
    }
}

pub fn is_over(seen: &Observation) -> bool {
    matches!(seen, Observation::Ended(_) | Observation::Lost(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_reply_was_lost_is_found_by_its_name() {
    let Fixture {
        folder,
        slurm,
        scheduler,
    } = fixture();
    for (n, act) in [Act::LoseReply, Act::Truncate].into_iter().enumerate() {
        slurm.act("submit", [act]);
        let attempt = unclear(&scheduler, folder.path(), &format!("dm-{n}")).await;
        running(&scheduler, &attempt).await;
        record(&attempt, 0);
        assert_eq!(ended(&scheduler, &attempt).await.code, Some(0));
        assert_eq!(slurm.count("submit"), n + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_never_reached_slurm_counts_as_lost() {
    let Fixture {
        folder,
        slurm,
        scheduler,
    } = fixture();
    slurm.act(
        "submit",
        [Act::LoseRequest, Act::Say(500, "a proxy's words")],
    );
    for name in ["dm-1", "dm-2"] {
        let attempt = unclear(&scheduler, folder.path(), name).await;
        let end = until(&scheduler, &attempt, is_over).await;
        let wanted = Observation::Lost("The job did not reach the cluster.".to_owned());
        assert_eq!(end, wanted);
    }
    assert_eq!(slurm.count("submit"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_token_is_renewed_and_the_call_repeated_once() {
    let Fixture {
        folder,
        slurm,
        scheduler,
    } = fixture();
    // A token of the same second would be the same.
    let second = || chrono::Utc::now().timestamp();
    let first = second();
    eventually("the next second", || second() > first).await;
    let expired =
        r#"{"errors":[{"error_number":1007,"error":"Authentication credentials invalid"}]}"#;
    slurm.act("submit", [Act::Say(511, expired)]);
    submit(&scheduler, &task(folder.path(), "dm-1", "true")).await;
    let tokens: Vec<String> = {
        let state = slurm.state.lock().unwrap();
        let submits = state
            .requests
            .iter()
            .filter(|asked| asked.path.ends_with("submit"));
        submits.map(|asked| asked.token.clone()).collect()
    };
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], tokens[1]);
    // If tokens are always rejected, Slurm counts as unavailable: jobs wait, and no message
    // contains a token.
    let away = r#"{"errors":[{"error_number":9000,"error":"slurmctld config is unable to load"}]}"#;
    slurm.act("submit", [Act::Say(500, away), Act::Say(500, away)]);
    slurm.act("jobs", vec![Act::Say(500, away); 4]);
    match scheduler.submit(&task(folder.path(), "dm-2", "true")).await {
        Err(SubmitError::Unavailable(why)) => {
            assert!(
                why.contains("slurmctld is unavailable") && !why.contains(&tokens[1]),
                "{why}"
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(scheduler.free_slots(), 0);
    healthy(&scheduler, true).await;
    assert_eq!(scheduler.free_slots(), usize::MAX);
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_replies_do_not_end_a_running_job() {
    let Fixture {
        folder,
        slurm,
        scheduler,
    } = fixture();
    let attempt = submit(&scheduler, &task(folder.path(), "dm-1", "true")).await;
    running(&scheduler, &attempt).await;
    slurm.set_state("TELEPORTED");
    // The next answer waits until somebody has looked at the first.
    let gate = Gate::default();
    let hold = Act::Hold(gate.passage());
    slurm.act("jobs", [Act::Say(502, "<html>"), hold]);
    let said = healthy(&scheduler, false).await;
    assert!(said.contains("502"), "{said}");
    let more = [Act::Truncate, Act::LoseReply, Act::Say(200, "[]")];
    slurm.act("jobs", more);
    drop(gate);
    eventually("it has heard all of that", || {
        slurm.state.lock().unwrap().acts.is_empty()
    })
    .await;
    healthy(&scheduler, true).await;
    let seen = scheduler
        .poll(std::slice::from_ref(&attempt))
        .await
        .unwrap();
    assert_eq!(seen, [Observation::Running]);
    // Another user's job has the id now.
    slurm
        .state
        .lock()
        .unwrap()
        .jobs
        .insert(1, ("other".to_owned(), "FAILED".to_owned()));
    let end = until(&scheduler, &attempt, is_over).await;
    assert!(
        matches!(&end, Observation::Lost(why) if why.contains("lost the job")),
        "{end:?}"
    );
    let tried = scheduler.cancel(&attempt).await;
    assert!(tried.is_ok());
    assert_eq!(
        slurm.state.lock().unwrap().jobs[&1].1,
        "FAILED",
        "another's job was cancelled"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_slurm_delays_nothing_else_and_is_queried_rarely() {
    let Fixture {
        folder,
        slurm,
        scheduler,
    } = fixture();
    let mut attempts = Vec::new();
    for n in 0..200 {
        let task = task(folder.path(), &format!("dm-{n}"), "true");
        attempts.push(submit(&scheduler, &task).await);
    }
    // The last submission may have hurried the next question.
    let asked = || slurm.count("/jobs");
    let hurried = asked() + 1;
    eventually("it is asked again", || asked() >= hurried + 4).await;
    let times = slurm.times("/jobs");
    let pauses = times[hurried..]
        .windows(2)
        .map(|two| two[1].0 - two[0].1.unwrap());
    for pause in pauses {
        assert!(pause >= Duration::from_secs(1), "asked after {pause:?}");
    }
    let gate = Gate::default();
    let before = asked();
    slurm.act("jobs", [Act::Hold(gate.passage())]);
    eventually("it is asked and does not answer", || asked() > before).await;
    let seen = scheduler.poll(&attempts).await.unwrap();
    assert!(seen.iter().all(|seen| *seen == Observation::Running));
    scheduler.health().await;
    // A record is seen although Slurm does not answer.
    record(&attempts[3], 0);
    assert_eq!(ended(&scheduler, &attempts[3]).await.code, Some(0));
    assert_eq!(slurm.times("/jobs")[before].1, None, "it has answered");
    drop(gate);
    eventually("it is asked again", || asked() > before + 1).await;
    let times = slurm.times("/jobs");
    let (came, answered) = (times[before].0, times[before].1.unwrap());
    let (took, pause) = (answered - came, times[before + 1].0 - answered);
    let least = (took * 9).min(Duration::from_secs(60));
    assert!(
        pause >= least,
        "it took {took:?} and was asked after {pause:?}"
    );
}
