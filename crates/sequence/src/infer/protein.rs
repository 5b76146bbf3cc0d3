//! Protein distances after Kimura (1983).

use super::{Distances, SATURATED};
use crate::Alignment;

/// Kimura's distances, −ln(1 − p − p²/5) substitutions per site, where p is the fraction of sites
/// that differ.
///
/// For each pair, sites are skipped at which either sequence has none of the twenty amino acids.
/// The distance is [`SATURATED`] for a pair with p ≥ 0.8541 (where the formula is no longer
/// defined), for a pair beyond [`SATURATED`], and for a pair without a common site.
pub fn kimura(a: &Alignment) -> Distances {
    // 0 for skipped residues; otherwise the letter.
    let table: [u8; 256] = std::array::from_fn(|b| {
        if b"ACDEFGHIKLMNPQRSTVWY".contains(&(b as u8)) {
            b as u8
        } else {
            0
        }
    });
    let rows: Vec<Vec<u8>> = a
        .sequences
        .iter()
        .map(|s| s.residues.iter().map(|b| table[usize::from(*b)]).collect())
        .collect();
    Distances::new(rows.len(), |i, j| distance(&rows[i], &rows[j]))
}

fn distance(first: &[u8], second: &[u8]) -> f64 {
    let (mut sites, mut different) = (0u32, 0u32);
    // Blocks of at most 255 keep the inner counters in one byte, so that many fit into a vector.
    for (x, y) in first.chunks(255).zip(second.chunks(255)) {
        let (mut block_sites, mut block_different) = (0u8, 0u8);
        for (x, y) in x.iter().zip(y) {
            let both = (*x != 0) & (*y != 0);
            block_sites += u8::from(both);
            block_different += u8::from(both & (x != y));
        }
        sites += u32::from(block_sites);
        different += u32::from(block_different);
    }
    if sites == 0 {
        return SATURATED;
    }
    let p = f64::from(different) / f64::from(sites);
    let rest = 1.0 - p - 0.2 * p * p;
    if rest <= 0.0 {
        SATURATED
    } else {
        (-rest.ln()).clamp(0.0, SATURATED)
    }
}
