//! Where jobs run: on this machine, or on a Slurm cluster.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use hyphy::{Analysis, methods};
use scheduler::slurm::{CliConfig, JobOptions, Launcher, RestConfig};

use crate::{Group, Setting, access, env::Env, jobs::SANDBOX};

/// Where jobs run.
#[derive(Debug, Clone)]
pub enum SchedulerConfig {
    /// On this machine.
    Local,
    /// On a Slurm cluster.
    Slurm(Box<SlurmSettings>),
}

/// How to use a Slurm cluster.
#[derive(Debug, Clone)]
pub struct SlurmSettings {
    /// How the service communicates with Slurm.
    pub access: SlurmAccess,
    /// The `datamonkey` program on the nodes. With `None`, jobs run without a sandbox and without
    /// fine-grained progress.
    pub wrapper: Option<PathBuf>,
    /// Interval between queries to Slurm.
    pub poll_every: Duration,
    /// How long a job may be unknown to Slurm before it counts as lost.
    pub lost_after: Duration,
    /// How to start analyses that use MPI.
    pub mpi: MpiConfig,
    usual: Needs,
    special: HashMap<&'static str, Needs>,
}

/// How the service communicates with Slurm.
#[derive(Debug, Clone)]
pub enum SlurmAccess {
    /// Through its REST API (`SlurmRestScheduler`).
    Rest(RestConfig),
    /// Through its command line (`SlurmScheduler`).
    Cli(CliConfig),
}

/// The resources that a job requests. For `None`, the value is estimated from the analysis and the
/// data ([`hyphy::resources`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// The partition. `None` means the default for all jobs.
    pub partition: Option<String>,
    /// Cores per process.
    pub cpus: u32,
    /// Number of MPI processes.
    pub mpi_tasks: u32,
    /// Memory in MB.
    pub memory_mb: Option<u64>,
    /// Maximum run time.
    pub time_limit: Option<Duration>,
}

/// How to start analyses that use MPI.
#[derive(Debug, Clone, Default)]
pub struct MpiConfig {
    /// HyPhy's MPI build, on this machine and on the nodes.
    pub program: Option<PathBuf>,
    /// The program that starts its processes.
    pub launcher: Launcher,
}

static SCHEDULER: Setting = Setting::new(
    "SCHEDULER_TYPE",
    "where jobs run: `LocalScheduler`, `SlurmRestScheduler` or `SlurmScheduler`",
)
.or_else("Slurm if `SLURM_REST_URL` or `SLURM_CLI_HOST` is set, else `LocalScheduler`");
static REST_URL: Setting =
    Setting::new("SLURM_REST_URL", "address of slurmrestd").or("http://c2:9200");
static REST_PATH: Setting = Setting::new(
    "SLURM_REST_API_PATH",
    "path of slurmrestd's API with its version, such as `/slurmdb/v0.0.38`",
)
.or_else("the newest version that the server offers");
static REST_SUBMIT_PATH: Setting = Setting::new(
    "SLURM_REST_SUBMIT_API_PATH",
    "the same for submissions, such as `/slurm/v0.0.38`",
)
.or_else("as `SLURM_REST_API_PATH`");
static KEY: Setting = Setting::new(
    "SLURM_JWT_KEY_PATH",
    "file with Slurm's key, which signs the service's tokens for slurmrestd",
)
.or_else("`JWT_KEY_PATH`");
static OLD_KEY: Setting = Setting::new(
    "JWT_KEY_PATH",
    "the Go service's name for `SLURM_JWT_KEY_PATH`",
)
.or_else("`/var/spool/slurm/statesave/jwt.key`");
static REST_USER: Setting = Setting::new(
    "SLURM_JWT_USERNAME",
    "user that jobs run as through slurmrestd",
)
.or("slurm");
static TOKEN_LIFETIME: Setting = Setting::new(
    "SLURM_JWT_EXPIRATION_SECS",
    "lifetime of a token for slurmrestd in seconds",
)
.or("86400");
static REST_OPTIONS: Setting = Setting::new(
    "SLURM_REST_JOB_OPTIONS",
    "JSON object with additional job properties, in slurmrestd's format",
);
static CLI_HOST: Setting = Setting::new(
    "SLURM_CLI_HOST",
    "host on which `sbatch` and the other commands run, over `ssh`; none: this machine",
);
static CLI_USER: Setting = Setting::new(
    "SLURM_CLI_USER",
    "user that the commands and jobs run as; required if the service runs as root",
);
static CLI_PORT: Setting = Setting::new("SLURM_CLI_PORT", "port of that host's SSH server")
    .or_else("as `ssh` is configured");
static CLI_PATH: Setting =
    Setting::new("SLURM_CLI_PATH", "folder of Slurm's commands").or_else("the usual folders");
static SLURM_CONF: Setting =
    Setting::new("SLURM_CONF", "Slurm's configuration file").or_else("as Slurm was built");
static SBATCH_OPTIONS: Setting = Setting::new(
    "SLURM_SBATCH_OPTIONS",
    "additional arguments for `sbatch`, separated by spaces",
);
static PARTITION: Setting = Setting::new("SLURM_QUEUE_NAME", "partition")
    .or("normal")
    .per_analysis();
static ACCOUNT: Setting = Setting::new("SLURM_ACCOUNT", "account");
static QOS: Setting = Setting::new("SLURM_QOS", "quality of service");
static CONSTRAINT: Setting = Setting::new("SLURM_CONSTRAINT", "features of nodes");
static CPUS: Setting = Setting::new("SLURM_CPUS", "cores of a process")
    .or("1")
    .per_analysis();
static MEMORY: Setting = Setting::new("SLURM_MEMORY_MB", "memory of a job in MB")
    .or_else("estimated from the analysis and the data")
    .per_analysis();
static TIME_LIMIT: Setting = Setting::new(
    "SLURM_TIME_LIMIT_MINS",
    "maximum run time of a job in minutes",
)
.or_else("`JOB_TIME_LIMIT_SECS`, else estimated from the analysis and the data")
.per_analysis();
static MPI_TASKS: Setting = Setting::new(
    "SLURM_MPI_TASKS",
    "MPI processes of an analysis that uses MPI",
)
.or("1")
.per_analysis();
static MPI_PROGRAM: Setting = Setting::new(
    "HYPHY_MPI_PATH",
    "HyPhy's MPI build, such as `/usr/lib/hyphy/bin/HYPHYMPI`, on this machine and on the nodes",
);
static MPI_LAUNCHER: Setting = Setting::new(
    "SLURM_MPI_LAUNCHER",
    "program that starts MPI processes in a job: `mpirun` or `srun`",
)
.or("mpirun");
static MPI_TYPE: Setting = Setting::new("SLURM_MPI_TYPE", "value of `srun --mpi`, such as `pmix`")
    .or_else("the cluster's `MpiDefault`");
static WRAPPER: Setting = Setting::new(
    "SLURM_WRAPPER_PATH",
    "the `datamonkey` program on the nodes; without it, jobs are not confined",
);
static POLL: Setting =
    Setting::new("SLURM_POLL_SECS", "seconds between two queries to Slurm").or("5");
static LOST_AFTER: Setting = Setting::new(
    "SLURM_LOST_AFTER_SECS",
    "seconds after which a job that Slurm does not know counts as lost, and runs again once",
)
.or("600");

pub(crate) const GROUP: Group = Group {
    title: "Slurm",
    settings: &[
        &SCHEDULER,
        &REST_URL,
        &REST_PATH,
        &REST_SUBMIT_PATH,
        &KEY,
        &OLD_KEY,
        &REST_USER,
        &TOKEN_LIFETIME,
        &REST_OPTIONS,
        &CLI_HOST,
        &CLI_USER,
        &CLI_PORT,
        &CLI_PATH,
        &SLURM_CONF,
        &SBATCH_OPTIONS,
        &PARTITION,
        &ACCOUNT,
        &QOS,
        &CONSTRAINT,
        &CPUS,
        &MEMORY,
        &TIME_LIMIT,
        &MPI_TASKS,
        &MPI_PROGRAM,
        &MPI_LAUNCHER,
        &MPI_TYPE,
        &WRAPPER,
        &POLL,
        &LOST_AFTER,
    ],
};

const LOCAL: &str = "LocalScheduler";
const REST: &str = "SlurmRestScheduler";
const CLI: &str = "SlurmScheduler";
/// Default location of Slurm's key.
const USUAL_KEY: &str = "/var/spool/slurm/statesave/jwt.key";

impl SlurmSettings {
    /// Returns whether any analysis runs in several MPI processes.
    #[must_use]
    pub fn uses_mpi(&self) -> bool {
        self.special.values().any(|needs| needs.mpi_tasks > 1)
    }

    /// Returns the resources that a job of this analysis requests.
    #[must_use]
    pub fn needs(&self, analysis: &str) -> &Needs {
        self.special.get(analysis).unwrap_or(&self.usual)
    }
}

impl SchedulerConfig {
    pub(crate) fn read(env: &mut Env<'_>) -> Self {
        env.one_of(&SCHEDULER, &[LOCAL, REST, CLI]);
        let kind = env.get(&SCHEDULER).unwrap_or_else(|| {
            // If a setting says where a cluster is, the service uses it.
            let given = |setting| env.get(setting).is_some();
            let kind = match (given(&REST_URL), given(&CLI_HOST)) {
                (true, _) => REST,
                (false, true) => CLI,
                (false, false) => LOCAL,
            };
            kind.to_owned()
        });
        let access = match kind.as_str() {
            REST => SlurmAccess::Rest(rest(env)),
            CLI => SlurmAccess::Cli(cli(env)),
            _ => return Self::Local,
        };
        let mpi = MpiConfig::read(env);
        let wrapper = env.path(&WRAPPER);
        if wrapper.is_none() && env.get(&SANDBOX).as_deref() == Some("required") {
            env.problems.push(
                "SANDBOX is \"required\", but on a cluster only the wrapper confines jobs. \
                 SLURM_WRAPPER_PATH must name the datamonkey program on the nodes."
                    .to_owned(),
            );
        }
        let usual = Needs {
            partition: None,
            mpi_tasks: env.at_least_1(&MPI_TASKS),
            cpus: env.at_least_1(&CPUS),
            memory_mb: megabytes(env, &MEMORY),
            time_limit: minutes(env, &TIME_LIMIT),
        };
        let special = methods::ALL
            .iter()
            .map(|analysis| {
                let needs = Needs {
                    partition: env.get(&PARTITION.of(analysis)),
                    mpi_tasks: mpi_tasks(env, &mpi, analysis, usual.mpi_tasks),
                    cpus: env.at_least_1_or(&CPUS.of(analysis), usual.cpus),
                    memory_mb: megabytes(env, &MEMORY.of(analysis)).or(usual.memory_mb),
                    time_limit: minutes(env, &TIME_LIMIT.of(analysis)).or(usual.time_limit),
                };
                (analysis.id, needs)
            })
            .collect();
        Self::Slurm(Box::new(SlurmSettings {
            access,
            wrapper,
            poll_every: env.seconds(&POLL),
            lost_after: env.seconds(&LOST_AFTER),
            mpi,
            usual,
            special,
        }))
    }
}

fn megabytes(env: &mut Env<'_>, setting: &Setting) -> Option<u64> {
    env.optional(setting, "a number of MB")
}

fn minutes(env: &mut Env<'_>, setting: &Setting) -> Option<Duration> {
    let minutes: Option<u64> = env.optional(setting, "a number of minutes");
    minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)))
}

/// Returns Slurm's key, if a setting names it.
pub(crate) fn slurm_key(env: &Env<'_>) -> Option<PathBuf> {
    env.path(&KEY).or_else(|| env.path(&OLD_KEY))
}

fn rest(env: &mut Env<'_>) -> RestConfig {
    let key_path = slurm_key(env).unwrap_or_else(|| USUAL_KEY.into());
    let same_file = |other: &PathBuf| {
        *other == key_path
            || other
                .canonicalize()
                .ok()
                .is_some_and(|o| key_path.canonicalize().is_ok_and(|k| k == o))
    };
    if env
        .path(&access::KEY)
        .is_some_and(|other| same_file(&other))
    {
        env.problems.push(
            "USER_JWT_KEY_PATH is Slurm's key. Anyone with a user token signed with it could run \
             commands on the cluster. User tokens need a key of their own."
                .to_owned(),
        );
    }
    let job_options = env.get(&REST_OPTIONS).map(|text| {
        serde_json::from_str(&text).unwrap_or_else(|e| {
            env.problems.push(format!(
                "SLURM_REST_JOB_OPTIONS must be a JSON object such as \
                 {{\"reservation\":\"course\"}}: {e}."
            ));
            serde_json::Map::new()
        })
    });
    RestConfig {
        url: env.text(&REST_URL).unwrap_or_default(),
        api_path: env.get(&REST_PATH),
        submit_path: env.get(&REST_SUBMIT_PATH),
        partition: env.text(&PARTITION).unwrap_or_default(),
        key_path,
        user: env.text(&REST_USER).unwrap_or_default(),
        token_lifetime: env.seconds(&TOKEN_LIFETIME),
        options: options(env),
        job_options: job_options.unwrap_or_default(),
    }
}

fn cli(env: &mut Env<'_>) -> CliConfig {
    let words = env.get(&SBATCH_OPTIONS).unwrap_or_default();
    CliConfig {
        host: env.get(&CLI_HOST),
        user: env.get(&CLI_USER),
        port: env.optional(&CLI_PORT, "a port number"),
        partition: env.text(&PARTITION).unwrap_or_default(),
        path: env.get(&CLI_PATH).unwrap_or_default(),
        slurm_conf: env.get(&SLURM_CONF),
        options: options(env),
        sbatch_options: words.split_whitespace().map(str::to_owned).collect(),
    }
}

fn options(env: &Env<'_>) -> JobOptions {
    JobOptions {
        account: env.get(&ACCOUNT),
        qos: env.get(&QOS),
        constraint: env.get(&CONSTRAINT),
    }
}

impl MpiConfig {
    fn read(env: &mut Env<'_>) -> Self {
        env.one_of(&MPI_LAUNCHER, &["mpirun", "srun"]);
        let launcher = match env.get(&MPI_LAUNCHER).as_deref() {
            Some("srun") => Launcher::Srun {
                mpi: env.get(&MPI_TYPE),
            },
            _ => Launcher::Mpirun,
        };
        Self {
            program: env.path(&MPI_PROGRAM),
            launcher,
        }
    }
}

/// Reads the number of MPI processes of an analysis, which is 1 unless the analysis uses MPI.
fn mpi_tasks(env: &mut Env<'_>, mpi: &MpiConfig, analysis: &Analysis, usual: u32) -> u32 {
    let setting = MPI_TASKS.of(analysis);
    let tasks = env.at_least_1_or(&setting, if analysis.mpi { usual } else { 1 });
    let mut problem = |text: String| {
        if !env.problems.contains(&text) {
            env.problems.push(text);
        }
    };
    if tasks > 1 && !analysis.mpi {
        let able = methods::ALL.iter().filter(|a| a.mpi).map(|a| a.name);
        let able: Vec<_> = able.collect();
        problem(format!(
            "{} must be 1, because {} does not use MPI. These analyses do: {}.",
            setting.name,
            analysis.name,
            able.join(", ")
        ));
    } else if tasks > 1 && mpi.program.is_none() {
        problem(
            "SLURM_MPI_TASKS requires MPI. HYPHY_MPI_PATH must name HyPhy's MPI build on the \
             nodes, such as /usr/lib/hyphy/bin/HYPHYMPI."
                .to_owned(),
        );
    }
    tasks
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::Config;

    fn read(variables: &[(&str, &str)]) -> Result<SchedulerConfig, String> {
        let config = Config::read(|name| {
            let found = variables.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        config
            .map(|config| config.scheduler)
            .map_err(|e| e.to_string())
    }

    fn slurm(variables: &[(&str, &str)]) -> SlurmSettings {
        match read(variables).unwrap() {
            SchedulerConfig::Slurm(settings) => *settings,
            SchedulerConfig::Local => panic!("local"),
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_go_service() {
        let settings = slurm(&[("SCHEDULER_TYPE", "SlurmRestScheduler")]);
        let SlurmAccess::Rest(rest) = settings.access else {
            panic!("not REST")
        };
        assert_eq!(
            (rest.url.as_str(), rest.partition.as_str()),
            ("http://c2:9200", "normal")
        );
        assert_eq!(
            rest.key_path,
            PathBuf::from("/var/spool/slurm/statesave/jwt.key")
        );
        assert_eq!(
            (rest.user.as_str(), rest.token_lifetime.as_secs()),
            ("slurm", 86_400)
        );
        let old = slurm(&[
            ("SCHEDULER_TYPE", "SlurmRestScheduler"),
            ("JWT_KEY_PATH", "/k"),
        ]);
        let SlurmAccess::Rest(rest) = old.access else {
            panic!("not REST")
        };
        assert_eq!(rest.key_path, PathBuf::from("/k"));
    }

    #[test]
    fn a_configured_cluster_is_used() {
        assert!(matches!(read(&[]), Ok(SchedulerConfig::Local)));
        let settings = slurm(&[("SLURM_REST_URL", "http://c:1")]);
        assert!(matches!(settings.access, SlurmAccess::Rest(_)));
        let settings = slurm(&[("SLURM_CLI_HOST", "login"), ("SLURM_CLI_PORT", "2222")]);
        let SlurmAccess::Cli(cli) = settings.access else {
            panic!("not CLI")
        };
        assert_eq!((cli.host.as_deref(), cli.port), (Some("login"), Some(2222)));
    }

    #[test]
    fn an_analysis_can_have_its_own_resources() {
        let settings = slurm(&[
            ("SCHEDULER_TYPE", "SlurmScheduler"),
            ("SLURM_MEMORY_MB", "2000"),
            ("SLURM_MEMORY_MB_FEL", "9000"),
            ("SLURM_QUEUE_NAME_FEL", "long"),
            ("SLURM_TIME_LIMIT_MINS", "30"),
        ]);
        let half_an_hour = Some(Duration::from_secs(1800));
        let fel = Needs {
            partition: Some("long".to_owned()),
            mpi_tasks: 1,
            cpus: 1,
            memory_mb: Some(9000),
            time_limit: half_an_hour,
        };
        assert_eq!(*settings.needs("fel"), fel);
        let another = settings.needs("another");
        assert_eq!((another.memory_mb, &another.partition), (Some(2000), &None));
    }

    #[test]
    fn only_analyses_that_support_mpi_use_it() {
        let settings = slurm(&[
            ("SCHEDULER_TYPE", "SlurmScheduler"),
            ("HYPHY_MPI_PATH", "/opt/HYPHYMPI"),
            ("SLURM_MPI_LAUNCHER", "srun"),
            ("SLURM_MPI_TYPE", "pmix"),
            ("SLURM_MPI_TASKS", "8"),
            ("SLURM_MPI_TASKS_MEME", "16"),
        ]);
        let tasks = |analysis| settings.needs(analysis).mpi_tasks;
        assert_eq!((tasks("fel"), tasks("meme"), tasks("busted")), (8, 16, 1));
        let mpi = Some("pmix".to_owned());
        assert_eq!(
            settings.mpi.launcher,
            scheduler::slurm::Launcher::Srun { mpi }
        );
    }

    #[test]
    fn unusable_settings_are_reported() {
        let rest = ("SCHEDULER_TYPE", "SlurmRestScheduler");
        for (name, value, said) in [
            ("SLURM_POLL_SECS", "0", "SLURM_POLL_SECS must be at least 1"),
            ("SLURM_REST_JOB_OPTIONS", "[1]", "must be a JSON object"),
            ("USER_JWT_KEY_PATH", "/k", "a key of their own"),
            ("SLURM_MPI_TASKS", "4", "HYPHY_MPI_PATH must name"),
            ("SLURM_MPI_TASKS_BUSTED", "4", "BUSTED does not use MPI"),
            ("SLURM_MPI_LAUNCHER", "rsh", "must be one of mpirun, srun"),
            ("SANDBOX", "required", "SLURM_WRAPPER_PATH must name"),
        ] {
            let error = read(&[rest, ("SLURM_JWT_KEY_PATH", "/k"), (name, value)]).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        let error = read(&[("SCHEDULER_TYPE", "Cron")]).unwrap_err();
        let all = "must be one of LocalScheduler, SlurmRestScheduler, SlurmScheduler.";
        assert!(error.contains(all), "{error}");
    }
}
