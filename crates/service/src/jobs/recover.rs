//! Recovers unfinished jobs after a restart, before the service answers the first request.

use scheduler::Attempt;
use store::JobRecord;

use super::dispatch::follow;
use crate::Service;

/// Reconciles every claimed job with the scheduler. Running jobs are followed and ended jobs are
/// collected. Jobs that never reached the scheduler are returned so that the caller submits them.
pub(crate) async fn recover(service: &Service) -> anyhow::Result<Vec<JobRecord>> {
    let mut unsubmitted = Vec::new();
    for job in service.store.in_flight().await? {
        let Some(name) = job.attempt_name.clone() else {
            continue;
        };
        let handle = match &job.handle {
            Some(handle) => Some(handle.clone()),
            // The service stopped between claiming the job and learning that it was submitted.
            None => match service.scheduler.find(&name).await {
                Ok(found) => found,
                // An unavailable scheduler does not prevent the service from starting. It is asked
                // again later.
                Err(e) => {
                    tracing::warn!(job = %job.id, error = %e, "failed to look up a job that was submitted before the restart; the service asks again");
                    Some(String::new())
                }
            },
        };
        let Some(handle) = handle else {
            unsubmitted.push(job);
            continue;
        };
        if job.handle.is_none()
            && !handle.is_empty()
            && let Err(e) = service.job_submitted(&job.id, handle.clone()).await
        {
            tracing::warn!(job = %job.id, error = %e, "failed to record the handle of a job's attempt; it is found by name");
        }
        let directory = service.files.attempt(&name);
        let attempt = Attempt {
            name,
            handle,
            directory,
        };
        follow(service, &job, attempt).await;
    }
    Ok(unsubmitted)
}
