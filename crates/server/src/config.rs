//! Configuration, from environment variables. The names are those of the Go service where it had
//! them.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    time::Duration,
};

use scheduler::sandbox::Mode;
use sequence::Limits;

use crate::{
    http::PerAddress, notifications::NotifyConfig, outgoing::OutgoingConfig, quotas::QuotaConfig,
    scheduling::SchedulerConfig, sessions::AccessConfig,
};

/// How the service is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on (`SERVICE_DATAMONKEY_HOST`); 127.0.0.1.
    pub host: IpAddr,
    /// Port to listen on (`SERVICE_DATAMONKEY_PORT`); 9300. 0 takes a free one.
    pub port: u16,
    /// Folder of uploads (`DATASET_LOCATION`); `DATAMONKEY_DATA`, which is `./data`.
    pub datasets: PathBuf,
    /// Database file: in `JOB_TRACKER_LOCATION`, beside `DATAMONKEY_DB_PATH`, or with the uploads.
    pub database: PathBuf,
    /// The Go service's database (`DATAMONKEY_DB_PATH`), to be imported if it is there.
    pub go_database: Option<PathBuf>,
    /// Folder of job directories, logs and results (`HYPHY_BASE_PATH`); with the uploads.
    pub base: PathBuf,
    /// The HyPhy program, or a folder that packages were unpacked into (`HYPHY_PATH`).
    pub hyphy_path: Option<PathBuf>,
    /// Folders to look for an engine in when `hyphy_path` is not given.
    pub engine_folders: Vec<PathBuf>,
    /// The program that supervises jobs: this one.
    pub supervisor: PathBuf,
    /// Jobs that run at the same time on this machine (`LOCAL_MAX_JOBS`); one per core.
    pub max_running: usize,
    /// Threads of a job that has this machine to itself (`LOCAL_MAX_THREADS`); one per core.
    pub max_threads: u32,
    /// How much jobs are confined (`SANDBOX`): `required`, `best-effort` or `off`. Not given, it is
    /// `required` where the kernel has Landlock, else `best-effort`.
    pub sandbox: Option<Mode>,
    /// User as whom jobs run on this machine where the service is root (`JOB_USER`: a name or number);
    /// not given, `hyphy` if there is one, else `nobody`.
    pub job_user: Option<String>,
    /// Memory of a job in bytes (`JOB_MEMORY_LIMIT_BYTES`); that of the machine.
    pub memory_bytes: Option<u64>,
    /// Longest time that a job may run (`JOB_TIME_LIMIT_SECS`); none.
    pub time_limit: Option<Duration>,
    /// Largest upload in bytes (`MAX_UPLOAD_BYTES`); 268435456 (256 MiB).
    pub max_upload_bytes: u64,
    /// Largest data that is read: bytes once unpacked (`MAX_UNPACKED_BYTES`; 268435456), sequences
    /// (`MAX_SEQUENCES`; 100000), sites (`MAX_SITES`; 1000000), bytes of a name
    /// (`MAX_NAME_LENGTH`; 1000) and depth of a tree (`MAX_TREE_DEPTH`; 10000).
    pub limits: Limits,
    /// Where jobs run (`SCHEDULER_TYPE`); on this machine.
    pub scheduler: SchedulerConfig,
    /// Whose data is whose.
    pub access: AccessConfig,
    /// Pages of other origins that may use the API (`CORS_ALLOWED_ORIGINS`), such as
    /// `https://example.org`; `*` is every page. None.
    pub cors_origins: Vec<String>,
    /// Names besides this machine's own that the service answers to in open mode: those of
    /// `ALLOWED_HOSTS` and that of `PUBLIC_URL`, in lower case and without ports. None.
    pub own_hosts: Vec<String>,
    /// A client that neither sends nor takes anything for this long in the middle of a request is
    /// cut off (`CLIENT_TIMEOUT_SECS`); 60 s.
    pub client_timeout: Duration,
    /// Bytes a second with which the body of a request has to come on average, once that time has
    /// passed (`CLIENT_MIN_BYTES_PER_SEC`); 1024.
    pub client_rate: u32,
    /// Connections from one address at the same time (`MAX_CONNECTIONS_PER_ADDRESS`).
    pub connections: PerAddress,
    /// A stream of events ends after this long, and its client comes back with a token that is still
    /// valid (`EVENT_STREAM_SECS`); an hour.
    pub longest_stream: Duration,
    /// How long the events of a deleted job are told to who comes back (`EVENT_REPLAY_AGE`); 24h.
    pub replay_age: Duration,
    /// What users' addresses may be.
    pub outgoing: OutgoingConfig,
    /// How people are told of jobs that have ended.
    pub notify: NotifyConfig,
    /// How much anybody may have.
    pub quotas: QuotaConfig,
}

/// What is wrong with the configuration: one sentence for each variable.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Name of the database's file. The Go service's is another.
const DATABASE: &str = "service-datamonkey.sqlite";

impl Config {
    /// Reads the configuration. `variable` gives the value of an environment variable.
    ///
    /// # Errors
    /// Every variable whose value cannot be used, with the values that can.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader {
            variable,
            problems: Vec::new(),
        };
        reader.one_of("DATASET_TRACKER_TYPE", &["FileDatasetTracker"]);
        reader.one_of("JOB_TRACKER_TYPE", &["FileJobTracker"]);
        let scheduler = SchedulerConfig::read(&mut reader);
        let host = reader.parse(
            "SERVICE_DATAMONKEY_HOST",
            "an IP address",
            IpAddr::from(Ipv4Addr::LOCALHOST),
        );
        let access = AccessConfig::read(&mut reader, host);
        let data = reader
            .path("DATAMONKEY_DATA")
            .unwrap_or_else(|| "data".into());
        let datasets = reader.path("DATASET_LOCATION").unwrap_or(data);
        let go_database = reader.path("DATAMONKEY_DB_PATH");
        let beside = || Some(go_database.as_ref()?.parent()?.to_path_buf());
        let database = reader
            .path("JOB_TRACKER_LOCATION")
            .or_else(beside)
            .unwrap_or_else(|| datasets.clone())
            .join(DATABASE);
        let cores = cores();
        let config = Self {
            host,
            port: reader.parse("SERVICE_DATAMONKEY_PORT", "a port number", 9300),
            base: reader
                .path("HYPHY_BASE_PATH")
                .unwrap_or_else(|| datasets.clone()),
            datasets,
            database,
            go_database,
            hyphy_path: reader.path("HYPHY_PATH"),
            engine_folders: reader
                .path("DATAMONKEY_ENGINE")
                .into_iter()
                .chain(usual_folders())
                .collect(),
            supervisor: std::env::current_exe().unwrap_or_default(),
            max_running: reader.at_least_1("LOCAL_MAX_JOBS", cores),
            max_threads: reader.at_least_1("LOCAL_MAX_THREADS", u32::try_from(cores).unwrap_or(1)),
            sandbox: reader.optional("SANDBOX", "required, best-effort or off"),
            job_user: reader.get("JOB_USER"),
            memory_bytes: reader
                .optional("JOB_MEMORY_LIMIT_BYTES", "a number of bytes")
                .or(Some(rustix::system::sysinfo().totalram)),
            time_limit: reader
                .optional("JOB_TIME_LIMIT_SECS", "a number of seconds")
                .map(Duration::from_secs),
            max_upload_bytes: reader.at_least_1("MAX_UPLOAD_BYTES", 256 << 20),
            limits: reader.limits(),
            scheduler,
            cors_origins: reader.origins(),
            own_hosts: reader.hosts(),
            client_timeout: Duration::from_secs(reader.at_least_1("CLIENT_TIMEOUT_SECS", 60)),
            client_rate: reader.at_least_1("CLIENT_MIN_BYTES_PER_SEC", 1024),
            connections: PerAddress::default(),
            longest_stream: Duration::from_secs(reader.at_least_1("EVENT_STREAM_SECS", 3600)),
            replay_age: reader.duration("EVENT_REPLAY_AGE", Duration::from_secs(24 * 3600)),
            outgoing: OutgoingConfig::read(&mut reader),
            notify: NotifyConfig::read(&mut reader),
            quotas: QuotaConfig::read(&mut reader, access.tokens),
            access,
        };
        let config = Self {
            connections: PerAddress::read(&mut reader, config.quotas.trust_proxy),
            ..config
        };
        if reader.problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(reader.problems))
        }
    }
}

/// A host's name without what may be written in different ways.
pub(crate) fn plain_host(host: &str) -> String {
    let host = host.trim().trim_end_matches('.');
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host).to_ascii_lowercase()
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// `make start` puts an engine beside the program's build folder.
fn usual_folders() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from("engine")];
    if let Ok(program) = std::env::current_exe() {
        folders.extend(
            program
                .ancestors()
                .skip(1)
                .take(3)
                .map(|folder| folder.join("engine")),
        );
    }
    folders.retain(|folder| Path::new(folder).is_dir());
    folders
        .iter()
        .filter_map(|folder| folder.canonicalize().ok())
        .collect()
}

pub(crate) struct Reader<F> {
    variable: F,
    pub(crate) problems: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    /// A variable that is set to nothing is not set.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.trim().is_empty())
    }

    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from)
    }

    pub(crate) fn one_of(&mut self, name: &str, allowed: &[&str]) {
        if let Some(value) = self.get(name)
            && !allowed.contains(&value.as_str())
        {
            let allowed = allowed.join(", ");
            self.problems.push(format!(
                "{name} is \"{value}\"; this version takes {allowed}."
            ));
        }
    }

    pub(crate) fn optional<T: std::str::FromStr>(
        &mut self,
        name: &str,
        expected: &str,
    ) -> Option<T> {
        let value = self.get(name)?;
        let parsed = value.trim().parse().ok();
        if parsed.is_none() {
            self.problems
                .push(format!("{name} is \"{value}\"; it must be {expected}."));
        }
        parsed
    }

    pub(crate) fn parse<T: std::str::FromStr>(
        &mut self,
        name: &str,
        expected: &str,
        default: T,
    ) -> T {
        self.optional(name, expected).unwrap_or(default)
    }

    pub(crate) fn at_least_1<T: std::str::FromStr + PartialOrd + From<u8>>(
        &mut self,
        name: &str,
        default: T,
    ) -> T {
        let value = self.parse(name, "a whole number of at least 1", default);
        if value < T::from(1) {
            self.problems.push(format!("{name} must be at least 1."));
        }
        value
    }

    fn origins(&mut self) -> Vec<String> {
        let text = self.get("CORS_ALLOWED_ORIGINS").unwrap_or_default();
        let origins = text.split(',').map(str::trim).filter(|o| !o.is_empty());
        let origins: Vec<String> = origins.map(str::to_owned).collect();
        for origin in &origins {
            let host = origin.split_once("://").map(|(_, host)| host);
            if origin != "*" && host.is_none_or(|host| host.is_empty() || host.contains('/')) {
                self.problems.push(format!(
                    "CORS_ALLOWED_ORIGINS has \"{origin}\"; it must be * or origins such as https://example.org, with commas between."
                ));
            }
        }
        origins
    }

    fn hosts(&mut self) -> Vec<String> {
        let text = self.get("ALLOWED_HOSTS").unwrap_or_default();
        let mut hosts = Vec::new();
        for host in text
            .split(',')
            .map(str::trim)
            .filter(|host| !host.is_empty())
        {
            match host.parse::<axum::http::uri::Authority>() {
                Ok(authority) if !host.contains(['@', '*']) => {
                    hosts.push(plain_host(authority.host()));
                }
                _ => self.problems.push(format!(
                    "ALLOWED_HOSTS has \"{host}\"; it must be names such as node1.example.org, with commas between."
                )),
            }
        }
        let public = self.get("PUBLIC_URL");
        let public = public.and_then(|url| url::Url::parse(url.trim()).ok());
        hosts.extend(public.and_then(|url| url.host_str().map(plain_host)));
        hosts
    }

    fn limits(&mut self) -> Limits {
        let usual = Limits::default();
        let mut number = |name: &str, default: usize| {
            let default = u64::try_from(default).unwrap_or(u64::MAX);
            usize::try_from(self.at_least_1(name, default)).unwrap_or(usize::MAX)
        };
        Limits {
            max_bytes: number("MAX_UNPACKED_BYTES", usual.max_bytes),
            max_sequences: number("MAX_SEQUENCES", usual.max_sequences),
            max_sites: number("MAX_SITES", usual.max_sites),
            max_name: number("MAX_NAME_LENGTH", usual.max_name),
            max_depth: number("MAX_TREE_DEPTH", usual.max_depth),
            max_nodes: usual.max_nodes,
        }
    }

    /// A length of time such as `720h` or `1h30m`.
    pub(crate) fn duration(&mut self, name: &str, default: Duration) -> Duration {
        let Some(value) = self.get(name) else {
            return default;
        };
        // As Go reads it: 0 needs no unit.
        if value.trim() == "0" {
            return Duration::ZERO;
        }
        humantime::parse_duration(value.trim()).unwrap_or_else(|_| {
            self.problems.push(format!(
                "{name} is \"{value}\"; it must be a length of time such as 720h or 90m."
            ));
            default
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_set_is_a_local_service() {
        let config = read(&[]).unwrap();
        assert_eq!(
            (config.host.to_string(), config.port),
            ("127.0.0.1".to_owned(), 9300)
        );
        assert_eq!(config.database, Path::new("data/service-datamonkey.sqlite"));
        assert_eq!(config.base, Path::new("data"));
    }

    #[test]
    fn the_locations_of_the_go_service_are_used() {
        let config = read(&[
            ("DATASET_LOCATION", "/d"),
            ("JOB_TRACKER_LOCATION", "/j"),
            ("HYPHY_BASE_PATH", "/h"),
        ])
        .unwrap();
        assert_eq!(config.datasets, Path::new("/d"));
        assert_eq!(config.database, Path::new("/j/service-datamonkey.sqlite"));
        assert_eq!(config.base, Path::new("/h"));
    }

    #[test]
    fn data_is_shared_on_loopback_only() {
        let tokens = |variables: &[(&str, &str)]| read(variables).unwrap().access.tokens;
        assert!(!tokens(&[]));
        assert!(tokens(&[("SERVICE_DATAMONKEY_HOST", "0.0.0.0")]));
        assert!(tokens(&[("USER_TOKEN_ENABLED", "true")]));
        let open = [
            ("SERVICE_DATAMONKEY_HOST", "::"),
            ("USER_TOKEN_ENABLED", "false"),
        ];
        assert!(!tokens(&open));
        let access = read(&[("SESSION_CLEANUP_INTERVAL", "0")]).unwrap().access;
        assert_eq!(access.cleanup_interval, None);
        assert_eq!(access.max_age, Duration::from_secs(720 * 3600));
    }

    #[test]
    fn every_wrong_value_is_named() {
        let error = read(&[
            ("SCHEDULER_TYPE", "Cron"),
            ("SERVICE_DATAMONKEY_PORT", "http"),
            ("LOCAL_MAX_JOBS", "0"),
            ("SESSION_MAX_AGE", "a month"),
        ])
        .unwrap_err();
        let text = error.to_string();
        for expected in [
            "SCHEDULER_TYPE is \"Cron\"; this version takes LocalScheduler",
            "SERVICE_DATAMONKEY_PORT is \"http\"",
            "LOCAL_MAX_JOBS must be",
            "SESSION_MAX_AGE is \"a month\"; it must be a length of time",
        ] {
            assert!(text.contains(expected), "{text}");
        }
        assert_eq!(error.0.len(), 4);
    }
}
