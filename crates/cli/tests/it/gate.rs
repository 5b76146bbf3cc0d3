//! A gate for those who are to be slow: they pass it when the test is ready.

use std::sync::{Arc, Condvar, Mutex};

/// Holds those who want to pass until it is dropped.
#[derive(Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// The way through it, for somebody else.
    pub fn passage(&self) -> Passage {
        Passage(Arc::clone(&self.0))
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let (open, opened) = &*self.0;
        *open.lock().unwrap() = true;
        opened.notify_all();
    }
}

#[derive(Debug, Clone)]
pub struct Passage(Arc<(Mutex<bool>, Condvar)>);

impl Passage {
    pub fn pass(&self) {
        let (open, opened) = &*self.0;
        let guard = open.lock().unwrap();
        drop(opened.wait_while(guard, |open| !*open).unwrap());
    }
}
