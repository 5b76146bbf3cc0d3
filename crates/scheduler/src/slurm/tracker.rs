//! Following every job with one query per tick.
//!
//! The scheduler answers immediately from the information stored here, whatever Slurm is doing. If
//! Slurm is slow or absent, the information is old, and [`Tracker::health`] says how old. Ends that
//! a job recorded itself are noticed between ticks, from the shared file system alone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, broadcast};

use super::{
    explain::JobContext,
    job::SlurmJob,
    settle::Timeouts,
    tracked::{Files, Tracked},
};
use crate::{Attempt, Observation, Overview};

/// The state of Slurm itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contact {
    /// When it last responded.
    pub(crate) last: Option<DateTime<Utc>>,
    /// Since when it has not responded, and why.
    pub(crate) failing: Option<(DateTime<Utc>, String)>,
    pub(crate) overview: Overview,
}

#[derive(Default)]
struct State {
    tracked: HashMap<String, Tracked>,
    contact: Contact,
}

/// The jobs that are followed.
pub(crate) struct Tracker {
    state: Mutex<State>,
    timeouts: Timeouts,
    changed: broadcast::Sender<String>,
    /// Requests an early tick.
    pub(crate) hurry: Notify,
}

impl Tracker {
    pub(crate) fn new(timeouts: Timeouts) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            timeouts,
            changed: broadcast::channel(8192).0,
            hurry: Notify::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<String> {
        self.changed.subscribe()
    }

    /// Stores the resources that an attempt requests, before it is submitted.
    pub(crate) fn expect(&self, attempt: &Attempt, context: JobContext) {
        let tracked = Tracked::new(attempt, context);
        self.state().tracked.insert(attempt.name.clone(), tracked);
    }

    /// Stops following an attempt that was not submitted.
    pub(crate) fn forget(&self, name: &str) {
        self.state().tracked.remove(name);
    }

    /// The states of attempts. An attempt is followed from the first call until its end has been
    /// reported.
    pub(crate) fn poll(&self, attempts: &[Attempt]) -> Vec<Observation> {
        let mut state = self.state();
        for attempt in attempts {
            let tracked = state
                .tracked
                .entry(attempt.name.clone())
                .or_insert_with(|| Tracked::new(attempt, JobContext::default()));
            tracked.confirmed |= !attempt.handle.is_empty();
        }
        drop(state);
        let found: Vec<_> = attempts
            .iter()
            .map(|attempt| self.read(&attempt.name))
            .collect();
        let mut state = self.state();
        attempts
            .iter()
            .zip(found)
            .map(|(attempt, found)| {
                let Some(tracked) = state.tracked.get_mut(&attempt.name) else {
                    return Observation::Pending;
                };
                let now = tracked.settle(found, &self.timeouts);
                tracked.last = now.clone();
                if matches!(now, Observation::Ended(_) | Observation::Lost(_)) {
                    state.tracked.remove(&attempt.name);
                }
                now
            })
            .collect()
    }

    /// Reads an attempt's own files. Without the lock, because a shared file system may hang.
    fn read(&self, name: &str) -> Files {
        let (folder, over) = match self.state().tracked.get(name) {
            Some(tracked) => (tracked.folder.clone(), tracked.over.is_some()),
            None => return Files::default(),
        };
        Files::read(&folder, over)
    }

    /// Marks an attempt for cancellation. Returns Slurm's job, and whether it was already requested
    /// a moment ago.
    pub(crate) fn cancelling(&self, attempt: &Attempt) -> (Option<SlurmJob>, bool) {
        const AGAIN: Duration = Duration::from_secs(5);
        let mut state = self.state();
        let tracked = state
            .tracked
            .entry(attempt.name.clone())
            .or_insert_with(|| Tracked::new(attempt, JobContext::default()));
        let recent = tracked.cancelled.is_some_and(|at| at.elapsed() < AGAIN);
        if !recent {
            tracked.cancelled = Some(Instant::now());
        }
        let job = tracked.job.clone().filter(|_| tracked.queued);
        drop(state);
        self.hurry.notify_one();
        (job, recent)
    }

    /// A cancellation that did not reach Slurm may be retried at once.
    pub(crate) fn not_cancelled(&self, name: &str) {
        if let Some(tracked) = self.state().tracked.get_mut(name) {
            tracked.cancelled = None;
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.state().tracked.is_empty()
    }

    pub(crate) fn contact(&self) -> Contact {
        self.state().contact.clone()
    }

    /// The service's pending and running jobs.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let state = self.state();
        let running = |tracked: &&Tracked| tracked.last == Observation::Running;
        let running = state.tracked.values().filter(running).count();
        (state.tracked.len() - running, running)
    }

    /// Records a response from Slurm.
    pub(crate) fn reached(&self) {
        let mut state = self.state();
        state.contact.last = Some(Utc::now());
        if let Some((since, _)) = state.contact.failing.take() {
            drop(state);
            tracing::info!(%since, "Slurm responds again");
            // The message names no attempt, so that callers waiting to submit check again.
            self.changed.send(String::new()).ok();
        }
    }

    /// Records a failed query to Slurm.
    pub(crate) fn failed(&self, why: &str) {
        let mut state = self.state();
        let since = state
            .contact
            .failing
            .as_ref()
            .map_or_else(Utc::now, |(since, _)| *since);
        if state.contact.failing.is_none() {
            tracing::warn!(%why, "Slurm does not respond; jobs wait, and nothing is lost");
        }
        state.contact.failing = Some((since, why.to_owned()));
    }

    pub(crate) fn overview(&self, overview: Overview) {
        self.state().contact.overview = overview;
    }

    /// Stores the controller's information. Returns the attempts that it does not know, those with
    /// the fewest queries to accounting first, together with the start time for the next query.
    pub(crate) fn queue(&self, jobs: Vec<SlurmJob>, at_once: usize) -> (Vec<String>, i64) {
        let mut state = self.state();
        let mut named: HashMap<String, SlurmJob> = HashMap::new();
        for job in jobs {
            let Some(tracked) = state.tracked.get(&job.name) else {
                continue;
            };
            if !job.is(&job.name, tracked.written) {
                continue;
            }
            match named.get(&job.name) {
                Some(other) if preference(other) >= preference(&job) => {}
                _ => drop(named.insert(job.name.clone(), job)),
            }
        }
        let mut missing = Vec::new();
        for (name, tracked) in &mut state.tracked {
            if let Some(job) = named.remove(name) {
                tracked.seen(job, true);
                (tracked.absent, tracked.asked) = (None, 0);
            } else {
                tracked.queued = false;
                missing.push((tracked.asked, name.clone()));
            }
        }
        missing.sort_unstable();
        missing.truncate(at_once);
        let mut since = i64::MAX;
        for (_, name) in &missing {
            if let Some(tracked) = state.tracked.get_mut(name) {
                tracked.asked += 1;
                since = since.min(tracked.written);
            }
        }
        (missing.into_iter().map(|(_, name)| name).collect(), since)
    }

    /// Stores accounting's information about attempts that the controller does not know.
    pub(crate) fn accounting(&self, jobs: Vec<SlurmJob>) {
        let mut state = self.state();
        for job in jobs {
            if let Some(tracked) = state.tracked.get_mut(&job.name)
                && !tracked.queued
                && job.is(&job.name, tracked.written)
            {
                tracked.seen(job, false);
            }
        }
    }

    /// Records that a query to accounting about these attempts has ended, with or without an answer.
    /// Those that the controller does not know count as absent from the first of these times on,
    /// however long accounting takes.
    pub(crate) fn asked_accounting(&self, names: &[String]) {
        let mut state = self.state();
        for name in names {
            if let Some(tracked) = state.tracked.get_mut(name)
                && !tracked.queued
            {
                tracked.absent.get_or_insert_with(Instant::now);
            }
        }
    }

    /// Notifies watchers of attempts whose state has changed. With `all`, checks every attempt;
    /// otherwise only those that may have ended by themselves. Reads files.
    pub(crate) fn review(&self, all: bool) {
        let names: Vec<String> = {
            let state = self.state();
            let chosen = state
                .tracked
                .iter()
                .filter(|(_, tracked)| all || tracked.last == Observation::Running);
            chosen.map(|(name, _)| name.clone()).collect()
        };
        for name in names {
            let found = self.read(&name);
            let mut state = self.state();
            let Some(tracked) = state.tracked.get_mut(&name) else {
                continue;
            };
            let now = tracked.settle(found, &self.timeouts);
            if now != tracked.last {
                tracked.last = now;
                drop(state);
                // Nobody may be listening. The next poll tells.
                self.changed.send(name).ok();
            }
        }
    }
}

/// Of two jobs with one name (a repeated submission), prefers the one that may have a result.
fn preference(job: &SlurmJob) -> (bool, u64) {
    (!job.state.is_final(), job.id)
}
