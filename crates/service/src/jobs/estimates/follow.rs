//! Follows the attempt at an estimate until it has ended, and ends it with its job.

use std::time::Duration;

use hyphy::{EngineKind, methods};
use scheduler::{Attempt, Observation};
use store::{EstimateEnd, JobRecord};
use tokio::{sync::broadcast, time::timeout};

use super::{Attempted, settle};
use crate::{Service, jobs::progress::ProgressOf};

/// How often to look at the job, the attempt and its progress. The end is noticed at once.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Follows an attempt and settles the estimate.
pub(super) async fn follow(
    service: &Service,
    job: &JobRecord,
    attempt: &Attempt,
    attempted: Attempted,
) {
    let mut changes = service.estimator.changes();
    let analysis = methods::find(&job.method);
    let mut progress =
        analysis.map(|analysis| ProgressOf::new(analysis.stages(EngineKind::Native)));
    loop {
        let is_wanted = is_wanted(service, job, attempt).await;
        if !is_wanted && let Err(e) = service.estimator.cancel(attempt).await {
            tracing::warn!(error = %e, "the estimate cannot be cancelled now; it is tried again");
        }
        let observed = service.estimator.poll(std::slice::from_ref(attempt)).await;
        match observed.map(|mut all| all.pop()) {
            Ok(Some(Observation::Ended(exit))) => {
                return settle::ended(service, job, attempt, &exit, is_wanted).await;
            }
            Ok(Some(Observation::Lost(why))) => {
                tracing::warn!(%why, "the estimate was lost");
                // It was lost with the service, for example when the machine went down.
                let end = match attempted {
                    Attempted::Before => EstimateEnd::Again,
                    Attempted::Now => EstimateEnd::Failed,
                };
                return settle::end(service, &attempt.name, end).await;
            }
            Ok(Some(Observation::Running)) => {
                if let Some(progress) = &mut progress {
                    note(service, job, attempt, progress).await;
                }
            }
            Ok(Some(Observation::Pending) | None) => {}
            Err(e) => {
                tracing::warn!(error = %e, "failed to ask the scheduler about the estimate; the service asks again")
            }
        }
        timeout(LOOK_EVERY, changed(&mut changes, &attempt.name))
            .await
            .ok();
    }
}

/// Whether the job still waits or runs, and the attempt is its estimate's.
async fn is_wanted(service: &Service, job: &JobRecord, attempt: &Attempt) -> bool {
    match service.store.job_by_id(&job.id).await {
        Ok(Some(job)) => {
            let is_its = job.estimate.attempt_name.as_deref() == Some(&attempt.name);
            is_its && !job.state.is_final()
        }
        Ok(None) => false,
        // The database is asked again.
        Err(_) => true,
    }
}

/// Waits until the scheduler says that the attempt has changed.
async fn changed(changes: &mut Option<broadcast::Receiver<String>>, attempt: &str) {
    let Some(changes) = changes else {
        return std::future::pending().await;
    };
    loop {
        match changes.recv().await {
            Ok(name) if name != attempt && !name.is_empty() => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
        }
    }
}

async fn note(service: &Service, job: &JobRecord, attempt: &Attempt, progress: &mut ProgressOf) {
    let now = match progress.read(attempt).await {
        Ok(Some(now)) => now,
        Ok(None) => return,
        Err(e) => return tracing::warn!(error = %e, "failed to read the progress of the estimate"),
    };
    let noted = service.store.note_estimates_progress(&attempt.name, &now);
    match noted.await {
        Ok(()) => {
            service.announce_change(&job.id);
            progress.noted(now);
        }
        Err(e) => tracing::debug!(error = %e, "failed to record the progress of the estimate"),
    }
}
