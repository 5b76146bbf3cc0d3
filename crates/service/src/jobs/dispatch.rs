//! Takes jobs from the queue and submits them to the scheduler.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use api::FailureCode;
use hyphy::{EngineKind, arguments, methods, table::Program};
use scheduler::{Attempt, SubmitError, Task, fail_point};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;
use uuid::Uuid;

use super::{input, queue, runner::Runner, state::Outcome};
use store::{Failure, JobRecord, MayRun, StoreError, clock};

use crate::{
    Service,
    blocking::blocking,
    error::Error,
    files::ATTEMPT,
    postponed::{LONGEST, Obstacle},
    state::Followed,
};

/// How long the dispatcher sleeps at most. Changes wake it; the timeout covers missed ones.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// The pause after a job that could not be submitted. It grows while submissions fail, because the
/// same obstacle may affect all jobs.
const PAUSE: Duration = Duration::from_millis(250);

/// Why a job was not submitted.
enum NotSubmitted {
    /// The job can never run.
    Never(Failure),
    /// A temporary obstacle.
    NotNow(Error),
}

fn never(code: FailureCode, message: String) -> NotSubmitted {
    NotSubmitted::Never(Failure { code, message })
}

impl<E: Into<Error>> From<E> for NotSubmitted {
    fn from(error: E) -> Self {
        Self::NotNow(error.into())
    }
}

/// Submits queued jobs to the scheduler, oldest first, for as long as the service runs.
/// `unsubmitted` are jobs that were claimed before a restart but never reached the scheduler.
pub(crate) async fn dispatch(service: Arc<Service>, unsubmitted: Vec<JobRecord>) {
    for job in unsubmitted {
        submit(&service, &job).await;
    }
    let mut pause = PAUSE;
    loop {
        match next(&service).await {
            Ok(Next::Submitted) => pause = PAUSE,
            // A new or finished job wakes the dispatcher; otherwise it looks again after a while.
            Ok(Next::Nothing) => {
                let at = Instant::now() + LOOK_AGAIN;
                let at = service.postponed.next().map_or(at, |next| next.min(at));
                timeout_at(at, service.queue.notified()).await.ok();
            }
            Ok(Next::Postponed) => {
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
            Err(e) => {
                tracing::error!(
                    error = format!("{e:#}"),
                    "failed to look for waiting jobs; the service looks again"
                );
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
        }
    }
}

/// The outcome of looking for a job to submit.
enum Next {
    /// A job was submitted or settled.
    Submitted,
    /// A job could not be submitted now.
    Postponed,
    /// No job is ready, or there is no room for one.
    Nothing,
}

async fn next(service: &Service) -> anyhow::Result<Next> {
    // Jobs wait while their engine is missing.
    let mut engines = service.engines();
    let mut short = None;
    if service.scheduler.free_slots() == 0 {
        short = queue::short_jobs(service);
        engines.retain(|engine| short.is_some() && *engine == EngineKind::Native);
    }
    if engines.is_empty() {
        return Ok(Next::Nothing);
    }
    let may_run = MayRun {
        engines: &engines,
        most: service.config.quotas.running_jobs,
        not_yet: &service.postponed.not_yet(),
        short,
    };
    let Some(job) = service.store.oldest_queued(&may_run).await? else {
        return Ok(Next::Nothing);
    };
    // The name is never used again, because a scheduler may remember names longer than we do.
    let attempt = format!("{ATTEMPT}{}", Uuid::now_v7().simple());
    let claimed = match claim(service, &job, &attempt).await {
        Ok(claimed) => claimed,
        Err(e) => {
            // The claim may have been written despite the error. The database decides.
            tracing::error!(
                job = %job.id, attempt, error = format!("{e:#}"),
                "failed to claim a waiting job; the database decides whether it was claimed"
            );
            let now = until_done(&job, || service.store.job_by_id(&job.id)).await;
            let is_ours = |now: &JobRecord| now.attempt_name.as_deref() == Some(&attempt);
            match now.filter(is_ours) {
                None => return Ok(Next::Postponed),
                ours => ours,
            }
        }
    };
    match claimed {
        Some(job) => Ok(submit(service, &job).await),
        None => Ok(Next::Submitted),
    }
}

async fn claim(
    service: &Service,
    job: &JobRecord,
    attempt: &str,
) -> anyhow::Result<Option<JobRecord>> {
    let claimed = service.claim_job(&job.id, attempt.to_owned()).await?;
    fail_point!("job-claimed");
    Ok(claimed)
}

/// Submits the attempt of a claimed job. It is safe to call this again if it is unknown whether the
/// attempt was submitted: each attempt's name can be claimed only once, so it runs at most once.
async fn submit(service: &Service, job: &JobRecord) -> Next {
    let span = super::span(job, job.attempt_name.as_deref().unwrap_or_default());
    submit_now(service, job).instrument(span).await
}

async fn submit_now(service: &Service, job: &JobRecord) -> Next {
    match try_to_submit(service, job).await {
        Ok(attempt) => {
            service.postponed.remove(&job.id);
            follow(service, job, attempt).await;
            Next::Submitted
        }
        Err(NotSubmitted::Never(failure)) => {
            service.postponed.remove(&job.id);
            tracing::error!(
                code = failure.code.word(),
                "the job can never run, and fails"
            );
            until_done(job, || {
                let outcome = Outcome::Failed(failure.clone());
                service.finish_job(&job.id, outcome, None, clock::now(), None)
            })
            .await;
            Next::Submitted
        }
        Err(NotSubmitted::NotNow(e)) => {
            postpone(service, job, e).await;
            Next::Postponed
        }
    }
}

/// Puts a job back into the queue after its submission failed. Nothing of it is running.
async fn postpone(service: &Service, job: &JobRecord, why: Error) {
    tracing::warn!(error = %why, "the job cannot be submitted now; it is tried again");
    // Do this before the job is back in the queue, so that it is not claimed again immediately.
    service.postponed.add(&job.id, Obstacle::of(why));
    if let Some(name) = job.attempt_name.clone() {
        let files = service.files.clone();
        // If this fails, the sweep removes the files later.
        blocking(move || Ok(files.remove_attempt(&name)?))
            .await
            .ok();
    }
    until_done(job, || service.release_job(&job.id)).await;
}

/// Repeats a database operation until it succeeds. This ensures that no job gets stuck in a state
/// that no task handles.
async fn until_done<T, F>(job: &JobRecord, ask: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut pause = PAUSE;
    loop {
        match ask().await {
            Ok(done) => return done,
            Err(e) => {
                tracing::error!(job = %job.id, error = %e, "the database does not answer; the service asks again");
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
        }
    }
}

/// Prepares an attempt and submits it to the scheduler.
async fn try_to_submit(service: &Service, job: &JobRecord) -> Result<Attempt, NotSubmitted> {
    let task = prepare(service, job).await?;
    fail_point!("job-prepared");
    let handle = match service.scheduler.submit(&task).await {
        Ok(handle) => handle,
        Err(SubmitError::Refused(why)) => {
            let message = format!("The scheduler refused the job: {why}");
            return Err(never(FailureCode::Interrupted, message));
        }
        // Nothing is running. The job waits for the scheduler like every job in the queue.
        Err(SubmitError::Unavailable(why)) => {
            tracing::warn!(%why, "the scheduler is not available; the job waits");
            return Err(Error::Unavailable("The scheduler is not available.".to_owned()).into());
        }
        // The job's row has the attempt's name, so ask the scheduler about it instead of submitting
        // it again.
        Err(e @ SubmitError::Unclear(_)) => {
            tracing::warn!(error = %e, "it is unclear whether the job was submitted; it is looked up");
            String::new()
        }
    };
    let attempt = Attempt {
        name: task.name,
        handle,
        directory: task.directory,
    };
    // The attempt is running, even if its handle cannot be stored. Without a handle it is found by
    // name.
    if let Err(e) = note_handle(service, job, &attempt.handle).await {
        tracing::warn!(
            error = format!("{e:#}"),
            "failed to record the handle of the attempt; it is found by name"
        );
    }
    Ok(attempt)
}

async fn note_handle(service: &Service, job: &JobRecord, handle: &str) -> anyhow::Result<()> {
    fail_point!("job-submitted");
    if !handle.is_empty() {
        service.job_submitted(&job.id, handle.to_owned()).await?;
    }
    Ok(())
}

/// Passes an attempt to the watcher.
pub(super) async fn follow(service: &Service, job: &JobRecord, attempt: Attempt) {
    let followed = Followed {
        job: job.clone(),
        attempt,
    };
    // Sending fails only if the service is stopping.
    service.follow.send(followed).await.ok();
}

/// Writes the attempt's directory and builds its command.
async fn prepare(service: &Service, job: &JobRecord) -> Result<Task, NotSubmitted> {
    let analysis = methods::find(&job.method).ok_or_else(|| {
        let method = &job.method;
        let message = format!("This version of the service has no analysis {method}.");
        never(FailureCode::EngineUnavailable, message)
    })?;
    let runner = Runner::find(service, job.engine)?;
    let name = job.attempt_name.clone().context("the job has no attempt")?;
    let files = service.files.clone();
    // A job that is alone gets all cores. If others wait, one thread for each job uses the cores
    // better.
    let alone = service.store.count_unfinished(2).await? < 2;
    let directory = files.attempt(&name);
    let prepared = match input::stored(service, analysis, job).await {
        // The data were valid when the job was started. The service's limits have changed since.
        Err(e @ Error::Invalid { .. }) => {
            let message = format!("The job's data cannot be used any more. {e}");
            return Err(never(FailureCode::UnsuitableData, message));
        }
        Err(Error::NoDataset { id, .. }) => {
            let message = format!("The job's dataset {id} no longer exists.");
            return Err(never(FailureCode::UnsuitableData, message));
        }
        prepared => prepared?,
    };
    let (size, branches) = (prepared.size, prepared.branch_arguments.clone());
    let (id, attempt) = (job.id.clone(), name.clone());
    let work = move || {
        let directory = files.make_attempt(&attempt)?;
        prepared.write(&directory)?;
        if let Program::Batch(name, text) = analysis.program {
            std::fs::write(directory.join(name), text)?;
        }
        if analysis.resumes {
            files.take_partial(&id, &directory.join(arguments::RESULT))?;
        }
        Ok(())
    };
    blocking(work).await?;
    let parameters = if job.more_starting_points {
        job.parameters.with_more_starting_points()
    } else {
        job.parameters.clone()
    };
    let parameters = &parameters;
    let resources = service.resources(analysis, job.engine, parameters, size, alone);
    let command = runner.command(service, job, parameters, &branches, &resources);
    let command = command.ok_or_else(|| {
        let (engine, name) = (job.engine.within_sentence(), analysis.name);
        let message = format!("In this version of the service, {engine} has no {name}.");
        never(FailureCode::EngineUnavailable, message)
    })?;
    let portable = arguments::portable(&command);
    let version = runner.hyphy_version();
    let store = &service.store;
    store
        .note_command(&job.id, &portable, version.as_deref())
        .await?;
    Ok(Task {
        name,
        comment: super::comment(job),
        directory,
        command,
        resources,
    })
}
