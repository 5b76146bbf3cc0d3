//! The settings of the scheduler, `SCHEDULER_TYPE` and `SLURM_…`.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use hyphy::methods;
use scheduler::slurm::{CliConfig, JobOptions, RestConfig};

use super::mpi::{self, Mpi};
use crate::config::Reader;

/// Where jobs run.
#[derive(Debug, Clone)]
pub enum SchedulerConfig {
    /// On this machine.
    Local,
    /// On a Slurm cluster.
    Slurm(Box<SlurmSettings>),
}

/// How a Slurm cluster is used.
#[derive(Debug, Clone)]
pub struct SlurmSettings {
    /// How it is asked.
    pub access: SlurmAccess,
    /// The `datamonkey` program on the nodes (`SLURM_WRAPPER_PATH`); without it, jobs run without
    /// the sandbox and without progress by site.
    pub wrapper: Option<PathBuf>,
    /// Time between two questions (`SLURM_POLL_SECS`); 5 s.
    pub poll_every: Duration,
    /// A job that Slurm does not know for this long is lost (`SLURM_LOST_AFTER_SECS`); 600 s.
    pub lost_after: Duration,
    /// How analyses that share their work among processes are started.
    pub mpi: Mpi,
    usual: Needs,
    special: HashMap<&'static str, Needs>,
}

/// A way to ask Slurm.
#[derive(Debug, Clone)]
pub enum SlurmAccess {
    /// `SlurmRestScheduler`.
    Rest(RestConfig),
    /// `SlurmScheduler`.
    Cli(CliConfig),
}

/// What a job asks the cluster for: `SLURM_QUEUE_NAME`, `SLURM_CPUS`, `SLURM_MEMORY_MB`,
/// `SLURM_TIME_LIMIT_MINS`, and the same for one analysis, such as `SLURM_MEMORY_MB_FEL`. What is not given follows from the
/// analysis and the data ([`hyphy::resources`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needs {
    /// `None`: the partition of all others.
    pub(super) partition: Option<String>,
    pub(super) cpus: u32,
    pub(super) mpi_tasks: u32,
    pub(super) memory_mb: Option<u64>,
    pub(super) time_limit: Option<Duration>,
}

const LOCAL: &str = "LocalScheduler";
const REST: &str = "SlurmRestScheduler";
const CLI: &str = "SlurmScheduler";

impl SlurmSettings {
    pub(super) fn uses_mpi(&self) -> bool {
        self.special.values().any(|needs| needs.mpi_tasks > 1)
    }

    pub(super) fn needs(&self, analysis: &str) -> &Needs {
        self.special.get(analysis).unwrap_or(&self.usual)
    }
}

impl SchedulerConfig {
    pub(crate) fn read<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Self {
        reader.one_of("SCHEDULER_TYPE", &[LOCAL, REST, CLI]);
        let kind = reader.get("SCHEDULER_TYPE").unwrap_or_else(|| {
            // Who says where a cluster is wants it used.
            let given = |name| reader.get(name).is_some();
            let kind = match (given("SLURM_REST_URL"), given("SLURM_CLI_HOST")) {
                (true, _) => REST,
                (false, true) => CLI,
                (false, false) => LOCAL,
            };
            kind.to_owned()
        });
        let access = match kind.as_str() {
            REST => SlurmAccess::Rest(rest(reader)),
            CLI => SlurmAccess::Cli(cli(reader)),
            _ => return Self::Local,
        };
        let mpi = mpi::read(reader);
        let wrapper = reader.path("SLURM_WRAPPER_PATH");
        if wrapper.is_none() && reader.get("SANDBOX").as_deref() == Some("required") {
            reader.problems.push(
                "SANDBOX is \"required\", and on a cluster only the wrapper confines jobs: \
                 SLURM_WRAPPER_PATH must name the datamonkey program on the nodes."
                    .to_owned(),
            );
        }
        let usual = Needs {
            partition: None,
            mpi_tasks: reader.at_least_1("SLURM_MPI_TASKS", 1),
            cpus: reader.at_least_1("SLURM_CPUS", 1),
            memory_mb: megabytes(reader, "SLURM_MEMORY_MB"),
            time_limit: minutes(reader, "SLURM_TIME_LIMIT_MINS"),
        };
        let special = methods::ALL
            .iter()
            .map(|analysis| {
                let suffix = analysis.id.to_uppercase().replace('-', "_");
                let needs = Needs {
                    partition: reader.get(&format!("SLURM_QUEUE_NAME_{suffix}")),
                    mpi_tasks: mpi::tasks(reader, &mpi, analysis, &suffix, usual.mpi_tasks),
                    cpus: reader.at_least_1(&format!("SLURM_CPUS_{suffix}"), usual.cpus),
                    memory_mb: megabytes(reader, &format!("SLURM_MEMORY_MB_{suffix}"))
                        .or(usual.memory_mb),
                    time_limit: minutes(reader, &format!("SLURM_TIME_LIMIT_MINS_{suffix}"))
                        .or(usual.time_limit),
                };
                (analysis.id, needs)
            })
            .collect();
        Self::Slurm(Box::new(SlurmSettings {
            access,
            wrapper,
            poll_every: Duration::from_secs(reader.at_least_1("SLURM_POLL_SECS", 5)),
            lost_after: Duration::from_secs(reader.at_least_1("SLURM_LOST_AFTER_SECS", 600)),
            mpi,
            usual,
            special,
        }))
    }
}

fn megabytes<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, name: &str) -> Option<u64> {
    reader.optional(name, "a number of MB")
}

fn minutes<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, name: &str) -> Option<Duration> {
    let minutes: Option<u64> = reader.optional(name, "a number of minutes");
    minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)))
}

fn rest<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> RestConfig {
    let key_path = reader
        .path("SLURM_JWT_KEY_PATH")
        .or_else(|| reader.path("JWT_KEY_PATH"))
        .unwrap_or_else(|| "/var/spool/slurm/statesave/jwt.key".into());
    let same_file = |other: &PathBuf| {
        *other == key_path
            || other
                .canonicalize()
                .ok()
                .is_some_and(|o| key_path.canonicalize().is_ok_and(|k| k == o))
    };
    if reader
        .path("USER_JWT_KEY_PATH")
        .is_some_and(|other| same_file(&other))
    {
        reader.problems.push(
            "USER_JWT_KEY_PATH is Slurm's key: whoever holds a user token signed with it could \
             run anything on the cluster. Give users' tokens a key of their own."
                .to_owned(),
        );
    }
    let job_options = reader.get("SLURM_REST_JOB_OPTIONS").map(|text| {
        serde_json::from_str(&text).unwrap_or_else(|e| {
            reader.problems.push(format!(
                "SLURM_REST_JOB_OPTIONS must be a JSON object such as {{\"reservation\":\"course\"}}: {e}."
            ));
            serde_json::Map::new()
        })
    });
    RestConfig {
        url: reader
            .get("SLURM_REST_URL")
            .unwrap_or_else(|| "http://c2:9200".to_owned()),
        api_path: reader.get("SLURM_REST_API_PATH"),
        submit_path: reader.get("SLURM_REST_SUBMIT_API_PATH"),
        partition: partition(reader),
        key_path,
        user: reader
            .get("SLURM_JWT_USERNAME")
            .unwrap_or_else(|| "slurm".to_owned()),
        token_lifetime: Duration::from_secs(reader.at_least_1("SLURM_JWT_EXPIRATION_SECS", 86_400)),
        options: options(reader),
        job_options: job_options.unwrap_or_default(),
    }
}

fn cli<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> CliConfig {
    let words = reader.get("SLURM_SBATCH_OPTIONS").unwrap_or_default();
    CliConfig {
        host: reader.get("SLURM_CLI_HOST"),
        user: reader.get("SLURM_CLI_USER"),
        port: reader.optional("SLURM_CLI_PORT", "a port number"),
        partition: partition(reader),
        path: reader.get("SLURM_CLI_PATH").unwrap_or_default(),
        slurm_conf: reader.get("SLURM_CONF"),
        options: options(reader),
        sbatch_options: words.split_whitespace().map(str::to_owned).collect(),
    }
}

fn partition<F: Fn(&str) -> Option<String>>(reader: &Reader<F>) -> String {
    reader
        .get("SLURM_QUEUE_NAME")
        .unwrap_or_else(|| "normal".to_owned())
}

fn options<F: Fn(&str) -> Option<String>>(reader: &Reader<F>) -> JobOptions {
    JobOptions {
        account: reader.get("SLURM_ACCOUNT"),
        qos: reader.get("SLURM_QOS"),
        constraint: reader.get("SLURM_CONSTRAINT"),
    }
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
    fn the_go_services_defaults_are_kept() {
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
    fn a_cluster_that_is_named_is_used() {
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
    fn an_analysis_has_its_own_needs() {
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
    fn mpi_is_for_analyses_that_use_it() {
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
    fn what_cannot_be_used_is_named() {
        let rest = ("SCHEDULER_TYPE", "SlurmRestScheduler");
        for (name, value, said) in [
            ("SLURM_POLL_SECS", "0", "SLURM_POLL_SECS must be at least 1"),
            ("SLURM_REST_JOB_OPTIONS", "[1]", "must be a JSON object"),
            ("USER_JWT_KEY_PATH", "/k", "a key of their own"),
            ("SLURM_MPI_TASKS", "4", "HYPHY_MPI_PATH must name"),
            ("SLURM_MPI_TASKS_BUSTED", "4", "BUSTED does not use MPI"),
            ("SLURM_MPI_LAUNCHER", "rsh", "takes mpirun, srun"),
            ("SANDBOX", "required", "SLURM_WRAPPER_PATH must name"),
        ] {
            let error = read(&[rest, ("SLURM_JWT_KEY_PATH", "/k"), (name, value)]).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        let error = read(&[("SCHEDULER_TYPE", "Cron")]).unwrap_err();
        let all = "takes LocalScheduler, SlurmRestScheduler, SlurmScheduler.";
        assert!(error.contains(all), "{error}");
    }
}
