//! From an ended attempt to the end of its job.

use chrono::Utc;
use hyphy::{Analysis, Engine, arguments, failure, request::Parameters, result};
use scheduler::{Attempt, AttemptDir, Exit};

use super::state::Outcome;
use crate::{Service, datasets::blocking};

/// Attempts at a job whose attempts get lost.
const MAX_ATTEMPTS: i64 = 2;

/// Keeps the result or the reason why there is none, writes the job's final state, and clears the
/// attempt's directory. Done twice, it does the same.
pub(super) async fn collect(
    service: &Service,
    job_id: &str,
    analysis: &'static Analysis,
    attempt: &Attempt,
    exit: &Exit,
) -> anyhow::Result<()> {
    let Some(job) = service.store.job_by_id(job_id).await? else {
        // Deleted meanwhile, with all that it had.
        return Ok(());
    };
    let files = service.files.clone();
    let (directory, ended) = (AttemptDir::new(&attempt.directory), exit.clone());
    let (name, id) = (attempt.name.clone(), job_id.to_owned());
    let sandbox = directory.read_level();
    let engine = service.engine.as_ref().ok().cloned();
    let (parameters, tolerant) = (job.parameters.0, job.tolerant);
    let settled = blocking(move || {
        // Before the final state: from then on, the job may be deleted with all that is kept.
        files.keep_log(&name, &id)?;
        let log = std::fs::read(directory.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        if !ended.is_success() {
            let again = !tolerant && ended.code.is_some() && failure::can_be_tolerated(&log);
            if again && analysis.resumes {
                files.keep_partial(&name, &id, arguments::RESULT)?;
            }
            return Ok((!again).then(|| why(&ended, &log)));
        }
        let bytes = std::fs::read(directory.run().join(arguments::RESULT)).unwrap_or_default();
        let outcome = match result::check(analysis, &bytes) {
            Ok(()) => {
                files.keep_fit(&name, &id, arguments::FIT)?;
                Outcome::Completed {
                    result_sha256: files.keep_result(&bytes)?,
                    warning: engine.and_then(|e| unheeded(&e, analysis, &parameters, &log)),
                }
            }
            Err(_) if !tolerant && failure::can_be_tolerated(&log) => return Ok(None),
            Err(wrong) => Outcome::Failed {
                message: failure::message(&log).map_or_else(
                    || format!("HyPhy ended without an error, but {wrong}. See the job's log."),
                    |said| failure::explained(&said),
                ),
            },
        };
        Ok(Some(outcome))
    })
    .await?;
    match settled {
        Some(outcome) => {
            service
                .finish_job(job_id, outcome, Some(exit.started), exit.ended, sandbox)
                .await?;
        }
        None => {
            service.tolerate(job_id).await?;
        }
    }
    let (files, name) = (service.files.clone(), attempt.name.clone());
    blocking(move || Ok(files.remove_attempt(&name)?)).await?;
    Ok(())
}

/// What the engine did not heed, for people.
fn unheeded(
    engine: &Engine,
    analysis: &Analysis,
    parameters: &Parameters,
    log: &str,
) -> Option<String> {
    let names = arguments::unheeded(engine, analysis, parameters, log);
    (!names.is_empty()).then(|| {
        format!(
            "HyPhy {} did not say that it used {}; it may have ignored it.",
            engine.version,
            names.join(", ")
        )
    })
}

/// The attempt is gone without a word: it is tried once more.
pub(super) async fn lost(
    service: &Service,
    job_id: &str,
    analysis: &'static Analysis,
    attempt: &Attempt,
    attempts: i64,
    why: &str,
) -> anyhow::Result<()> {
    let (files, name, id) = (
        service.files.clone(),
        attempt.name.clone(),
        job_id.to_owned(),
    );
    blocking(move || {
        files.keep_log(&name, &id)?;
        if analysis.resumes {
            files.keep_partial(&name, &id, arguments::RESULT)?;
        }
        Ok(files.remove_attempt(&name)?)
    })
    .await?;
    if attempts < MAX_ATTEMPTS {
        let from = if analysis.resumes {
            "what it had found so far"
        } else {
            "its beginning"
        };
        let warning = format!("The job was interrupted and started again from {from}. {why}");
        service.job_lost(job_id, warning).await?;
    } else {
        let message = format!(
            "The job was interrupted twice, perhaps for want of memory, and was given up. Start \
             it again with ?retry=true. {why}"
        );
        service
            .finish_job(job_id, Outcome::Failed { message }, None, Utc::now(), None)
            .await?;
    }
    Ok(())
}

fn why(exit: &Exit, log: &str) -> Outcome {
    if exit.cancelled {
        return Outcome::Cancelled;
    }
    let message = if let Some(why) = &exit.explanation {
        why.clone()
    } else if let Some(why) = &exit.not_started {
        format!("HyPhy could not be started: {why}")
    } else if exit.timed_out {
        let hours = (exit.ended - exit.started).as_seconds_f64() / 3600.0;
        format!("The job was stopped after {hours:.1} hours, the time limit of this server.")
    } else if let Some(said) = failure::message(log) {
        failure::explained(&said)
    } else if let Some(signal) = exit.signal {
        match signal {
            9 => "HyPhy was killed, most likely because the machine ran out of memory.".to_owned(),
            _ => format!("HyPhy was ended by signal {signal}. See the job's log."),
        }
    } else {
        let code = exit.code.unwrap_or_default();
        format!("HyPhy failed with exit code {code} and no message. See the job's log.")
    };
    Outcome::Failed { message }
}
