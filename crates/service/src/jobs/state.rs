//! Every change of a job's state.
//!
//! Architecture invariant: no other file changes the state of a job. Each change is one
//! transaction with its event, happens only from the states named, and is told to watchers.

use api::{JobState, JobState::*};
use chrono::{DateTime, Utc};

use store::{AddJob, JobRecord, NewJob, Result, Transition, clock};

use crate::Service;

const UNFINISHED: &[JobState] = &[Queued, Submitting, Running];
const CLAIMED: &[JobState] = &[Submitting, Running];

/// How a job ends.
#[derive(Debug)]
pub(super) enum Outcome {
    Completed {
        result_sha256: String,
        warning: Option<String>,
    },
    Failed {
        message: String,
    },
    Cancelled,
}

/// Why a job is run again by itself.
#[derive(Debug)]
pub(super) enum Again {
    /// Its attempt is gone; a warning for people.
    Lost(String),
    /// Its attempt met a numerical error, which is tolerated from now on.
    Tolerant,
}

const TOLERATED: &str = "HyPhy met a numerical error and was run again with such errors tolerated, \
    as it advises (TOLERATE_NUMERICAL_ERRORS). Look at the result with care.";

impl Service {
    /// A new job waits for its turn, if it is new and its owner may have one more that waits.
    pub(super) async fn add_job(&self, job: &NewJob) -> Result<AddJob> {
        let most = self.config.quotas.queued_jobs;
        let added = self.store.add_job(job, most).await?;
        if added == AddJob::Added {
            self.tell(&job.id);
            self.queue.notify_one();
        }
        Ok(added)
    }

    /// An attempt is about to be submitted under this name.
    pub(super) async fn claim_job(&self, id: &str, attempt: String) -> Result<Option<JobRecord>> {
        let transition = Transition {
            attempt_name: Some(attempt),
            ..Transition::default()
        };
        self.change(id, &[Queued], Submitting, transition).await
    }

    /// The scheduler has the attempt.
    pub(super) async fn job_submitted(
        &self,
        id: &str,
        handle: String,
    ) -> Result<Option<JobRecord>> {
        let transition = Transition {
            handle: Some(handle),
            ..Transition::default()
        };
        self.change(id, &[Submitting], Submitting, transition).await
    }

    /// The attempt runs, confined this far.
    pub(super) async fn job_running(
        &self,
        id: &str,
        sandbox: Option<String>,
    ) -> Result<Option<JobRecord>> {
        let transition = Transition {
            started: Some(clock::now()),
            sandbox,
            ..Transition::default()
        };
        self.change(id, &[Submitting], Running, transition).await
    }

    /// The job waits for another attempt.
    pub(super) async fn run_again(&self, id: &str, why: Again) -> Result<Option<JobRecord>> {
        let (tolerant, warning) = match why {
            Again::Lost(warning) => (false, warning),
            Again::Tolerant => (true, TOLERATED.to_owned()),
        };
        let transition = Transition {
            reset_attempt: true,
            tolerant,
            // It was not interrupted.
            refund_attempt: tolerant,
            warning: Some(warning),
            ..Transition::default()
        };
        let row = self.change(id, CLAIMED, Queued, transition).await?;
        self.queue.notify_one();
        Ok(row)
    }

    /// Something was in the job's way: it waits again, and the attempt does not count.
    pub(super) async fn release_job(&self, id: &str) -> Result<Option<JobRecord>> {
        let transition = Transition {
            reset_attempt: true,
            refund_attempt: true,
            ..Transition::default()
        };
        let row = self.change(id, CLAIMED, Queued, transition).await?;
        self.queue.notify_one();
        Ok(row)
    }

    /// A job of this owner that failed or was cancelled is tried again, if the owner may have one
    /// more that waits.
    pub(super) async fn retry_job(&self, owner: &str, id: &str) -> Result<Option<JobRecord>> {
        let transition = Transition {
            reset_attempt: true,
            owner: Some(owner.to_owned()),
            max_queued: self.config.quotas.queued_jobs,
            restart_count: true,
            ..Transition::default()
        };
        let row = self
            .change(id, &[Failed, Cancelled], Queued, transition)
            .await?;
        self.queue.notify_one();
        Ok(row)
    }

    /// The job is over. A final state is written once: later outcomes change nothing.
    pub(super) async fn finish_job(
        &self,
        id: &str,
        outcome: Outcome,
        started: Option<DateTime<Utc>>,
        ended: DateTime<Utc>,
        sandbox: Option<String>,
    ) -> Result<Option<JobRecord>> {
        let transition = Transition {
            started,
            ended: Some(ended),
            sandbox,
            ..Transition::default()
        };
        let (from, to, transition) = match outcome {
            Outcome::Completed {
                result_sha256,
                warning,
            } => (
                CLAIMED,
                Completed,
                Transition {
                    result_sha256: Some(result_sha256),
                    warning,
                    ..transition
                },
            ),
            Outcome::Failed { message } => (
                UNFINISHED,
                Failed,
                Transition {
                    error_message: Some(message),
                    ..transition
                },
            ),
            Outcome::Cancelled => {
                let message = "The job was cancelled.".to_owned();
                (
                    UNFINISHED,
                    Cancelled,
                    Transition {
                        error_message: Some(message),
                        ..transition
                    },
                )
            }
        };
        let row = self.change(id, from, to, transition).await?;
        self.queue.notify_one();
        Ok(row)
    }

    /// A job of this owner that waits is cancelled at once. Returns false if it does not wait any
    /// more.
    pub(super) async fn cancel_queued_job(&self, owner: &str, id: &str) -> Result<bool> {
        let transition = Transition {
            owner: Some(owner.to_owned()),
            ended: Some(clock::now()),
            error_message: Some("The job was cancelled.".to_owned()),
            ..Transition::default()
        };
        Ok(self
            .change(id, &[Queued], Cancelled, transition)
            .await?
            .is_some())
    }

    async fn change(
        &self,
        id: &str,
        from: &[JobState],
        to: JobState,
        transition: Transition,
    ) -> Result<Option<JobRecord>> {
        let row = self.store.change_job(id, from, to, transition).await?;
        if row.is_some() {
            tracing::info!(job = %id, state = to.word(), "job");
            if to.is_final() {
                self.postponed.remove(id);
            }
            self.tell(id);
        }
        Ok(row)
    }

    /// Wakes whoever watches the job. Nobody watching is fine.
    pub(super) fn tell(&self, id: &str) {
        self.changed.send(id.to_owned()).ok();
    }
}
