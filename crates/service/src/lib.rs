//! The service between a request and its result, without HTTP.
//!
//! [`open`] creates a [`Service`] and starts its background tasks. The functions in the modules
//! perform the operations for callers. The `owner` argument separates the callers' data.
//!
//! Other crates start programs (`scheduler`), read HyPhy's output (`hyphy`) and file formats
//! (`sequence`), contain SQL (`store`), and handle HTTP (`server`).
//!
//! Architecture invariants: the database is the source of truth. The state of a job changes only in
//! `jobs/state.rs`. No lock is held across an await that does I/O. Every queue and cache is
//! bounded. Modules import each other in one direction only, from [`app`] down to `error`.

pub mod answers;
pub mod app;
pub mod backup;
mod blocking;
mod cleanup;
pub mod conversations;
mod current_engine;
mod data;
pub mod datasets;
pub mod doctor;
mod error;
pub mod events;
mod files;
pub mod health;
mod housekeeping;
pub mod import;
pub mod jobs;
mod key;
mod leftovers;
pub mod metrics;
pub mod naming;
mod native_engine;
pub mod notifications;
pub mod operator;
mod outgoing;
mod postponed;
pub mod quotas;
pub mod readiness;
mod recent_documents;
pub mod removal;
pub mod results;
pub mod ro_crate;
mod scheduling;
pub mod screens;
pub mod sessions;
pub mod sharing;
mod state;
mod statements;
pub mod visualizations;

pub use app::{keep_files_private, open};
pub use blocking::blocking;
pub use error::{Error, Result, both};
pub use state::Service;

/// Name and version of this program.
const PROGRAM: &str = concat!("service-datamonkey ", env!("CARGO_PKG_VERSION"));
