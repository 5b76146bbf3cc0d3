//! Resources and confinement of jobs.

use std::{path::PathBuf, time::Duration};

use scheduler::sandbox::Mode;

use crate::{Group, Setting, env::Env};

/// How jobs run, mainly on this machine.
#[derive(Debug, Clone)]
pub struct JobConfig {
    /// The program that supervises jobs, which is this program.
    pub supervisor: PathBuf,
    /// Maximum number of jobs that run on this machine at the same time.
    pub max_running: usize,
    /// Threads of a job that runs alone on this machine.
    pub max_threads: u32,
    /// How jobs are confined. `None` means `required` if the kernel has Landlock, else
    /// `best-effort`.
    pub sandbox: Option<Mode>,
    /// User (name or number) that jobs on this machine run as if the service runs as root. `None`
    /// means `hyphy` if it exists, else `nobody`.
    pub user: Option<String>,
    /// Limit of a job's address space in bytes.
    pub memory_bytes: Option<u64>,
    /// Maximum run time of a job.
    pub time_limit: Option<Duration>,
    /// How long the native engine may be expected to take for the estimate of a HyPhy job. `None`
    /// means that there are no estimates.
    pub estimate_max: Option<Duration>,
}

static MAX_RUNNING: Setting = Setting::new(
    "LOCAL_MAX_JOBS",
    "jobs that run on this machine at the same time",
)
.or_else("number of cores");
static MAX_THREADS: Setting = Setting::new(
    "LOCAL_MAX_THREADS",
    "threads of a job that runs alone; when other jobs wait, each job gets one",
)
.or_else("number of cores");
/// The scheduler's settings read this, too, because a cluster cannot confine jobs without the
/// wrapper.
pub(crate) static SANDBOX: Setting = Setting::new(
    "SANDBOX",
    "how jobs are confined: `required`, `best-effort` or `off`",
)
.or_else("`required` if the kernel supports it, else `best-effort`");
static USER: Setting = Setting::new(
    "JOB_USER",
    "user (name or number) that jobs on this machine run as if the service runs as root",
)
.or_else("`hyphy`, else `nobody`");
static MEMORY: Setting = Setting::new(
    "JOB_MEMORY_LIMIT_BYTES",
    "limit of a job's address space \
                                       in bytes",
)
.or_else("the machine's memory");
static TIME_LIMIT: Setting = Setting::new(
    "JOB_TIME_LIMIT_SECS",
    "maximum run time of a job in seconds",
)
.or_else("estimated from the analysis and the data: 12 hours to 30 days");
static ESTIMATE: Setting = Setting::new(
    "ESTIMATE_MAX_SECS",
    "HyPhy jobs for which the native engine is expected to take at most so many seconds get its \
     answer as an estimate while they run, and native jobs that are expected to take no longer run \
     at once beside the others on this machine, one at a time; `0`: none do",
)
.or("60");

pub(crate) const GROUP: Group = Group {
    title: "Jobs",
    settings: &[
        &MAX_RUNNING,
        &MAX_THREADS,
        &SANDBOX,
        &USER,
        &MEMORY,
        &TIME_LIMIT,
        &ESTIMATE,
    ],
};

impl JobConfig {
    pub(crate) fn read(env: &mut Env<'_>) -> Self {
        let cores = cores();
        let threads = u32::try_from(cores).unwrap_or(1);
        let estimate = env.parse_or(&ESTIMATE, "a whole number of seconds", 0);
        Self {
            supervisor: std::env::current_exe().unwrap_or_default(),
            max_running: env.at_least_1_or(&MAX_RUNNING, cores),
            max_threads: env.at_least_1_or(&MAX_THREADS, threads),
            sandbox: env.optional(&SANDBOX, "required, best-effort or off"),
            user: env.get(&USER),
            memory_bytes: env
                .optional(&MEMORY, "a number of bytes")
                .or(Some(rustix::system::sysinfo().totalram)),
            time_limit: env
                .optional(&TIME_LIMIT, "a number of seconds")
                .map(Duration::from_secs),
            estimate_max: Some(estimate)
                .filter(|&most| most > 0)
                .map(Duration::from_secs),
        }
    }
}

/// Returns the number of cores that this process may use.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
