//! Screens: the usual set of analyses of an alignment, started by one request.
//!
//! ```text
//! create → waiting → started (a job of its own)
//!             │   ↘ refused
//!          skipped
//! ```
//! `plan` checks a request and decides which analyses are part of the screen. `follow` is a task that
//! starts each of them as soon as it can, by the way of ordinary starts: those that take partitions
//! wait for GARD. Until then, the native engine estimates their results for the whole alignment (`hold`).
//! `advance` decides what a step's data are. `show` and `report` read the jobs of a
//! screen. The database holds every step, so the service resumes after a restart, and starting a step
//! twice means the same job.

mod advance;
mod body;
mod follow;
mod hold;
mod plan;
mod report;
mod show;

use api::ScreenFilter;
use serde_json::{Map, Value};
use store::{Page, RequestId, ScreenRecord, StepState};

pub(crate) use follow::follow;
pub use report::report;
pub use show::{brief, shown};

use crate::{
    Service,
    error::{Error, Result},
    jobs,
};

/// Creates the screen that a request means, or returns it if it exists. If `retry` is set, its
/// analyses without a result start again.
pub async fn create(
    service: &Service,
    owner: &str,
    body: &Map<String, Value>,
    retry: bool,
    request_id: RequestId,
) -> Result<ScreenRecord> {
    let (request, id) = plan::read(service, owner, body).await?;
    if service.store.screen(owner, &id).await?.is_none() {
        let mut screen = plan::planned(service, owner, request, id.clone()).await?;
        screen.request_id = request_id;
        service.store.add_screen(&screen).await?;
    } else if retry {
        service.store.reopen_screen(owner, &id, request_id).await?;
    }
    service.screens.notify_one();
    find(service, owner, &id).await
}

/// Returns a screen of this owner.
pub async fn find(service: &Service, owner: &str, id: &str) -> Result<ScreenRecord> {
    let screen = service.store.screen(owner, id).await?;
    screen.ok_or_else(|| Error::NoScreen { id: id.to_owned() })
}

/// Returns a page of this owner's screens that match the filter.
pub async fn list(
    service: &Service,
    owner: &str,
    filter: &ScreenFilter,
    page: &Page,
) -> Result<Vec<ScreenRecord>> {
    Ok(service.store.screens(owner, filter, page).await?)
}

/// Removes a screen of this owner, so that it starts nothing more. Its jobs are removed only if
/// `with_jobs` is set.
pub async fn remove(service: &Service, owner: &str, id: &str, with_jobs: bool) -> Result<()> {
    let screen = find(service, owner, id).await?;
    for step in screen
        .steps
        .iter()
        .filter(|step| step.state == StepState::Waiting)
    {
        hold::release(service, &screen, step).await?;
    }
    // The end of a GARD job would start what waits for it.
    service.store.skip_waiting_steps(owner, id).await?;
    if with_jobs {
        let screen = find(service, owner, id).await?;
        for job in screen.steps.iter().filter_map(|step| step.job_id.as_ref()) {
            match jobs::remove(service, owner, job).await {
                // It was removed before.
                Ok(()) | Err(Error::NoJob { .. }) => {}
                Err(e) => return Err(e),
            }
        }
    }
    service.store.remove_screen(owner, id).await?;
    service.announce_change(id);
    Ok(())
}
