//! A full disk does not end a running job. The disks are small file systems in memory, which only
//! root can mount.

use std::fs;

use scheduler::{
    LocalConfig, LocalScheduler, Observation, Resources, Scheduler, Task, sandbox::Mode,
};
use tempfile::TempDir;

use crate::{
    attempt::{Attempt, PROGRAM, until},
    machine::Disk,
};

/// Prints while there is `wait`, then 300 KB more and an end, and exits with 7.
const MUCH: &str = "filling=$(head -c 200 /dev/zero | tr '\\0' .); n=0; while [ -e wait ]; do n=$((n + 1)); echo \"line $n $filling\"; sleep 0.01; done; \
    head -c 300000 /dev/zero | tr '\\0' x; echo the end; exit 7";

/// Starts [`MUCH`] on the disk and waits for its first output.
fn start(disk: &Disk) -> Attempt {
    let directory = disk.path().join("a");
    fs::create_dir_all(directory.join("run")).unwrap();
    fs::write(directory.join("run/wait"), "").unwrap();
    let attempt = Attempt::start(&directory, &[], MUCH);
    until("a log", || {
        fs::read_to_string(attempt.dir.log()).is_ok_and(|log| log.contains("line 5 "))
    });
    attempt
}

fn go_on(attempt: &Attempt) {
    fs::remove_file(attempt.dir.run().join("wait")).unwrap();
}

#[test]
fn a_full_disk_ends_no_job_and_loses_no_record() {
    let Some(disk) = Disk::mount(1) else { return };
    let mut attempt = start(&disk);
    disk.fill();
    go_on(&attempt);
    let exit = attempt.exit();
    assert_eq!((exit.code, exit.signal), (Some(7), None));
    assert!(exit.disk_full);
    assert!(attempt.log().starts_with("line 1 ."));
    assert!(!attempt.log().contains("the end"), "the disk was not full");
}

#[test]
fn output_on_a_full_disk_is_written_later() {
    let Some(disk) = Disk::mount(1) else { return };
    let mut attempt = start(&disk);
    disk.fill();
    // The log fills its last page, and then stops growing.
    let length = || attempt.log().len();
    until("the log stops growing", || length() % 4096 == 0);
    let stood = length();
    disk.make_room();
    until("the log goes on by itself", || length() > stood);
    go_on(&attempt);
    let exit = attempt.exit();
    assert_eq!(exit.code, Some(7));
    assert!(exit.disk_full, "it was, for a while");
    let log = attempt.log();
    let lines = log.lines().filter(|line| line.starts_with("line "));
    for (n, line) in (1..).zip(lines) {
        assert!(line.starts_with(&format!("line {n} .")), "{n}: {line}");
    }
    assert!(log.ends_with("xthe end\n") && !log.contains("left out"));
}

#[test]
fn writing_the_record_is_retried_until_it_succeeds() {
    let folder = TempDir::new().unwrap();
    let script = ": >ready; while [ ! -e go ]; do sleep 0.01; done; exit 5";
    let mut attempt = Attempt::start(&folder.path().join("a"), &[], script);
    attempt.has_made("ready");
    // A folder prevents any file of that name, even for root.
    let record = attempt.directory.join("exit.json");
    fs::create_dir(&record).unwrap();
    fs::write(attempt.dir.run().join("go"), "").unwrap();
    until("a complaint", || {
        // The command has ended, but its supervisor has not.
        let process = attempt.supervisor.id();
        let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
        let children = |task: fs::DirEntry| fs::read_to_string(task.path().join("children"));
        threads
            .filter_map(Result::ok)
            .all(|task| children(task).is_ok_and(|list| list.is_empty()))
    });
    assert!(attempt.supervisor.try_wait().unwrap().is_none());
    fs::remove_dir(&record).unwrap();
    assert_eq!(attempt.exit().code, Some(5));
}

#[test]
fn a_job_that_a_full_disk_keeps_from_starting_can_start_later() {
    let Some(disk) = Disk::mount(1) else { return };
    let directory = disk.path().join("attempts/dm-1");
    fs::create_dir_all(directory.join("run")).unwrap();
    disk.fill();
    let mut attempt = Attempt::start(&directory, &[], "echo ran; : >ran");
    assert_eq!(attempt.ended().code(), Some(74));
    let said = attempt.said();
    assert!(said.contains("No space left on device"), "{said}");

    let scheduler = LocalScheduler::new(LocalConfig {
        supervisor: PROGRAM.into(),
        attempts: disk.path().join("attempts"),
        low_priority: false,
        max_running: 1,
        sandbox: Mode::BestEffort,
        user: None,
    });
    let task = Task {
        name: "dm-1".to_owned(),
        directory: directory.clone(),
        comment: String::new(),
        command: ["/bin/sh", "-c", "echo ran"].map(Into::into).to_vec(),
        resources: Resources {
            threads: 1,
            processes: 1,
            partition: None,
            memory_bytes: None,
            time_limit: None,
            readable: vec![],
        },
    };
    let exit = |scheduler: &LocalScheduler| {
        let runtime = tokio::runtime::Handle::current();
        let attempt = scheduler::Attempt {
            name: task.name.clone(),
            handle: String::new(),
            directory: directory.clone(),
        };
        let seen = runtime.block_on(scheduler.poll(std::slice::from_ref(&attempt)));
        match seen.unwrap().remove(0) {
            Observation::Ended(exit) => Some(exit),
            _ => None,
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let _inside = runtime.enter();
    runtime.block_on(scheduler.submit(&task)).unwrap();
    until("an answer", || exit(&scheduler).is_some());
    let first = exit(&scheduler).unwrap();
    let why = first.not_started.unwrap();
    assert!(first.passing && why.contains("No space left"), "{why}");
    disk.make_room();
    runtime.block_on(scheduler.submit(&task)).unwrap();
    until("it runs", || {
        exit(&scheduler).is_some_and(|exit| exit.is_success())
    });
    assert_eq!(attempt.log(), "ran\n");
}
