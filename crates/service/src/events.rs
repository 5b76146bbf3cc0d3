//! The history of jobs, in order.

use store::EventRecord;

use crate::{Service, error::Result};

/// Selects events of an owner.
#[derive(Debug)]
pub enum Scope {
    /// The events of the job with this id.
    Job(String),
    /// The events of all jobs.
    All,
}

/// Returns the owner's next events after the given id, oldest first.
pub async fn after(
    service: &Service,
    owner: &str,
    scope: &Scope,
    id: i64,
) -> Result<Vec<EventRecord>> {
    Ok(match scope {
        Scope::Job(job) => service.store.events_after(owner, job, id).await?,
        Scope::All => service.store.owner_events_after(owner, id).await?,
    })
}

/// Returns the id of a job's last event.
pub async fn last_of_job(service: &Service, owner: &str, job: &str) -> Result<Option<i64>> {
    Ok(service.store.last_event(owner, job).await?)
}

/// Returns the id of the owner's last event, or 0 if there is none.
pub async fn last(service: &Service, owner: &str) -> Result<i64> {
    Ok(service.store.last_owner_event(owner).await?)
}

/// Returns the id of the event that recorded the deletion of an earlier job with this id, or 0 if
/// there was none.
pub async fn last_deletion(service: &Service, owner: &str, job: &str) -> Result<i64> {
    Ok(service.store.last_deletion(owner, job).await?)
}
