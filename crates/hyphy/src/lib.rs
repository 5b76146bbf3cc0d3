//! Everything about HyPhy: its analyses as tables, its program, its output.
//!
//! Each analysis is one table ([`table::Analysis`]) in one file of `methods/`. The table determines
//! the validation of a request ([`request`]), the argument vector ([`arguments`]), the list at
//! `/methods`, the request's schema, the command line's flags and the web form. [`input`] checks the
//! data of a run and writes the files that HyPhy reads. Other modules locate the program and its version ([`engine`]), and read its progress ([`progress`]), its error
//! messages ([`failure`]) and its results ([`result`]). [`native`] is about the analyses that this
//! project also implements itself.
//!
//! This crate never submits jobs, stores data or handles HTTP, and it never starts a program.
//!
//! Start reading at [`table`], then `methods/fel.rs`.

pub mod arguments;
pub mod audit;
pub mod branches;
pub mod capabilities;
pub mod comparison;
pub mod digest;
pub mod engine;
mod engine_kind;
pub mod failure;
pub mod input;
pub mod json;
pub mod methods;
pub mod names;
pub mod native;
pub mod parameters;
pub mod partitions;
pub mod progress;
pub mod publication;
pub mod request;
pub mod resources;
pub mod result;
pub mod screen;
pub mod summary;
pub mod table;
pub mod trees;
pub mod version;

pub use engine::Engine;
pub use engine_kind::EngineKind;
pub use table::{Analysis, Parameter};
pub use version::Version;
