//! From a waiting job to a running one.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use hyphy::{arguments, methods};
use scheduler::{Attempt, SubmitError, Task, fail_point};
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

use super::{
    input::{Input, Uploads},
    state::Outcome,
};
use config::SchedulerConfig;
use store::{JobRecord, StoreError, clock};

use crate::{
    Service,
    blocking::blocking,
    error::Error,
    files::ATTEMPT,
    postponed::{LONGEST, Obstacle},
    state::Followed,
};

/// The dispatcher is woken when something changes; this is for what it may have missed.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// Before the next job when one could not be submitted; longer and longer while that goes on, as what
/// was in its way may be in all their ways.
const PAUSE: Duration = Duration::from_millis(250);

/// Why a job was not submitted.
enum NotSubmitted {
    /// It never can be: its own fault, in a sentence for people.
    Never(String),
    /// Something is in the way that passes.
    NotNow(Error),
}

impl<E: Into<Error>> From<E> for NotSubmitted {
    fn from(error: E) -> Self {
        Self::NotNow(error.into())
    }
}

/// Hands waiting jobs to the scheduler, oldest first, for as long as the service lives. `unsubmitted`
/// were claimed before the service was restarted, and never got there.
pub(crate) async fn dispatch(service: Arc<Service>, unsubmitted: Vec<JobRecord>) {
    for job in unsubmitted {
        submit(&service, &job).await;
    }
    let mut pause = PAUSE;
    loop {
        match next(&service).await {
            Ok(Next::Submitted) => pause = PAUSE,
            // Woken by a new job, or by one that has ended; else looks now and then.
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
                tracing::error!(error = format!("{e:#}"), "cannot look for waiting jobs");
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
        }
    }
}

/// What became of looking for a job to submit.
enum Next {
    /// One was submitted, or settled.
    Submitted,
    /// One could not be submitted now.
    Postponed,
    /// There is none, or no room for it.
    Nothing,
}

async fn next(service: &Service) -> anyhow::Result<Next> {
    if service.scheduler.free_slots() == 0 || service.engine.get().is_err() {
        return Ok(Next::Nothing);
    }
    let most = service.config.quotas.running_jobs;
    let not_yet = service.postponed.not_yet();
    let Some(job) = service.store.oldest_queued(most, &not_yet).await? else {
        return Ok(Next::Nothing);
    };
    // Unique for ever: a scheduler may remember names longer than we do.
    let attempt = format!("{ATTEMPT}{}", Uuid::now_v7().simple());
    let claimed = match claim(service, &job, &attempt).await {
        Ok(claimed) => claimed,
        Err(e) => {
            // It may have been written all the same: what the database has is what counts.
            tracing::error!(job = %job.id, error = format!("{e:#}"), "cannot claim a job");
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

/// Submits the attempt that a claimed job names: at first, or again when nobody knows whether it
/// was submitted. An attempt's name is taken once, so it runs once whatever happens here.
async fn submit(service: &Service, job: &JobRecord) -> Next {
    match try_to_submit(service, job).await {
        Ok(attempt) => {
            service.postponed.remove(&job.id);
            follow(service, job, attempt).await;
            Next::Submitted
        }
        Err(NotSubmitted::Never(message)) => {
            service.postponed.remove(&job.id);
            tracing::error!(job = %job.id, %message, "a job cannot be run");
            until_done(job, || {
                let outcome = Outcome::Failed {
                    message: message.clone(),
                };
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

/// Nothing runs of it: the job waits again, and is tried again.
async fn postpone(service: &Service, job: &JobRecord, why: Error) {
    tracing::warn!(job = %job.id, error = %why, "a job cannot be submitted now; it is tried again");
    // Before it waits again: nobody may take it at once.
    service.postponed.add(&job.id, Obstacle::of(why));
    if let Some(name) = job.attempt_name.clone() {
        let files = service.files.clone();
        // What is left is a leftover, and will be swept.
        blocking(move || Ok(files.remove_attempt(&name)?))
            .await
            .ok();
    }
    until_done(job, || service.release_job(&job.id)).await;
}

/// Asks the database until it answers: no job is left in a state that nobody carries on.
async fn until_done<T, F>(job: &JobRecord, ask: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut pause = PAUSE;
    loop {
        match ask().await {
            Ok(done) => return done,
            Err(e) => {
                tracing::error!(job = %job.id, error = %e, "the database does not answer; asking again");
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
        }
    }
}

/// Prepares an attempt and hands it to the scheduler.
async fn try_to_submit(service: &Service, job: &JobRecord) -> Result<Attempt, NotSubmitted> {
    let task = prepare(service, job).await?;
    fail_point!("job-prepared");
    let handle = match service.scheduler.submit(&task).await {
        Ok(handle) => handle,
        Err(SubmitError::Refused(why)) => {
            return Err(NotSubmitted::Never(format!(
                "The scheduler refused the job: {why}"
            )));
        }
        // Nothing runs: it waits for the scheduler, as everybody who has not been claimed does.
        Err(SubmitError::Unavailable(why)) => {
            tracing::warn!(job = %job.id, %why, "the scheduler is not available");
            return Err(Error::Unavailable("The scheduler is not available.".to_owned()).into());
        }
        // Its name is on record: the scheduler is asked for it, and it is not submitted again.
        Err(e @ SubmitError::Unclear(_)) => {
            tracing::warn!(job = %job.id, error = %e, "following a job that may not run");
            String::new()
        }
    };
    let attempt = Attempt {
        name: task.name,
        handle,
        directory: task.directory,
    };
    // It runs, whatever can be noted of it. Without the handle it is found by its name.
    if let Err(e) = note_handle(service, job, &attempt.handle).await {
        tracing::warn!(job = %job.id, error = format!("{e:#}"), "cannot note a job's handle");
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

/// Hands an attempt to the watcher.
pub(super) async fn follow(service: &Service, job: &JobRecord, attempt: Attempt) {
    let followed = Followed {
        job: job.clone(),
        attempt,
    };
    // The watcher ends with the service.
    service.follow.send(followed).await.ok();
}

/// Writes the attempt's directory and makes its command.
async fn prepare(service: &Service, job: &JobRecord) -> Result<Task, NotSubmitted> {
    let analysis = methods::find(&job.method).ok_or_else(|| {
        let method = &job.method;
        NotSubmitted::Never(format!(
            "This version of the service has no analysis {method}."
        ))
    })?;
    let engine = service.engine.get().map_err(Error::Unavailable)?;
    let mut engine = (*engine).clone();
    let name = job.attempt_name.clone().context("the job has no attempt")?;
    let alignment = sha256(service, job, job.alignment_id.as_deref()).await?;
    let tree = sha256(service, job, job.tree_id.as_deref()).await?;
    let files = service.files.clone();
    let parameters = job.parameters.clone();
    // One job alone gets all cores. When others wait, one thread each is the better use of them.
    let alone = service.store.count_unfinished(2).await? < 2;
    let directory = files.attempt(&name);
    let limits = service.config.limits.clone();
    let (id, attempt) = (job.id.clone(), name.clone());
    let work = move || {
        let uploads = Uploads::read(&files, alignment.as_deref(), tree.as_deref())?;
        let input =
            Input::read(analysis, &parameters, &uploads, &limits).map_err(Error::invalid)?;
        let folder = files.make_attempt(&attempt)?;
        input.write(analysis, &folder)?;
        if analysis.resumes {
            files.take_partial(&id, &folder.join(arguments::RESULT))?;
        }
        Ok((input.size(), input.branch_arguments().to_vec()))
    };
    let (size, branches) = match service.with_cpu_permit(work).await {
        // It was right when it was started; the service's limits have changed since.
        Err(e @ Error::Invalid { .. }) => {
            return Err(NotSubmitted::Never(format!(
                "The job's data cannot be used any more. {e}"
            )));
        }
        done => done?,
    };
    let parameters = &job.parameters;
    let resources = service.resources(analysis, parameters, size, alone);
    if resources.processes > 1
        && let SchedulerConfig::Slurm(settings) = &service.config.scheduler
        && let Some(program) = &settings.mpi.program
    {
        engine.candidate = engine.candidate.with_mpi(program);
    }
    let (threads, tolerant) = (resources.threads, job.tolerant);
    let command = arguments::command(&engine, analysis, parameters, &branches, threads, tolerant);
    Ok(Task {
        name,
        directory,
        command,
        resources,
    })
}

async fn sha256(
    service: &Service,
    job: &JobRecord,
    dataset: Option<&str>,
) -> Result<Option<String>, NotSubmitted> {
    let Some(id) = dataset else { return Ok(None) };
    let row = service.store.dataset(&job.owner, id).await?;
    let gone = || NotSubmitted::Never(format!("Its dataset {id} is gone."));
    Ok(Some(row.ok_or_else(gone)?.sha256))
}
