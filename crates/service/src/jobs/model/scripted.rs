//! A scheduler that a test controls.

use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use chrono::Utc;
use scheduler::{
    Attempt, AttemptDir, Exit, Health, Observation, Scheduler, SubmitError, Task, Unreachable,
};
use tokio::sync::broadcast;

/// The outcome of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Submission {
    Taken,
    Refused,
    /// The scheduler is unavailable, and nothing runs.
    Away,
    /// The attempt runs, but the answer is lost.
    AnswerLost,
    /// The attempt does not run, and the answer is lost, too.
    AllLost,
}

/// How an attempt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With a complete result.
    Well,
    /// With an exit code and an error message of the engine.
    Badly,
    /// With a numerical error that may be tolerated.
    Numerically,
    /// The command could not be started.
    NotStarted,
    /// Without an exit record.
    Lost,
}

/// An attempt that is running or has run.
#[derive(Debug)]
pub(super) struct Known {
    directory: PathBuf,
    handle: String,
    seen: Observation,
    pub(super) end: Option<End>,
    cancelled: bool,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) next: VecDeque<Submission>,
    pub(super) attempts: BTreeMap<String, Known>,
    pub(super) away: bool,
    /// Whether the scheduler answers as of the time when this was set.
    pub(super) stale: bool,
    stale_answers: BTreeMap<String, Observation>,
    handles: u32,
    /// Violated invariants that the scheduler has noticed.
    pub(super) wrong: Vec<String>,
}

#[derive(Clone)]
pub(super) struct Scripted {
    state: Arc<Mutex<State>>,
    changed: broadcast::Sender<String>,
}

impl Scripted {
    pub(super) fn new() -> Self {
        Self {
            state: Arc::default(),
            changed: broadcast::channel(64).0,
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Returns the names of the running attempts.
    pub(super) fn running(&self) -> Vec<String> {
        let state = self.state();
        let open = state
            .attempts
            .iter()
            .filter(|(_, known)| known.end.is_none());
        open.map(|(name, _)| name.clone()).collect()
    }

    /// Restarts the numeric ids from the beginning, as Slurm does when its state is wiped.
    pub(super) fn reuse_handles(&self) {
        self.state().handles = 0;
    }

    /// Freezes the scheduler's answers at their current values, or makes them current again.
    pub(super) fn set_stale(&self, stale: bool) {
        let mut state = self.state();
        state.stale = stale;
        state.stale_answers = state
            .attempts
            .iter()
            .map(|(name, known)| (name.clone(), known.seen.clone()))
            .collect();
    }

    /// Announces that an attempt may have changed. An empty name means that any may have.
    pub(super) fn tell(&self, name: &str) {
        self.changed.send(name.to_owned()).ok();
    }

    /// Makes an attempt run, or makes it appear pending again.
    pub(super) fn set_running(&self, name: &str, running: bool) {
        let mut state = self.state();
        if let Some(known) = state.attempts.get_mut(name)
            && known.end.is_none()
        {
            known.seen = if running {
                Observation::Running
            } else {
                Observation::Pending
            };
        }
    }

    /// Ends an attempt.
    pub(super) fn end(&self, name: &str, end: End) {
        let mut state = self.state();
        let Some(known) = state.attempts.get_mut(name) else {
            return;
        };
        if known.end.is_some() {
            return;
        }
        let directory = AttemptDir::new(&known.directory);
        let exit = |code: i32| Exit {
            code: Some(code),
            signal: None,
            timed_out: false,
            cancelled: known.cancelled,
            not_started: None,
            passing: false,
            disk_full: false,
            explanation: None,
            started: Utc::now(),
            ended: Utc::now(),
        };
        known.seen = match end {
            End::Lost => Observation::Lost("It is gone.".to_owned()),
            End::Well => {
                let keys = [
                    "MLE",
                    "fits",
                    "input",
                    "tested",
                    "timers",
                    "data partitions",
                ];
                let result = keys.map(|key| format!("\"{key}\":{{}}")).join(",");
                // Each attempt has a different result, so the stored result shows which attempt
                // counted.
                let result = format!("{{{result},\"attempt\":\"{name}\"}}");
                fs::write(directory.run().join("result.json"), result).unwrap();
                Observation::Ended(exit(0))
            }
            End::Badly => {
                fs::write(directory.log(), "Error:\nIt is bad\n").unwrap();
                Observation::Ended(exit(1))
            }
            End::Numerically => {
                let said = "Error:\nInternal error in ComputeBranchCache. To treat numerical errors \
                    as warnings, please specify \"ENV=TOLERATE_NUMERICAL_ERRORS=1;\"\n";
                fs::write(directory.log(), said).unwrap();
                Observation::Ended(exit(1))
            }
            End::NotStarted => Observation::Ended(Exit {
                code: None,
                not_started: Some("no such program".to_owned()),
                passing: true,
                ..exit(0)
            }),
        };
        known.end = Some(end);
    }
}

#[async_trait]
impl Scheduler for Scripted {
    fn kind(&self) -> &'static str {
        "Scripted"
    }

    async fn submit(&self, task: &Task) -> Result<String, SubmitError> {
        let mut state = self.state();
        if state.away {
            return Err(SubmitError::Unavailable("away".to_owned()));
        }
        if state.attempts.contains_key(&task.name) {
            let sentence = format!("{} was submitted twice", task.name);
            state.wrong.push(sentence);
        }
        let submission = state.next.pop_front().unwrap_or(Submission::Taken);
        let runs = matches!(submission, Submission::Taken | Submission::AnswerLost);
        state.handles += 1;
        let handle = state.handles.to_string();
        if runs {
            let known = Known {
                directory: task.directory.clone(),
                handle: handle.clone(),
                seen: Observation::Pending,
                end: None,
                cancelled: false,
            };
            state.attempts.insert(task.name.clone(), known);
        }
        match submission {
            Submission::Taken => Ok(handle),
            Submission::Refused => Err(SubmitError::Refused("no such partition".to_owned())),
            Submission::Away => Err(SubmitError::Unavailable("away".to_owned())),
            Submission::AnswerLost | Submission::AllLost => {
                Err(SubmitError::Unclear("cut off".to_owned()))
            }
        }
    }

    async fn poll(&self, attempts: &[Attempt]) -> Result<Vec<Observation>, Unreachable> {
        let state = self.state();
        if state.away {
            return Err(Unreachable("away".to_owned()));
        }
        let seen = |attempt: &Attempt| {
            let stale = state
                .stale_answers
                .get(&attempt.name)
                .filter(|_| state.stale);
            let known = state.attempts.get(&attempt.name).map(|known| &known.seen);
            // The scheduler never received it, or has forgotten it.
            let gone = || Observation::Lost("It is not known.".to_owned());
            stale.or(known).cloned().unwrap_or_else(gone)
        };
        Ok(attempts.iter().map(seen).collect())
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), Unreachable> {
        let mut state = self.state();
        if state.away {
            return Err(Unreachable("away".to_owned()));
        }
        if let Some(known) = state.attempts.get_mut(&attempt.name)
            && known.end.is_none()
        {
            known.cancelled = true;
            known.end = Some(End::Badly);
            known.seen = Observation::Ended(Exit {
                code: Some(1),
                signal: None,
                timed_out: false,
                cancelled: true,
                not_started: None,
                passing: false,
                disk_full: false,
                explanation: None,
                started: Utc::now(),
                ended: Utc::now(),
            });
        }
        drop(state);
        self.tell(&attempt.name);
        Ok(())
    }

    async fn find(&self, name: &str) -> Result<Option<String>, Unreachable> {
        let state = self.state();
        if state.away {
            return Err(Unreachable("away".to_owned()));
        }
        Ok(state.attempts.get(name).map(|known| known.handle.clone()))
    }

    async fn health(&self) -> Health {
        Health {
            usable: !self.state().away,
            detail: String::new(),
            cluster: None,
        }
    }

    fn changes(&self) -> Option<broadcast::Receiver<String>> {
        Some(self.changed.subscribe())
    }
}
