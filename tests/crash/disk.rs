//! Checks the service's files and database while it is stopped, and the engine's journal.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Row, sqlite::SqliteConnectOptions};

use crate::{
    client::Client,
    engine::{self, Manner},
    faults::{Fault, Faults},
    service::Service,
};

/// The contents of the database.
#[derive(Default)]
pub(crate) struct Rows {
    integrity: String,
    /// The number, state, attempt and result of each job, by id.
    jobs: BTreeMap<String, (u64, String, String, String)>,
    /// The SHA-256 of each estimate.
    estimates: BTreeSet<String>,
    /// The SHA-256 of each dataset.
    contents: BTreeSet<String>,
    /// The id, job, kind and state of each event in order, by owner.
    events: HashMap<String, Vec<(i64, String, String, String)>>,
}

impl Rows {
    pub(crate) fn read(database: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(Self::load(database)).unwrap()
    }

    async fn load(database: &Path) -> sqlx::Result<Self> {
        let mut rows = Self::default();
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection = options.connect().await?;
        let integrity = sqlx::query_scalar("PRAGMA integrity_check");
        rows.integrity = integrity.fetch_one(&mut connection).await?;
        let jobs = sqlx::query(
            "SELECT id, parameters ->> 'pvalue' AS pvalue, state, coalesce(attempt_name, ''),
                 coalesce(result_sha256, '') FROM jobs",
        );
        for row in jobs.fetch_all(&mut connection).await? {
            let number = engine::number_of(row.get(1));
            rows.jobs
                .insert(row.get(0), (number, row.get(2), row.get(3), row.get(4)));
        }
        let estimates =
            sqlx::query_scalar("SELECT estimate_sha256 FROM jobs WHERE estimate_state = 'ready'");
        rows.estimates
            .extend(estimates.fetch_all(&mut connection).await?);
        let contents = sqlx::query_scalar("SELECT sha256 FROM datasets");
        rows.contents
            .extend(contents.fetch_all(&mut connection).await?);
        let events =
            sqlx::query("SELECT owner, id, job_id, kind, data ->> 'state' FROM events ORDER BY id");
        for row in events.fetch_all(&mut connection).await? {
            let of_owner = rows.events.entry(row.get(0)).or_default();
            of_owner.push((row.get(1), row.get(2), row.get(3), row.get(4)));
        }
        Ok(rows)
    }
}

/// Files that were checked need not be read again in each round.
#[derive(Default)]
pub(crate) struct Disk {
    whole: HashSet<PathBuf>,
    right: HashSet<(u64, String)>,
}

impl Disk {
    /// Checks everything that does not require the running service. All jobs have ended.
    pub(crate) fn check(&mut self, service: &Service, rows: &Rows, faults: &Faults) {
        if rows.integrity != "ok" {
            faults.add(Fault::Torn, format!("the database: {}", rows.integrity));
        }
        let data = service.data();
        let blobs = files(&data.join("blobs"));
        let results = files(&data.join("results"));
        for path in blobs.iter().chain(&results) {
            if !path.to_string_lossy().contains(".tmp") && !self.whole.contains(path) {
                match is_whole(path) {
                    Ok(true) => drop(self.whole.insert(path.clone())),
                    wrong => faults.add(Fault::Torn, format!("{}: {wrong:?}", path.display())),
                }
            }
        }
        let (blobs, results) = (names(&blobs), names(&results));
        for lost in rows.contents.difference(&blobs) {
            faults.add(Fault::Lost, format!("the content {lost} of a dataset"));
        }
        for lost in rows.estimates.difference(&results) {
            faults.add(Fault::Lost, format!("the estimate {lost} of a job"));
        }
        let ended = self.ended(service);
        for (id, (number, state, attempt, result)) in &rows.jobs {
            if state != "completed" {
                faults.add(Fault::Lost, format!("job {number} ({id}) is {state}"));
                continue;
            }
            if !results.contains(result) {
                faults.add(Fault::Lost, format!("the result {result} of job {number}"));
            }
            let attempt = (*number, attempt.clone());
            if !ended.contains(&attempt) {
                faults.add(
                    Fault::Torn,
                    format!("a result of {attempt:?}, which has not ended"),
                );
            }
            if !self.right.contains(&attempt) {
                let written = hash(&engine::result(attempt.0, &attempt.1));
                if *result == written {
                    self.right.insert(attempt);
                } else {
                    let what = format!("{attempt:?} wrote {written}, and its result is {result}");
                    faults.add(Fault::Torn, what);
                }
            }
        }
    }

    fn ended(&self, service: &Service) -> HashSet<(u64, String)> {
        let lines = engine::journal(service.engine()).into_iter();
        let ended = lines.filter(|(what, ..)| what == "ended");
        ended.map(|(_, job, attempt)| (job, attempt)).collect()
    }

    /// Forgets which files were checked.
    pub(crate) fn look_at_all_again(&mut self) {
        *self = Self::default();
    }
}

/// Returns the files that nothing refers to.
pub(crate) fn leftovers(service: &Service, rows: &Rows) -> Vec<PathBuf> {
    let data = service.data();
    let used: HashSet<&str> = rows
        .jobs
        .iter()
        .flat_map(|(id, (.., result))| [id.as_str(), result.as_str()])
        .chain(
            rows.contents
                .iter()
                .chain(&rows.estimates)
                .map(String::as_str),
        )
        .collect();
    let mut left = Vec::new();
    for folder in ["blobs", "results", "logs", "partial", "fits"] {
        let all = files(&data.join(folder)).into_iter();
        left.extend(all.filter(|path| !used.contains(name(path).as_str())));
    }
    for folder in ["attempts", "incoming"] {
        let entries = fs::read_dir(data.join(folder)).into_iter().flatten();
        left.extend(entries.flatten().map(|entry| entry.path()));
    }
    left
}

/// The engine started each attempt once, never two attempts of a job at the same time, and none
/// without a reason.
pub(crate) fn check_journal(
    service: &Service,
    clients: &[Client],
    killed: &BTreeMap<u64, u64>,
    faults: &Faults,
) {
    let mut begun: BTreeMap<u64, u64> = BTreeMap::new();
    let mut attempts = HashSet::new();
    for (what, job, attempt) in engine::journal(service.engine()) {
        match what.as_str() {
            "twice" => {
                let what = format!("{attempt} began while another attempt at job {job} worked");
                faults.add(Fault::Doubled, what);
            }
            "began" => {
                *begun.entry(job).or_default() += 1;
                if !attempts.insert(attempt.clone()) {
                    faults.add(
                        Fault::Doubled,
                        format!("{attempt} at job {job} began twice"),
                    );
                }
            }
            _ => {}
        }
    }
    for job in clients.iter().flat_map(|client| client.jobs.values()) {
        let number = job.start.number;
        let began = begun.remove(&number).unwrap_or_default();
        let kills = killed.get(&number).copied().unwrap_or_default();
        // If the job is deleted before the numerical error and started again, it meets the error
        // again.
        let tolerated = if Manner::of(number).numerical {
            job.starts
        } else {
            0
        };
        let most = job.starts + job.retries + kills + tolerated;
        if began > most {
            let what = format!(
                "job {number} began {began} times, for {} starts, {} retries, {kills} kills",
                job.starts, job.retries
            );
            faults.add(Fault::Doubled, what);
        }
    }
    for (number, times) in begun {
        faults.add(
            Fault::Wrong,
            format!("job {number} began {times} times unasked"),
        );
    }
}

/// No job was completed twice, and the watchers missed no event.
pub(crate) fn check_events(rows: &Rows, owner: &str, watched: &[i64], faults: &Faults) {
    let events = rows.events.get(owner).map_or(&[][..], Vec::as_slice);
    let mut completed = HashSet::new();
    for (_, job, kind, state) in events {
        if kind == "deleted" {
            completed.remove(job);
        } else if kind == "state" && state == "completed" && !completed.insert(job) {
            faults.add(Fault::Doubled, format!("job {job} was completed twice"));
        }
    }
    let ids: Vec<i64> = events.iter().map(|(id, ..)| *id).collect();
    if ids.get(..watched.len()) != Some(watched) {
        let missed = ids
            .iter()
            .zip(watched)
            .position(|(one, other)| one != other);
        let what = format!(
            "who watched {owner} saw {} of {} events, other ones from number {missed:?} on",
            watched.len(),
            ids.len()
        );
        faults.add(Fault::Lost, what);
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found
}

/// Returns the hash or id in the name of a file.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.trim_end_matches(".gz").to_owned()
}

fn names(paths: &[PathBuf]) -> BTreeSet<String> {
    paths.iter().map(|path| name(path)).collect()
}

/// Returns whether a file's content matches its name.
fn is_whole(path: &Path) -> std::io::Result<bool> {
    let mut bytes = Vec::new();
    let mut file = File::open(path)?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(file).read_to_end(&mut bytes)?;
    } else {
        file.read_to_end(&mut bytes)?;
    }
    Ok(hash(&bytes) == name(path))
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
