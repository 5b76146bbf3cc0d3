//! What happens between a request and a result, without HTTP.
//!
//! [`open`] puts a [`Service`] together and starts its tasks; the functions of the modules are what it
//! does for a caller, whose data the `owner` tells apart.
//!
//! Never here: starting programs (`scheduler`), HyPhy's output (`hyphy`), file formats (`sequence`),
//! SQL (`store`), requests and answers (`server`).
//!
//! Architecture invariants: the database is the truth; states of jobs change only in `jobs/state.rs`;
//! no lock is held across an await that does I/O; every queue and cache has a bound. Modules import
//! each other in one direction only, from [`app`] down to `error`.

pub mod answers;
pub mod app;
mod blocking;
mod cleanup;
mod current_engine;
mod data;
pub mod datasets;
mod error;
pub mod events;
mod files;
pub mod health;
mod housekeeping;
pub mod import;
pub mod jobs;
mod key;
mod leftovers;
pub mod notifications;
mod outgoing;
mod postponed;
pub mod quotas;
pub mod removal;
pub mod results;
mod scheduling;
pub mod sessions;
pub mod sharing;
mod state;
pub mod visualizations;

pub use app::{keep_files_private, open};
pub use blocking::blocking;
pub use error::{Error, Result, both};
pub use state::Service;
