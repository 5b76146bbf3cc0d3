//! The API over HTTP: thin handlers. Start reading at `router.rs`.

mod common_openapi;
mod datasets;
mod events;
mod extract;
mod file;
mod health;
mod identity;
mod jobs;
mod methods;
mod methods_openapi;
mod page;
mod pretty;
mod problem;
mod problem_kinds;
mod results;
mod router;
mod session;
mod shared;
mod summary;
mod visualizations;

pub use router::openapi;
pub(crate) use router::router;

use std::sync::Arc;

use crate::Service;

/// What handlers are given.
type Shared = Arc<Service>;
