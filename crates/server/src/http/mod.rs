//! The API over HTTP: thin handlers. Start reading at `router.rs`.

mod common_openapi;
mod connections;
mod datasets;
mod drain;
mod events;
mod extract;
mod file;
mod form;
mod health;
mod hosts;
mod idempotency;
mod identity;
mod jobs;
mod limits;
mod many_jobs;
mod methods;
mod methods_openapi;
mod origins;
mod page;
mod paging;
mod per_address;
mod pretty;
mod problem;
mod problem_kinds;
mod results;
mod router;
mod session;
mod shared;
mod slow;
mod stream;
mod summary;
mod visualizations;

pub(crate) use connections::answer;
pub(crate) use idempotency::{Busy, KEPT as ANSWERS_KEPT};
pub use per_address::PerAddress;
pub(crate) use router::MAX_BODY;
pub use router::openapi;

use std::sync::Arc;

use crate::Service;

/// What handlers are given.
type Shared = Arc<Service>;
