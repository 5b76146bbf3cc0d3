//! The scheduler: submitting, cancelling, and the task that polls Slurm.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use backon::BackoffBuilder;
use chrono::Utc;
use tokio::sync::broadcast;

use super::{
    cluster::{Cluster, Submission},
    explain::JobContext,
    launcher::Launcher,
    owner,
    script::{Wrapper, script},
    settle::Timeouts,
    tracked::{OUTPUT, SCRIPT, script_written},
    tracker::Tracker,
};
use crate::{
    Attempt, AttemptDir, ClusterHealth, Health, Observation, Scheduler, SubmitError, Task,
    Unreachable,
};

/// Settings for running and following jobs, for every kind of access.
#[derive(Debug, Clone)]
pub struct SlurmConfig {
    /// Folder of the attempts' directories, on a file system that the nodes share.
    pub attempts: std::path::PathBuf,
    /// The wrapper on the nodes. Without one, a shell runs the command without confinement.
    pub wrapper: Option<Wrapper>,
    /// Launcher for the processes of an MPI job.
    pub launcher: Launcher,
    /// Interval between queries.
    pub poll_every: Duration,
    /// Time after which an unknown job counts as lost.
    pub lost_after: Duration,
}

/// A submission that was neither confirmed nor known to Slurm after this time did not happen. The
/// controller lists a job from the moment it accepts it.
const SUBMIT_LATE: Duration = Duration::from_secs(60);
/// Maximum delay until a shared file system shows a record, and until Slurm runs a job again.
const FILES_LATE: Duration = Duration::from_secs(15);
/// Interval between checks of running jobs' records.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Interval of queries for the overview. Without jobs, there are no other queries.
const OVERVIEW_EVERY: Duration = Duration::from_secs(30);
/// The service spends at most one tenth of the time on queries to Slurm.
const SHARE: u32 = 10;
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Runs tasks on a Slurm cluster.
pub struct Slurm {
    cluster: Arc<dyn Cluster>,
    config: SlurmConfig,
    tracker: Arc<Tracker>,
    asking: tokio::task::JoinHandle<()>,
}

impl Drop for Slurm {
    fn drop(&mut self) {
        self.asking.abort();
    }
}

impl Slurm {
    /// Uses a cluster and starts polling it. Must be called within a Tokio runtime.
    #[must_use]
    pub(crate) fn new(cluster: Arc<dyn Cluster>, config: SlurmConfig) -> Self {
        let tracker = Tracker::new(Timeouts {
            lost: config.lost_after,
            submit: SUBMIT_LATE.min(config.lost_after),
            files: FILES_LATE.min(config.lost_after),
        });
        let asking = tokio::spawn(ask(
            Arc::clone(&cluster),
            Arc::clone(&tracker),
            config.poll_every,
        ));
        Self {
            cluster,
            config,
            tracker,
            asking,
        }
    }

    /// Writes the script and gives the directory to the job's user.
    fn prepare(&self, task: &Task) -> Result<Submission, String> {
        let text = script(task, self.config.wrapper.as_ref(), &self.config.launcher)?;
        let path = |path: &std::path::Path| {
            let text = path.to_str().map(str::to_owned);
            text.ok_or_else(|| format!("{} is not UTF-8; move it", path.display()))
        };
        let directory = path(&task.directory)?;
        let output = path(&task.directory.join(OUTPUT))?;
        fs::write(task.directory.join(SCRIPT), &text)
            .map_err(|e| format!("cannot write into {directory}: {e}"))?;
        owner::give(&task.directory, self.cluster.user())?;
        Ok(Submission {
            name: task.name.clone(),
            script: text,
            directory,
            output,
            comment: task.comment.clone(),
            resources: task.resources.clone(),
        })
    }

    /// The id of the attempt's job, queried from Slurm now.
    async fn look_up(&self, name: &str, written: i64) -> Result<Option<u64>, Unreachable> {
        let queue = self.cluster.queue().await?;
        let ours = |job: &&super::job::SlurmJob| job.is(name, written);
        Ok(queue.iter().filter(ours).map(|job| job.id).max())
    }
}

#[async_trait]
impl Scheduler for Slurm {
    fn kind(&self) -> &'static str {
        self.cluster.kind()
    }

    async fn submit(&self, task: &Task) -> Result<String, SubmitError> {
        let submission = self.prepare(task).map_err(SubmitError::Refused)?;
        let attempt = Attempt {
            name: task.name.clone(),
            handle: String::new(),
            directory: task.directory.clone(),
        };
        self.tracker
            .expect(&attempt, JobContext::from(&task.resources));
        let answer = self.cluster.submit(&submission).await;
        match &answer {
            Ok(id) => tracing::info!(slurm_job = id, "Slurm has accepted the attempt"),
            Err(SubmitError::Unclear(why)) => {
                // It may be running. A query for its name tells; see `settle`.
                tracing::warn!(%why, "it is unclear whether Slurm has accepted the attempt; it is looked up by name");
            }
            Err(SubmitError::Refused(_)) => self.tracker.forget(&task.name),
            Err(SubmitError::Unavailable(why)) => {
                self.tracker.forget(&task.name);
                self.tracker.failed(why);
            }
        }
        self.tracker.hurry.notify_one();
        answer.map(|id| id.to_string())
    }

    async fn poll(&self, attempts: &[Attempt]) -> Result<Vec<Observation>, Unreachable> {
        let (tracker, attempts) = (Arc::clone(&self.tracker), attempts.to_vec());
        let polled = tokio::task::spawn_blocking(move || tracker.poll(&attempts));
        polled.await.map_err(|e| Unreachable(e.to_string()))
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), Unreachable> {
        let (job, recent) = self.tracker.cancelling(attempt);
        if recent || job.as_ref().is_some_and(|job| job.state.is_final()) {
            return Ok(());
        }
        let cancel = async {
            let id = match job {
                Some(job) => Some(job.id),
                None => self.look_up(&attempt.name, 0).await?,
            };
            match id {
                Some(id) => self.cluster.cancel(id, &attempt.name).await,
                None => Ok(()),
            }
        };
        let done = cancel.await;
        if let Err(Unreachable(why)) = &done {
            self.tracker.not_cancelled(&attempt.name);
            self.tracker.failed(why);
        }
        self.tracker.hurry.notify_one();
        done
    }

    async fn find(&self, name: &str) -> Result<Option<String>, Unreachable> {
        let directory = self.config.attempts.join(name);
        if AttemptDir::new(&directory).read_exit().is_some() {
            return Ok(Some(String::new()));
        }
        let Some(written) = script_written(&directory) else {
            // Without a script, nothing was submitted.
            return Ok(None);
        };
        if let Some(id) = self.look_up(name, written).await? {
            return Ok(Some(id.to_string()));
        }
        let known = self.cluster.accounting(&[name.to_owned()], written).await?;
        let ours = known.iter().filter(|job| job.is(name, written));
        Ok(ours.map(|job| job.id).max().map(|id| id.to_string()))
    }

    async fn health(&self) -> Health {
        let contact = self.tracker.contact();
        let (pending, running) = self.tracker.counts();
        let slurm = self.cluster.describe();
        let cluster = Some(ClusterHealth {
            version: self.cluster.version(),
            failing_since: contact.failing.as_ref().map(|(since, _)| *since),
            last_contact: contact.last,
            pending,
            running,
            overview: contact.overview.clone(),
        });
        let jobs = format!("{pending} jobs of this service pending, {running} running");
        if let Some((since, why)) = &contact.failing {
            let last = contact.last.map_or_else(
                || "it has not answered since the service started".to_owned(),
                |at| format!("it last answered at {}", at.format("%F %T UTC")),
            );
            let detail = format!(
                "{slurm} has not been reachable since {}: {why}; {last}; {jobs}; new jobs wait",
                since.format("%F %T UTC")
            );
            return Health {
                usable: false,
                detail,
                cluster,
            };
        }
        let Some(last) = contact.last else {
            return Health {
                usable: false,
                detail: format!("{slurm} has not answered its first query yet"),
                cluster,
            };
        };
        let partitions: Vec<_> = contact
            .overview
            .partitions
            .iter()
            .map(|p| format!("{} {}", p.name, if p.up { "up" } else { "down" }))
            .collect();
        let seconds = (Utc::now() - last).num_seconds().max(0);
        Health {
            usable: true,
            detail: format!(
                "{slurm}; last contact {seconds} s ago; {jobs} ({} and {} of all users); partitions: {}",
                contact.overview.pending,
                contact.overview.running,
                partitions.join(", ")
            ),
            cluster,
        }
    }

    /// A cluster has its own queue, but an unreachable one accepts nothing.
    fn free_slots(&self) -> usize {
        if self.tracker.contact().failing.is_some() {
            0
        } else {
            usize::MAX
        }
    }

    fn changes(&self) -> Option<broadcast::Receiver<String>> {
        Some(self.tracker.subscribe())
    }
}

/// Polls Slurm while the scheduler lives.
async fn ask(cluster: Arc<dyn Cluster>, tracker: Arc<Tracker>, every: Duration) {
    let backoff = backon::ExponentialBuilder::default()
        .with_min_delay(every)
        .with_max_delay(LONGEST_PAUSE.max(every))
        .without_max_times()
        .with_jitter();
    let mut delays = backoff.build();
    let mut overview_at: Option<Instant> = None;
    loop {
        let begin = Instant::now();
        let pause = match tick(&*cluster, &tracker, &mut overview_at).await {
            Ok(()) => {
                tracker.reached();
                delays = backoff.build();
                // A random part, so that several services do not poll in step.
                let jitter =
                    every.mul_f64(f64::from(Utc::now().timestamp_subsec_millis()) / 10_000.0);
                every
                    .max(begin.elapsed() * SHARE)
                    .min(LONGEST_PAUSE.max(every))
                    + jitter
            }
            Err(Unreachable(why)) => {
                tracker.failed(&why);
                delays.next().unwrap_or(LONGEST_PAUSE)
            }
        };
        review(&tracker, true).await;
        wait(&tracker, pause.max(Duration::from_millis(100))).await;
    }
}

/// One query to the controller, and one to accounting about jobs that the controller does not know.
async fn tick(
    cluster: &dyn Cluster,
    tracker: &Tracker,
    overview_at: &mut Option<Instant>,
) -> Result<(), Unreachable> {
    if overview_at.is_none_or(|at| at.elapsed() >= OVERVIEW_EVERY) {
        tracker.overview(cluster.overview().await?);
        *overview_at = Some(Instant::now());
    }
    if tracker.is_idle() {
        return Ok(());
    }
    let queue = cluster.queue().await?;
    tracker.reached();
    let (missing, since) = tracker.queue(queue, cluster.accounting_at_once());
    if !missing.is_empty() {
        match cluster.accounting(&missing, since).await {
            Ok(jobs) => tracker.accounting(jobs),
            // Accounting is a second source. Without it, the records and elapsed time decide.
            Err(Unreachable(why)) => {
                tracing::warn!(%why, "Slurm's accounting does not respond; the service asks again")
            }
        }
        tracker.asked_accounting(&missing);
    }
    Ok(())
}

/// Waits until the next tick, and checks records in the meantime. A submission or a cancellation
/// brings the next tick forward, but with a short delay, because many come together.
async fn wait(tracker: &Arc<Tracker>, pause: Duration) {
    let until = tokio::time::Instant::now() + pause;
    let mut hurried = false;
    loop {
        tokio::select! {
            () = tokio::time::sleep_until(until) => return,
            () = tracker.hurry.notified(), if !hurried => hurried = true,
            () = tokio::time::sleep(LOOK_EVERY) => {
                review(tracker, false).await;
                if hurried && tracker.contact().failing.is_none() {
                    return;
                }
            }
        }
    }
}

async fn review(tracker: &Arc<Tracker>, all: bool) {
    let tracker = Arc::clone(tracker);
    if let Err(e) = tokio::task::spawn_blocking(move || tracker.review(all)).await {
        tracing::error!(error = %e, "failed to read the files of Slurm's jobs; they are read again");
    }
}
