//! The analyses of the native engine as wholes.

#![allow(clippy::unwrap_used)]

mod common;
mod fel;
mod fubar;
mod meme;
mod slac;
mod truth;
