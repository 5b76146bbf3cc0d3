//! All changes of a job's state.
//!
//! Architecture invariant: no other file changes the state of a job. Each change is one transaction
//! together with its event. It applies only to jobs in the listed states, and watchers are notified
//! of it.

use api::{FailureCode, JobState, JobState::*};
use chrono::{DateTime, Utc};

use store::{
    AddJob, Failure, JobRecord, NewJob, RequestId, Result, StepOfScreen, Transition, clock,
};

use crate::{Service, metrics, sessions::short};

const UNFINISHED: &[JobState] = &[Queued, Submitting, Running];
const CLAIMED: &[JobState] = &[Submitting, Running];

/// How a job ends.
#[derive(Debug)]
pub(super) enum Outcome {
    Completed {
        result_sha256: String,
        warnings: Vec<String>,
    },
    Failed(Failure),
    Cancelled,
}

/// Why the service runs a job again by itself.
#[derive(Debug)]
pub(super) enum Again {
    /// The attempt disappeared. The text is a human-readable warning.
    Lost(String),
    /// The attempt hit a numerical error. The next one tolerates such errors where HyPhy can, and
    /// starts its searches at other random points.
    Tolerant,
    /// The attempt ended with a model that fits worse than a simpler one. The next attempt starts
    /// its searches at more points.
    MoreStartingPoints,
}

const TOLERATED: &str = "HyPhy stopped at a numerical error. The service ran it again and let it \
                         tolerate such errors, as HyPhy advises. Interpret the result with caution.";

fn cancelled() -> Failure {
    Failure {
        code: FailureCode::Cancelled,
        message: "The job was cancelled, by a request or by the system that ran it.".to_owned(),
    }
}

const MORE_STARTING_POINTS: &str = "HyPhy's first run ended with a model that fitted worse than a \
    simpler one, so the analysis was run again with more starting points.";

impl Service {
    /// Adds a new job to the queue, if it does not exist and fewer than `most` of its owner's jobs are there.
    pub(super) async fn add_job(&self, job: &NewJob, most: Option<u32>) -> Result<AddJob> {
        let added = self.store.add_job(job, most).await?;
        if added == AddJob::Added {
            tracing::info!(
                job = %job.id, analysis = job.method, engine = job.engine.word(),
                owner = short(&job.owner), "a job was added to the queue"
            );
            self.announce_change(&job.id);
            self.queue.notify_one();
            self.estimates.notify_one();
        }
        Ok(added)
    }

    /// Claims a job for an attempt with this name, which the caller is about to submit.
    pub(super) async fn claim_job(&self, id: &str, attempt: String) -> Result<Option<JobRecord>> {
        let transition = Transition {
            attempt_name: Some(attempt),
            ..Transition::default()
        };
        self.change(id, &[Queued], Submitting, transition).await
    }

    /// Records that the scheduler has accepted the attempt.
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

    /// Records that the attempt is running, and its level of confinement.
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

    /// Puts a job back into the queue for another attempt.
    pub(super) async fn run_again(&self, id: &str, why: Again) -> Result<Option<JobRecord>> {
        let tolerant = matches!(why, Again::Tolerant);
        let more_starting_points = matches!(why, Again::MoreStartingPoints);
        let warning = match why {
            Again::Lost(warning) => warning,
            Again::Tolerant => TOLERATED.to_owned(),
            Again::MoreStartingPoints => MORE_STARTING_POINTS.to_owned(),
        };
        let transition = Transition {
            reset_attempt: true,
            tolerant,
            more_starting_points,
            // An attempt that ended by itself was not lost, so it does not count.
            refund_attempt: tolerant || more_starting_points,
            warnings: vec![warning],
            ..Transition::default()
        };
        let row = self.change(id, CLAIMED, Queued, transition).await?;
        self.queue.notify_one();
        Ok(row)
    }

    /// Puts a job back into the queue after an obstacle. The attempt does not count.
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

    /// Puts a failed or cancelled job of this owner back into the queue, if the owner's queue has
    /// room.
    pub(super) async fn retry_job(
        &self,
        owner: &str,
        id: &str,
        request: RequestId,
    ) -> Result<Option<JobRecord>> {
        let transition = Transition {
            reset_attempt: true,
            owner: Some(owner.to_owned()),
            max_queued: self.config.quotas.queued_jobs,
            restarted_by: Some(request),
            ..Transition::default()
        };
        let row = self
            .change(id, &[Failed, Cancelled], Queued, transition)
            .await?;
        self.queue.notify_one();
        self.estimates.notify_one();
        Ok(row)
    }

    /// Finishes a job. A final state is written only once, and later outcomes have no effect.
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
                warnings,
            } => (
                CLAIMED,
                Completed,
                Transition {
                    result_sha256: Some(result_sha256),
                    warnings,
                    ..transition
                },
            ),
            Outcome::Failed(failure) => (
                UNFINISHED,
                Failed,
                Transition {
                    failure: Some(failure),
                    ..transition
                },
            ),
            Outcome::Cancelled => (
                UNFINISHED,
                Cancelled,
                Transition {
                    failure: Some(cancelled()),
                    ..transition
                },
            ),
        };
        let row = self.change(id, from, to, transition).await?;
        self.queue.notify_one();
        Ok(row)
    }

    /// Cancels a queued job of this owner immediately. Returns false if the job is no longer
    /// queued.
    pub(super) async fn cancel_queued_job(&self, owner: &str, id: &str) -> Result<bool> {
        let transition = Transition {
            owner: Some(owner.to_owned()),
            ended: Some(clock::now()),
            failure: Some(cancelled()),
            ..Transition::default()
        };
        Ok(self
            .change(id, &[Queued], Cancelled, transition)
            .await?
            .is_some())
    }

    /// Cancels a queued job that a step of a screen holds and nobody else has started. Returns whether it was
    /// that.
    pub(super) async fn cancel_held_job(&self, id: &str, step: &StepOfScreen) -> Result<bool> {
        let transition = Transition {
            held_by: Some(step.clone()),
            ended: Some(clock::now()),
            failure: Some(cancelled()),
            ..Transition::default()
        };
        let cancelled = self.change(id, &[Queued], Cancelled, transition).await?;
        Ok(cancelled.is_some())
    }

    async fn change(
        &self,
        id: &str,
        from: &[JobState],
        to: JobState,
        transition: Transition,
    ) -> Result<Option<JobRecord>> {
        let is_submission = transition.handle.is_some();
        let row = self.store.change_job(id, from, to, transition).await?;
        if let Some(job) = &row {
            // The scheduler's handle is new, but the state is the same.
            if !is_submission {
                tracing::info!(
                    job = %id, state = to.word(), analysis = job.method, owner = short(&job.owner),
                    code = job.error_code, request_id = job.request_id,
                    "a job changed its state"
                );
                metrics::count_change(job);
            }
            if to.is_final() {
                self.postponed.remove(id);
            }
            self.announce_change(id);
        }
        Ok(row)
    }
}
