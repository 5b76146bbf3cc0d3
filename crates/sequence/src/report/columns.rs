//! Counts over all residues of an alignment.

use crate::{Alignment, Alphabet};

/// Number of residues of each kind.
pub(super) struct Composition {
    pub(super) residues: u64,
    pub(super) gaps: u64,
    pub(super) ambiguous: u64,
}

pub(super) fn composition(a: &Alignment) -> Composition {
    let mut counts = [0u64; 256];
    for s in &a.sequences {
        for b in &s.residues {
            counts[usize::from(*b)] += 1;
        }
    }
    let ambiguous = |b: usize| b != usize::from(b'-') && state(a.alphabet, b as u8) == 0;
    Composition {
        residues: counts.iter().sum(),
        gaps: counts[usize::from(b'-')],
        ambiguous: (0..256).filter(|b| ambiguous(*b)).map(|b| counts[b]).sum(),
    }
}

/// The bit of an unambiguous residue; 0 for all others.
fn state(alphabet: Alphabet, residue: u8) -> u64 {
    match (alphabet, residue) {
        (Alphabet::Nucleotide, b'A' | b'C' | b'G' | b'T') => 1 << (residue - b'A'),
        (Alphabet::Nucleotide, _) => 0,
        (Alphabet::Protein, b'B' | b'J' | b'X' | b'Z') => 0,
        (_, b'A'..=b'Z') => 1 << (residue - b'A'),
        (Alphabet::Unknown, b'0'..=b'9') => 1 << (residue - b'0' + 26),
        (Alphabet::Protein, b'*') => 1 << 36,
        _ => 0,
    }
}

/// Number of columns with at least two different unambiguous residues. The sequences need not be
/// aligned.
pub fn variable_sites(a: &Alignment) -> usize {
    let states: [u64; 256] = std::array::from_fn(|b| state(a.alphabet, b as u8));
    let mut seen = vec![0u64; a.sites()];
    for s in &a.sequences {
        for (column, b) in seen.iter_mut().zip(&s.residues) {
            *column |= states[usize::from(*b)];
        }
    }
    seen.iter().filter(|set| set.count_ones() > 1).count()
}
