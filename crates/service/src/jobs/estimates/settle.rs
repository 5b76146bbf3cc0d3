//! Stores the result of an estimate, or that there is none, and removes the attempt's directory.

use hyphy::{arguments, methods};
use scheduler::{Attempt, Exit};
use store::{EstimateEnd, FileKind, JobRecord};
use tokio::time::sleep;

use super::PAUSE;
use crate::{
    Service, blocking::blocking, error::Result, jobs::collect, leftovers::remove_leftover,
};

/// Settles an estimate whose attempt has ended.
pub(super) async fn ended(
    service: &Service,
    job: &JobRecord,
    attempt: &Attempt,
    exit: &Exit,
    is_wanted: bool,
) {
    if exit.is_success() {
        match keep(service, job, attempt).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(e) => tracing::warn!(error = %e, "failed to store the estimate"),
        }
    }
    // An estimate that was cancelled with its job is wanted if the job is started again.
    let end = if is_wanted && !exit.passing {
        tracing::warn!(
            code = exit.code,
            signal = exit.signal,
            timed_out = exit.timed_out,
            not_started = exit.not_started,
            "the estimate failed; the job continues without one"
        );
        EstimateEnd::Failed
    } else {
        EstimateEnd::Again
    };
    self::end(service, &attempt.name, end).await;
    if is_wanted && exit.passing {
        sleep(PAUSE).await;
    }
}

/// Stores the result of a successful attempt, and that it can be read. Returns whether there was
/// one.
async fn keep(service: &Service, job: &JobRecord, attempt: &Attempt) -> Result<bool> {
    let Some(analysis) = methods::find(&job.method) else {
        return Ok(false);
    };
    let (files, name) = (service.files.clone(), attempt.name.clone());
    let checked = blocking(move || Ok(collect::check(&files, &name, analysis)?)).await?;
    let sha256 = match checked {
        Ok(sha256) => sha256,
        Err(wrong) => {
            tracing::warn!(%wrong, "the result of the estimate is not complete");
            return Ok(false);
        }
    };
    // The lock keeps the result from being removed as a leftover before its row is written.
    let kept = service.contents.keep(&sha256).await;
    let (files, name, hash) = (service.files.clone(), attempt.name.clone(), sha256.clone());
    let work = move || {
        if let Some(result) = files.open_written(&name, arguments::RESULT)? {
            files.keep_result(result, &hash)?;
        }
        Ok(())
    };
    blocking(work).await?;
    end(service, &attempt.name, EstimateEnd::Ready(sha256.clone())).await;
    drop(kept);
    // The job may have been removed in the meantime.
    if let Err(e) = remove_leftover(service, FileKind::Result, &sha256).await {
        tracing::warn!(error = %e, "failed to remove the result of the estimate; the daily sweep removes it");
    }
    Ok(true)
}

/// Records how an attempt ended, and removes its directory.
pub(super) async fn end(service: &Service, attempt: &str, end: EstimateEnd) {
    let job = loop {
        match service.store.end_estimate(attempt, end.clone()).await {
            Ok(job) => break job,
            Err(e) => {
                tracing::error!(error = %e, "the database does not answer; the service asks again");
                sleep(PAUSE).await;
            }
        }
    };
    if let Some(job) = job {
        tracing::info!(state = ?job.estimate.state, "the estimate has ended");
        service.announce_change(&job.id);
    }
    let (files, name) = (service.files.clone(), attempt.to_owned());
    if let Err(e) = blocking(move || Ok(files.remove_attempt(&name)?)).await {
        tracing::warn!(error = %e, "failed to remove the files of the estimate; the daily sweep removes them");
    }
}
