//! Resources of a run, estimated from the analysis and the size of its data.
//!
//! **Memory**: 256 MiB + 32 bytes (four 8-byte numbers) × nodes of the tree × sites × states (61
//! codons, 20 amino acids or 4 nucleotides) × rate classes of the analysis's largest model; at
//! least 1 GiB. **Usual time**: that of the analysis for 20 sequences and 50 different variable
//! sites, times (1 + (sequences / 20)²) / 2, times a power of the number of such sites. The
//! constants come from 60 runs on parts of eight public alignments: half of them took between 0.8
//! and 1.3 times this, and nine in ten between 0.6 and 1.6 times. FEL on 67 × 107 codons, which was
//! kept back, took 217 s; this says 196 s if 100 of the codons vary. Of 32 runs of twelve analyses
//! with different options on simulated 10 × 50, kept back, too, 26 took between 0.5 and 2 times this,
//! and half between 1.0 and 1.7 times; the longest was BUSTED with double hits, 6 times
//! (`bench/estimates --simulate 10x50`, beside other work). **Time limit**: twenty times the usual
//! time, at least 12 hours, at most 30 days. Memory and time limit are deliberately generous.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Analysis, EngineKind, parameters::Parameters, table::Data};

/// Size of a run's data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Sequences, or leaves of the tree.
    pub sequences: usize,
    /// Columns of the alignment.
    pub columns: usize,
    /// Different columns that vary, or codons for an analysis of codons; 0 if they were not counted.
    #[serde(default)]
    pub variable_patterns: usize,
}

const MIB: f64 = 1024.0 * 1024.0;
const BASE: f64 = 256.0 * MIB;
const LEAST: f64 = 1024.0 * MIB;
const HOUR: f64 = 3600.0;
/// The time that any run takes.
const START_SECONDS: f64 = 1.0;

/// Memory to request, in bytes, as whole MiB.
#[must_use]
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "far below 2^53"
)]
pub fn memory_bytes(
    analysis: &Analysis,
    engine: EngineKind,
    parameters: &Parameters,
    size: Size,
) -> u64 {
    let (states, sites) = states_and_sites(analysis, parameters, size);
    let nodes = 2.0 * size.sequences as f64;
    let numbers = nodes * sites * states * f64::from(analysis.cost(engine).classes);
    let bytes = (BASE + numbers * 8.0 * 4.0).max(LEAST);
    ((bytes / MIB).ceil() * MIB) as u64
}

/// Usual run time in seconds on one thread.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
pub fn usual_seconds(
    analysis: &Analysis,
    engine: EngineKind,
    parameters: &Parameters,
    size: Size,
) -> f64 {
    let cost = analysis.cost(engine);
    let patterns = match size.variable_patterns {
        0 => states_and_sites(analysis, parameters, size).1,
        patterns => patterns as f64,
    };
    // The number of branches, times the cost of each of their lengths.
    let by_sequences = f64::midpoint(1.0, (size.sequences as f64 / 20.0).powi(2));
    let by_patterns = (patterns / 50.0).powf(cost.patterns_exponent);
    let by_options: f64 = cost
        .options
        .iter()
        .map(|one| one.factor(parameters))
        .product();
    START_SECONDS + f64::from(cost.seconds) * by_sequences * by_patterns * by_options
}

/// Time limit of a run.
#[must_use]
pub fn time_limit(
    analysis: &Analysis,
    engine: EngineKind,
    parameters: &Parameters,
    size: Size,
) -> Duration {
    let seconds = 20.0 * usual_seconds(analysis, engine, parameters, size);
    Duration::from_secs_f64(seconds.clamp(12.0 * HOUR, 30.0 * 24.0 * HOUR).ceil())
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn states_and_sites(analysis: &Analysis, parameters: &Parameters, size: Size) -> (f64, f64) {
    let columns = size.columns as f64;
    match analysis.input.data.given(parameters) {
        Data::Codon => (61.0, columns / 3.0),
        Data::Protein => (20.0, columns),
        Data::Nucleotide | Data::ByType => (4.0, columns),
        Data::None => (1.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn larger_data_and_models_need_more_resources() {
        let needs = |id: &str, sequences, columns| {
            let analysis = crate::methods::find(id).unwrap();
            let body = json!({"alignment": "a"});
            let checked = crate::request::check(analysis, body.as_object().unwrap()).unwrap();
            let size = Size {
                sequences,
                columns,
                variable_patterns: 0,
            };
            let hyphy = EngineKind::Hyphy;
            (
                memory_bytes(analysis, hyphy, &checked.parameters, size) >> 20,
                time_limit(analysis, hyphy, &checked.parameters, size).as_secs() / 3600,
            )
        };
        assert_eq!(needs("fel", 19, 390), (1024, 12));
        // 256 MiB + 2 × 500 × 500 × 61 × 32 bytes
        assert_eq!(needs("fel", 500, 1500), (256 + 931, 278));
        assert_eq!(needs("busted", 500, 1500), (256 + 8378, 274));
        assert_eq!(needs("meme", 5000, 30000).1, 720);
    }
}
