//! What happened to jobs, in order.

use store::EventRecord;

use crate::{Service, error::Result};

/// Which of an owner's events.
#[derive(Debug)]
pub enum Scope {
    /// Those of the job with this id.
    Job(String),
    /// Those of all jobs.
    All,
}

/// The next events of an owner after the one of this id, oldest first.
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

/// Id of the last event of a job.
pub async fn last_of_job(service: &Service, owner: &str, job: &str) -> Result<Option<i64>> {
    Ok(service.store.last_event(owner, job).await?)
}

/// Id of the last event of an owner; 0 if there is none.
pub async fn last(service: &Service, owner: &str) -> Result<i64> {
    Ok(service.store.last_owner_event(owner).await?)
}

/// Id of the event by which an earlier job of this id was deleted; 0 if there was none.
pub async fn last_deletion(service: &Service, owner: &str, job: &str) -> Result<i64> {
    Ok(service.store.last_deletion(owner, job).await?)
}
