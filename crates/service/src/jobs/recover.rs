//! After a restart: taking up what was unfinished, before the first request is answered.

use scheduler::Attempt;
use store::JobRecord;

use super::dispatch::follow;
use crate::Service;

/// Reconciles every claimed job with the scheduler. Jobs that run are followed, jobs that have ended
/// are collected; those that never got to the scheduler are returned, to be submitted.
pub(crate) async fn recover(service: &Service) -> anyhow::Result<Vec<JobRecord>> {
    let mut unsubmitted = Vec::new();
    for job in service.store.in_flight().await? {
        let Some(name) = job.attempt_name.clone() else {
            continue;
        };
        let handle = match &job.handle {
            Some(handle) => Some(handle.clone()),
            // We stopped between claiming it and hearing that it was submitted.
            None => match service.scheduler.find(&name).await {
                Ok(found) => found,
                // An absent scheduler keeps nobody from starting the service: it is asked again.
                Err(e) => {
                    tracing::warn!(job = %job.id, error = %e, "cannot look a job up");
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
            tracing::warn!(job = %job.id, error = %e, "cannot note a job's handle");
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
