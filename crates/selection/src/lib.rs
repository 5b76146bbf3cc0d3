//! Site-by-site tests of natural selection: FEL, SLAC, FUBAR and MEME.
//!
//! The models, tests and results are those of HyPhy's batch files; the results have the layout of
//! its JSON. An analysis takes an alignment, trees, a genetic code and options, and returns a
//! result. It reads no file, keeps no state, and gives the same numbers with any number of threads.
//!
//! Start reading at `fel.rs`.

mod action;
mod ancestors;
mod ascent;
mod codon;
mod columns;
mod comparison;
mod fel;
mod fits;
mod frequencies;
mod fubar;
mod hits;
mod input;
mod likelihood;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod lysozyme;
mod meme;
mod model;
mod newton;
#[cfg(test)]
mod numerics;
mod options;
mod phylogeny;
mod pool;
mod rates;
mod reference;
mod result;
mod scaling;
mod search;
mod simulate;
mod site_models;
mod sites;
mod slac;
mod spectrum;
mod test;
mod truth;
mod watch;

pub use comparison::{Comparison, SiteComparison};
pub use input::{Input, InputError};
pub use options::{
    Analysis, Branches, FelOptions, FubarOptions, MemeOptions, MultipleHits, SiteMultihit,
    SlacOptions,
};
pub use reference::compare;
pub use truth::{Truth, simulate as simulate_alignment};
pub use watch::{Stage, Watch};

use serde_json::Value;

/// Why an analysis has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data or the options do not fit the analysis.
    #[error(transparent)]
    Input(#[from] InputError),
    /// [`Watch::cancelled`] returned true.
    #[error("the analysis was cancelled")]
    Cancelled,
}

/// Runs an analysis on the threads of the current pool of rayon, and returns its result in the layout of
/// HyPhy's JSON.
///
/// # Errors
/// Data that do not fit the analysis, or the wish of `watch` to cancel it.
pub fn run(analysis: &Analysis, input: &Input<'_>, watch: &dyn Watch) -> Result<Value, Error> {
    match analysis {
        Analysis::Fel(options) => fel::fel(options, input, watch),
        Analysis::Slac(options) => slac::slac(options, input, watch),
        Analysis::Fubar(options) => fubar::fubar(options, input, watch),
        Analysis::Meme(options) => meme::meme(options, input, watch),
    }
}
