//! The contract of all schedulers.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use scheduler::{
    Attempt, AttemptDir, Exit, LocalConfig, LocalScheduler, Observation, Resources, Scheduler,
    SubmitError, Task, sandbox::Mode,
};

use crate::{
    cluster::{Cluster, PROGRAM, open_folder},
    patience::Patience,
};

/// Creates a new scheduler, as a restart of the service does.
type Make<'a> = &'a (dyn Fn(&Path, &str) -> Arc<dyn Scheduler> + Sync);

pub fn task(attempts: &Path, name: &str, script: &str) -> Task {
    let directory = attempts.join(name);
    fs::create_dir_all(directory.join("run")).unwrap();
    Task {
        name: name.to_owned(),
        directory,
        comment: String::new(),
        command: ["/bin/sh", "-c", script].map(Into::into).to_vec(),
        resources: Resources {
            threads: 1,
            processes: 1,
            partition: None,
            memory_bytes: Some(100 << 20),
            time_limit: None,
            readable: vec![],
        },
    }
}

pub async fn submit(scheduler: &Arc<dyn Scheduler>, task: &Task) -> Attempt {
    Attempt {
        name: task.name.clone(),
        handle: scheduler.submit(task).await.unwrap(),
        directory: task.directory.clone(),
    }
}

pub async fn until(
    scheduler: &Arc<dyn Scheduler>,
    attempt: &Attempt,
    wanted: impl Fn(&Observation) -> bool,
) -> Observation {
    let mut patience = Patience::new(format!("another state of {}", attempt.name));
    loop {
        let seen = scheduler
            .poll(std::slice::from_ref(attempt))
            .await
            .unwrap()
            .remove(0);
        if wanted(&seen) {
            return seen;
        }
        tokio::time::sleep(patience.pause(format!("{seen:?}"))).await;
    }
}

/// Waits until something is so.
pub async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let mut patience = Patience::new(what);
    while !is_so() {
        tokio::time::sleep(patience.pause("")).await;
    }
}

pub async fn ended(scheduler: &Arc<dyn Scheduler>, attempt: &Attempt) -> Exit {
    let over = |seen: &Observation| matches!(seen, Observation::Ended(_) | Observation::Lost(_));
    match until(scheduler, attempt, over).await {
        Observation::Ended(exit) => exit,
        other => panic!("{}: {other:?}", attempt.name),
    }
}

pub async fn running(scheduler: &Arc<dyn Scheduler>, attempt: &Attempt) {
    until(scheduler, attempt, |seen| *seen == Observation::Running).await;
}

/// Waits until the scheduler reports that it is, or is not, usable. Returns its message.
pub async fn healthy(scheduler: &Arc<dyn Scheduler>, usable: bool) -> String {
    let mut patience = Patience::new(if usable { "health" } else { "trouble" });
    loop {
        let health = scheduler.health().await;
        if health.usable == usable {
            return health.detail;
        }
        // The rest says how long ago something was.
        let why = health.detail.split(';').next().unwrap_or_default();
        tokio::time::sleep(patience.pause(why)).await;
    }
}

/// Returns the process that wrote its id into the file `pid`, once it has done so.
async fn process(attempt: &Attempt) -> PathBuf {
    let file = AttemptDir::new(&attempt.directory).run().join("pid");
    let read = || fs::read_to_string(&file).unwrap_or_default();
    eventually("the number of a process", || read().ends_with('\n')).await;
    Path::new("/proc").join(read().trim())
}

pub async fn contract(kind: &str, attempts: &Path, make: Make<'_>) {
    let scheduler = make(attempts, "normal");
    eprintln!("{kind}: output and success");
    let fine = task(
        attempts,
        &format!("{kind}-fine"),
        "echo hello; echo '{}' > result.json",
    );
    let attempt = submit(&scheduler, &fine).await;
    let exit = ended(&scheduler, &attempt).await;
    assert_eq!(
        (exit.code, exit.cancelled, exit.timed_out),
        (Some(0), false, false)
    );
    let dir = AttemptDir::new(&attempt.directory);
    assert_eq!(fs::read_to_string(dir.log()).unwrap(), "hello\n");
    assert_eq!(
        fs::read_to_string(dir.run().join("result.json")).unwrap(),
        "{}\n"
    );

    eprintln!("{kind}: many at once, in order");
    let mut many = Vec::new();
    for code in 0..6 {
        let task = task(
            attempts,
            &format!("{kind}-many-{code}"),
            &format!("exit {code}"),
        );
        many.push(submit(&scheduler, &task).await);
    }
    let mut patience = Patience::new("the ends of many");
    let mut codes = vec![None; many.len()];
    while codes.iter().any(Option::is_none) {
        let left: Vec<_> = (0..many.len()).filter(|i| codes[*i].is_none()).collect();
        let asked: Vec<_> = left.iter().map(|i| many[*i].clone()).collect();
        for (i, seen) in left.into_iter().zip(scheduler.poll(&asked).await.unwrap()) {
            if let Observation::Ended(exit) = seen {
                codes[i] = exit.code;
            }
        }
        tokio::time::sleep(patience.pause(format!("{codes:?}"))).await;
    }
    assert_eq!(codes, (0..6).map(Some).collect::<Vec<_>>());

    eprintln!("{kind}: time limit");
    let mut long = task(attempts, &format!("{kind}-long"), "sleep 300");
    long.resources.time_limit = Some(Duration::from_secs(1));
    let attempt = submit(&scheduler, &long).await;
    let exit = ended(&scheduler, &attempt).await;
    assert!(exit.timed_out && !exit.cancelled, "{exit:?}");
    let why = exit.explanation.unwrap_or_default();
    assert!(
        kind == "local" || why.contains("its time limit of 1 second ") && why.contains("Slurm job"),
        "{why}"
    );

    eprintln!("{kind}: restart while running, name, cancelling twice");
    let sleeper = task(
        attempts,
        &format!("{kind}-sleeper"),
        "echo $$ > pid; sleep 300",
    );
    let attempt = submit(&scheduler, &sleeper).await;
    running(&scheduler, &attempt).await;
    let process = process(&attempt).await;
    drop(scheduler);
    let scheduler = make(attempts, "normal");
    let found = scheduler.find(&attempt.name).await.unwrap();
    assert!(found.is_some_and(|handle| !handle.is_empty()));
    assert_eq!(scheduler.find("dm-never").await.unwrap(), None);
    running(&scheduler, &attempt).await;
    assert!(process.exists());
    scheduler.cancel(&attempt).await.unwrap();
    scheduler.cancel(&attempt).await.unwrap();
    let exit = ended(&scheduler, &attempt).await;
    assert!(exit.cancelled, "{exit:?}");
    assert!(!process.exists(), "the process is still there");
    scheduler.cancel(&attempt).await.unwrap();

    eprintln!("{kind}: restart after the end");
    let brief = task(attempts, &format!("{kind}-brief"), "exit 7");
    let attempt = submit(&scheduler, &brief).await;
    drop(scheduler);
    let record = AttemptDir::new(&attempt.directory);
    eventually("a record", || record.read_exit().is_some()).await;
    let scheduler = make(attempts, "normal");
    assert_eq!(ended(&scheduler, &attempt).await.code, Some(7));
    healthy(&scheduler, true).await;
}

/// The part of the contract that concerns only clusters.
pub async fn cluster_contract(kind: &str, attempts: &Path, make: Make<'_>) {
    eprintln!("{kind}: a wrong partition is rejected with Slurm's message");
    let scheduler = make(attempts, "nosuch");
    let wrong = task(attempts, &format!("{kind}-wrong"), "true");
    match scheduler.submit(&wrong).await {
        Err(SubmitError::Refused(why)) => assert!(why.contains("nvalid partition"), "{why}"),
        other => panic!("{other:?}"),
    }

    eprintln!("{kind}: restart and cancellation while it waits");
    let scheduler = make(attempts, "down");
    let waiting = submit(
        &scheduler,
        &task(attempts, &format!("{kind}-waiting"), "true"),
    )
    .await;
    // Another one is submitted later and has run.
    let up = make(attempts, "normal");
    let other = task(attempts, &format!("{kind}-passes"), "true");
    assert_eq!(ended(&up, &submit(&up, &other).await).await.code, Some(0));
    let seen = scheduler
        .poll(std::slice::from_ref(&waiting))
        .await
        .unwrap();
    assert_eq!(seen, [Observation::Pending]);
    drop(scheduler);
    let scheduler = make(attempts, "down");
    let found = scheduler.find(&waiting.name).await.unwrap();
    assert_eq!(found.as_deref(), Some(waiting.handle.as_str()));
    let seen = scheduler
        .poll(std::slice::from_ref(&waiting))
        .await
        .unwrap();
    assert_eq!(seen, [Observation::Pending]);
    scheduler.cancel(&waiting).await.unwrap();
    assert!(ended(&scheduler, &waiting).await.cancelled);

    eprintln!("{kind}: out of memory");
    let scheduler = make(attempts, "normal");
    let hog = "exec /usr/bin/perl -e '$x = \"a\" x 300000000; sleep 60'";
    let hog = submit(&scheduler, &task(attempts, &format!("{kind}-hog"), hog)).await;
    let exit = ended(&scheduler, &hog).await;
    let why = exit
        .explanation
        .clone()
        .unwrap_or_else(|| panic!("{exit:?}"));
    assert!(
        why.starts_with("The analysis ran out of its 100 MB of memory;"),
        "{why}"
    );
    assert!(why.contains("Slurm job "), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_scheduler_keeps_the_contract() {
    let make = |attempts: &Path, _: &str| -> Arc<dyn Scheduler> {
        Arc::new(LocalScheduler::new(LocalConfig {
            supervisor: PROGRAM.into(),
            attempts: attempts.to_path_buf(),
            low_priority: false,
            max_running: 8,
            sandbox: Mode::BestEffort,
            user: None,
        }))
    };
    let folder = open_folder();
    contract("local", folder.path(), &make).await;
    does_not_heed(folder.path(), &make).await;
}

/// A command that ignores SIGTERM is killed.
async fn does_not_heed(attempts: &Path, make: Make<'_>) {
    let scheduler = make(attempts, "normal");
    let script = "trap '' TERM; echo $$ > pid; while :; do sleep 1; done";
    let attempt = submit(&scheduler, &task(attempts, "local-deaf", script)).await;
    let process = process(&attempt).await;
    let mut patience = Patience::new("the end of what does not heed");
    let over = |seen: &[Observation]| matches!(seen, [Observation::Ended(_)]);
    while !over(
        &scheduler
            .poll(std::slice::from_ref(&attempt))
            .await
            .unwrap(),
    ) {
        scheduler.cancel(&attempt).await.unwrap();
        tokio::time::sleep(patience.pause("the process still runs")).await;
    }
    assert!(!process.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn slurms_schedulers_keep_the_contract() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let rest = |attempts: &Path, partition: &str| cluster.rest(attempts, partition);
    let cli = |attempts: &Path, partition: &str| cluster.cli(attempts, partition);
    let plain = |attempts: &Path, partition: &str| cluster.plain(attempts, partition);
    // The Go service's default, which is the oldest version.
    let of = |version: &'static str| {
        let cluster = &cluster;
        move |attempts: &Path, partition: &str| cluster.dialect(version, attempts, partition)
    };
    let (v37, v36) = (of("v0.0.37"), of("v0.0.36"));
    let folder = open_folder();
    let at = folder.path();
    tokio::join!(
        contract("rest", at, &rest),
        contract("v37", at, &v37),
        contract("v36", at, &v36),
        contract("cli", at, &cli),
        contract("plain", at, &plain)
    );
    cluster_contract("rest", at, &rest).await;
    cluster_contract("cli", at, &cli).await;
}
