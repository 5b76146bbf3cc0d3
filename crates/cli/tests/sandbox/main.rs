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
#[allow(dead_code)]
#[path = "../../../../tests/machine.rs"]
mod machine;
#[allow(dead_code)]
#[path = "../../../../tests/patience.rs"]
mod patience;
mod refused;
#[path = "../../../../tests/skipped.rs"]
mod skipped;
mod users;
