//! A Slurm cluster for one test, in its own folder and on its own ports. Dropping it removes it.

use std::{
    collections::HashMap,
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use scheduler::{
    Scheduler,
    sandbox::Mode,
    slurm::{CliConfig, JobOptions, Launcher, RestConfig, Slurm, SlurmConfig, Wrapper},
};
use tempfile::TempDir;

pub use crate::support::PROGRAM;
use crate::{patience::work_in, skipped::skipped, support::repository};

pub struct Cluster {
    /// The cluster's state. For another release, this is what it shares with this machine.
    folder: TempDir,
    port: u16,
    release: Option<&'static str>,
    program: PathBuf,
    pub settings: HashMap<String, String>,
}

/// A folder that the jobs' user can enter.
pub fn open_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    work_in(folder.path());
    folder
}

impl Cluster {
    /// Returns `None`, and prints the reason, if Slurm is not available.
    pub fn start() -> Option<Self> {
        Self::of(None)
    }

    /// The cluster of another Debian release.
    pub fn release(suite: &'static str) -> Option<Self> {
        Self::of(Some(suite))
    }

    /// A folder for attempts that the cluster's nodes share.
    pub fn shared(&self) -> &Path {
        self.folder.path()
    }

    fn of(release: Option<&'static str>) -> Option<Self> {
        let folder = open_folder();
        let mut program = PathBuf::from(PROGRAM);
        if release.is_some() {
            program = folder.path().join("datamonkey");
            fs::copy(PROGRAM, &program).unwrap();
        }
        let mut cluster = Self {
            folder,
            port: free_ports(),
            release,
            program,
            settings: HashMap::new(),
        };
        let up = cluster.script("up", &[]);
        let said = String::from_utf8_lossy(&up.stderr).into_owned();
        if !up.status.success() {
            let cannot = ["apt-get could not install", "no sudo", "Install these with"];
            assert!(
                cannot.iter().any(|why| said.contains(why)),
                "the cluster does not come up:\n{said}"
            );
            skipped("slurm", &format!("it cannot be installed here: {said}"));
            return None;
        }
        let settings = cluster.script("env", &["rest"]);
        cluster.settings = String::from_utf8(settings.stdout)
            .unwrap()
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Some(cluster)
    }

    pub fn script(&self, name: &str, arguments: &[&str]) -> Output {
        let scripts = repository().join("dev/slurm");
        let mut command = match self.release {
            Some(suite) => {
                let mut command = Command::new(scripts.join("release"));
                command.args([suite, name]);
                command
            }
            None => Command::new(scripts.join(name)),
        };
        command
            .args(arguments)
            .env("DATAMONKEY_SLURM_DIR", self.folder.path())
            .env("DATAMONKEY_SLURM_SHARED", self.folder.path())
            .env("DATAMONKEY_SLURM_PORT", self.port.to_string())
            .env("DATAMONKEY_PROGRAM", PROGRAM)
            .env("DATAMONKEY_SLURM_OWNER", std::process::id().to_string())
            .output()
            .unwrap()
    }

    pub fn stop(&self, daemons: &[&str]) {
        assert!(self.script("down", daemons).status.success());
    }

    /// Restarts the stopped daemons.
    pub fn bring_back(&self) {
        let up = self.script("up", &[]);
        assert!(
            up.status.success(),
            "{}",
            String::from_utf8_lossy(&up.stderr)
        );
    }

    /// Wipes the controller's state, so that its job ids start at 1 again.
    pub fn wipe_state(&self) {
        for entry in fs::read_dir(self.folder.path().join("state")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                fs::remove_dir_all(path).unwrap()
            } else {
                fs::remove_file(path).unwrap()
            }
        }
    }

    /// Returns how often slurmrestd was asked for the list of jobs, and how often in total.
    pub fn questions(&self) -> (usize, usize) {
        let log = fs::read_to_string(self.folder.path().join("log/slurmrestd.log")).unwrap();
        let calls = log
            .lines()
            .filter(|line| line.contains("operations_router"));
        let lists = calls.clone().filter(|line| line.ends_with("/jobs"));
        (lists.count(), calls.count())
    }

    /// Runs one of Slurm's commands as root.
    pub fn slurm(&self, program: &str, arguments: &[&str]) -> String {
        let done = Command::new(program)
            .args(arguments)
            .env("SLURM_CONF", &self.settings["SLURM_CONF"])
            .output()
            .unwrap();
        String::from_utf8(done.stdout).unwrap()
    }

    /// What the controller says of a job in this format; nothing when it knows the job no more.
    pub fn queue(&self, job: &str, format: &str) -> String {
        let said = self.slurm("squeue", &["-h", "-t", "all", "-j", job, "-o", format]);
        said.trim().to_owned()
    }

    pub fn config(&self, attempts: &Path) -> SlurmConfig {
        SlurmConfig {
            attempts: attempts.to_path_buf(),
            wrapper: Some(Wrapper {
                program: self.program.clone(),
                sandbox: Mode::BestEffort,
            }),
            launcher: Launcher::default(),
            poll_every: Duration::from_secs(1),
            lost_after: Duration::from_secs(8),
        }
    }

    pub fn rest_config(&self, partition: &str) -> RestConfig {
        RestConfig {
            url: self.settings["SLURM_REST_URL"].clone(),
            api_path: None,
            submit_path: None,
            partition: partition.to_owned(),
            key_path: PathBuf::from(&self.settings["SLURM_JWT_KEY_PATH"]),
            user: self.settings["SLURM_JWT_USERNAME"].clone(),
            token_lifetime: Duration::from_secs(600),
            options: JobOptions::default(),
            job_options: serde_json::Map::new(),
        }
    }

    pub fn rest(&self, attempts: &Path, partition: &str) -> Arc<dyn Scheduler> {
        let rest = self.rest_config(partition);
        Arc::new(Slurm::rest(rest, self.config(attempts)).unwrap())
    }

    /// Uses the REST API, in a dialect specified as in the Go service's settings.
    pub fn dialect(&self, version: &str, attempts: &Path, partition: &str) -> Arc<dyn Scheduler> {
        let rest = RestConfig {
            api_path: Some(format!("/slurmdb/{version}")),
            submit_path: Some(format!("/slurm/{version}")),
            ..self.rest_config(partition)
        };
        Arc::new(Slurm::rest(rest, self.config(attempts)).unwrap())
    }

    pub fn cli_config(&self, partition: &str) -> CliConfig {
        CliConfig {
            user: Some(self.settings["SLURM_CLI_USER"].clone()),
            partition: partition.to_owned(),
            slurm_conf: Some(self.settings["SLURM_CONF"].clone()),
            ..CliConfig::default()
        }
    }

    pub fn cli(&self, attempts: &Path, partition: &str) -> Arc<dyn Scheduler> {
        Arc::new(Slurm::cli(self.cli_config(partition), self.config(attempts)).unwrap())
    }

    /// Uses the command line, without the wrapper on the nodes, and with additional arguments for
    /// `sbatch`.
    pub fn plain_cli(&self, attempts: &Path, options: &[&str]) -> Arc<dyn Scheduler> {
        let slurm = SlurmConfig {
            wrapper: None,
            ..self.config(attempts)
        };
        let options = options.iter().map(|&option| option.to_owned());
        let config = CliConfig {
            sbatch_options: options.collect(),
            ..self.cli_config("normal")
        };
        Arc::new(Slurm::cli(config, slurm).unwrap())
    }

    /// Like the above, without the wrapper on the nodes.
    pub fn plain(&self, attempts: &Path, partition: &str) -> Arc<dyn Scheduler> {
        let config = SlurmConfig {
            wrapper: None,
            ..self.config(attempts)
        };
        Arc::new(Slurm::rest(self.rest_config(partition), config).unwrap())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "{}",
                String::from_utf8_lossy(&self.script("logs", &["30"]).stdout)
            );
        }
        self.script("down", &["--wipe"]);
    }
}

/// Returns the first of eight consecutive free ports below the range that the system assigns.
/// Clusters that start at the same time begin to search at different ports.
fn free_ports() -> u16 {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let place = std::process::id() + 37 * MADE.fetch_add(1, Ordering::Relaxed);
    let mut port = 10_000 + 8 * u16::try_from(place % 2500).unwrap();
    while (port..port + 8).any(|port| TcpListener::bind(("127.0.0.1", port)).is_err()) {
        port += 8;
    }
    port
}
