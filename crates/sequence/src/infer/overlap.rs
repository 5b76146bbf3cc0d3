//! Pairs of sequences that share no site.

use crate::finding::Finding;
use crate::text::{counted, excerpt};
use crate::{Alignment, Alphabet};

/// Number of pairs that a message names.
const NAMED: usize = 5;

/// A warning if pairs of sequences have no site in common, for an alignment whose tree is inferred.
/// The data say nothing about their distance, and [`tn93`](super::tn93) and [`kimura`](super::kimura)
/// take the largest one.
pub fn check(a: &Alignment) -> Option<Finding> {
    if a.sequences.len() > super::MAX_SEQUENCES {
        return None;
    }
    let known: Vec<Vec<u64>> = a
        .sequences
        .iter()
        .map(|s| known_sites(&s.residues, a.alphabet))
        .collect();
    let apart = |i: usize, j: usize| known[i].iter().zip(&known[j]).all(|(x, y)| x & y == 0);
    let mut count = 0usize;
    let mut pairs = Vec::new();
    for j in 0..known.len() {
        for i in 0..j {
            if apart(i, j) {
                count += 1;
                if pairs.len() < NAMED {
                    pairs.push((i, j));
                }
            }
        }
    }
    let name = |i: usize| excerpt(&a.sequences[i].name);
    let (i, j) = *pairs.first()?;
    let named: Vec<String> = pairs
        .iter()
        .map(|(i, j)| format!("'{}' and '{}'", name(*i), name(*j)))
        .collect();
    let more = match count - pairs.len() {
        0 => String::new(),
        n => format!(", and {}", counted(n, "other pair", "other pairs")),
    };
    let share = if count == 1 {
        "One pair of sequences shares no site".to_string()
    } else {
        format!("{count} pairs of sequences share no site")
    };
    Some(
        Finding::warning(
            "no-common-site",
            format!(
                "{share} ({}{more}), so their place in the inferred tree is arbitrary.",
                named.join("; ")
            ),
            "Upload a tree, or use sequences that overlap.",
        )
        .in_sequence(if known[i].iter().all(|w| *w == 0) {
            &a.sequences[i].name
        } else {
            &a.sequences[j].name
        }),
    )
}

/// The sites at which the distance formulas count a residue, as bits.
fn known_sites(residues: &[u8], alphabet: Alphabet) -> Vec<u64> {
    let letters: &[u8] = match alphabet {
        Alphabet::Nucleotide => b"ACGT",
        _ => b"ACDEFGHIKLMNPQRSTVWY",
    };
    let mut known = vec![0u64; residues.len().div_ceil(64)];
    for (site, residue) in residues.iter().enumerate() {
        if letters.contains(residue) {
            known[site / 64] |= 1 << (site % 64);
        }
    }
    known
}
