//! What is wrong, and what was counted.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// What kind of promise is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Acknowledged, and not there, or not as it was acknowledged.
    Lost,
    /// Done more often than it was asked for, or there although it was deleted.
    Doubled,
    /// There in part.
    Torn,
    /// There although nothing refers to it.
    Leftover,
    /// Answers that should not be.
    Wrong,
}

/// Kept for the end: one fault rarely comes alone.
#[derive(Default)]
pub(crate) struct Faults {
    found: Mutex<BTreeMap<Fault, Vec<String>>>,
    pub(crate) uploads: AtomicU64,
    pub(crate) starts: AtomicU64,
    pub(crate) deletions: AtomicU64,
    pub(crate) replays: AtomicU64,
    /// Requests that were cut off.
    pub(crate) broken: AtomicU64,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault, what: String) {
        eprintln!("{fault:?}: {what}");
        let mut found = self.found.lock().unwrap();
        found.entry(fault).or_default().push(what);
    }

    pub(crate) fn count(&self, fault: Fault) -> usize {
        self.found.lock().unwrap().get(&fault).map_or(0, Vec::len)
    }

    pub(crate) fn any(&self) -> bool {
        !self.found.lock().unwrap().is_empty()
    }
}

pub(crate) fn one_more(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

pub(crate) fn value(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
