//! Collects an ended attempt and finishes its job.

use std::io::BufReader;

use api::FailureCode;
use hyphy::{
    Analysis, Engine, EngineKind, arguments,
    audit::{self, Audit},
    failure::{self, Cause},
    methods,
    names::Renamed,
    parameters::Parameters,
    result,
};
use scheduler::{Attempt, AttemptDir, Exit, fail_point};

use super::state::{Again, Outcome};
use store::{Failure, JobRecord, clock};

use crate::{
    Service,
    blocking::blocking,
    error::Result,
    files::{Files, Hashed},
    postponed::Obstacle,
};

/// Maximum number of attempts at a job whose attempts are lost.
const MAX_ATTEMPTS: i64 = 2;

/// Whether a job is settled, so that nothing is left to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    Yes,
    NotYet,
}

/// The outcome of an ended attempt.
enum Left {
    /// A complete result, which is not stored yet.
    Result(Complete),
    /// A result with a bad fit, which another attempt with more starting points may improve.
    BadFit,
    /// No result: the job is finished.
    Nothing(Outcome),
    /// A numerical error, which another attempt may tolerate or avoid.
    NumericalError,
    /// Files that are truncated because the disk was full.
    CutShort,
}

/// A complete result.
struct Complete {
    sha256: String,
    log: String,
    warnings: Vec<String>,
}

/// Stores the result or the reason why there is none, writes the job's final state, and removes the
/// attempt's directory. This is idempotent.
///
/// # Errors
/// Fails on a temporary obstacle. Nothing is lost, and the caller must retry.
pub(super) async fn collect(
    service: &Service,
    job: &JobRecord,
    attempt: &Attempt,
    exit: &Exit,
) -> Result<Settled> {
    let Some(job) = of_attempt(service, job, attempt).await? else {
        return clear(service, attempt).await;
    };
    if let Some(why) = exit.not_started.as_ref().filter(|_| exit.passing) {
        tracing::error!(%why, "the command of the job could not be started; it is tried again");
        let sentence = "The engine could not be started; the service's log says why.";
        return try_again(service, &job, attempt, sentence).await;
    }
    let Some(analysis) = methods::find(&job.method) else {
        let message = format!(
            "This version of the service has no analysis {}.",
            job.method
        );
        let outcome = failed(FailureCode::EngineUnavailable, message);
        return finish(service, &job, attempt, exit, outcome).await;
    };
    fail_point!("job-ended");
    match look(service, &job, analysis, attempt, exit).await? {
        Left::Result(complete) => keep(service, &job, analysis, attempt, exit, complete).await,
        Left::BadFit => {
            service
                .run_again(&job.id, Again::MoreStartingPoints)
                .await?;
            clear(service, attempt).await
        }
        Left::Nothing(outcome) => finish(service, &job, attempt, exit, outcome).await,
        Left::NumericalError => {
            service.run_again(&job.id, Again::Tolerant).await?;
            clear(service, attempt).await
        }
        Left::CutShort => {
            let sentence = "The disk of the job's files was full.";
            try_again(service, &job, attempt, sentence).await
        }
    }
}

/// Returns the job's current row. Returns `None` if the attempt is no longer the job's, because the
/// job was deleted or has a new attempt.
async fn of_attempt(
    service: &Service,
    job: &JobRecord,
    attempt: &Attempt,
) -> Result<Option<JobRecord>> {
    let job = service.store.job_by_id(&job.id).await?;
    Ok(job.filter(|job| job.attempt_name.as_deref() == Some(&attempt.name)))
}

/// Inspects the outcome of an attempt, and stores its log.
async fn look(
    service: &Service,
    job: &JobRecord,
    analysis: &'static Analysis,
    attempt: &Attempt,
    exit: &Exit,
) -> Result<Left> {
    let (files, tolerant, exit) = (service.files.clone(), job.tolerant, exit.clone());
    let engine = job.engine;
    let (name, id) = (attempt.name.clone(), job.id.clone());
    let renamed = service.store.renamed(&job.owner, &job.id).await?;
    let may_improve = !job.more_starting_points && analysis.parameter("starting_points").is_some();
    let work = move || {
        // This precedes the final state: after that, the job may be deleted with its files.
        files.keep_log(&name, &id)?;
        let log = files.read_log(&name, &id)?;
        let log = String::from_utf8_lossy(&log).into_owned();
        let may_pass = !tolerant && failure::is_numerical(&log);
        if !exit.is_success() {
            // Discard the partial result of a failed run. Continuing from it would end with a worse
            // result than starting over.
            files.remove_partial(&id)?;
            let again = may_pass && exit.code.is_some();
            return Ok(if exit.disk_full && !exit.cancelled && !exit.timed_out {
                Left::CutShort
            } else if again {
                Left::NumericalError
            } else {
                Left::Nothing(why(engine, &exit, &log))
            });
        }
        Ok(match check(&files, &name, analysis)? {
            Ok(sha256) => match audited(&files, &name, &id, (analysis, engine), &renamed, &log)? {
                Audit {
                    unusable: Some(message),
                    ..
                } => Left::Nothing(failed(FailureCode::UnsuitableData, message)),
                Audit { bad_fits, .. } if may_improve && !bad_fits.is_empty() => Left::BadFit,
                Audit { warnings, .. } => Left::Result(Complete {
                    sha256,
                    log,
                    warnings,
                }),
            },
            Err(_) if exit.disk_full => Left::CutShort,
            Err(_) if may_pass => Left::NumericalError,
            Err(wrong) => Left::Nothing(match failure::message(&log) {
                Some(message) => engine_failed(engine, &message),
                None => failed(
                    FailureCode::EngineFailed,
                    format!(
                        "{} ended without an error, but {wrong}. See the job's log.",
                        engine.name()
                    ),
                ),
            }),
        })
    };
    blocking(work).await
}

/// Returns the hash of an attempt's result, or what is wrong with the result. It reads the result
/// once, as a stream, without holding it in memory.
pub(super) fn check(
    files: &Files,
    attempt: &str,
    analysis: &Analysis,
) -> std::io::Result<std::result::Result<String, String>> {
    let Some(file) = files.open_written(attempt, arguments::RESULT)? else {
        return Ok(Err("there is no result".to_owned()));
    };
    let mut hashed = Hashed::new(BufReader::new(file));
    Ok(result::check(analysis, &mut hashed)?.map(|()| hashed.hex()))
}

/// Compares an attempt's result with the request. A job that an earlier version of the service
/// started has no record of what its engine read, and is not compared.
fn audited(
    files: &Files,
    attempt: &str,
    job: &str,
    (analysis, engine): (&Analysis, EngineKind),
    renamed: &Renamed,
    log: &str,
) -> Result<Audit> {
    let (Some(prepared), Some(result)) = (
        files.read_input(job)?,
        files.open_written(attempt, arguments::RESULT)?,
    ) else {
        return Ok(Audit::default());
    };
    let audit = audit::audit(
        analysis,
        engine,
        &prepared,
        renamed,
        log,
        BufReader::new(result),
    );
    Ok(audit.map_err(|why| anyhow::anyhow!("the result of job {job}: {why}"))?)
}

/// Stores a result and completes the job.
async fn keep(
    service: &Service,
    job: &JobRecord,
    analysis: &'static Analysis,
    attempt: &Attempt,
    exit: &Exit,
    complete: Complete,
) -> Result<Settled> {
    let Complete {
        sha256,
        log,
        mut warnings,
    } = complete;
    // The lock keeps the result from being removed as a leftover before its row is written.
    let _kept = service.contents.keep(&sha256).await;
    let (files, name, id) = (service.files.clone(), attempt.name.clone(), job.id.clone());
    let hash = sha256.clone();
    let work = move || {
        files.keep_fit(&name, &id, arguments::FIT)?;
        if let Some(result) = files.open_written(&name, arguments::RESULT)? {
            files.keep_result(result, &hash)?;
        }
        Ok(())
    };
    blocking(work).await?;
    fail_point!("result-kept");
    // The native engine refuses keywords that it does not know.
    let hyphy = match job.engine {
        EngineKind::Hyphy => service.engine.get().ok(),
        EngineKind::Native => None,
    };
    warnings
        .extend(hyphy.and_then(|e| unacknowledged_parameters(&e, analysis, &job.parameters, &log)));
    let outcome = Outcome::Completed {
        result_sha256: sha256,
        warnings,
    };
    finish(service, job, attempt, exit, outcome).await
}

async fn finish(
    service: &Service,
    job: &JobRecord,
    attempt: &Attempt,
    exit: &Exit,
    outcome: Outcome,
) -> Result<Settled> {
    let directory = AttemptDir::new(&attempt.directory);
    let sandbox = blocking(move || Ok(directory.read_level())).await?;
    service
        .finish_job(&job.id, outcome, Some(exit.started), exit.ended, sandbox)
        .await?;
    fail_point!("job-finished");
    clear(service, attempt).await
}

/// Removes the files of an attempt that its job no longer needs. If that fails, the sweep removes
/// them later.
pub(super) async fn clear(service: &Service, attempt: &Attempt) -> Result<Settled> {
    let (files, name) = (service.files.clone(), attempt.name.clone());
    if let Err(e) = blocking(move || Ok(files.remove_attempt(&name)?)).await {
        tracing::warn!(
            error = %e,
            "failed to remove the files of the attempt; the daily sweep removes them"
        );
    }
    Ok(Settled::Yes)
}

/// Puts a job back into the queue after an attempt that failed because of the machine, not because
/// of the job.
async fn try_again(
    service: &Service,
    job: &JobRecord,
    attempt: &Attempt,
    sentence: &str,
) -> Result<Settled> {
    let obstacle = Obstacle {
        sentence: sentence.to_owned(),
        costly: true,
    };
    service.postponed.add(&job.id, obstacle);
    service.release_job(&job.id).await?;
    clear(service, attempt).await
}

/// Returns a human-readable warning about parameters that the engine did not acknowledge.
fn unacknowledged_parameters(
    engine: &Engine,
    analysis: &Analysis,
    parameters: &Parameters,
    log: &str,
) -> Option<String> {
    let names = arguments::unacknowledged_parameters(engine, analysis, parameters, log);
    (!names.is_empty()).then(|| {
        format!(
            "HyPhy {} did not say that it used {}; it may have ignored it.",
            engine.version,
            names.join(", ")
        )
    })
}

/// Handles an attempt that disappeared without an exit record. The job gets one more attempt.
///
/// # Errors
/// Fails on a temporary obstacle, and the caller must retry.
pub(super) async fn lost(
    service: &Service,
    job: &JobRecord,
    attempt: &Attempt,
    why: &str,
) -> Result<Settled> {
    let Some(job) = of_attempt(service, job, attempt).await? else {
        return clear(service, attempt).await;
    };
    let resumes = methods::find(&job.method).is_some_and(|analysis| analysis.resumes);
    let (files, name, id) = (service.files.clone(), attempt.name.clone(), job.id.clone());
    blocking(move || {
        files.keep_log(&name, &id)?;
        if resumes {
            files.keep_partial(&name, &id, arguments::RESULT)?;
        }
        Ok(())
    })
    .await?;
    if job.attempts < MAX_ATTEMPTS {
        let from = if resumes {
            "what it had found so far"
        } else {
            "its beginning"
        };
        let warning = format!("The job was interrupted and started again from {from}. {why}");
        service.run_again(&job.id, Again::Lost(warning)).await?;
    } else {
        let message = format!(
            "The job was interrupted twice, perhaps for want of memory, and was given up. Start \
             it again with ?retry=true. {why}"
        );
        let outcome = failed(FailureCode::Interrupted, message);
        service
            .finish_job(&job.id, outcome, None, clock::now(), None)
            .await?;
    }
    clear(service, attempt).await
}

fn why(engine: EngineKind, exit: &Exit, log: &str) -> Outcome {
    if exit.cancelled {
        return Outcome::Cancelled;
    }
    if let Some(why) = &exit.explanation {
        return failed(FailureCode::Interrupted, why.clone());
    }
    let name = engine.name();
    if let Some(why) = &exit.not_started {
        let message = format!("{name} could not be started: {why}");
        return failed(FailureCode::EngineUnavailable, message);
    }
    if exit.timed_out {
        let hours = (exit.ended - exit.started).as_seconds_f64() / 3600.0;
        let message =
            format!("The job was stopped after {hours:.1} hours, the time limit of this server.");
        return failed(FailureCode::TimeLimit, message);
    }
    if let Some(message) = failure::message(log) {
        return engine_failed(engine, &message);
    }
    match (exit.signal, exit.code) {
        (Some(9), _) => failed(
            FailureCode::OutOfMemory,
            format!("{name} was killed, most likely because the machine ran out of memory."),
        ),
        (Some(signal), _) => failed(
            FailureCode::EngineFailed,
            format!("{name} was ended by signal {signal}. See the job's log."),
        ),
        (None, code) => failed(
            FailureCode::EngineFailed,
            format!(
                "{name} failed with exit code {} and no message. See the job's log.",
                code.unwrap_or_default()
            ),
        ),
    }
}

/// The outcome of a run that ended with this message of its engine.
fn engine_failed(engine: EngineKind, message: &str) -> Outcome {
    // The native engine has this kind of message only about the data, and words them for people.
    if engine == EngineKind::Native {
        return failed(FailureCode::UnsuitableData, message.to_owned());
    }
    let explained = failure::explained(message);
    let code = match explained.cause {
        Cause::Data => FailureCode::UnsuitableData,
        Cause::Numbers => FailureCode::NumericalError,
        Cause::Memory => FailureCode::OutOfMemory,
        Cause::Version => FailureCode::EngineUnavailable,
        Cause::Unknown => FailureCode::EngineFailed,
    };
    failed(code, explained.sentence)
}

fn failed(code: FailureCode, message: String) -> Outcome {
    Outcome::Failed(Failure { code, message })
}
