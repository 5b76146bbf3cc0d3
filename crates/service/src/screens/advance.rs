//! Starts the steps of a screen that can start now.

use std::collections::HashSet;

use api::JobState;
use hyphy::{Analysis, methods};
use scheduler::fail_point;
use serde_json::{Map, Value};
use store::{ScreenRecord, StepRecord, StepState};

use super::{
    body::body_for,
    hold::{self, Tried},
};
use crate::{
    Service,
    error::{Error, Result},
    jobs, results,
};

/// What keeps the rest of a screen from starting.
#[derive(Debug, Default)]
pub(super) struct Waits {
    /// The jobs whose results are needed.
    pub(super) jobs: HashSet<String>,
    /// Whether there is an obstacle that may disappear, such as a full queue.
    pub(super) obstacle: bool,
}

/// The data of a step.
enum DataOfStep {
    /// This alignment, or these partitions, and a sentence about that.
    Ready(Map<String, Value>, Option<String>),
    /// They depend on the result of this job; `None` if it has not been started yet.
    After(Option<String>),
}

/// Starts all steps that can start now, and adds to `waits` what the others wait for. `tried` has the steps
/// for which an estimate was tried.
pub(super) async fn advance(
    service: &Service,
    mut screen: ScreenRecord,
    waits: &mut Waits,
    tried: &mut Tried,
) -> Result<()> {
    for at in 0..screen.steps.len() {
        let step = &screen.steps[at];
        if step.state != StepState::Waiting {
            continue;
        }
        let Some(analysis) = methods::find(&step.method) else {
            continue;
        };
        let next = match data_of(service, &screen, analysis).await? {
            DataOfStep::After(job) => {
                waits.jobs.extend(job);
                if step.held_job_id.is_none() {
                    hold::hold(service, &screen, analysis, tried).await;
                }
                continue;
            }
            DataOfStep::Ready(body, note) => {
                if body.contains_key(jobs::PARTITIONS_OF) {
                    hold::release(service, &screen, step).await?;
                }
                start(service, &screen, analysis, &body, note).await
            }
        };
        waits.obstacle |= next.state == StepState::Waiting;
        if next == *step {
            continue;
        }
        fail_point!("screen-job-started");
        service.store.change_waiting_step(&screen.id, &next).await?;
        tracing::info!(
            screen = %screen.id, analysis = next.method, state = ?next.state,
            job = next.job_id, request_id = screen.request_id,
            "a step of a screen changed its state"
        );
        screen.steps[at] = next;
        service.announce_change(&screen.id);
    }
    Ok(())
}

/// Starts the job of a step, in the same way as a request does. Returns the step afterwards.
async fn start(
    service: &Service,
    screen: &ScreenRecord,
    analysis: &'static Analysis,
    body: &Map<String, Value>,
    note: Option<String>,
) -> StepRecord {
    let step = |state, job_id, note| StepRecord {
        method: analysis.id.to_owned(),
        state,
        job_id,
        held_job_id: None,
        note,
    };
    if let Some(job) = &screen.request.partitions_of
        && analysis.id == jobs::GARD
    {
        return step(StepState::Started, Some(job.clone()), None);
    }
    let request = screen.request_id.clone();
    match jobs::start(service, &screen.owner, analysis, body, true, request).await {
        Ok(job) => step(StepState::Started, Some(job.job_id), note),
        Err(Error::Internal(e)) => {
            tracing::error!(
                screen = %screen.id, analysis = analysis.id, error = format!("{e:#}"),
                "a step of a screen cannot be started"
            );
            let why = "An internal error occurred. The service's log has the cause.";
            step(StepState::Refused, None, Some(why.to_owned()))
        }
        Err(e) if e.retry_after().is_some() => step(StepState::Waiting, None, Some(e.to_string())),
        Err(e) => step(StepState::Refused, None, Some(e.to_string())),
    }
}

/// Finds the data of a step: the partitions that GARD found, or else the whole alignment.
async fn data_of(
    service: &Service,
    screen: &ScreenRecord,
    analysis: &'static Analysis,
) -> Result<DataOfStep> {
    let whole = |note| DataOfStep::Ready(body_for(&screen.request, analysis), note);
    let gard = screen.steps.iter().find(|step| step.method == jobs::GARD);
    let gard = gard.filter(|step| step.method != analysis.id && step.state != StepState::Skipped);
    let Some(gard) = gard else {
        return Ok(whole(None));
    };
    if !analysis.input.partitions {
        return Ok(whole(None));
    }
    let name = analysis.name;
    let without = || {
        let why = format!("GARD gave no result, so {name} analyses all sites with one tree.");
        Ok(whole(Some(why)))
    };
    match gard.state {
        StepState::Waiting => return Ok(DataOfStep::After(None)),
        StepState::Refused | StepState::Skipped => return without(),
        StepState::Started => {}
    }
    let id = gard.job_id.as_deref().unwrap_or_default();
    let Some(job) = service.store.job(&screen.owner, id).await? else {
        return without();
    };
    match job.state {
        JobState::Completed => {}
        state if state.is_final() => return without(),
        _ => return Ok(DataOfStep::After(Some(job.id))),
    }
    let found = match results::summarise(service, job, None).await {
        Ok(summary) => summary.digest.found,
        // It was deleted or started again in the meantime.
        Err(Error::NotComplete { .. } | Error::JobFailed { .. }) => {
            return Ok(DataOfStep::After(Some(id.to_owned())));
        }
        Err(e) => {
            tracing::warn!(job = %id, error = %e, "failed to read what GARD found; the screen goes on without partitions");
            return without();
        }
    };
    if found.unwrap_or_default() == 0 {
        return Ok(whole(None));
    }
    let mut body = body_for(&screen.request, analysis);
    body.remove("alignment");
    let note = body.remove("tree").map(|_| {
        format!(
            "{name} analyses partitions with the trees that GARD inferred, not with the given tree."
        )
    });
    body.insert(jobs::PARTITIONS_OF.to_owned(), Value::from(id));
    Ok(DataOfStep::Ready(body, note))
}
