//! Jobs that wait for an obstacle to disappear, such as a full disk, and are then retried.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use api::DelayedJobs;
use chrono::{DateTime, Utc};
use tokio::time::{Duration, Instant};

use store::clock;

use crate::error::Error;

/// The longest delay between two tries. Jobs continue at most this long after an obstacle has gone.
pub(crate) const LONGEST: Duration = Duration::from_secs(5);
/// The longest delay between tries that are expensive, such as a job on a cluster.
const LONGEST_COSTLY: Duration = Duration::from_secs(60);
const SHORTEST: Duration = Duration::from_millis(500);

/// Why a job waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Obstacle {
    /// One human-readable sentence without internal details.
    pub(crate) sentence: String,
    /// Whether a retry is expensive.
    pub(crate) costly: bool,
}

impl Obstacle {
    /// Describes the obstacle behind an error in files, the database or the scheduler.
    pub(crate) fn of(error: Error) -> Self {
        let sentence = match error {
            Error::DiskFull => "The service's disk is full.".to_owned(),
            Error::Unavailable(sentence) => sentence,
            _ => "The service could not use its files or database; its log says why.".to_owned(),
        };
        Self {
            sentence,
            costly: false,
        }
    }
}

/// Returns the delay after this many tries.
fn wait(tries: u32, costly: bool) -> Duration {
    let longest = if costly { LONGEST_COSTLY } else { LONGEST };
    SHORTEST
        .saturating_mul(2_u32.saturating_pow(tries))
        .min(longest)
}

/// The postponed jobs with their obstacles and the times of their next tries. They are kept in
/// memory only: after a restart all jobs are tried immediately.
#[derive(Debug, Default)]
pub(crate) struct Postponed(Mutex<HashMap<String, Entry>>);

#[derive(Debug)]
struct Entry {
    obstacle: Obstacle,
    since: DateTime<Utc>,
    tries: u32,
    next: Instant,
}

impl Postponed {
    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records another failed try of a job. Returns when to try again.
    pub(crate) fn add(&self, job: &str, obstacle: Obstacle) -> Instant {
        let mut entries = self.entries();
        let entry = entries.entry(job.to_owned()).or_insert_with(|| Entry {
            obstacle: obstacle.clone(),
            since: clock::now(),
            tries: 0,
            next: Instant::now(),
        });
        entry.next = Instant::now() + wait(entry.tries, obstacle.costly);
        entry.tries += 1;
        entry.obstacle = obstacle;
        entry.next
    }

    /// Removes a job whose obstacle has gone.
    pub(crate) fn remove(&self, job: &str) {
        self.entries().remove(job);
    }

    /// Returns the jobs whose next try is in the future.
    pub(crate) fn not_yet(&self) -> Vec<String> {
        let now = Instant::now();
        let entries = self.entries();
        let later = entries.iter().filter(|(_, entry)| entry.next > now);
        later.map(|(job, _)| job.clone()).collect()
    }

    /// Returns the time of the earliest next try.
    pub(crate) fn next(&self) -> Option<Instant> {
        let now = Instant::now();
        let entries = self.entries();
        let times = entries.values().map(|entry| entry.next);
        times.filter(|next| *next > now).min()
    }

    /// Summarises the postponed jobs for clients; `None` if there are none.
    pub(crate) fn summary(&self) -> Option<DelayedJobs> {
        let entries = self.entries();
        let first = entries.values().min_by_key(|entry| entry.since)?;
        Some(DelayedJobs {
            jobs: entries.len() as u64,
            since: first.since,
            reason: first.obstacle.sentence.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_delay_before_a_retry_grows_to_a_limit() {
        let waits = |costly| -> Vec<u128> {
            let tries = [0, 1, 2, 3, 4, 100];
            tries.map(|tries| wait(tries, costly).as_millis()).to_vec()
        };
        assert_eq!(waits(false), [500, 1000, 2000, 4000, 5000, 5000]);
        assert_eq!(waits(true), [500, 1000, 2000, 4000, 8000, 60_000]);
    }

    #[test]
    fn an_obstacle_is_reported_until_it_is_gone() {
        let postponed = Postponed::default();
        let full = anyhow::Error::new(std::io::Error::from_raw_os_error(28)).context("a log");
        postponed.add("job", Obstacle::of(full.into()));
        assert_eq!(postponed.not_yet(), ["job"]);
        assert!(postponed.next().is_some());
        let summary = postponed.summary().unwrap();
        assert_eq!(
            (summary.jobs, summary.reason.as_str()),
            (1, "The service's disk is full.")
        );
        postponed.remove("job");
        assert!(postponed.summary().is_none() && postponed.not_yet().is_empty());
    }
}
