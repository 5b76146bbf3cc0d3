//! Showing progress as HyPhy does: each stage is a line of standard output, and what is counted is
//! drawn on the terminal.

use std::{
    io::{IsTerminal, Write, stderr, stdout},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use hyphy::table::Stage;
use selection::Watch;

/// How often the terminal is drawn.
const EVERY: Duration = Duration::from_millis(100);

/// The progress of one run.
pub(super) struct Progress {
    stages: &'static [Stage],
    draws: bool,
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    /// Number of stages announced so far.
    entered: usize,
    /// When the terminal was last drawn.
    drawn: Option<Instant>,
}

impl Progress {
    pub(super) fn new(stages: &'static [Stage]) -> Self {
        Self {
            stages,
            draws: stderr().is_terminal(),
            shown: Mutex::default(),
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves the line on which progress was drawn.
    pub(super) fn end(&self) {
        if self.shown().drawn.is_some() {
            writeln!(stderr()).ok();
        }
    }
}

impl Watch for Progress {
    /// Writes the line that HyPhy writes.
    fn removed(&self, branches: &[String]) {
        let (number, names) = (branches.len(), branches.join(", "));
        writeln!(
            stdout(),
            "* Deleted {number} zero-length internal branches: `{names}`"
        )
        .ok();
    }

    fn progress(&self, stage: selection::Stage, done: usize, total: usize) {
        let mut stages = self.stages.iter();
        let Some(index) = stages.position(|one| one.native == Some(stage)) else {
            return;
        };
        let mut shown = self.shown();
        // Output that cannot be written hinders no analysis.
        if index >= shown.entered {
            shown.entered = index + 1;
            shown.drawn = shown.drawn.and_then(|drawn| drawn.checked_sub(EVERY));
            writeln!(stdout(), "{}", self.stages[index].marker).ok();
        }
        let is_due = shown.drawn.is_none_or(|drawn| drawn.elapsed() >= EVERY);
        if let Some(counter) = self.stages[index].counter
            && self.draws
            && is_due
            && total > 0
        {
            shown.drawn = Some(Instant::now());
            // The part in progress, as HyPhy counts.
            let part = (done + 1).min(total);
            write!(stderr(), "{counter}{part}/{total}\r").ok();
        }
    }

    /// A signal ends this process.
    fn cancelled(&self) -> bool {
        false
    }
}
