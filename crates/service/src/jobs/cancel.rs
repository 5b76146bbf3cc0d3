//! Cancels and removes jobs.

use std::time::Duration;

use scheduler::{Attempt, fail_point};
use store::{FileKind, JobRecord, StepOfScreen, clock};

use super::find;
use crate::{
    Service,
    blocking::blocking,
    error::{Error, Result},
    leftovers::remove_leftover,
};

/// How long to wait for a cancelled job. A command gets 5 seconds to end by itself.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(15);
/// Seconds after which a client should check a job that is being cancelled.
const RETRY_SOON: u64 = 10;

/// Removes a job of this owner with its result and log. An unfinished job is cancelled first.
pub async fn remove(service: &Service, owner: &str, id: &str) -> Result<()> {
    let job = find(service, owner, id).await?;
    let job = match over(service, owner, job).await {
        // Another request has removed it at the same time.
        Err(Error::NoJob { .. }) => return Ok(()),
        job => job?,
    };
    remove_ended(service, owner, job).await
}

/// Removes a job that a step of a screen holds, unless somebody has started it.
pub(crate) async fn remove_held(
    service: &Service,
    owner: &str,
    id: &str,
    step: &StepOfScreen,
) -> Result<()> {
    if !service.cancel_held_job(id, step).await? {
        return Ok(());
    }
    let job = find(service, owner, id).await?;
    match remove_ended(service, owner, job).await {
        // It was started in the meantime.
        Err(Error::Busy { .. }) => Ok(()),
        done => done,
    }
}

async fn remove_ended(service: &Service, owner: &str, job: JobRecord) -> Result<()> {
    let id = &job.id;
    let kept = clock::delta(service.config.web.replay_age);
    if !service
        .store
        .remove_job(owner, id, clock::now() + kept)
        .await?
    {
        return match find(service, owner, id).await {
            Ok(_) => Err(Error::Busy {
                message: "The job was started again in the meantime.".to_owned(),
                retry_after: RETRY_SOON,
            }),
            // Another request has removed it at the same time.
            Err(Error::NoJob { .. }) => Ok(()),
            Err(e) => Err(e),
        };
    }
    fail_point!("job-removed");
    service.postponed.remove(id);
    let (files, of_job) = (service.files.clone(), id.to_owned());
    let attempt = job.attempt_name.clone();
    // The row is gone. If a file cannot be removed now, the sweep removes it later.
    let removed = blocking(move || {
        files.remove_of_job(&of_job, attempt.as_deref())?;
        Ok(attempt.map_or(Ok(()), |attempt| files.remove_attempt(&attempt))?)
    });
    if let Err(e) = removed.await {
        tracing::warn!(job = %id, error = %e, "failed to remove some files of a deleted job; the daily sweep removes them");
    }
    for sha256 in job.result_sha256.iter().chain(&job.estimate.result_sha256) {
        if let Err(e) = remove_leftover(service, FileKind::Result, sha256).await {
            tracing::warn!(job = %id, error = %e, "failed to remove the result of a deleted job; the daily sweep removes it");
        }
    }
    service.announce_change(id);
    Ok(())
}

/// Cancels a job that is waiting or running, and returns it. It is kept, without a result. A job that
/// has ended stays as it is.
pub async fn cancel(service: &Service, owner: &str, id: &str) -> Result<JobRecord> {
    let job = find(service, owner, id).await?;
    over(service, owner, job).await
}

/// Returns the finished job. An unfinished job is cancelled first.
async fn over(service: &Service, owner: &str, job: JobRecord) -> Result<JobRecord> {
    let id = job.id.clone();
    if !job.state.is_final() && !service.cancel_queued_job(owner, &id).await? {
        stop(service, owner, &id).await?;
    }
    find(service, owner, &id).await
}

/// Stops a claimed job and waits until it has ended.
async fn stop(service: &Service, owner: &str, id: &str) -> Result<()> {
    let mut changes = service.changed.subscribe();
    let over = async {
        loop {
            let job = find(service, owner, id).await?;
            if job.state.is_final() {
                return Ok(());
            }
            if let Some(name) = job.attempt_name {
                let handle = job.handle.unwrap_or_default();
                let directory = service.files.attempt(&name);
                let attempt = Attempt {
                    name,
                    handle,
                    directory,
                };
                service.scheduler.cancel(&attempt).await.map_err(|e| {
                    Error::Unavailable(format!("The job cannot be cancelled now: {e}."))
                })?;
            }
            // A job in submission has no process yet, so ask again in a moment.
            tokio::time::timeout(Duration::from_millis(200), changes.recv())
                .await
                .ok();
        }
    };
    match tokio::time::timeout(CANCEL_TIMEOUT, over).await {
        Ok(done) => done,
        Err(_) => Err(Error::Busy {
            message: "The job is being cancelled. Retry in a few seconds.".to_owned(),
            retry_after: RETRY_SOON,
        }),
    }
}
