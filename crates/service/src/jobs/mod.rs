//! Jobs, from a request to a result.
//!
//! ```text
//!             dispatch              scheduler
//! start → queued → submitting ──────→ running → completed
//!            │  ↖      │    (lost once)  │    ↘ failed
//!            │    ╲────┴─────────────────┤
//!            └───────────────────────────┴────→ cancelled
//! ```
//! `start` checks a request and adds the job. `dispatch` claims it, writes its files and submits it
//! to the scheduler. `watch` follows it. `collect` stores its result. `recover` picks up unfinished
//! jobs after a restart. Only `state` changes a job's state.

mod cancel;
mod collect;
mod dispatch;
mod estimates;
mod input;
#[cfg(test)]
mod model;
mod partitions;
mod progress;
mod queue;
mod recover;
mod runner;
mod start;
mod state;
mod suitability;
mod watch;

pub(crate) use cancel::remove_held;
pub use cancel::{cancel, remove};
pub(crate) use dispatch::dispatch;
pub(crate) use estimates::estimate;
pub(crate) use input::stored as stored_input;
pub use partitions::nexus as partitions_nexus;
pub(crate) use partitions::{FIELD as PARTITIONS_OF, GARD};
pub use queue::place;
pub(crate) use recover::recover;
pub(crate) use start::hold;
pub use start::{Identity, identify, start};
pub use suitability::suitability;
pub(crate) use watch::watch;

use api::JobFilter;
use store::{JobRecord, Page};

use crate::{
    Service,
    error::{Error, Result},
};

/// The span of everything that is logged about an attempt at a job. Its level is that of errors, so
/// that each message that is logged has it.
fn span(job: &JobRecord, attempt: &str) -> tracing::Span {
    tracing::error_span!("job", job = %job.id, attempt)
}

/// What a cluster's administrators read about an attempt at a job.
fn comment(job: &JobRecord) -> String {
    let request = job.request_id.as_deref().unwrap_or("unknown");
    format!("datamonkey job={} request={request}", job.id)
}

/// Returns a job of this owner.
pub async fn find(service: &Service, owner: &str, id: &str) -> Result<JobRecord> {
    let job = service.store.job(owner, id).await?;
    job.ok_or_else(|| Error::NoJob { id: id.to_owned() })
}

/// Returns a page of this owner's jobs that match the filter.
pub async fn list(
    service: &Service,
    owner: &str,
    filter: &JobFilter,
    page: &Page,
) -> Result<Vec<JobRecord>> {
    Ok(service.store.jobs(owner, filter, page).await?)
}

/// Returns those of the given jobs that belong to this owner, in the order of `ids`.
pub async fn find_many(service: &Service, owner: &str, ids: &[String]) -> Result<Vec<JobRecord>> {
    Ok(service.store.jobs_of(owner, ids).await?)
}
