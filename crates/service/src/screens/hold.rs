//! Estimates of a screen while it looks for recombination.
//!
//! A step that waits for GARD holds the job that it will run if there is no recombination. Its estimate is
//! computed in the meantime. If there is recombination, the job is removed.

use std::collections::HashSet;

use hyphy::{Analysis, EngineKind};
use store::{ScreenRecord, StepOfScreen, StepRecord};

use super::body::body_for;
use crate::{Service, error::Result, jobs};

/// The steps for which a job was tried: the id of the screen and of the analysis. Trying again would give
/// the same.
pub(super) type Tried = HashSet<(String, String)>;

/// Lets a waiting step hold its job, if the job gets an estimate.
pub(super) async fn hold(
    service: &Service,
    screen: &ScreenRecord,
    analysis: &'static Analysis,
    tried: &mut Tried,
) {
    let of_screen = of(screen, analysis.id);
    let key = (of_screen.screen.clone(), of_screen.method.clone());
    let by_hyphy = screen.request.engine.as_deref() != Some(EngineKind::Native.word());
    let may = service.config.jobs.estimate_max.is_some() && analysis.native.is_some() && by_hyphy;
    if !may || !tried.insert(key) {
        return;
    }
    let (body, request) = (
        body_for(&screen.request, analysis),
        screen.request_id.clone(),
    );
    match jobs::hold(service, &screen.owner, analysis, &body, &of_screen, request).await {
        Ok(true) => service.announce_change(&screen.id),
        Ok(false) => {}
        Err(e) => tracing::warn!(
            screen = %screen.id, analysis = analysis.id, error = %e,
            "a step of a screen gets no estimate while it waits"
        ),
    }
}

/// Removes the job that a step holds.
pub(super) async fn release(
    service: &Service,
    screen: &ScreenRecord,
    step: &StepRecord,
) -> Result<()> {
    match &step.held_job_id {
        Some(job) => {
            let of_screen = of(screen, &step.method);
            jobs::remove_held(service, &screen.owner, job, &of_screen).await
        }
        None => Ok(()),
    }
}

fn of(screen: &ScreenRecord, method: &str) -> StepOfScreen {
    StepOfScreen {
        screen: screen.id.clone(),
        method: method.to_owned(),
    }
}
