//! This program in the role of HyPhy. It passes the service's checks. For a job, it records its
//! start and end in a journal that the service does not know, and writes a result.
//!
//! Jobs run unconfined in this test, so the journal can be outside of the service's folders. A
//! journal in the working directory would be removed with it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::Duration,
};

use crate::random::Random;

/// Creates the engine in a folder: its program, its library and its journal.
pub(crate) fn install(folder: &Path) {
    fs::create_dir_all(folder.join("share/hyphy/TemplateBatchFiles")).unwrap();
    for made in ["locks", "failed"] {
        fs::create_dir_all(folder.join(made)).unwrap();
    }
    File::create(folder.join("journal")).unwrap();
    let program = folder.join("hyphy");
    let this = std::env::current_exe().unwrap();
    let text = format!(
        "#!/bin/sh\nexec '{}' {} '{}' \"$@\"\n",
        this.display(),
        crate::AS_ENGINE,
        folder.display()
    );
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
}

/// How the engine treats a job.
pub(crate) struct Manner {
    /// It fails once, with exit code 3.
    pub(crate) fails_once: bool,
    /// It meets a numerical error unless such errors are tolerated.
    pub(crate) numerical: bool,
    /// It writes the same result as for other jobs, so they share a stored file.
    shared_result: bool,
    large: bool,
    time: Duration,
}

impl Manner {
    pub(crate) fn of(job: u64) -> Self {
        let mut random = Random::new(job, 8);
        let (fails_once, numerical) = (random.percent(12), random.percent(6));
        let time = match random.below(100) {
            0..70 => random.below(80),
            70..95 => random.below(600),
            _ => random.below(2000),
        };
        Self {
            fails_once,
            numerical,
            shared_result: random.percent(20),
            large: random.percent(15),
            time: Duration::from_millis(time),
        }
    }
}

/// Returns the result that an attempt at a job writes.
pub(crate) fn result(job: u64, attempt: &str) -> Vec<u8> {
    let manner = Manner::of(job);
    let (mut from, mut padding) = (String::new(), String::new());
    if !manner.shared_result {
        from = format!("\"job\":{job},\"attempt\":\"{attempt}\"");
        if manner.large {
            let mut random = Random::new(job, 9);
            for _ in 0..40_000 {
                padding += &format!("{:016x}", random.next());
            }
        }
    }
    format!(
        "{{\"MLE\":{{}},\"fits\":{{}},\"input\":{{{from}}},\"tested\":{{}},\"timers\":{{}},\
         \"padding\":\"{padding}\",\"data partitions\":{{}}}}"
    )
    .into_bytes()
}

/// Acts like HyPhy, and returns the exit code.
pub(crate) fn play(folder: &Path, arguments: &[String]) -> i32 {
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    if has("--version") {
        println!("HYPHY 2.5.68(MP) for Linux on x86_64");
        return 0;
    }
    if has("--help") {
        println!("Available analysis command line options\nalignment\ntree\npvalue");
        return 0;
    }
    let job = number(arguments).unwrap();
    let manner = Manner::of(job);
    let here = std::env::current_dir().unwrap();
    let attempt = here.parent().unwrap().file_name().unwrap();
    let attempt = attempt.to_str().unwrap();
    // The lock is released when this process ends, however it ends.
    let lock = File::create(folder.join("locks").join(job.to_string())).unwrap();
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => note(folder, "twice", job, attempt),
        Err(TryLockError::Error(e)) => panic!("{e}"),
    }
    note(folder, "began", job, attempt);
    println!("### Working on job {job}\n pvalue => {job}");
    std::thread::sleep(manner.time / 2);
    let marker = folder.join("failed").join(job.to_string());
    if manner.fails_once && File::create_new(marker).is_ok() {
        return 3;
    }
    if manner.numerical && !arguments.iter().any(|word| word.starts_with("ENV=")) {
        println!("Error:\nInternal error. Please specify \"ENV=TOLERATE_NUMERICAL_ERRORS=1;\"");
        return 1;
    }
    let bytes = result(job, attempt);
    let mut file = File::create("result.json").unwrap();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    file.write_all(first).unwrap();
    std::thread::sleep(manner.time / 2);
    file.write_all(second).unwrap();
    note(folder, "ended", job, attempt);
    0
}

/// Returns the job that the arguments belong to.
pub(crate) fn number(arguments: &[String]) -> Option<u64> {
    let place = arguments.iter().position(|word| word == "--pvalue")?;
    let value: f64 = arguments.get(place + 1)?.parse().ok()?;
    Some(number_of(value))
}

/// Returns the number of the job with this `pvalue`.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number below a million"
)]
pub(crate) fn number_of(pvalue: f64) -> u64 {
    (pvalue * 1e6).round() as u64
}

/// Appends a line to the journal in a single write.
fn note(folder: &Path, what: &str, job: u64, attempt: &str) {
    let mut journal = OpenOptions::new()
        .append(true)
        .open(folder.join("journal"))
        .unwrap();
    let line = format!("{what} {job} {attempt}\n");
    journal.write_all(line.as_bytes()).unwrap();
}

/// Returns the entries of the journal in order: event, job and attempt.
pub(crate) fn journal(folder: &Path) -> Vec<(String, u64, String)> {
    let text = fs::read_to_string(folder.join("journal")).unwrap();
    let read = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        let (what, job, attempt) = (words.next()?, words.next()?, words.next()?);
        Some((what, job.parse().ok()?, attempt))
    };
    text.lines().map(|line| read(line).unwrap()).collect()
}
