//! Slurm's command line: `sbatch`, `squeue`, `sacct`, `scancel` and `sinfo`, locally or through
//! ssh.

mod parse;
mod run;

use std::{sync::OnceLock, time::Duration};

use async_trait::async_trait;

use self::run::{RunError, Said};
use super::{
    JobOptions,
    cluster::{Cluster, Submission},
    job::SlurmJob,
    state::State,
};
use crate::{Overview, PATH, SubmitError, Unreachable};

/// How to run Slurm's commands, and how to submit jobs.
#[derive(Debug, Clone, Default)]
pub struct CliConfig {
    /// Host on which to run them through ssh; `None` runs them locally.
    pub host: Option<String>,
    /// User who runs them and whom jobs run as. `None` is the service's own.
    pub user: Option<String>,
    /// Port of ssh.
    pub port: Option<u16>,
    /// Partition for jobs.
    pub partition: String,
    /// Folders to look for the commands in.
    pub path: String,
    /// Slurm's configuration file, if it is not where Slurm looks for it.
    pub slurm_conf: Option<String>,
    /// Account, quality of service and constraint.
    pub options: JobOptions,
    /// Additional arguments for `sbatch`.
    pub sbatch_options: Vec<String>,
}

/// Slurm through its command line.
pub(crate) struct SlurmCli {
    config: CliConfig,
    user: String,
    version: OnceLock<String>,
}

const TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum number of names in one query to accounting: an argument may have at most 128 KiB.
const ACCOUNTING_AT_ONCE: usize = 1000;

impl CliConfig {
    /// The user and group that run the commands, if not the service's own.
    pub(super) fn run_as(&self) -> Result<Option<(u32, u32)>, String> {
        let Some(name) = &self.user else {
            return Ok(None);
        };
        let user = uzers::get_user_by_name(name)
            .ok_or_else(|| format!("there is no user {name} (SLURM_CLI_USER) on this machine"))?;
        if user.uid() == uzers::get_effective_uid() {
            return Ok(None);
        }
        Ok(Some((user.uid(), user.primary_group_id())))
    }
}

impl SlurmCli {
    /// # Errors
    /// A setting is invalid: a sentence with the remedy.
    pub(crate) fn new(mut config: CliConfig) -> Result<Self, String> {
        let us = uzers::get_current_username();
        let us = us.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if config.path.is_empty() {
            config.path = format!("{PATH}:/usr/local/bin:/opt/slurm/bin");
        }
        let remote = config.host.is_some();
        let user = config.user.clone().unwrap_or_else(|| us.clone());
        if user == "root" {
            return Err(
                "SLURM_CLI_USER must name the user that jobs run as: the service runs as root, but \
                 its jobs must not"
                    .to_owned(),
            );
        }
        if !remote {
            let other = config.run_as()?.is_some();
            if other && uzers::get_effective_uid() != 0 {
                return Err(format!(
                    "SLURM_CLI_USER is \"{user}\", and the service runs as {us}: run it as {user}, or unset \
                     SLURM_CLI_USER"
                ));
            }
        }
        Ok(Self {
            config,
            user,
            version: OnceLock::new(),
        })
    }

    /// Runs a read-only command. If it fails, there is no answer.
    async fn ask(&self, program: &str, arguments: &[String]) -> Result<String, Unreachable> {
        let said = run::run(&self.config, program, arguments, "", TIMEOUT).await;
        match said {
            Ok(said) if said.code == Some(0) => Ok(said.stdout),
            Ok(said) => Err(Unreachable(format!("{program}: {}", said.why()))),
            Err(e) => Err(Unreachable(e.said())),
        }
    }

    fn sbatch_arguments(&self, job: &Submission) -> Vec<String> {
        let partition = job.resources.partition.as_ref();
        let mut arguments = vec![
            "--parsable".to_owned(),
            format!("--job-name={}", job.name),
            format!(
                "--partition={}",
                partition.unwrap_or(&self.config.partition)
            ),
            format!("--chdir={}", job.directory),
            format!("--output={}", job.output.replace('%', "%%")),
            format!("--comment={}", job.comment),
            format!("--ntasks={}", job.resources.processes),
            format!("--cpus-per-task={}", job.resources.threads),
            // Nothing from the service's environment, and no login shell on the node.
            format!("--export=PATH={PATH}"),
        ];
        if let Some(bytes) = job.resources.memory_bytes {
            arguments.push(format!("--mem={}M", bytes.div_ceil(1 << 20)));
        }
        if let Some(minutes) = job.resources.slurm_minutes() {
            arguments.push(format!("--time={minutes}"));
        }
        let options = &self.config.options;
        for (name, value) in [
            ("account", &options.account),
            ("qos", &options.qos),
            ("constraint", &options.constraint),
        ] {
            arguments.extend(value.as_ref().map(|value| format!("--{name}={value}")));
        }
        arguments.extend(self.config.sbatch_options.iter().cloned());
        arguments
    }
}

impl Said {
    /// The last error message of a command.
    fn why(&self) -> String {
        let line = self
            .stderr
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty());
        match line {
            Some(line) => line.trim().chars().take(300).collect(),
            None => format!("exit code {}", self.code.unwrap_or(-1)),
        }
    }
}

/// Whether a failed `sbatch` reports that its request did not arrive; `None` if it reports nothing.
fn arrived(stderr: &str) -> Option<bool> {
    let any = |words: &[&str]| words.iter().any(|word| stderr.contains(word));
    if any(&[
        "Socket timed out",
        "Zero Bytes were transmitted",
        "timed out on send/recv",
    ]) {
        None
    } else if any(&[
        "Unable to contact slurm controller",
        "Connection refused",
        "Connection timed out",
        "Could not resolve hostname",
        "No route to host",
        "emporarily unable",
        "Permission denied (",
        "Host key verification failed",
        "munge",
    ]) {
        Some(false)
    } else {
        Some(true)
    }
}

#[async_trait]
impl Cluster for SlurmCli {
    fn kind(&self) -> &'static str {
        "SlurmScheduler"
    }

    fn user(&self) -> &str {
        &self.user
    }

    async fn submit(&self, job: &Submission) -> Result<u64, SubmitError> {
        let arguments = self.sbatch_arguments(job);
        let said = run::run(&self.config, "sbatch", &arguments, &job.script, TIMEOUT).await;
        let said = said.map_err(|e| match e {
            RunError::NotStarted(why) => SubmitError::Unavailable(why),
            RunError::NoAnswer(why) => SubmitError::Unclear(why),
        })?;
        match (said.code, arrived(&said.stderr)) {
            (Some(0), _) => parse::submitted(&said.stdout)
                .ok_or_else(|| SubmitError::Unclear("sbatch printed no job id".to_owned())),
            // A failure of ssh itself, or a signal.
            (Some(255) | None, None | Some(true)) | (_, None) => {
                Err(SubmitError::Unclear(said.why()))
            }
            (_, Some(false)) => Err(SubmitError::Unavailable(said.why())),
            (_, Some(true)) => Err(SubmitError::Refused(said.why())),
        }
    }

    async fn queue(&self) -> Result<Vec<SlurmJob>, Unreachable> {
        let arguments = [
            "--noheader",
            "--states=all",
            "--format",
            parse::QUEUE,
            "--user",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
        arguments.push(self.user.clone());
        Ok(parse::queue(&self.ask("squeue", &arguments).await?))
    }

    fn accounting_at_once(&self) -> usize {
        ACCOUNTING_AT_ONCE
    }

    async fn accounting(&self, names: &[String], since: i64) -> Result<Vec<SlurmJob>, Unreachable> {
        let start = chrono::DateTime::from_timestamp(since - 3600, 0).unwrap_or_default();
        let start = start.with_timezone(&chrono::Local);
        let arguments = [
            "--allocations".to_owned(),
            "--noheader".to_owned(),
            "--parsable2".to_owned(),
            format!("--format={}", parse::ACCOUNTING),
            // Without it, accounting looks back to midnight.
            format!("--starttime={}", start.format("%Y-%m-%dT%H:%M:%S")),
            format!("--name={}", names.join(",")),
        ];
        Ok(parse::accounting(&self.ask("sacct", &arguments).await?))
    }

    async fn cancel(&self, _id: u64, name: &str) -> Result<(), Unreachable> {
        // By name, because the number may belong to somebody else's job by now.
        let arguments = [
            "--quiet".to_owned(),
            format!("--name={name}"),
            format!("--user={}", self.user),
        ];
        self.ask("scancel", &arguments).await.map(drop)
    }

    async fn overview(&self) -> Result<Overview, Unreachable> {
        if self.version.get().is_none() {
            let said = self.ask("sinfo", &["--version".to_owned()]).await?;
            let version = said
                .split_whitespace()
                .last()
                .unwrap_or_default()
                .to_owned();
            self.version.get_or_init(|| version);
        }
        let arguments = ["--noheader", "--format", "%P|%a|%D"].map(str::to_owned);
        let partitions = parse::partitions(&self.ask("sinfo", &arguments).await?);
        let arguments = ["--noheader", "--states=pending,running", "--format", "%T"];
        let said = self.ask("squeue", &arguments.map(str::to_owned)).await?;
        let states = said.lines().map(|line| State::read([line]));
        Ok(Overview::of(states, partitions))
    }

    fn version(&self) -> Option<String> {
        self.version.get().cloned()
    }

    fn describe(&self) -> String {
        let version = self.version.get().map_or("", String::as_str);
        let place = self.config.host.as_ref();
        let place = place.map_or_else(String::new, |host| format!(" on {host}"));
        format!("Slurm {version} by its command line{place}").replace("  ", " ")
    }
}
