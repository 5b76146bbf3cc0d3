//! The wrapper around every job, from the outside: `datamonkey sandbox` and `datamonkey confine`
//! with commands that misbehave, and on full disks.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod attempt;
mod descendants;
mod disk;
mod refused;
#[path = "../../../../tests/skipped.rs"]
mod skipped;
mod users;
