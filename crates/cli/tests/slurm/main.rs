//! Every scheduler keeps one contract, and Slurm's are tried on a real cluster that the tests
//! bring up and take down. Where Debian's Slurm cannot be installed, they say that they are
//! skipped. Faults that a real cluster has not on demand come from a stand-in (`hostile.rs`).
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod cluster;
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
