//! The service over HTTP: routes, handlers, the OpenAPI document and the page. Start reading at
//! `router.rs`.
//!
//! Handlers are thin: they read a request, call `service`, and write the response.

mod access;
mod answering;
mod batch;
mod chat;
mod common_openapi;
mod connection_count;
mod connections;
mod datasets;
mod doors;
mod drain;
mod estimate;
mod events;
mod extract;
mod file;
mod form;
mod health;
mod hosts;
mod idempotency;
mod identity;
mod internal;
mod jobs;
mod limits;
mod mcp;
mod methods;
mod methods_openapi;
mod metrics;
mod metrics_streams;
mod metrics_table;
mod origins;
mod page;
mod paging;
mod pretty;
mod problem;
mod problem_kinds;
mod problem_pages;
mod readable;
mod request_context;
mod results;
mod router;
mod screens;
mod session;
mod shared;
mod shared_openapi;
mod slow;
mod state;
mod stream;
mod summary;
mod visualizations;
mod wait;

pub use connections::serve;
pub use metrics::Metrics;
pub use router::openapi;
