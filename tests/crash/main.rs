//! Kills the service and its supervisors at random moments under load. Afterwards the clients, a
//! stand-in for HyPhy that keeps a journal, and a check of the disk verify that everything
//! acknowledged is still there.
//!
//! `CRASH_SEED` repeats the schedule of another run, and `CRASH_KILLS` sets the number of kills. If
//! there are faults, the run's folder is kept.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod client;
mod disk;
mod engine;
mod faults;
#[allow(dead_code)]
#[path = "../patience.rs"]
mod patience;
mod plan;
mod random;
mod service;
mod settle;
mod watcher;

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rustix::process::{Signal, kill_process};

use client::Client;
use disk::{Disk, Rows};
use faults::{Fault, Faults, value};
use patience::Patience;
use plan::Kill;
use random::Random;
use service::{Service, Supervisor};

/// The first argument that makes this program act as the engine.
const AS_ENGINE: &str = "as-engine";
const NAME: &str = "nothing_acknowledged_is_lost_doubled_or_torn_by_kills";
const CLIENTS: u64 = 4;
/// Number of kills between two full checks.
const KILLS_A_ROUND: usize = 10;
const USUAL_KILLS: usize = 40;

/// Supports enough of the test harness's options to run under `cargo test` and nextest.
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == AS_ENGINE) {
        let code = engine::play(Path::new(&arguments[1]), &arguments[2..]);
        return ExitCode::from(u8::try_from(code).unwrap());
    }
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let mut wanted = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'));
    let of_format = |word: &&String| *word == "terse" || *word == "pretty";
    let mut wanted = wanted.by_ref().filter(|word| !of_format(word)).peekable();
    let chosen = wanted.peek().is_none() || wanted.any(|word| NAME.contains(word.as_str()));
    if has("--list") {
        if !has("--ignored") {
            println!("{NAME}: test");
        }
        return ExitCode::SUCCESS;
    }
    if has("--ignored") || !chosen {
        return ExitCode::SUCCESS;
    }
    run()
}

fn number<T: std::str::FromStr>(variable: &str) -> Option<T> {
    std::env::var(variable).ok()?.parse().ok()
}

fn run() -> ExitCode {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed: u64 = number("CRASH_SEED").unwrap_or(now.as_secs());
    let kills: usize = number("CRASH_KILLS").unwrap_or(USUAL_KILLS);
    let schedule = plan::print(seed, CLIENTS, kills);
    println!("CRASH_SEED={seed} CRASH_KILLS={kills} (schedule {schedule:016x})");
    let folder = tempfile::Builder::new().prefix("crash-").tempdir().unwrap();
    let begin = Instant::now();
    let faults = Arc::new(Faults::default());
    let done = {
        let mut run = Run::new(folder.path(), seed, &faults);
        while run.kills < kills && !faults.any() {
            run.round(KILLS_A_ROUND.min(kills - run.kills));
            println!("{}", run.so_far(begin.elapsed()));
        }
        run.finish();
        run.so_far(begin.elapsed())
    };
    println!("{done}");
    if faults.any() {
        let kept = folder.keep();
        println!("CRASH_SEED={seed}; the folder is {}", kept.display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The watchers of a client.
struct Watchers {
    owner: String,
    of_all: JoinHandle<Vec<i64>>,
    of_one: JoinHandle<()>,
}

struct Run {
    service: Arc<Service>,
    faults: Arc<Faults>,
    clients: Vec<Client>,
    watchers: Vec<Watchers>,
    unwatched: Arc<AtomicBool>,
    random: Random,
    kills: usize,
    /// Killed supervisors by job.
    killed: BTreeMap<u64, u64>,
    disk: Disk,
    last: Rows,
    /// Uploads and jobs that were checked in an earlier round.
    seen: HashSet<(u64, u64)>,
}

impl Run {
    fn new(folder: &Path, seed: u64, faults: &Arc<Faults>) -> Self {
        let service = Arc::new(Service::new(folder));
        engine::install(service.engine());
        service.start();
        let clients: Vec<Client> = (0..CLIENTS)
            .map(|number| Client::new(number, seed, Arc::clone(&service), Arc::clone(faults)))
            .collect();
        let unwatched = Arc::new(AtomicBool::new(false));
        let watchers = clients
            .iter()
            .map(|client| watch(client, &service, faults, &unwatched))
            .collect();
        Self {
            service,
            faults: Arc::clone(faults),
            clients,
            watchers,
            unwatched,
            random: Random::new(seed, 1),
            kills: 0,
            killed: BTreeMap::new(),
            disk: Disk::default(),
            last: Rows::default(),
            seen: HashSet::new(),
        }
    }

    /// Kills this many times while all clients work. Then waits until everything is quiet, and
    /// checks everything.
    fn round(&mut self, kills: usize) {
        let stop = AtomicBool::new(false);
        let mut clients = std::mem::take(&mut self.clients);
        thread::scope(|scope| {
            for client in &mut clients {
                let stop = &stop;
                scope.spawn(move || client.work(stop));
            }
            for _ in 0..kills {
                let (wait, kill) = plan::kill(&mut self.random);
                thread::sleep(wait);
                self.kill(kill);
                self.kills += 1;
            }
            stop.store(true, Ordering::Relaxed);
        });
        self.clients = clients;
        self.settle();
        self.look();
        self.service.start();
        self.sweep();
    }

    fn kill(&mut self, kill: Kill) {
        let supervisors = self.supervisors(kill);
        if kill != Kill::Supervisor {
            self.service.kill();
        }
        let most = if kill == Kill::All { usize::MAX } else { 1 };
        for supervisor in supervisors.into_iter().take(most) {
            // It may have ended a moment ago.
            if kill_process(supervisor.pid, Signal::KILL).is_ok() {
                *self.killed.entry(supervisor.job).or_default() += 1;
            }
        }
        if let Kill::ServiceTwice(after) = kill {
            self.service.kill_in_start(after);
        }
        if kill != Kill::Supervisor {
            self.service.start();
        }
    }

    /// Returns the supervisors to kill. If one is required, waits for one.
    fn supervisors(&self, kill: Kill) -> Vec<Supervisor> {
        match kill {
            Kill::Supervisor => {}
            Kill::All => return self.service.supervisors(),
            Kill::Service | Kill::ServiceTwice(_) => return Vec::new(),
        }
        let mut patience = Patience::new("a supervisor");
        loop {
            let found = self.service.supervisors();
            if !found.is_empty() || patience.try_pause("").is_err() {
                return found;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until all jobs have ended, and lets each client check what was acknowledged.
    fn settle(&mut self) {
        for client in &mut self.clients {
            client.settle_uploads(&self.faults);
        }
        let mut patience = Patience::new("all jobs are over");
        loop {
            let mut over = true;
            for client in &mut self.clients {
                over &= client.settle_jobs(&self.faults, &self.killed);
            }
            if over || self.faults.any() {
                break;
            }
            match patience.try_pause("") {
                Ok(pause) => thread::sleep(pause),
                Err(why) => self.faults.add(Fault::Lost, why),
            }
        }
        for client in &mut self.clients {
            let own = client.number;
            client.check_all(|number| !self.seen.contains(&(own, number)));
            let numbers = client.uploads.keys().chain(client.jobs.keys());
            self.seen.extend(numbers.map(|number| (own, *number)));
        }
    }

    /// Stops the service and checks what it left on the disk.
    fn look(&mut self) {
        let mut patience = Patience::new("supervisors without jobs end");
        while !self.service.supervisors().is_empty() {
            match patience.try_pause("") {
                Ok(pause) => thread::sleep(pause),
                Err(why) => {
                    self.faults.add(Fault::Leftover, why);
                    break;
                }
            }
        }
        self.service.stop();
        self.last = Rows::read(&self.service.database());
        self.disk.check(&self.service, &self.last, &self.faults);
        disk::check_journal(&self.service, &self.clients, &self.killed, &self.faults);
    }

    /// Waits until there are no orphaned files. The service removes them when it starts.
    fn sweep(&self) {
        let mut patience = Patience::new("leftovers are removed after a start");
        loop {
            let left = disk::leftovers(&self.service, &self.last);
            if left.is_empty() {
                return;
            }
            match patience.try_pause(left.len()) {
                Ok(pause) => thread::sleep(pause),
                Err(_) => {
                    for path in left {
                        self.faults.add(Fault::Leftover, path.display().to_string());
                    }
                    return;
                }
            }
        }
    }

    /// Checks everything once more from the beginning.
    fn finish(&mut self) {
        self.unwatched.store(true, Ordering::Relaxed);
        if self.faults.any() {
            // Watchers still hold the service, which would then outlive this process.
            self.service.kill();
            return;
        }
        self.seen.clear();
        self.disk.look_at_all_again();
        self.settle();
        self.look();
        for watchers in self.watchers.drain(..) {
            watchers.of_one.join().unwrap();
            let watched = watchers.of_all.join().unwrap();
            if watched.is_empty() {
                self.faults
                    .add(Fault::Lost, "all events of a client".to_owned());
            }
            disk::check_events(&self.last, &watchers.owner, &watched, &self.faults);
        }
    }

    fn so_far(&self, time: Duration) -> String {
        let faults = &self.faults;
        format!(
            "{} kills, {} uploads, {} starts, {} deletions, {} repetitions, {} broken off: {} lost, \
             {} doubled, {} torn, {} left over, {} wrong, in {:.0} seconds",
            self.kills,
            value(&faults.uploads),
            value(&faults.starts),
            value(&faults.deletions),
            value(&faults.replays),
            value(&faults.broken),
            faults.count(Fault::Lost),
            faults.count(Fault::Doubled),
            faults.count(Fault::Torn),
            faults.count(Fault::Leftover),
            faults.count(Fault::Wrong),
            time.as_secs_f64(),
        )
    }
}

fn watch(
    client: &Client,
    service: &Arc<Service>,
    faults: &Arc<Faults>,
    done: &Arc<AtomicBool>,
) -> Watchers {
    let session = client
        .ask(reqwest::Method::GET, "/session", true, |request| request)
        .unwrap();
    let owner = session.json()["subject"].as_str().unwrap().to_owned();
    let of_all = {
        let (service, done, token) = (Arc::clone(service), Arc::clone(done), client.token.clone());
        thread::spawn(move || watcher::follow_all(&service, &token, &done))
    };
    let (service, faults, done) = (Arc::clone(service), Arc::clone(faults), Arc::clone(done));
    let (token, newest) = (client.token.clone(), Arc::clone(&client.newest));
    let of_one = thread::spawn(move || {
        watcher::follow_newest(&service, &token, &newest, &faults, &done);
    });
    Watchers {
        owner,
        of_all,
        of_one,
    }
}
