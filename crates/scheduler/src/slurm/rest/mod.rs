//! Slurm's REST API.

mod client;
mod dialect;
mod read;
mod tokens;

use std::{path::PathBuf, sync::OnceLock, time::Duration};

use async_trait::async_trait;
use reqwest::{Method, Url};
use serde_json::{Map, Value};

use self::{
    client::{CallError, Client},
    dialect::Dialect,
    read::{Answer, Job, RestPartition, number},
    tokens::Tokens,
};
use super::{
    JobOptions,
    cluster::{Cluster, Submission},
    job::SlurmJob,
};
use crate::{Overview, SubmitError, Unreachable};

/// How to reach slurmrestd, and how to submit jobs.
#[derive(Debug, Clone)]
pub struct RestConfig {
    /// Address of slurmrestd, such as `http://c2:9200`.
    pub url: String,
    /// Path of its API with the version, such as `/slurmdb/v0.0.38`; `None` discovers it.
    pub api_path: Option<String>,
    /// The same for submissions, such as `/slurm/v0.0.38`; `None` uses the same version.
    pub submit_path: Option<String>,
    /// Partition for jobs.
    pub partition: String,
    /// File of the key that tokens are signed with.
    pub key_path: PathBuf,
    /// User in the tokens; jobs run as that user.
    pub user: String,
    /// How long a token is valid.
    pub token_lifetime: Duration,
    /// Account, quality of service and constraint.
    pub options: JobOptions,
    /// Additional properties of a job's description, in the API's terms.
    pub job_options: Map<String, Value>,
}

/// Slurm through its REST API.
pub(crate) struct SlurmRest {
    config: RestConfig,
    client: Client,
    base: String,
    given: Option<(Dialect, Dialect)>,
    found: OnceLock<Dialect>,
    version: OnceLock<String>,
}

/// The error for an unknown job, from the controller and from accounting.
const UNKNOWN_JOB: i64 = 2017;
/// Greater than any job id that Slurm assigns (`MaxJobId` is at most 67,043,328).
const NO_JOB: u32 = 67_100_000;
/// Maximum number of jobs per tick for which accounting is queried, one by one. Few jobs need
/// accounting.
const ACCOUNTING_AT_ONCE: usize = 20;

impl SlurmRest {
    /// # Errors
    /// A setting is invalid: a sentence with the remedy.
    pub(crate) fn new(config: RestConfig) -> Result<Self, String> {
        let url = Url::parse(&config.url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let Some(url) = url else {
            return Err(format!(
                "SLURM_REST_URL is \"{}\"; it must be an address such as http://c2:9200",
                config.url
            ));
        };
        let api = read_path("SLURM_REST_API_PATH", config.api_path.as_deref())?;
        let submit = read_path("SLURM_REST_SUBMIT_API_PATH", config.submit_path.as_deref())?;
        let prefix = api
            .as_ref()
            .or(submit.as_ref())
            .map_or("", |(prefix, _)| prefix);
        let base = format!("{}{prefix}", url.as_str().trim_end_matches('/'));
        let api = api.map(|(_, dialect)| dialect);
        let submit = submit.map(|(_, dialect)| dialect).or(api);
        let tokens = Tokens::new(
            config.key_path.clone(),
            config.user.clone(),
            config.token_lifetime,
        )?;
        Ok(Self {
            client: Client::new(tokens)?,
            base,
            given: api.or(submit).zip(submit),
            found: OnceLock::new(),
            version: OnceLock::new(),
            config,
        })
    }

    /// The dialects for queries and for submissions.
    async fn dialects(&self) -> Result<(Dialect, Dialect), CallError> {
        if let Some(given) = self.given {
            return Ok(given);
        }
        if let Some(found) = self.found.get() {
            return Ok((*found, *found));
        }
        let document = self
            .client
            .text(&format!("{}/openapi/v3", self.base))
            .await?;
        let found = Dialect::best(&document).ok_or_else(|| {
            CallError::NotDone(
                "slurmrestd offers no API version that this service supports; is it started with its \
                 slurmctld (or openapi/v0.0.38) plugin?"
                    .to_owned(),
            )
        })?;
        Ok((*self.found.get_or_init(|| found), found))
    }

    async fn get(&self, api: &str, rest: &str) -> Result<Answer, CallError> {
        let (asking, _) = self.dialects().await?;
        let url = format!("{}/{api}/{asking}/{rest}", self.base);
        let answer = self.client.call(Method::GET, &url, None).await?;
        self.note_version(&answer);
        Ok(answer)
    }

    fn note_version(&self, answer: &Answer) {
        // "Slurm" up to v0.0.39, "slurm" since.
        let slurm = answer.meta.get("slurm").or(answer.meta.get("Slurm"));
        if let Some(release) = slurm.and_then(|slurm| slurm.get("release")?.as_str()) {
            self.version.get_or_init(|| release.to_owned());
        }
    }
}

/// Splits `/prefix/slurmdb/v0.0.38` into `/prefix` and the version.
fn read_path(name: &str, path: Option<&str>) -> Result<Option<(String, Dialect)>, String> {
    let Some(path) = path else { return Ok(None) };
    let mut parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let dialect = parts.pop().and_then(Dialect::read);
    let api = parts.pop();
    match (dialect, api) {
        (Some(dialect), Some("slurm" | "slurmdb")) => Ok(Some((parts.join("/"), dialect))),
        _ => Err(format!(
            "{name} is \"{path}\"; it must be a path such as /slurmdb/v0.0.38 or /slurm/v0.0.38"
        )),
    }
}

fn is_unknown_job(e: &CallError) -> bool {
    matches!(e, CallError::Refused(faults, _) if faults.iter().any(|f| f.error_number == UNKNOWN_JOB))
}

fn unreachable(e: CallError) -> Unreachable {
    Unreachable(e.said())
}

fn internal(jobs: Vec<Job>) -> Vec<SlurmJob> {
    jobs.into_iter().filter_map(Job::into_internal).collect()
}

#[async_trait]
impl Cluster for SlurmRest {
    fn kind(&self) -> &'static str {
        "SlurmRestScheduler"
    }

    fn user(&self) -> &str {
        &self.config.user
    }

    async fn submit(&self, job: &Submission) -> Result<u64, SubmitError> {
        let submit = async {
            let (_, dialect) = self.dialects().await?;
            let body = dialect.submission(job, &self.config);
            let url = format!("{}/slurm/{dialect}/job/submit", self.base);
            let no_job = format!("{}/slurm/{dialect}/job/{NO_JOB}", self.base);
            let client = &self.client;
            client
                .change(Method::POST, &url, Some(&body), &no_job)
                .await
        };
        match submit.await {
            Ok(answer) => number(&answer.job_id)
                .and_then(|id| u64::try_from(id).ok())
                .filter(|id| *id > 0)
                .ok_or_else(|| SubmitError::Unclear("slurmrestd returned no job id".to_owned())),
            Err(CallError::NotDone(why)) => Err(SubmitError::Unavailable(why)),
            Err(CallError::Unclear(why) | CallError::CutOff(why)) => Err(SubmitError::Unclear(why)),
            Err(e @ CallError::Refused(..)) => Err(SubmitError::Refused(e.said())),
        }
    }

    async fn queue(&self) -> Result<Vec<SlurmJob>, Unreachable> {
        let answer = self.get("slurm", "jobs").await.map_err(unreachable)?;
        Ok(internal(answer.jobs))
    }

    fn accounting_at_once(&self) -> usize {
        ACCOUNTING_AT_ONCE
    }

    async fn accounting(&self, names: &[String], since: i64) -> Result<Vec<SlurmJob>, Unreachable> {
        let mut jobs = Vec::new();
        // No dialect accepts a list of names. Without a start time, accounting looks back to
        // midnight.
        for name in names {
            // 22.05 accepts seconds since 1970 only with this prefix.
            let query = format!("jobs?job_name={name}&start_time=uts{}", since - 3600);
            match self.get("slurmdb", &query).await {
                Ok(answer) => jobs.extend(internal(answer.jobs)),
                Err(e) if is_unknown_job(&e) => {}
                Err(e) => return Err(unreachable(e)),
            }
        }
        Ok(jobs)
    }

    async fn cancel(&self, id: u64, name: &str) -> Result<(), Unreachable> {
        // The id may belong to somebody else's job by now.
        let ours = match self.get("slurm", &format!("job/{id}")).await {
            Ok(answer) => internal(answer.jobs).iter().any(|job| job.name == name),
            Err(e) if is_unknown_job(&e) => false,
            Err(e) => return Err(unreachable(e)),
        };
        if !ours {
            return Ok(());
        }
        let (asking, _) = self.dialects().await.map_err(unreachable)?;
        let url = format!("{}/slurm/{asking}/job/{id}", self.base);
        let no_job = format!("{}/slurm/{asking}/job/{NO_JOB}", self.base);
        match self
            .client
            .change(Method::DELETE, &url, None, &no_job)
            .await
        {
            Ok(_) => Ok(()),
            // It has ended in the meantime. The next tick determines how.
            Err(CallError::Refused(..)) => Ok(()),
            Err(e) => Err(unreachable(e)),
        }
    }

    async fn overview(&self) -> Result<Overview, Unreachable> {
        let states = self.queue().await?.into_iter().map(|job| job.state);
        let answer = self.get("slurm", "partitions").await.map_err(unreachable)?;
        let partitions = answer
            .partitions
            .into_iter()
            .map(RestPartition::into_internal);
        Ok(Overview::of(states, partitions.collect()))
    }

    fn version(&self) -> Option<String> {
        self.version.get().cloned()
    }

    fn describe(&self) -> String {
        let version = self.version.get().map_or("", String::as_str);
        let dialect = self
            .given
            .map(|(asking, _)| asking)
            .or(self.found.get().copied());
        let dialect = dialect.map_or_else(String::new, |dialect| format!(" {dialect}"));
        format!("Slurm {version} by REST{dialect} at {}", self.base).replace("  ", " ")
    }
}
