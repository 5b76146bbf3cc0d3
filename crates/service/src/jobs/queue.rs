//! Where a job is in the queue, and when it may run.

use api::{JobState, QueuePlace};
use chrono::{DateTime, TimeDelta, Utc};
use config::SchedulerConfig;
use store::{JobRecord, UnfinishedJob};

use crate::{Service, error::Result};

/// Where a job is in the queue; none if it does not wait.
pub async fn place(service: &Service, job: &JobRecord) -> Result<Option<QueuePlace>> {
    if !matches!(job.state, JobState::Queued | JobState::Submitting) {
        return Ok(None);
    }
    let before = service.store.unfinished_before(job).await?;
    let waits = |other: &&UnfinishedJob| other.state != JobState::Running;
    let position = before.iter().filter(waits).count() as u64 + 1;
    // A cluster has a queue of its own, with other people's jobs: nothing is guessed about that.
    let slots = match service.config.scheduler {
        SchedulerConfig::Local => service.config.jobs.max_running,
        SchedulerConfig::Slurm(_) => 0,
    };
    let expected_start = expected_start(job, &before, slots);
    let takes = job.expected_seconds.map(length);
    Ok(Some(QueuePlace {
        position,
        expected_start,
        expected_end: expected_start
            .zip(takes)
            .map(|(start, takes)| start + takes),
    }))
}

fn length(seconds: f64) -> TimeDelta {
    #[allow(clippy::cast_possible_truncation, reason = "a year at most")]
    TimeDelta::milliseconds((seconds.clamp(0.0, 3.2e7) * 1000.0) as i64)
}

/// When the first slot is free after those before, if each takes what it is expected to. None if
/// that is not known of one of them. It depends on what happens to the jobs, not on the clock or on
/// how far they are: else a client that waits for a change would be woken by nothing.
fn expected_start(
    job: &JobRecord,
    before: &[UnfinishedJob],
    slots: usize,
) -> Option<DateTime<Utc>> {
    let (running, waiting): (Vec<_>, Vec<_>) = before
        .iter()
        .partition(|job| job.state == JobState::Running);
    // A slot that is free has been so since the last of them began, as far as one can tell.
    let began = running.iter().filter_map(|job| job.started).max();
    let mut free = vec![job.changed().max(began.unwrap_or_default()); slots];
    for (slot, job) in free.iter_mut().zip(&running) {
        *slot = expected_end(job)?;
    }
    for job in waiting {
        let first = free.iter_mut().min()?;
        *first += length(job.expected_seconds?);
    }
    free.into_iter().min()
}

/// One that takes longer than expected has some time to go, nobody knows how much: it is taken to
/// need twice the time, and so on.
fn expected_end(job: &UnfinishedJob) -> Option<DateTime<Utc>> {
    let started = job.started?;
    let mut takes = length(job.expected_seconds?.max(1.0));
    while started + takes < job.changed() {
        takes = takes * 2;
    }
    Some(started + takes)
}
