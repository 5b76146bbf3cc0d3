//! The analyses of the native engine as wholes.

#![allow(clippy::unwrap_used)]

mod common;
mod fel;
mod fubar;
mod hits;
mod meme;
mod slac;
mod truth;
