//! What the tables of analyses that the native engine has share: its stages, and its options.

use selection::{MultipleHits, SiteMultihit, Stage as NativeStage};
use serde_json::Value;

use crate::{parameters::Parameters, table::Stage};

use super::common::{MULTIPLE_HITS, SITE_MULTIHIT};

/// The parameters of substitutions of several nucleotides at once, which no native analysis has.
pub(super) const WITHOUT_MULTIPLE_HITS: &[&str] = &[MULTIPLE_HITS.name, SITE_MULTIHIT.name];

pub(super) const fn nucleotides(share: u8) -> Stage {
    let stage = Stage::new("### Nucleotide model", "Nucleotide model", share);
    stage.of_native(NativeStage::Nucleotides)
}

pub(super) const fn global_omega(share: u8) -> Stage {
    Stage::new("### Global dN/dS", "Global dN/dS", share).of_native(NativeStage::GlobalOmega)
}

pub(super) const fn codon_model(share: u8) -> Stage {
    Stage::new("### Codon model", "Codon model", share).of_native(NativeStage::CodonModel)
}

pub(super) const fn sites(share: u8) -> Stage {
    let stage = Stage::new("### Sites", "Testing sites", share).counted("Site pattern ");
    stage.of_native(NativeStage::Sites)
}

/// Whether a parameter is `Yes`.
pub(super) fn is_yes(parameters: &Parameters, name: &str) -> bool {
    parameters.text(name) == Some("Yes")
}

/// The value of a parameter that is a whole number.
pub(super) fn whole(parameters: &Parameters, name: &str, usual: u32) -> u32 {
    let value = parameters.get(name).and_then(Value::as_u64);
    value
        .and_then(|value| u32::try_from(value).ok())
        .unwrap_or(usual)
}

/// The value of a parameter that is a number.
pub(super) fn number(parameters: &Parameters, name: &str, usual: f64) -> f64 {
    let value = parameters.get(name).and_then(Value::as_f64);
    value.unwrap_or(usual)
}

/// How many nucleotides of a codon may change at once, and where the rates of such changes are estimated.
pub(super) fn multiple_hits(parameters: &Parameters) -> (MultipleHits, SiteMultihit) {
    let hits = match parameters.text(MULTIPLE_HITS.name) {
        Some("Double") => MultipleHits::Double,
        Some("Double+Triple") => MultipleHits::DoubleTriple,
        _ => MultipleHits::None,
    };
    let at_sites = match parameters.text(SITE_MULTIHIT.name) {
        Some("Global") => SiteMultihit::Global,
        _ => SiteMultihit::Estimate,
    };
    (hits, at_sites)
}
