//! Times the calls to a scheduler, and counts them by their outcomes.

use std::time::Instant;

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::{Attempt, Health, Observation, Scheduler, SubmitError, Task, Unreachable};

/// The metric of how long calls take, in seconds.
pub const CALL_SECONDS: &str = "datamonkey_scheduler_call_duration_seconds";

/// A scheduler, or an access to one, whose calls are measured.
pub struct Measured<S>(pub S);

/// An error whose kind is an outcome.
pub(crate) trait Outcome {
    /// The kind in a word.
    fn word(&self) -> &'static str;
}

impl Outcome for SubmitError {
    fn word(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Unavailable(_) => "unavailable",
            Self::Unclear(_) => "unclear",
        }
    }
}

impl Outcome for Unreachable {
    fn word(&self) -> &'static str {
        "unreachable"
    }
}

/// Makes a call and measures it.
pub(crate) async fn timed<T, E: Outcome>(
    scheduler: &'static str,
    operation: &'static str,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let began = Instant::now();
    let answer = call.await;
    let outcome = answer.as_ref().map_or_else(Outcome::word, |_| "ok");
    metrics::histogram!(
        CALL_SECONDS,
        "scheduler" => scheduler,
        "operation" => operation,
        "outcome" => outcome,
    )
    .record(began.elapsed());
    answer
}

#[async_trait]
impl<S: Scheduler> Scheduler for Measured<S> {
    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    async fn submit(&self, task: &Task) -> Result<String, SubmitError> {
        timed(self.kind(), "submit", self.0.submit(task)).await
    }

    async fn poll(&self, attempts: &[Attempt]) -> Result<Vec<Observation>, Unreachable> {
        timed(self.kind(), "poll", self.0.poll(attempts)).await
    }

    async fn cancel(&self, attempt: &Attempt) -> Result<(), Unreachable> {
        timed(self.kind(), "cancel", self.0.cancel(attempt)).await
    }

    async fn find(&self, name: &str) -> Result<Option<String>, Unreachable> {
        timed(self.kind(), "find", self.0.find(name)).await
    }

    async fn health(&self) -> Health {
        self.0.health().await
    }

    fn free_slots(&self) -> usize {
        self.0.free_slots()
    }

    fn changes(&self) -> Option<broadcast::Receiver<String>> {
        self.0.changes()
    }
}
