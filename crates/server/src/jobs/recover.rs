//! After a restart: taking up what was unfinished, before the first request is answered.

use scheduler::Attempt;

use super::dispatch::{follow, submit};
use crate::Service;

/// Reconciles every claimed job with the scheduler. Jobs that run are followed, jobs that ended
/// meanwhile are collected, jobs that never got there are submitted.
pub(crate) async fn recover(service: &Service) -> anyhow::Result<()> {
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
        match handle {
            None => {
                if let Err(e) = submit(service, &job).await {
                    tracing::warn!(job = %job.id, error = format!("{e:#}"), "cannot submit");
                }
            }
            Some(handle) => {
                if job.handle.is_none() && !handle.is_empty() {
                    service.job_submitted(&job.id, handle.clone()).await?;
                }
                let directory = service.files.attempt(&name);
                follow(
                    service,
                    &job,
                    Attempt {
                        name,
                        handle,
                        directory,
                    },
                )
                .await?;
            }
        }
    }
    Ok(())
}
