//! Synonymous and nonsynonymous sites of codons, and substitutions between them.
//!
//! Sources: Nei M, Gojobori T (1986), Mol Biol Evol 3:418; Suzuki Y, Gojobori T (1999), Mol Biol Evol
//! 16:1315; Kosakovsky Pond SL, Frost SDW (2005), Mol Biol Evol 22:1208.

use std::ops::AddAssign;

use crate::{
    codon::CodonStates,
    model::{Exchangeabilities, pair},
};

/// The orders in which three positions can change.
const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// Sites at which a change is synonymous or not, and changes of both kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) synonymous_sites: f64,
    pub(crate) nonsynonymous_sites: f64,
    pub(crate) synonymous: f64,
    pub(crate) nonsynonymous: f64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.synonymous_sites += other.synonymous_sites;
        self.nonsynonymous_sites += other.nonsynonymous_sites;
        self.synonymous += other.synonymous;
        self.nonsynonymous += other.nonsynonymous;
    }
}

impl Counts {
    /// Multiplies all numbers.
    pub(crate) fn times(self, factor: f64) -> Self {
        self.with_weighted_sites(factor)
            .with_weighted_changes(factor)
    }

    /// Multiplies the numbers of sites.
    pub(crate) fn with_weighted_sites(self, factor: f64) -> Self {
        Self {
            synonymous_sites: factor * self.synonymous_sites,
            nonsynonymous_sites: factor * self.nonsynonymous_sites,
            ..self
        }
    }

    fn with_weighted_changes(self, factor: f64) -> Self {
        Self {
            synonymous: factor * self.synonymous,
            nonsynonymous: factor * self.nonsynonymous,
            ..self
        }
    }

    /// The sites of a codon, without its changes.
    fn sites(self) -> Self {
        self.with_weighted_changes(0.0)
    }
}

/// The counts of all pairs of codons.
#[derive(Debug, Clone)]
pub(crate) struct CodonCounts {
    states: usize,
    pairs: Vec<Counts>,
}

impl CodonCounts {
    /// A base x becomes y with the weight θ_xy π_y.
    pub(crate) fn new(
        states: &CodonStates,
        theta: &Exchangeabilities,
        frequencies: &[f64; 4],
    ) -> Self {
        let sites: Vec<Counts> = (0..states.len())
            .map(|state| sites(states, state, theta, frequencies))
            .collect();
        let n = states.len();
        let mut pairs = vec![Counts::default(); n * n];
        for from in 0..n {
            pairs[from * n + from] = sites[from];
            for to in from + 1..n {
                let between = between(states, &sites, from, to);
                pairs[from * n + to] = between;
                pairs[to * n + from] = between;
            }
        }
        Self { states: n, pairs }
    }

    /// The counts along a branch between two codons.
    pub(crate) fn between(&self, from: u8, to: u8) -> Counts {
        self.pairs[usize::from(from) * self.states + usize::from(to)]
    }

    /// The sites of a codon.
    pub(crate) fn of(&self, codon: u8) -> Counts {
        self.between(codon, codon)
    }
}

/// The share of each position's changes that are synonymous, and that are not, summed over the
/// positions. Changes to stop codons are neither.
fn sites(
    states: &CodonStates,
    state: usize,
    theta: &Exchangeabilities,
    frequencies: &[f64; 4],
) -> Counts {
    let mut sites = Counts::default();
    for position in 0..3 {
        let from = states.bases[state][position];
        let (mut all, mut synonymous, mut nonsynonymous) = (0.0, 0.0, 0.0);
        for to in (0..4).filter(|to| *to != from) {
            let weight = theta[pair(from, to)] * frequencies[to];
            all += weight;
            let mut changed = states.bases[state];
            changed[position] = to;
            match states.index(changed) {
                Some(other) if states.amino_acids[other] == states.amino_acids[state] => {
                    synonymous += weight;
                }
                Some(_) => nonsynonymous += weight,
                None => {}
            }
        }
        // Without any rate from this base, it has no changes to share.
        if all > 0.0 {
            sites.synonymous_sites += synonymous / all;
            sites.nonsynonymous_sites += nonsynonymous / all;
        }
    }
    sites
}

/// The mean over the shortest paths between two codons, one for each order of the positions, that
/// avoid stop codons: of the mean sites of the path's codons, and of its changes. Nothing if there
/// is no such path.
fn between(states: &CodonStates, sites: &[Counts], from: usize, to: usize) -> Counts {
    let mut sum = Counts::default();
    let mut paths = 0.0;
    for order in ORDERS {
        if let Some(path) = along(states, sites, from, to, order) {
            sum += path;
            paths += 1.0;
        }
    }
    if paths > 0.0 {
        sum.times(1.0 / paths)
    } else {
        sum
    }
}

/// The counts of the path that changes positions in this order; `None` if it has a stop codon.
fn along(
    states: &CodonStates,
    sites: &[Counts],
    from: usize,
    to: usize,
    order: [usize; 3],
) -> Option<Counts> {
    let goal = states.bases[to];
    let mut current = from;
    let mut codons = 1.0;
    let mut path = sites[from];
    for position in order {
        let mut next = states.bases[current];
        if next[position] == goal[position] {
            continue;
        }
        next[position] = goal[position];
        let next = states.index(next)?;
        path += sites[next].sites();
        if states.amino_acids[next] == states.amino_acids[current] {
            path.synonymous += 1.0;
        } else {
            path.nonsynonymous += 1.0;
        }
        codons += 1.0;
        current = next;
    }
    Some(path.with_weighted_sites(1.0 / codons))
}
