//! Changes of several nucleotides at once in products with Q.

// Lanes are indexed by one variable, so that the compiler sees that they go together.
#![allow(clippy::needless_range_loop)]

use super::{Block, LANES, Lane, STATES, multiply_add};
use crate::model::{Change, Exchangeabilities, HitRates, Model};

/// The changes of two and of three nucleotides at once of a codon model, in the order of its rows.
#[derive(Debug, Clone)]
pub(super) struct Several {
    /// Number of their rates: none, δ, or δ and ψ.
    rates: usize,
    rows: Vec<Row>,
    /// The new states with Π θ n.
    changes: Vec<(usize, f64)>,
    /// For each state, rates of leaving it by changes of two and of three nucleotides, synonymous and
    /// nonsynonymous ones, with α = β = δ = ψ = 1.
    leaving: Vec<[[f64; 2]; 2]>,
}

/// The changes of a state: synonymous and nonsynonymous ones of two nucleotides, then of three.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Place of the first one.
    first: usize,
    numbers: [[usize; 2]; 2],
    leaving: [[f64; 2]; 2],
}

impl Several {
    /// `order` has the state of each row.
    pub(super) fn new(
        model: &Model,
        theta: &Exchangeabilities,
        order: impl Iterator<Item = usize>,
    ) -> Self {
        let mut several = Self {
            rates: model.multiple_hits.rates(),
            rows: Vec::new(),
            changes: Vec::new(),
            leaving: vec![[[0.0; 2]; 2]; model.len()],
        };
        for state in order {
            let first = several.changes.len();
            let mut numbers = [[0; 2]; 2];
            for hits in 0..2 {
                for kind in 0..2 {
                    let is_own = |change: &&Change| {
                        change.from == state
                            && change.hits == hits + 2
                            && change.synonymous == (kind == 0)
                    };
                    for change in model.changes.iter().filter(is_own) {
                        let rate = change.exchangeability(theta) * change.frequency;
                        several.changes.push((change.to, rate));
                        several.leaving[state][hits][kind] += rate;
                        numbers[hits][kind] += 1;
                    }
                }
            }
            several.rows.push(Row {
                first,
                numbers,
                leaving: several.leaving[state],
            });
        }
        several
    }

    pub(super) fn rates(&self) -> usize {
        self.rates
    }

    /// The rates of leaving a state by synonymous and by nonsynonymous changes, with α = β = 1.
    #[inline(always)]
    pub(super) fn leaving(&self, state: usize, hits: HitRates) -> [f64; 2] {
        let [two, three] = self.leaving[state];
        [0, 1].map(|kind| hits[0] * two[kind] + hits[1] * three[kind])
    }

    /// Adds the products of a row with some vectors to those of single changes, synonymous and
    /// nonsynonymous ones. `own` is what the vectors have at the row's state. Returns what δ and ψ
    /// multiply of the first vector: its products by the number of nucleotides and by kind.
    #[inline(always)]
    pub(super) fn add<const FUSED: bool, const N: usize>(
        &self,
        row: usize,
        hits: &[Lane; 2],
        vectors: &[Block],
        own: &[Lane; N],
        sums: &mut [[Lane; N]; 2],
    ) -> [[Lane; 2]; 2] {
        let row = &self.rows[row];
        let vectors = &vectors[..N];
        let mut of_first = [[[0.0; LANES]; 2]; 2];
        let mut rest = &self.changes[row.first..];
        for number in 0..self.rates {
            for kind in 0..2 {
                let (changes, others) = rest.split_at(row.numbers[number][kind]);
                rest = others;
                let mut product = [[0.0; LANES]; N];
                for part in 0..N {
                    for l in 0..LANES {
                        product[part][l] = -row.leaving[number][kind] * own[part][l];
                    }
                }
                for (j, rate) in changes {
                    let j = j % STATES;
                    for part in 0..N {
                        let vector = &vectors[part].0[j];
                        for l in 0..LANES {
                            let before = product[part][l];
                            product[part][l] = multiply_add::<FUSED>(*rate, vector[l], before);
                        }
                    }
                }
                for part in 0..N {
                    for l in 0..LANES {
                        let before = sums[kind][part][l];
                        let own = product[part][l];
                        sums[kind][part][l] = multiply_add::<FUSED>(hits[number][l], own, before);
                    }
                }
                of_first[number][kind] = product[0];
            }
        }
        of_first
    }
}
