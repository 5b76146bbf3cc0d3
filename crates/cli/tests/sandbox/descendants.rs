//! All processes that a job starts end with it.

use std::{fs, thread};

use tempfile::TempDir;

use crate::attempt::Attempt;

/// Child processes that do not end by themselves. Each one is a line of shell that prints `started`
/// when it is ready. `MARK` identifies them.
const CHILDREN: [(&str, &str); 4] = [
    (
        "its own session, with the job's output open",
        "setsid sh -c ': >started; exec sleep MARK' &",
    ),
    (
        "an orphan, with no open files",
        "( setsid sh -c ': >started; sleep MARK; :' </dev/null >/dev/null 2>&1 & )",
    ),
    (
        "ignores SIGTERM",
        "sh -c 'trap \"\" TERM; : >started; while :; do sleep MARK; done' &",
    ),
    (
        "all of that",
        "( setsid sh -c 'trap \"\" TERM HUP; : >started; while :; do sleep MARK; done' & )",
    ),
];

/// Returns the processes with this word in their command lines.
fn processes(mark: &str) -> Vec<String> {
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let line = fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        // The command lines of the supervisor and the test contain it, too, within a longer word.
        let has = line.split([' ', ';']).any(|word| word == mark);
        (has && !line.contains("started")).then_some(line)
    });
    all.collect()
}

/// Starts every kind of child in a command that then runs `then`, and ends the command in some way.
/// Returns the remaining processes.
fn left_of_all(number: u32, arguments: &[&str], then: &str, cancel: bool) {
    thread::scope(|scope| {
        for (kind, (what, child)) in (0_u32..).zip(CHILDREN) {
            scope.spawn(move || {
                // No other process sleeps for this long.
                let mark = format!("{}.{number}{kind}", 100_000 + std::process::id());
                let script = format!(
                    "{}\nwhile [ ! -e started ]; do sleep 0.01; done\n: >ready\n{then}",
                    child.replace("MARK", &mark)
                );
                let folder = TempDir::new().unwrap();
                let mut attempt = Attempt::start(&folder.path().join("a"), arguments, &script);
                attempt.has_made("ready");
                crate::attempt::until(what, || {
                    attempt.dir.read_exit().is_some() || !processes(&mark).is_empty()
                });
                if cancel {
                    attempt.cancel();
                }
                let exit = attempt.exit();
                assert_eq!(processes(&mark), [""; 0], "{what}");
                assert_eq!(exit.cancelled, cancel, "{what}");
                assert_eq!(exit.timed_out, !arguments.is_empty(), "{what}");
                let by_itself = arguments.is_empty() && !cancel;
                assert_eq!(exit.code, by_itself.then_some(3), "{what}");
            });
        }
    });
}

#[test]
fn children_of_any_kind_end_when_the_command_ends() {
    left_of_all(1, &[], "exit 3", false);
}

#[test]
fn children_of_any_kind_end_when_the_command_is_cancelled() {
    left_of_all(2, &[], "sleep 3600", true);
}

#[test]
fn children_of_any_kind_end_when_the_command_times_out() {
    left_of_all(3, &["--time-limit", "1"], "sleep 3600", false);
}

#[test]
fn orphans_are_reaped() {
    let folder = TempDir::new().unwrap();
    let script = "i=0; while [ $i -lt 50 ]; do ( true & ) ; i=$((i + 1)); done; : >ready; \
                  while [ ! -e go ]; do sleep 0.01; done";
    let mut attempt = Attempt::start(&folder.path().join("a"), &[], script);
    attempt.has_made("ready");
    let process = attempt.supervisor.id();
    let children = || -> usize {
        let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
        let lists = tasks.map(|task| fs::read_to_string(task.unwrap().path().join("children")));
        lists
            .map(|list| list.unwrap_or_default().split_whitespace().count())
            .sum()
    };
    crate::attempt::until("only the command is left", || children() == 1);
    fs::write(attempt.dir.run().join("go"), "").unwrap();
    assert_eq!(attempt.exit().code, Some(0));
}
