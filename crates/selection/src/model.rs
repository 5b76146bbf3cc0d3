//! Rates of substitution: the general time-reversible model of nucleotides (GTR), and MG94xREV of
//! codons.
//!
//! Sources: Tavaré S (1986), Lect Math Life Sci 17:57; Muse SV, Gaut BS (1994), Mol Biol Evol 11:715;
//! Kosakovsky Pond SL, Muse SV (2005), in: Statistical Methods in Molecular Evolution, 125.

use nalgebra::DMatrix;

use crate::{codon::CodonStates, frequencies::CodonFrequencies};

/// Exchangeabilities θ of pairs of bases, in the order AC, AG, AT, CG, CT, GT. AG is 1.
pub(crate) type Exchangeabilities = [f64; 6];

/// The pairs in that order.
pub(crate) const PAIRS: [[usize; 2]; 6] = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]];
/// Names of the bases in their order.
pub(crate) const BASE_NAMES: [&str; 4] = ["A", "C", "G", "T"];
/// The place of AG among the pairs.
pub(crate) const AG: usize = 1;

/// The place of a pair of different bases.
pub(crate) fn pair(x: usize, y: usize) -> usize {
    match (x.min(y), x.max(y)) {
        (0, 1) => 0,
        (0, 2) => 1,
        (0, _) => 2,
        (1, 2) => 3,
        (1, _) => 4,
        _ => 5,
    }
}

/// A change of one nucleotide.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The place of the two bases among [`PAIRS`].
    pub(crate) pair: usize,
    /// The frequency of the new base: the rate is this times θ.
    pub(crate) frequency: f64,
    /// Whether the amino acid stays the same.
    pub(crate) synonymous: bool,
}

/// The changes that a model allows, and the frequencies of its states at equilibrium.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) frequencies: Vec<f64>,
    pub(crate) changes: Vec<Change>,
}

impl Model {
    /// GTR: q_xy = θ_xy π_y.
    pub(crate) fn nucleotides(frequencies: &[f64; 4]) -> Self {
        let pairs = (0..4).flat_map(|x| (0..4).map(move |y| (x, y)));
        let change = |(from, to): (usize, usize)| {
            (from != to).then(|| Change {
                from,
                to,
                pair: pair(from, to),
                frequency: frequencies[to],
                synonymous: true,
            })
        };
        Self {
            frequencies: frequencies.to_vec(),
            changes: pairs.filter_map(change).collect(),
        }
    }

    /// MG94xREV: a codon changes into one that differs from it at one position p, where x becomes
    /// y, at the rate θ_xy n\[p\]\[y\], times α if the change is synonymous, otherwise times β.
    pub(crate) fn codons(states: &CodonStates, frequencies: &CodonFrequencies) -> Self {
        let mut changes = Vec::new();
        for (from, bases) in states.bases.iter().enumerate() {
            for position in 0..3 {
                for base in (0..4).filter(|base| *base != bases[position]) {
                    let mut changed = *bases;
                    changed[position] = base;
                    if let Some(to) = states.index(changed) {
                        changes.push(Change {
                            from,
                            to,
                            pair: pair(bases[position], base),
                            frequency: frequencies.bases[position][base],
                            synonymous: states.amino_acids[from] == states.amino_acids[to],
                        });
                    }
                }
            }
        }
        Self {
            frequencies: frequencies.codons.clone(),
            changes,
        }
    }

    /// Number of states.
    pub(crate) fn len(&self) -> usize {
        self.frequencies.len()
    }

    /// Q, with α = 1 and β = ω.
    pub(crate) fn rates(&self, theta: &Exchangeabilities, omega: f64) -> DMatrix<f64> {
        let mut rates = DMatrix::zeros(self.len(), self.len());
        for change in &self.changes {
            let factor = if change.synonymous { 1.0 } else { omega };
            let rate = factor * theta[change.pair] * change.frequency;
            rates[(change.from, change.to)] += rate;
            rates[(change.from, change.from)] -= rate;
        }
        rates
    }

    /// Derivatives with respect to θ and to ω, from those with respect to the elements of Q.
    pub(crate) fn derivative(
        &self,
        by_rates: &DMatrix<f64>,
        theta: &Exchangeabilities,
        omega: f64,
    ) -> (Exchangeabilities, f64) {
        let mut by_theta = [0.0; 6];
        let mut by_omega = 0.0;
        for change in &self.changes {
            let own = by_rates[(change.from, change.to)] - by_rates[(change.from, change.from)];
            let own = own * change.frequency;
            if change.synonymous {
                by_theta[change.pair] += own;
            } else {
                by_theta[change.pair] += omega * own;
                by_omega += own * theta[change.pair];
            }
        }
        (by_theta, by_omega)
    }

    /// ES and EN: the rates of synonymous and nonsynonymous change at equilibrium, with α = β = 1.
    pub(crate) fn expected(&self, theta: &Exchangeabilities) -> (f64, f64) {
        let mut expected = (0.0, 0.0);
        for change in &self.changes {
            let rate = self.frequencies[change.from] * theta[change.pair] * change.frequency;
            if change.synonymous {
                expected.0 += rate;
            } else {
                expected.1 += rate;
            }
        }
        expected
    }
}
