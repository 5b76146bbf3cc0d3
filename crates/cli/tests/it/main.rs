//! Tests from the outside: a real server on a free port, the real HyPhy and real data.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod admin;
mod after;
mod backup;
mod bad_input;
mod chat;
mod client;
mod compare;
mod confined;
mod connections;
mod content;
mod data;
mod database;
mod doctor;
mod engine;
mod estimates;
mod faults;
mod fel;
mod full_disk;
mod galaxy;
mod gate;
mod hosts;
mod idempotency;
mod import;
mod jobs;
mod language_model;
mod lists;
mod logs;
#[allow(dead_code)]
#[path = "../../../../tests/machine.rs"]
mod machine;
mod malicious;
mod many;
mod mcp;
mod memory;
mod methods;
mod monitoring;
mod naming;
mod native;
mod obstacles;
mod openapi;
mod outgoing;
mod owners;
mod page;
#[allow(dead_code)]
#[path = "../../../../tests/patience.rs"]
mod patience;
mod person;
mod problems;
mod quotas;
mod readme;
mod results;
mod retention;
mod ro_crate;
mod screens;
mod sessions;
mod simulate;
#[path = "../../../../tests/skipped.rs"]
mod skipped;
mod support;
mod truth;
mod visualizations;
mod web;
