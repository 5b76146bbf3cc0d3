//! Submits the attempt at an estimate.

use anyhow::Context;
use hyphy::{EngineKind, methods};
use scheduler::{Attempt, Resources, SubmitError, Task};
use store::{EstimateEnd, JobRecord};

use super::Attempted;
use crate::{
    Service,
    blocking::blocking,
    error::Result,
    jobs::{comment, input, runner::Runner},
};

/// An estimate may take this many times `ESTIMATE_MAX_SECS`. It is wanted soon or not at all.
const PATIENCE: u32 = 10;

/// Submits the attempt, or finds it if it was submitted before the service was started.
///
/// # Errors
/// How the attempt has ended already: nothing runs.
pub(super) async fn begin(
    service: &Service,
    job: &JobRecord,
    name: &str,
    attempted: Attempted,
) -> std::result::Result<Attempt, EstimateEnd> {
    if attempted == Attempted::Before
        && let Some(handle) = known(service, job, name).await
    {
        return Ok(attempt(service, name, handle));
    }
    if job.state.is_final() {
        return Err(EstimateEnd::Again);
    }
    let task = prepare(service, job, name).await.map_err(|e| {
        tracing::warn!(error = %e, "the estimate cannot be prepared; the job continues without one");
        EstimateEnd::Failed
    })?;
    let handle = match service.estimator.submit(&task).await {
        Ok(handle) => handle,
        Err(SubmitError::Refused(why)) => {
            tracing::warn!(%why, "the scheduler refused the estimate; the job continues without one");
            return Err(EstimateEnd::Failed);
        }
        Err(SubmitError::Unavailable(why)) => {
            tracing::warn!(%why, "the estimate cannot be submitted now; it is tried again");
            return Err(EstimateEnd::Again);
        }
        Err(SubmitError::Unclear(_)) => String::new(),
    };
    // Without a handle the attempt is found by name.
    if !handle.is_empty()
        && let Err(e) = service.store.estimate_submitted(name, &handle).await
    {
        tracing::warn!(error = %e, "failed to record the handle of the estimate; it is found by name");
    }
    Ok(attempt(service, name, handle))
}

fn attempt(service: &Service, name: &str, handle: String) -> Attempt {
    Attempt {
        name: name.to_owned(),
        handle,
        directory: service.files.attempt(name),
    }
}

/// The handle of an earlier attempt; `None` if the scheduler has never seen it.
async fn known(service: &Service, job: &JobRecord, name: &str) -> Option<String> {
    if let Some(handle) = &job.estimate.handle {
        return Some(handle.clone());
    }
    match service.estimator.find(name).await {
        Ok(found) => found,
        // It is asked again by name.
        Err(e) => {
            tracing::warn!(error = %e, "failed to look up the estimate; the service asks again");
            Some(String::new())
        }
    }
}

/// Writes the attempt's directory and builds its command. The data are those that start stored for
/// the job.
async fn prepare(service: &Service, job: &JobRecord, name: &str) -> Result<Task> {
    let analysis = methods::find(&job.method).context("there is no such analysis")?;
    let runner = Runner::find(service, EngineKind::Native)?;
    let prepared = input::stored(service, analysis, job).await?;
    let (size, branches) = (prepared.size, prepared.branch_arguments.clone());
    let (files, attempt) = (service.files.clone(), name.to_owned());
    let work = move || Ok(prepared.write(&files.make_attempt(&attempt)?)?);
    blocking(work).await?;
    let (native, parameters) = (EngineKind::Native, &job.parameters);
    let longest = service.config.jobs.estimate_max.map(|most| most * PATIENCE);
    let resources = service.resources(analysis, native, parameters, size, false);
    let resources = Resources {
        threads: 1,
        time_limit: longest.or(resources.time_limit),
        ..resources
    };
    let command = runner.command(service, job, parameters, &branches, &resources);
    Ok(Task {
        name: name.to_owned(),
        directory: service.files.attempt(name),
        comment: comment(job),
        command: command.context("the native engine does not have this analysis")?,
        resources,
    })
}
