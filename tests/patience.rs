//! Waiting that ends when progress stops. A test cannot know how fast the machine is.

use std::{
    collections::HashMap,
    fmt::Display,
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Waiting fails after this time without progress. Slurm holds a job for two minutes before it runs
/// it again, and makes no progress during that time.
pub const STILL: Duration = Duration::from_secs(240);
/// Ticks of CPU time (hundredths of a second) within `STILL` that count as progress. Idle daemons, and
/// a service that answers repeated requests, use less.
const WORK: u64 = 500;
/// How often CPU times are read.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Longest pause between two looks at what is waited for.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// A longer round was delayed by the machine, which may also delay what the test waits for.
const LONGEST_ROUND: Duration = Duration::from_secs(1);

static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The CPU time of processes that run in this folder, or have it in their environment, is progress.
pub fn work_in(folder: &Path) {
    let mut folders = FOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
    folders.push(folder.to_path_buf());
}

/// One wait.
pub struct Patience {
    what: String,
    /// What was seen when something last moved.
    seen: String,
    /// How long nothing has moved.
    still: Duration,
    pause: Duration,
    last_look: Instant,
    ticks: HashMap<PathBuf, u64>,
    work: u64,
    last_ticks: Option<Instant>,
}

impl Patience {
    /// `what` names the awaited event in the failure message.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            seen: String::new(),
            still: Duration::ZERO,
            pause: Duration::from_millis(5),
            last_look: Instant::now(),
            ticks: HashMap::new(),
            work: 0,
            last_ticks: None,
        }
    }

    /// Call this after each unsuccessful look, with the observed value, without parts that change by
    /// themselves. Returns the pause before the next look. Panics after `STILL` without progress.
    #[track_caller]
    pub fn pause(&mut self, seen: impl Display) -> Duration {
        match self.try_pause(seen) {
            Ok(pause) => pause,
            Err(why) => panic!("{why}"),
        }
    }

    /// The same, with an error in place of the panic.
    pub fn try_pause(&mut self, seen: impl Display) -> Result<Duration, String> {
        let seen = seen.to_string();
        self.still += self.last_look.elapsed().min(LONGEST_ROUND);
        self.last_look = Instant::now();
        if seen != self.seen {
            self.seen = seen;
            self.moved();
        }
        if self.last_ticks.is_none_or(|at| at.elapsed() >= LOOK_EVERY) {
            // What was worked before the first look is nothing to go by.
            let is_first = self.last_ticks.is_none();
            let work = self.new_ticks();
            self.work += if is_first { 0 } else { work };
            self.last_ticks = Some(Instant::now());
        }
        if self.work >= WORK {
            self.moved();
        }
        if self.still >= STILL {
            return Err(format!(
                "still waiting: {}. Nothing has moved for {} s; CPU time was {} s meanwhile. Last seen: {}",
                self.what,
                self.still.as_secs(),
                self.work / 100,
                self.seen
            ));
        }
        self.pause = (self.pause * 5 / 4).min(LONGEST_PAUSE);
        Ok(self.pause)
    }

    fn moved(&mut self) {
        self.still = Duration::ZERO;
        self.work = 0;
    }

    /// CPU time that processes of the test have used since the last look. Processes that have ended do
    /// not count.
    fn new_ticks(&mut self) -> u64 {
        let folders = FOLDERS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let now: HashMap<PathBuf, u64> = all
            .map(|entry| entry.path())
            .filter(|process| folders.iter().any(|folder| works_for(process, folder)))
            .filter_map(|process| ticks(&process).map(|ticks| (process, ticks)))
            .collect();
        let before = std::mem::replace(&mut self.ticks, now);
        let new = self.ticks.iter().map(|(process, now)| {
            now.saturating_sub(before.get(process).copied().unwrap_or_default())
        });
        new.sum()
    }
}

fn works_for(process: &Path, folder: &Path) -> bool {
    if fs::read_link(process.join("cwd")).is_ok_and(|at| at.starts_with(folder)) {
        return true;
    }
    let folder = folder.as_os_str().as_bytes();
    let environment = fs::read(process.join("environ")).unwrap_or_default();
    environment.windows(folder.len()).any(|part| part == folder)
}

/// User and system time of a process, from proc_pid_stat(5).
fn ticks(process: &Path) -> Option<u64> {
    let text = fs::read_to_string(process.join("stat")).ok()?;
    // The name, in parentheses, may have spaces.
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut field = || fields.next()?.parse::<u64>().ok();
    Some(field()? + field()?)
}

/// Waits until there is something, and returns it.
#[track_caller]
pub fn until_some<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let mut patience = Patience::new(what);
    loop {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(patience.pause(""));
    }
}

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    until_some(what, || is_so().then_some(()));
}
