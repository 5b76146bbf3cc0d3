//! Doors for assistants. The operations of the API are tools, which a model calls through MCP or in a conversation.
//!
//! [`tools`] makes the tools from the OpenAPI document, so they have its names, parameters and descriptions, and an
//! analysis is a tool because it has a table. A tool is run by sending its request through a [`Caller`], which
//! has the caller's rights: a tool can do what its caller can do, and nothing else.

mod bounded;
mod caller;
pub mod chat;
pub mod mcp;
mod request;
mod run;
pub mod tools;

pub use caller::{Answer, Caller, Request};
pub use run::{Outcome, Progress, run};
