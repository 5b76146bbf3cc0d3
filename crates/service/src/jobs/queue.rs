//! Estimates a job's place in the queue and its start time.

use api::{JobState, QueuePlace};
use chrono::{DateTime, TimeDelta, Utc};
use config::SchedulerConfig;
use hyphy::EngineKind;
use store::{JobRecord, UnfinishedJob};

use crate::{Service, error::Result};

/// Returns a job's place in the queue, or `None` if it is not waiting.
pub async fn place(service: &Service, job: &JobRecord) -> Result<Option<QueuePlace>> {
    if !matches!(job.state, JobState::Queued | JobState::Submitting) {
        return Ok(None);
    }
    let mut before = service.store.unfinished_before(job).await?;
    let short = short_jobs(service);
    let is_short = |engine, seconds: Option<f64>| {
        let limits = short.zip(seconds);
        engine == EngineKind::Native && limits.is_some_and(|(most, seconds)| seconds <= most)
    };
    let has_lane = is_short(job.engine, job.expected_seconds);
    if has_lane {
        before.retain(|other| is_short(other.engine, other.expected_seconds));
    }
    let waits = |other: &&UnfinishedJob| other.state != JobState::Running;
    let position = before.iter().filter(waits).count() as u64 + 1;
    // A cluster has its own queue with other users' jobs, so its start times are not estimated.
    let slots = match service.config.scheduler {
        SchedulerConfig::Local if has_lane => 1,
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

/// How many seconds a job of the native engine may take to run beside the others on this machine, one
/// at a time: an answer in seconds must not wait for those that take hours. `None` if none may.
pub(super) fn short_jobs(service: &Service) -> Option<f64> {
    match service.config.scheduler {
        SchedulerConfig::Local => service.config.jobs.estimate_max.map(|it| it.as_secs_f64()),
        SchedulerConfig::Slurm(_) => None,
    }
}

fn length(seconds: f64) -> TimeDelta {
    #[allow(clippy::cast_possible_truncation, reason = "a year at most")]
    TimeDelta::milliseconds((seconds.clamp(0.0, 3.2e7) * 1000.0) as i64)
}

/// Estimates when a slot becomes free for a job, if the jobs before it take as long as expected.
/// Returns `None` if one of them has no estimate. The result depends only on changes of the jobs,
/// not on the clock or on their progress. Otherwise it would change without an event that wakes
/// waiting clients.
fn expected_start(
    job: &JobRecord,
    before: &[UnfinishedJob],
    slots: usize,
) -> Option<DateTime<Utc>> {
    let (running, waiting): (Vec<_>, Vec<_>) = before
        .iter()
        .partition(|job| job.state == JobState::Running);
    // A free slot is assumed to have been free since the last running job started.
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

/// Estimates when a job ends. A job that exceeds its estimate is assumed to need twice the time,
/// then four times, and so on.
fn expected_end(job: &UnfinishedJob) -> Option<DateTime<Utc>> {
    let started = job.started?;
    let mut takes = length(job.expected_seconds?.max(1.0));
    while started + takes < job.changed() {
        takes = takes * 2;
    }
    Some(started + takes)
}
