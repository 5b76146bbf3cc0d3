//! One file per command.

pub(crate) mod admin;
pub(crate) mod backup;
pub(crate) mod config;
mod connection;
pub(crate) mod doctor;
pub(crate) mod extras;
pub(crate) mod import;
pub(crate) mod mcp;
pub(crate) mod native;
mod own_service;
pub(crate) mod run;
pub(crate) mod sandbox;
pub(crate) mod screen;
pub(crate) mod serve;
mod table;

use std::io::Write;

/// Prints the OpenAPI document.
pub(crate) fn openapi() -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(&server::openapi())?;
    text.push('\n');
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
