//! The findings of results that were read last, in one sentence each. Whoever watches a screen asks for
//! them again and again.

use std::sync::{Mutex, PoisonError};

/// How many to remember.
const REMEMBERED: usize = 512;

/// Findings by job and hash of the result, the latest first. The sentence of a result never changes.
#[derive(Debug, Default)]
pub(crate) struct Statements(Mutex<Vec<(String, String)>>);

impl Statements {
    pub(crate) fn get(&self, result: &str) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = known.iter();
        known.find_map(|(of, statement)| (of == result).then(|| statement.clone()))
    }

    pub(crate) fn add(&self, result: String, statement: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(0, (result, statement));
        known.truncate(REMEMBERED);
    }
}
