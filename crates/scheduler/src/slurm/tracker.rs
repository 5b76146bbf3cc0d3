//! Following every job with one question per tick.
//!
//! The scheduler's answers come from here, at once, whatever Slurm is doing: a slow or absent
//! Slurm makes them old, and [`Tracker::health`] says how old. Ends that a job recorded itself are
//! noticed between ticks, from the shared file system alone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, broadcast};

use super::{
    explain::Circumstances,
    job::SlurmJob,
    settle::Patience,
    tracked::{Files, Tracked},
};
use crate::{Attempt, Observation, Overview};

/// What is known of Slurm itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contact {
    /// When it last answered.
    pub(crate) last: Option<DateTime<Utc>>,
    /// Since when it does not answer, and why.
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
    patience: Patience,
    changed: broadcast::Sender<String>,
    /// Asks for a tick before its time.
    pub(crate) hurry: Notify,
}

impl Tracker {
    pub(crate) fn new(patience: Patience) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            patience,
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

    /// Takes note of what an attempt was promised, before it is submitted.
    pub(crate) fn expect(&self, attempt: &Attempt, around: Circumstances) {
        let tracked = Tracked::new(attempt, around);
        self.state().tracked.insert(attempt.name.clone(), tracked);
    }

    /// Stops following an attempt that was not submitted.
    pub(crate) fn forget(&self, name: &str) {
        self.state().tracked.remove(name);
    }

    /// How attempts are doing. One that is asked about is followed from then on, until its end was
    /// told.
    pub(crate) fn poll(&self, attempts: &[Attempt]) -> Vec<Observation> {
        let mut state = self.state();
        for attempt in attempts {
            let tracked = state
                .tracked
                .entry(attempt.name.clone())
                .or_insert_with(|| Tracked::new(attempt, Circumstances::default()));
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
                let now = tracked.settle(found, &self.patience);
                tracked.last = now.clone();
                if matches!(now, Observation::Ended(_) | Observation::Lost(_)) {
                    state.tracked.remove(&attempt.name);
                }
                now
            })
            .collect()
    }

    /// What an attempt's own files say. Read without the lock: a shared file system may hang.
    fn read(&self, name: &str) -> Files {
        let (folder, over) = match self.state().tracked.get(name) {
            Some(tracked) => (tracked.folder.clone(), tracked.over.is_some()),
            None => return Files::default(),
        };
        Files::read(&folder, over)
    }

    /// Notes that an attempt is to be cancelled. Returns what Slurm calls it, and whether it was
    /// asked to only a moment ago.
    pub(crate) fn cancelling(&self, attempt: &Attempt) -> (Option<SlurmJob>, bool) {
        const AGAIN: Duration = Duration::from_secs(5);
        let mut state = self.state();
        let tracked = state
            .tracked
            .entry(attempt.name.clone())
            .or_insert_with(|| Tracked::new(attempt, Circumstances::default()));
        let recent = tracked.cancelled.is_some_and(|at| at.elapsed() < AGAIN);
        if !recent {
            tracked.cancelled = Some(Instant::now());
        }
        let job = tracked.job.clone().filter(|_| tracked.queued);
        drop(state);
        self.hurry.notify_one();
        (job, recent)
    }

    /// A cancellation that did not reach Slurm may be tried again at once.
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

    /// Our jobs that wait and that run.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let state = self.state();
        let running = |tracked: &&Tracked| tracked.last == Observation::Running;
        let running = state.tracked.values().filter(running).count();
        (state.tracked.len() - running, running)
    }

    /// Slurm answered.
    pub(crate) fn reached(&self) {
        let mut state = self.state();
        state.contact.last = Some(Utc::now());
        if let Some((since, _)) = state.contact.failing.take() {
            drop(state);
            tracing::info!(%since, "Slurm answers again");
            // For no attempt in particular: whoever waits to submit looks again.
            self.changed.send(String::new()).ok();
        }
    }

    /// Slurm gave no answer.
    pub(crate) fn failed(&self, why: &str) {
        let mut state = self.state();
        let since = state
            .contact
            .failing
            .as_ref()
            .map_or_else(Utc::now, |(since, _)| *since);
        if state.contact.failing.is_none() {
            tracing::warn!(%why, "Slurm does not answer; jobs wait, nothing is lost");
        }
        state.contact.failing = Some((since, why.to_owned()));
    }

    pub(crate) fn overview(&self, overview: Overview) {
        self.state().contact.overview = overview;
    }

    /// Takes in what the controller knows. Returns attempts that it does not know, those first that
    /// accounting was asked about least often, with the time since when it must be asked.
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
                tracked.absent.get_or_insert_with(Instant::now);
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

    /// Takes in what accounting knows of attempts that the controller does not know.
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

    /// Tells watchers which attempts are doing differently. `all` looks at every attempt; else
    /// only at those that may have ended by themselves. Reads files.
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
            let now = tracked.settle(found, &self.patience);
            if now != tracked.last {
                tracked.last = now;
                drop(state);
                // Nobody listening is fine: the next poll tells.
                self.changed.send(name).ok();
            }
        }
    }
}

/// Of two jobs of one name (a submission that was repeated), the one that may have a result.
fn preference(job: &SlurmJob) -> (bool, u64) {
    (!job.state.is_final(), job.id)
}
