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
mod postponed;
mod queue;
mod recover;
mod start;
mod state;
mod watch;

pub(crate) use cancel::remove;
pub(crate) use dispatch::dispatch;
pub(crate) use postponed::Postponed;
pub(crate) use queue::place;
pub(crate) use recover::recover;
pub(crate) use start::{identify, start};
pub(crate) use watch::{Followed, watch};

use crate::{
    Service,
    error::{Error, Result},
    store::JobRow,
};

/// A job of this owner.
pub(crate) async fn find(service: &Service, owner: &str, id: &str) -> Result<JobRow> {
    let job = service.store.job(owner, id).await?;
    job.ok_or_else(|| Error::NoJob { id: id.to_owned() })
}
