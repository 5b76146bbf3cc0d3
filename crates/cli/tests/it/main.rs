//! The service from outside: a real server on a free port, the real HyPhy, real data.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod bad_input;
mod client;
mod compare;
mod data;
mod engine;
mod fel;
mod jobs;
mod malicious;
mod methods;
mod openapi;
mod page;
mod readme;
mod results;
mod sessions;
mod simulate;
mod support;
mod truth;
mod visualizations;
