//! Estimates: the native engine's answers to jobs that HyPhy runs, computed in the meantime.
//!
//! ```text
//! start → waiting → running → ready
//!            ↑_________│   ↘ absent
//! ```
//! An estimate has an attempt of its own, beside its job's. On this machine, estimates run one at a
//! time with low priority, and take no slot of a job. On a cluster, each is a small job of one
//! thread. An estimate affects nothing but itself: one that fails is absent. `attempt` submits it,
//! `follow` watches it, and `settle` stores its result.

mod attempt;
mod follow;
mod settle;

use std::{sync::Arc, time::Duration};

use config::SchedulerConfig;
use hyphy::{
    Analysis, EngineKind,
    parameters::Parameters,
    request::native_can_run,
    resources::{Size, usual_seconds},
};
use store::{JobRecord, StoreError};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tracing::Instrument;
use uuid::Uuid;

use crate::{Service, files::ATTEMPT};

/// How many estimates run at the same time.
const ON_THIS_MACHINE: usize = 1;
const ON_A_CLUSTER: usize = 16;
/// How long to sleep at most. New jobs wake the task; the timeout covers missed ones.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// The pause after an estimate that could not be submitted or looked for.
const PAUSE: Duration = Duration::from_secs(5);

/// Whether a new job gets an estimate.
pub(super) fn is_wanted(
    service: &Service,
    analysis: &Analysis,
    engine: EngineKind,
    parameters: &Parameters,
    size: Size,
) -> bool {
    let Some(most) = service.config.jobs.estimate_max else {
        return false;
    };
    engine == EngineKind::Hyphy
        && service.native().is_ok()
        && native_can_run(analysis, parameters)
        && usual_seconds(analysis, EngineKind::Native, parameters, size) <= most.as_secs_f64()
}

/// Runs waiting estimates, oldest job first, for as long as the service runs. `interrupted` are
/// jobs whose estimates had attempts when the service stopped.
pub(crate) async fn estimate(service: Arc<Service>, interrupted: Vec<JobRecord>) {
    let slots = match service.config.scheduler {
        SchedulerConfig::Local => ON_THIS_MACHINE,
        SchedulerConfig::Slurm(_) => ON_A_CLUSTER,
    };
    let slots = Arc::new(Semaphore::new(slots));
    for job in interrupted {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        tokio::spawn(run(Arc::clone(&service), job, Attempted::Before, slot));
    }
    if service.config.jobs.estimate_max.is_none() {
        return;
    }
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        let job = next(&service).await;
        tokio::spawn(run(Arc::clone(&service), job, Attempted::Now, slot));
    }
}

/// When an attempt was claimed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attempted {
    /// Before the service was started. The scheduler may know it.
    Before,
    Now,
}

async fn run(
    service: Arc<Service>,
    job: JobRecord,
    attempted: Attempted,
    _slot: OwnedSemaphorePermit,
) {
    let Some(name) = job.estimate.attempt_name.clone() else {
        return;
    };
    let span = super::span(&job, &name);
    compute(&service, &job, &name, attempted)
        .instrument(span)
        .await;
}

async fn compute(service: &Service, job: &JobRecord, name: &str, attempted: Attempted) {
    match attempt::begin(service, job, name, attempted).await {
        Ok(attempt) => follow::follow(service, job, &attempt, attempted).await,
        Err(end) => {
            let pause = matches!(end, store::EstimateEnd::Again);
            settle::end(service, name, end).await;
            if pause {
                sleep(PAUSE).await;
            }
        }
    }
}

/// Claims the next waiting estimate, as soon as there is one.
async fn next(service: &Service) -> JobRecord {
    loop {
        match claim(service).await {
            Ok(Some(job)) => {
                service.announce_change(&job.id);
                return job;
            }
            Ok(None) => {
                timeout(LOOK_AGAIN, service.estimates.notified()).await.ok();
            }
            Err(e) => {
                tracing::error!(error = %e, "failed to look for waiting estimates; the service looks again");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn claim(service: &Service) -> Result<Option<JobRecord>, StoreError> {
    if service.estimator.free_slots() == 0 {
        return Ok(None);
    }
    let Some(job) = service.store.oldest_waiting_estimate().await? else {
        return Ok(None);
    };
    let attempt = format!("{ATTEMPT}estimate-{}", Uuid::now_v7().simple());
    service.store.claim_estimate(&job.id, &attempt).await
}
