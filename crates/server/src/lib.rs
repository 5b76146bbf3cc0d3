//! The service: what happens between a request and a result.
//!
//! `http/` holds thin handlers; `datasets/` and `jobs/` do the work (in `jobs/`: start, dispatch,
//! watch, collect, recover, each a file); `store/` holds all SQL. [`Service::open`] puts it
//! together, [`serve`] listens.
//!
//! Never here: spawning programs (that is `scheduler`'s), knowing HyPhy's output (`hyphy`'s) or
//! file formats (`sequence`'s).
//!
//! Architecture invariants: the database is the truth; SQL stands only in `store/`; states of
//! jobs change only in `jobs/state.rs`; no lock is held across an await that does I/O; every
//! queue, body and cache has a bound.

mod clock;
pub mod config;
mod datasets;
mod engine;
mod error;
mod files;
mod housekeeping;
mod http;
pub mod import;
mod jobs;
pub mod notifications;
pub mod outgoing;
pub mod quotas;
pub mod scheduling;
mod service;
pub mod sessions;
mod store;
pub mod telemetry;

pub use config::Config;
pub use http::{PerAddress, openapi};
pub use service::{Service, keep_files_private, serve};
