//! Follows running jobs. It notices their ends immediately and reads their progress twice a second.
//!
//! One task asks the scheduler about all jobs. Each job has its own task, which reads the job's
//! files and settles it. A job whose disk does not respond holds up no other job.

use std::{collections::HashMap, sync::Arc, time::Duration};

use hyphy::methods;
use scheduler::{Attempt, AttemptDir, Observation};
use tokio::{
    sync::{Semaphore, broadcast, mpsc, watch},
    time::{Instant, MissedTickBehavior, sleep_until},
};

use tracing::Instrument;

use super::{
    collect::{Settled, collect, lost},
    progress::ProgressOf,
};
use store::JobRecord;

use crate::{Service, blocking::blocking, error::Result, postponed::Obstacle, state::Followed};

const PROGRESS_EVERY: Duration = Duration::from_millis(500);
/// How often to ask the scheduler without a notification. This covers missed notifications.
const POLL_INTERVAL: Duration = Duration::from_secs(30);
/// The delay before asking the scheduler again when it did not answer.
const POLL_RETRY_DELAY: Duration = Duration::from_secs(5);
/// How many jobs' results are collected concurrently.
const MAX_COLLECTING: usize = 4;
/// How many jobs' progress is read concurrently. Each read occupies a thread, which a slow disk may
/// block.
const MAX_READING: usize = 32;

/// State that the tasks of all jobs share.
struct Shared {
    service: Arc<Service>,
    collecting: Semaphore,
    reading: Semaphore,
    /// Receives the names of settled attempts.
    settled: mpsc::UnboundedSender<String>,
}

/// A followed attempt, and the channel that passes observations to its task.
struct Watched {
    attempt: Attempt,
    observations: watch::Sender<Option<Observation>>,
}

/// Follows every job that it receives, for as long as the service runs.
pub(crate) async fn watch(service: Arc<Service>, mut incoming: mpsc::Receiver<Followed>) {
    let mut watched: HashMap<String, Watched> = HashMap::new();
    let mut changes = service.scheduler.changes();
    let (settled, mut is_settled) = mpsc::unbounded_channel();
    let shared = Arc::new(Shared {
        service: Arc::clone(&service),
        collecting: Semaphore::new(MAX_COLLECTING),
        reading: Semaphore::new(MAX_READING),
        settled,
    });
    let mut next_poll = Instant::now() + POLL_INTERVAL;
    loop {
        let name = tokio::select! {
            new = incoming.recv() => {
                let Some(Followed { job, attempt }) = new else { return };
                let (sender, observations) = watch::channel(None);
                let span = super::span(&job, &attempt.name);
                let following = follow(Arc::clone(&shared), job, attempt.clone(), observations);
                tokio::spawn(following.instrument(span));
                let name = attempt.name.clone();
                watched.insert(name.clone(), Watched { attempt, observations: sender });
                Some(name)
            }
            name = changed(&mut changes) => {
                service.queue.notify_one();
                name
            }
            Some(name) = is_settled.recv() => {
                watched.remove(&name);
                continue;
            }
            () = sleep_until(next_poll) => None,
        };
        let is_reachable = observe(&service, &watched, name.as_deref()).await;
        let next = if is_reachable {
            POLL_INTERVAL
        } else {
            POLL_RETRY_DELAY
        };
        if name.is_none() || !is_reachable {
            next_poll = Instant::now() + next;
        }
    }
}

/// Returns the next attempt that has changed; `None` if it may be any attempt.
async fn changed(changes: &mut Option<broadcast::Receiver<String>>) -> Option<String> {
    match changes {
        Some(changes) => changes.recv().await.ok().filter(|name| !name.is_empty()),
        None => std::future::pending().await,
    }
}

/// Asks the scheduler about one or all attempts in a single call, and passes the observations to
/// their tasks. Returns whether the scheduler answered.
async fn observe(
    service: &Service,
    watched: &HashMap<String, Watched>,
    name: Option<&str>,
) -> bool {
    let attempts: Vec<Attempt> = match name {
        Some(name) => watched
            .get(name)
            .into_iter()
            .map(|followed| followed.attempt.clone())
            .collect(),
        None => watched
            .values()
            .map(|followed| followed.attempt.clone())
            .collect(),
    };
    if attempts.is_empty() {
        return true;
    }
    // An unreachable scheduler does not mean that jobs have failed. Ask again later.
    let observations = match service.scheduler.poll(&attempts).await {
        Ok(observations) => observations,
        Err(e) => {
            tracing::warn!(error = %e, "failed to ask the scheduler about the jobs; the service asks again");
            return false;
        }
    };
    for (attempt, observation) in attempts.iter().zip(observations) {
        if let Some(followed) = watched.get(&attempt.name) {
            followed.observations.send_replace(Some(observation));
        }
    }
    true
}

/// Follows one job until it is settled.
async fn follow(
    shared: Arc<Shared>,
    job: JobRecord,
    attempt: Attempt,
    mut observations: watch::Receiver<Option<Observation>>,
) {
    let service = &shared.service;
    let mut running = job.state == api::JobState::Running;
    let analysis = methods::find(&job.method);
    let mut progress = analysis.map(|analysis| ProgressOf::new(analysis.stages(job.engine)));
    let mut tick = tokio::time::interval(PROGRESS_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // When to retry the last observation.
    let mut again: Option<Instant> = None;
    loop {
        tokio::select! {
            changed = observations.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            () = until(again) => {}
            _ = tick.tick(), if running => {
                if let Some(progress) = &mut progress {
                    note(&shared, progress, &job.id, &attempt).await;
                }
                continue;
            }
        }
        let Some(observation) = observations.borrow_and_update().clone() else {
            continue;
        };
        if let (Observation::Ended(_), Some(progress), true) =
            (&observation, &mut progress, running)
        {
            note(&shared, progress, &job.id, &attempt).await;
        }
        again = match settle(&shared, &job, &attempt, &observation, &mut running).await {
            Ok(Settled::Yes) => break,
            Ok(Settled::NotYet) => {
                service.postponed.remove(&job.id);
                None
            }
            Err(e) => {
                tracing::error!(error = %e, "failed to settle the job; it is tried again");
                Some(service.postponed.add(&job.id, Obstacle::of(e)))
            }
        };
    }
    // Fails only if the service is stopping.
    shared.settled.send(attempt.name).ok();
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Handles an observation of a job.
async fn settle(
    shared: &Shared,
    job: &JobRecord,
    attempt: &Attempt,
    observation: &Observation,
    running: &mut bool,
) -> Result<Settled> {
    let service = &shared.service;
    match observation {
        Observation::Pending => Ok(Settled::NotYet),
        Observation::Running => {
            if !*running {
                let directory = AttemptDir::new(&attempt.directory);
                let sandbox = blocking(move || Ok(directory.read_level())).await?;
                service.job_running(&job.id, sandbox).await?;
                *running = true;
            }
            Ok(Settled::NotYet)
        }
        Observation::Ended(exit) => {
            // The semaphore is never closed. If it were, it would be right to continue.
            let _turn = shared.collecting.acquire().await.ok();
            collect(service, job, attempt, exit).await
        }
        Observation::Lost(why) => {
            let _turn = shared.collecting.acquire().await.ok();
            lost(service, job, attempt, why).await
        }
    }
}

/// Reads what was added to a job's files, and stores the progress if it has changed enough.
async fn note(shared: &Shared, progress: &mut ProgressOf, job: &str, attempt: &Attempt) {
    let service = &shared.service;
    // If too many are being read, skip this one until the next tick.
    let Ok(_turn) = shared.reading.try_acquire() else {
        return;
    };
    let now = match progress.read(attempt).await {
        Ok(Some(now)) => now,
        Ok(None) => return,
        Err(e) => return tracing::warn!(error = %e, "failed to read the progress of the job"),
    };
    match service.store.note_progress(job, &now).await {
        Ok(()) => {
            service.announce_change(job);
            progress.noted(now);
        }
        Err(e) => tracing::debug!(error = %e, "failed to record the progress of the job"),
    }
}
