//! Rows of nucleotides read three at a time.

use std::collections::HashSet;

use crate::genetic_code::{GeneticCode, bases, readings};

/// The codons of a row; what is left over at its end is not given.
pub(crate) fn codons(
    residues: &[u8],
) -> impl DoubleEndedIterator<Item = [u8; 3]> + ExactSizeIterator {
    residues.chunks_exact(3).map(|c| [c[0], c[1], c[2]])
}

/// Whether a codon says nothing: gaps, `?` and `N` alone.
pub(crate) fn is_blank(codon: [u8; 3]) -> bool {
    codon.iter().all(|b| matches!(b, b'-' | b'?' | b'N' | b'X'))
}

/// The last codon that says something, counted from 0. A stop there is a terminal stop; a stop
/// before it is an internal one.
pub(crate) fn last_codon(residues: &[u8]) -> Option<usize> {
    codons(residues).rposition(|c| !is_blank(c))
}

/// Bit index 0..64 of a codon of A, C, G, T alone.
fn plain_index(codon: [u8; 3]) -> Option<u32> {
    let mut index = 0;
    for letter in codon {
        index = index << 2
            | match letter {
                b'A' => 0,
                b'C' => 1,
                b'G' => 2,
                b'T' => 3,
                _ => return None,
            };
    }
    Some(index)
}

/// The set of plain codons that a codon may stand for, as [`readings`], but fast for plain ones.
pub(crate) fn reading_set(codon: [u8; 3]) -> u64 {
    match plain_index(codon) {
        Some(index) => 1 << index,
        None if codon.iter().any(|b| bases(*b) == 0) => 0,
        None => readings(codon),
    }
}

/// The different codons that stand before the last one of their row, gathered over rows.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    plain: u64,
    ambiguous: HashSet<u64>,
}

impl Survey {
    pub(crate) fn add(&mut self, residues: &[u8]) {
        for codon in codons(residues).take(last_codon(residues).unwrap_or(0)) {
            match plain_index(codon) {
                Some(index) => self.plain |= 1 << index,
                None => {
                    let set = reading_set(codon);
                    if set != 0 && set != u64::MAX {
                        self.ambiguous.insert(set);
                    }
                }
            }
        }
    }

    /// Whether no row has an internal stop under this code.
    pub(crate) fn reads(&self, code: GeneticCode) -> bool {
        let stops = code.stop_set();
        self.plain & stops == 0 && self.ambiguous.iter().all(|s| s & !stops != 0)
    }
}
