//! All schedulers keep the same contract. The tests of the Slurm schedulers start a real cluster,
//! and stop it at the end. Where Debian's Slurm cannot be installed, they report that they are
//! skipped. A stand-in (`hostile.rs`) produces faults that a real cluster does not produce on
//! demand.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod cluster;
mod comment;
mod contract;
mod end_to_end;
mod faults;
#[path = "../it/gate.rs"]
mod gate;
mod hostile;
mod loss;
#[allow(dead_code)]
#[path = "../../../../tests/machine.rs"]
mod machine;
mod measure;
mod mpi;
mod nodes;
#[allow(dead_code)]
#[path = "../../../../tests/patience.rs"]
mod patience;
mod seeded;
#[allow(dead_code)]
#[path = "../it/simulate.rs"]
mod simulate;
#[path = "../../../../tests/skipped.rs"]
mod skipped;
mod ssh;
mod stand_in;
#[allow(dead_code)]
#[path = "../it/support.rs"]
mod support;
mod tokens;
mod versions;
