//! The faults that were found, and counts.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// The kind of guarantee that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Lost: acknowledged, but missing or different.
    Lost,
    /// Duplicated: done more often than requested, or still there after its deletion.
    Doubled,
    /// Torn: only partly there.
    Torn,
    /// Left over: there although nothing refers to it.
    Leftover,
    /// Wrong: a response that is not allowed.
    Wrong,
}

/// Faults are collected until the end, because they rarely occur alone.
#[derive(Default)]
pub(crate) struct Faults {
    found: Mutex<BTreeMap<Fault, Vec<String>>>,
    pub(crate) uploads: AtomicU64,
    pub(crate) starts: AtomicU64,
    pub(crate) deletions: AtomicU64,
    pub(crate) replays: AtomicU64,
    /// Number of interrupted requests.
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
