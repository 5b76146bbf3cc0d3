//! The service from outside: a real server on a free port, the real HyPhy, real data.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod after;
mod bad_input;
mod client;
mod compare;
mod connections;
mod data;
mod engine;
mod fel;
mod idempotency;
mod import;
mod jobs;
mod lists;
mod malicious;
mod methods;
mod openapi;
mod outgoing;
mod owners;
mod page;
mod person;
mod problems;
mod quotas;
mod readme;
mod results;
mod retention;
mod sessions;
mod simulate;
mod support;
mod truth;
mod visualizations;
mod web;
