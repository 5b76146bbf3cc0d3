//! Memory that threads take and give back.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values whose memory is used again.
#[derive(Debug)]
pub(crate) struct Pool<T>(Mutex<Vec<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<T> Pool<T> {
    /// Takes a value that fits, if there is one.
    pub(crate) fn take(&self, fits: impl Fn(&T) -> bool) -> Option<T> {
        let mut values = self.locked();
        let place = values.iter().position(fits)?;
        Some(values.swap_remove(place))
    }

    /// Gives a value back.
    pub(crate) fn give(&self, value: T) {
        self.locked().push(value);
    }

    /// Frees the memory.
    pub(crate) fn clear(&self) {
        self.locked().clear();
    }

    fn locked(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
