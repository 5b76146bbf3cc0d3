//! From a waiting job to a running one.

use std::{fs, sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use chrono::Utc;
use hyphy::{arguments, methods};
use scheduler::{Attempt, AttemptDir, SubmitError, Task};
use uuid::Uuid;

use super::{
    Followed,
    input::{Input, Uploads},
    state::Outcome,
};
use crate::{
    Service, datasets::blocking, error::Error, scheduling::SchedulerConfig, store::JobRow,
};

/// The dispatcher is woken when something changes; this is for what it may have missed.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// Before trying again when the database or the scheduler does not answer.
const PAUSE: Duration = Duration::from_secs(2);

/// Hands waiting jobs to the scheduler, oldest first, for as long as the service lives.
pub(crate) async fn dispatch(service: Arc<Service>) {
    loop {
        match next(&service).await {
            Ok(true) => {}
            // Woken by a new job, or by one that has ended; else looks now and then.
            Ok(false) => {
                tokio::time::timeout(LOOK_AGAIN, service.queue.notified())
                    .await
                    .ok();
            }
            Err(e) => {
                tracing::error!(
                    error = format!("{e:#}"),
                    "cannot hand jobs to the scheduler"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Submits one job. Returns false if there is none or no room for it.
async fn next(service: &Service) -> anyhow::Result<bool> {
    if service.scheduler.free_slots() == 0 || service.engine.is_err() {
        return Ok(false);
    }
    let most = service.config.quotas.running_jobs;
    let Some(job) = service.store.oldest_queued(most).await? else {
        return Ok(false);
    };
    // Unique for ever: a scheduler may remember names longer than we do.
    let attempt = format!("dm-{}", Uuid::now_v7().simple());
    if let Some(job) = service.claim_job(&job.id, attempt).await? {
        submit(service, &job).await?;
    }
    Ok(true)
}

/// Submits the attempt that a claimed job names: at first, or again when nobody knows whether it
/// was submitted. An attempt's name is taken once, so it runs once whatever happens here.
pub(super) async fn submit(service: &Service, job: &JobRow) -> anyhow::Result<()> {
    let task = match prepare(service, job).await {
        Ok(task) => task,
        Err(e) => {
            let incident = Uuid::now_v7();
            tracing::error!(job = %job.id, %incident, error = format!("{e:#}"), "cannot prepare");
            let message = format!("The service could not prepare the job (incident {incident}).");
            return fail(service, job, message).await;
        }
    };
    match service.scheduler.submit(&task).await {
        Ok(handle) => {
            service.job_submitted(&job.id, handle.clone()).await?;
            let attempt = Attempt {
                name: task.name,
                handle,
                directory: task.directory,
            };
            follow(service, job, attempt).await
        }
        Err(SubmitError::Refused(why)) => {
            tracing::error!(job = %job.id, %why, "the scheduler refused a job");
            fail(
                service,
                job,
                format!("The scheduler refused the job: {why}"),
            )
            .await
        }
        // Nothing runs: it waits for the scheduler, as everybody who has not been claimed does.
        Err(e @ SubmitError::Unavailable(_)) => {
            service.release_job(&job.id).await?;
            let (files, name) = (service.files.clone(), task.name);
            blocking(move || Ok(files.remove_attempt(&name)?)).await?;
            Err(e.into())
        }
        // Its name is on record: the scheduler is asked for it, and it is not submitted again.
        Err(e @ SubmitError::Unclear(_)) => {
            tracing::warn!(job = %job.id, error = %e, "following a job that may not run");
            let attempt = Attempt {
                name: task.name,
                handle: String::new(),
                directory: task.directory,
            };
            follow(service, job, attempt).await
        }
    }
}

/// Hands an attempt to the watcher.
pub(super) async fn follow(
    service: &Service,
    job: &JobRow,
    attempt: Attempt,
) -> anyhow::Result<()> {
    let analysis =
        methods::find(&job.method).ok_or_else(|| anyhow!("there is no analysis {}", job.method))?;
    let followed = Followed::new(job, analysis, attempt);
    service
        .follow
        .send(followed)
        .await
        .context("the watcher is gone")
}

async fn fail(service: &Service, job: &JobRow, message: String) -> anyhow::Result<()> {
    service
        .finish_job(&job.id, Outcome::Failed { message }, None, Utc::now(), None)
        .await?;
    Ok(())
}

/// Writes the attempt's directory and makes its command.
async fn prepare(service: &Service, job: &JobRow) -> anyhow::Result<Task> {
    let analysis =
        methods::find(&job.method).ok_or_else(|| anyhow!("there is no analysis {}", job.method))?;
    let mut engine = service.engine.clone().map_err(|why| anyhow!(why))?;
    let name = job.attempt_name.clone().context("the job has no attempt")?;
    let alignment = sha256(service, job, job.alignment_id.as_deref()).await?;
    let tree = sha256(service, job, job.tree_id.as_deref()).await?;
    let files = service.files.clone();
    let parameters = job.parameters.0.clone();
    // One job alone gets all cores. When others wait, one thread each is the better use of them.
    let alone = service.store.up_to_2_unfinished().await? < 2;
    let directory = files.attempt(&name);
    let folder = AttemptDir::new(&directory).run();
    let limits = service.config.limits.clone();
    let id = job.id.clone();
    let work = move || {
        let uploads = Uploads::read(&files, alignment.as_deref(), tree.as_deref())?;
        let input =
            Input::read(analysis, &parameters, &uploads, &limits).map_err(Error::invalid)?;
        fs::create_dir_all(&folder)?;
        input.write(analysis, &folder)?;
        if analysis.resumes {
            files.take_partial(&id, &folder.join(arguments::RESULT))?;
        }
        Ok((input.size(), input.branch_arguments().to_vec()))
    };
    let (size, branches) = service.heavy(work).await?;
    let parameters = &job.parameters.0;
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
    job: &JobRow,
    dataset: Option<&str>,
) -> anyhow::Result<Option<String>> {
    let Some(id) = dataset else { return Ok(None) };
    let row = service.store.dataset(&job.owner, id).await?;
    Ok(Some(
        row.with_context(|| format!("dataset {id} is gone"))?.sha256,
    ))
}
