//! What HyPhy is: its analyses as tables, its program, its output.
//!
//! Each analysis is one table ([`table::Analysis`]) in one file of `methods/`. From it come the
//! validation of a request ([`request`]), the argument vector ([`arguments`]), the list at
//! `/methods`, the request's schema, the command line's flags and the web form. Besides: finding
//! the program and its version ([`engine`]), reading its progress ([`progress`]), its complaints
//! ([`failure`]) and its results ([`result`]).
//!
//! Never here: submitting, storing, HTTP. Nothing in this crate starts a program.
//!
//! Start reading at [`table`], then `methods/fel.rs`.

pub mod arguments;
pub mod branches;
pub mod capabilities;
pub mod engine;
pub mod failure;
pub mod json;
pub mod methods;
pub mod names;
pub mod progress;
pub mod request;
pub mod resources;
pub mod result;
pub mod summary;
pub mod table;

pub use engine::{Engine, Version};
pub use table::{Analysis, Parameter};
