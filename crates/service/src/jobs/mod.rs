//! Jobs, from a request to a result.
//!
//! ```text
//!             dispatch              scheduler
//! start → queued → submitting ──────→ running → completed
//!            │  ↖      │    (lost once)  │    ↘ failed
//!            │    ╲────┴─────────────────┤
//!            └───────────────────────────┴────→ cancelled
//! ```
//! `start` checks a request and adds the job; `dispatch` claims it, writes its files and hands it
//! to the scheduler; `watch` follows it; `collect` keeps its result; `recover` takes up, after a
//! restart, what was unfinished. `state` alone changes states.

mod cancel;
mod collect;
mod dispatch;
mod input;
#[cfg(test)]
mod model;
mod queue;
mod recover;
mod start;
mod state;
mod watch;

pub use cancel::remove;
pub(crate) use dispatch::dispatch;
pub use queue::place;
pub(crate) use recover::recover;
pub use start::{Identity, identify, start};
pub(crate) use watch::watch;

use api::JobFilter;
use store::{JobRecord, Page};

use crate::{
    Service,
    error::{Error, Result},
};

/// A job of this owner.
pub async fn find(service: &Service, owner: &str, id: &str) -> Result<JobRecord> {
    let job = service.store.job(owner, id).await?;
    job.ok_or_else(|| Error::NoJob { id: id.to_owned() })
}

/// A page of the jobs of this owner that have all the given properties.
pub async fn list(
    service: &Service,
    owner: &str,
    filter: &JobFilter,
    page: &Page,
) -> Result<Vec<JobRecord>> {
    Ok(service.store.jobs(owner, filter, page).await?)
}

/// Those of many jobs that are this owner's, in the order of `ids`.
pub async fn find_many(service: &Service, owner: &str, ids: &[String]) -> Result<Vec<JobRecord>> {
    Ok(service.store.jobs_of(owner, ids).await?)
}
