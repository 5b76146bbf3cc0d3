//! Memory that threads use again.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values whose memory is used again, by the thread that used it before: its processor's cache holds it.
#[derive(Debug)]
pub(crate) struct Pool<T>(Mutex<Vec<Spare<T>>>);

#[derive(Debug)]
struct Spare<T> {
    thread: Option<usize>,
    value: T,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<T> Pool<T> {
    /// Runs something with a value of this thread that fits, or else with a new one, and keeps the value.
    pub(crate) fn with<R>(
        &self,
        fits: impl Fn(&T) -> bool,
        new: impl FnOnce() -> T,
        run: impl FnOnce(&mut T) -> R,
    ) -> R {
        let mut value = self.take(fits).unwrap_or_else(new);
        let result = run(&mut value);
        self.give(value);
        result
    }

    fn take(&self, fits: impl Fn(&T) -> bool) -> Option<T> {
        let thread = rayon::current_thread_index();
        let mut values = self.locked();
        let is_one = |spare: &Spare<T>| spare.thread == thread && fits(&spare.value);
        let place = values.iter().position(is_one)?;
        Some(values.swap_remove(place).value)
    }

    fn give(&self, value: T) {
        let thread = rayon::current_thread_index();
        self.locked().push(Spare { thread, value });
    }

    /// Frees the memory.
    pub(crate) fn clear(&self) {
        self.locked().clear();
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Spare<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
