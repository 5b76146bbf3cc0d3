//! Following running jobs: their ends at once, their progress twice a second.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    sync::Arc,
    time::Duration,
};

use api::Progress;
use hyphy::{Analysis, progress::Reader};
use scheduler::{Attempt, AttemptDir, Observation};
use tokio::{
    sync::{broadcast, mpsc},
    time::{Instant, MissedTickBehavior},
};

use super::collect::{collect, lost};
use crate::{Service, store::JobRow};

/// A job that the scheduler has.
pub(crate) struct Followed {
    job_id: String,
    analysis: &'static Analysis,
    attempt: Attempt,
    attempts: i64,
    reader: Reader,
    log_read: u64,
    noted: Option<Progress>,
    running: bool,
}

impl Followed {
    pub(super) fn new(job: &JobRow, analysis: &'static Analysis, attempt: Attempt) -> Self {
        Self {
            job_id: job.id.clone(),
            analysis,
            attempt,
            attempts: job.attempts,
            reader: Reader::new(analysis),
            log_read: 0,
            noted: None,
            running: job.state.0 == api::JobState::Running,
        }
    }
}

const PROGRESS_EVERY: Duration = Duration::from_millis(500);
/// The scheduler says when something has changed; this is for what it may have missed.
const ASK_EVERY: Duration = Duration::from_secs(30);
/// Progress is kept in steps of this fraction, so that a job has some hundred events at most.
const STEP: f64 = 0.01;

/// Follows every job that is handed to it, for as long as the service lives.
pub(crate) async fn watch(service: Arc<Service>, mut incoming: mpsc::Receiver<Followed>) {
    let mut followed: HashMap<String, Followed> = HashMap::new();
    let mut changes = service.scheduler.changes();
    let mut progress = tokio::time::interval(PROGRESS_EVERY);
    progress.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut asked = Instant::now();
    loop {
        tokio::select! {
            new = incoming.recv() => {
                let Some(new) = new else { return };
                let name = new.attempt.name.clone();
                followed.insert(name.clone(), new);
                observe(&service, &mut followed, Some(&name)).await;
            }
            name = changed(&mut changes) => {
                observe(&service, &mut followed, name.as_deref()).await;
                service.queue.notify_one();
            }
            _ = progress.tick() => {
                for job in followed.values_mut() {
                    note_progress(&service, job).await;
                }
                if asked.elapsed() >= ASK_EVERY {
                    asked = Instant::now();
                    observe(&service, &mut followed, None).await;
                }
            }
        }
    }
}

/// The next attempt that has changed; `None` when it may be any.
async fn changed(changes: &mut Option<broadcast::Receiver<String>>) -> Option<String> {
    match changes {
        Some(changes) => changes.recv().await.ok(),
        None => std::future::pending().await,
    }
}

/// Asks the scheduler about one attempt or about all, in one call.
async fn observe(
    service: &Arc<Service>,
    followed: &mut HashMap<String, Followed>,
    name: Option<&str>,
) {
    let asked: Vec<Attempt> = followed
        .values()
        .map(|job| &job.attempt)
        .filter(|attempt| name.is_none_or(|name| name == attempt.name))
        .cloned()
        .collect();
    if asked.is_empty() {
        return;
    }
    // Unreachable never means failed: it means ask again.
    let observations = match service.scheduler.poll(&asked).await {
        Ok(observations) => observations,
        Err(e) => return tracing::warn!(error = %e, "cannot ask the scheduler"),
    };
    for (attempt, observation) in asked.into_iter().zip(observations) {
        let Some(mut job) = followed.remove(&attempt.name) else {
            continue;
        };
        let done = match observation {
            Observation::Pending => Ok(false),
            Observation::Running => begin(service, &mut job).await.map(|()| false),
            Observation::Ended(exit) => {
                note_progress(service, &mut job).await;
                collect(service, &job.job_id, job.analysis, &attempt, &exit)
                    .await
                    .map(|()| true)
            }
            Observation::Lost(why) => lost(
                service,
                &job.job_id,
                job.analysis,
                &attempt,
                job.attempts,
                &why,
            )
            .await
            .map(|()| true),
        };
        match done {
            Ok(true) => {}
            Ok(false) => drop(followed.insert(attempt.name, job)),
            Err(e) => {
                tracing::error!(job = %job.job_id, error = format!("{e:#}"), "cannot settle a job");
                followed.insert(attempt.name, job);
            }
        }
    }
}

async fn begin(service: &Service, job: &mut Followed) -> anyhow::Result<()> {
    if !job.running {
        let sandbox = AttemptDir::new(&job.attempt.directory).read_level();
        service.job_running(&job.job_id, sandbox).await?;
        job.running = true;
    }
    Ok(())
}

/// Reads what is new in the job's files and keeps it if it is worth it.
async fn note_progress(service: &Service, job: &mut Followed) {
    if !job.running {
        return;
    }
    let dir = AttemptDir::new(&job.attempt.directory);
    read_new(&dir.log(), &mut job.log_read, &mut job.reader);
    if let Ok(line) = std::fs::read_to_string(dir.progress()) {
        job.reader.terminal(&line);
    }
    let now = job.reader.now();
    let now = Progress {
        stage: now.stage,
        stage_number: now.stage_number,
        stages: now.stages,
        fraction: now.fraction,
        counted: now.counted,
    };
    let worth_it = job
        .noted
        .as_ref()
        .is_none_or(|noted| noted.stage != now.stage || now.fraction - noted.fraction >= STEP);
    if worth_it {
        match service.store.note_progress(&job.job_id, &now).await {
            Ok(()) => {
                service.tell(&job.job_id);
                job.noted = Some(now);
            }
            Err(e) => tracing::warn!(job = %job.job_id, error = %e, "cannot note progress"),
        }
    }
}

/// Most of a log that is read at once.
const PIECE: u64 = 1 << 20;

fn read_new(path: &Path, read: &mut u64, reader: &mut Reader) {
    let mut piece = Vec::new();
    let done = File::open(path).and_then(|mut file| {
        // It begins anew where a cluster runs the job again.
        if file.metadata()?.len() < *read {
            *read = 0;
        }
        file.seek(SeekFrom::Start(*read))?;
        file.take(PIECE).read_to_end(&mut piece)
    });
    // No log yet is no news.
    if done.is_ok() {
        *read += piece.len() as u64;
        reader.log(&piece);
    }
}
