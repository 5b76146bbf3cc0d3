//! Nucleotide sequences read in groups of three.

use std::collections::HashSet;

use crate::genetic_code::{GeneticCode, bases, readings};

/// The complete codons of a row. An incomplete codon at its end is omitted.
pub(crate) fn codons(
    residues: &[u8],
) -> impl DoubleEndedIterator<Item = [u8; 3]> + ExactSizeIterator {
    residues.chunks_exact(3).map(|c| [c[0], c[1], c[2]])
}

/// Whether a codon has no information: only gaps, `?` and `N`.
pub(crate) fn is_blank(codon: [u8; 3]) -> bool {
    codon.iter().all(|b| matches!(b, b'-' | b'?' | b'N' | b'X'))
}

/// Index of the last codon with information, from 0. A stop there is a terminal stop; an earlier
/// stop is an internal stop.
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

/// The set of unambiguous codons that a codon may stand for. Same as [`readings`], but fast for
/// unambiguous codons.
pub(crate) fn reading_set(codon: [u8; 3]) -> u64 {
    match plain_index(codon) {
        Some(index) => 1 << index,
        None if codon.iter().any(|b| bases(*b) == 0) => 0,
        None => readings(codon),
    }
}

/// The distinct codons before the last one of their row, collected over all rows.
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
