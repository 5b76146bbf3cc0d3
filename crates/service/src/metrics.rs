//! What the service measures of itself. The labels name analyses, states and outcomes, never jobs or
//! owners. Without a recorder (`server/src/metrics.rs`), all of this does nothing.

use std::collections::HashMap;

use api::JobState;
use chrono::{DateTime, Utc};
use metrics::{counter, gauge, histogram};
use store::{DeliveryOutcome, JobRecord};

use crate::Service;

/// Unfinished jobs by analysis and state.
pub const JOBS: &str = "datamonkey_jobs";
/// Jobs that have ended, by analysis and outcome.
pub const JOBS_FINISHED: &str = "datamonkey_jobs_finished_total";
/// Seconds that jobs waited, from the request to the start of the attempt that runs.
pub const QUEUE_SECONDS: &str = "datamonkey_job_queue_duration_seconds";
/// Seconds that finished jobs ran.
pub const RUN_SECONDS: &str = "datamonkey_job_run_duration_seconds";
/// Jobs that are held up by a temporary obstacle.
pub const JOBS_DELAYED: &str = "datamonkey_jobs_delayed";
/// Whether the scheduler can be used.
pub const SCHEDULER_UP: &str = "datamonkey_scheduler_up";
/// When the cluster last answered, in seconds since 1970.
pub const SCHEDULER_CONTACT: &str = "datamonkey_scheduler_last_contact_timestamp_seconds";
/// Whether HyPhy was found.
pub const ENGINE_UP: &str = "datamonkey_engine_up";
/// Free bytes of the disk that holds a folder.
pub const DISK_FREE: &str = "datamonkey_disk_free_bytes";
/// Tries to deliver notifications, by kind and outcome.
pub const NOTIFICATIONS: &str = "datamonkey_notifications_total";

/// Counts what a change of state completes: a wait, or a run and the job.
pub(crate) fn count_change(job: &JobRecord) {
    let analysis = || job.method.clone();
    let seconds = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).as_seconds_f64().max(0.0);
    if job.state == JobState::Running
        && let Some(started) = job.started
    {
        histogram!(QUEUE_SECONDS, "analysis" => analysis())
            .record(seconds(job.requested(), started));
    }
    if job.state.is_final() {
        let outcome = job.error_code.clone();
        let outcome = outcome.unwrap_or_else(|| job.state.word().to_owned());
        counter!(JOBS_FINISHED, "analysis" => analysis(), "outcome" => outcome).increment(1);
        if let (Some(started), Some(ended)) = (job.started, job.ended) {
            histogram!(RUN_SECONDS, "analysis" => analysis()).record(seconds(started, ended));
        }
    }
}

pub(crate) fn count_notification(kind: &str, outcome: &DeliveryOutcome) {
    let outcome = match outcome {
        DeliveryOutcome::Done => "delivered",
        DeliveryOutcome::Again(..) => "postponed",
        DeliveryOutcome::GivenUp(_) => "given_up",
    };
    counter!(NOTIFICATIONS, "kind" => kind.to_owned(), "outcome" => outcome).increment(1);
}

/// Measures what is not counted as it happens. Called when the metrics are read.
pub async fn measure(service: &Service) {
    if let Ok(unfinished) = service.store.unfinished_by_analysis().await {
        note_jobs(&unfinished);
    }
    let delayed = service
        .postponed
        .summary()
        .map_or(0, |delayed| delayed.jobs);
    gauge!(JOBS_DELAYED).set(number(delayed));
    let scheduler = service.scheduler.health().await;
    gauge!(SCHEDULER_UP).set(u8::from(scheduler.usable));
    let contact = scheduler.cluster.and_then(|cluster| cluster.last_contact);
    if let Some(at) = contact {
        gauge!(SCHEDULER_CONTACT).set(number(at.timestamp().unsigned_abs()));
    }
    gauge!(ENGINE_UP).set(u8::from(service.engine.get().is_ok()));
    for (folder, free) in service.files.free_by_folder() {
        gauge!(DISK_FREE, "folder" => folder).set(number(free));
    }
}

/// Every analysis and state has a value, so that one without jobs goes back to 0.
fn note_jobs(unfinished: &[(String, JobState, u64)]) {
    let states = JobState::ALL.into_iter().filter(|state| !state.is_final());
    let states: Vec<JobState> = states.collect();
    let mut counts: HashMap<(&str, &'static str), u64> = HashMap::new();
    for analysis in hyphy::methods::ALL {
        counts.extend(states.iter().map(|state| ((analysis.id, state.word()), 0)));
    }
    for (analysis, state, count) in unfinished {
        counts.insert((analysis, state.word()), *count);
    }
    for ((analysis, state), count) in counts {
        gauge!(JOBS, "analysis" => analysis.to_owned(), "state" => state).set(number(count));
    }
}

#[allow(clippy::cast_precision_loss, reason = "they are far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}
