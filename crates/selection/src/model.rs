//! Rates of substitution: the general time-reversible model of nucleotides (GTR), and MG94xREV of
//! codons, with or without changes of several nucleotides at once.
//!
//! Sources: Tavaré S (1986), Lect Math Life Sci 17:57; Muse SV, Gaut BS (1994), Mol Biol Evol 11:715;
//! Kosakovsky Pond SL, Muse SV (2005), in: Statistical Methods in Molecular Evolution, 125; Lucaci AG,
//! Wisotsky SR, Shank SD, et al. (2021), PLoS ONE 16:e0248337.

use nalgebra::DMatrix;

use crate::{MultipleHits, codon::CodonStates, frequencies::CodonFrequencies};

/// Exchangeabilities θ of pairs of bases, in the order AC, AG, AT, CG, CT, GT. AG is 1.
pub(crate) type Exchangeabilities = [f64; 6];

/// δ and ψ: what the rates of changes of two and of three nucleotides at once are multiplied by. Both
/// are 0 where there are no such changes.
pub(crate) type HitRates = [f64; 2];

/// δ and ψ of a model in which one nucleotide changes at a time.
pub(crate) const SINGLE: HitRates = [0.0; 2];

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

/// A change of one nucleotide, or of several at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Number of nucleotides that change, 1 to 3.
    pub(crate) hits: usize,
    /// The places of their old and new bases among [`PAIRS`]; the first `hits` count.
    pairs: [usize; 3],
    /// The frequencies of the new bases, multiplied: the rate is this times their θ.
    pub(crate) frequency: f64,
    /// Whether the amino acid stays the same.
    pub(crate) synonymous: bool,
}

impl Change {
    fn pairs(&self) -> &[usize] {
        &self.pairs[..self.hits]
    }

    /// θ of all nucleotides that change, multiplied.
    pub(crate) fn exchangeability(&self, theta: &Exchangeabilities) -> f64 {
        self.pairs().iter().map(|pair| theta[*pair]).product()
    }

    /// 1, δ or ψ.
    fn hit_rate(&self, hits: &HitRates) -> f64 {
        match self.hits {
            1 => 1.0,
            several => hits[several - 2],
        }
    }

    /// The change between two codons.
    fn between(states: &CodonStates, n: &[[f64; 4]; 3], from: usize, to: usize) -> Self {
        let mut change = Self {
            from,
            to,
            hits: 0,
            pairs: [0; 3],
            frequency: 1.0,
            synonymous: states.amino_acids[from] == states.amino_acids[to],
        };
        let bases = states.bases[from].iter().zip(&states.bases[to]);
        for (position, (x, y)) in bases.enumerate().filter(|(_, (x, y))| x != y) {
            change.pairs[change.hits] = pair(*x, *y);
            change.frequency *= n[position][*y];
            change.hits += 1;
        }
        change
    }
}

/// The changes that a model allows, and the frequencies of its states at equilibrium.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) frequencies: Vec<f64>,
    pub(crate) changes: Vec<Change>,
    /// How many nucleotides may change at once.
    pub(crate) multiple_hits: MultipleHits,
}

impl Model {
    /// GTR: q_xy = θ_xy π_y.
    pub(crate) fn nucleotides(frequencies: &[f64; 4]) -> Self {
        let pairs = (0..4).flat_map(|x| (0..4).map(move |y| (x, y)));
        let change = |(from, to): (usize, usize)| {
            (from != to).then(|| Change {
                from,
                to,
                hits: 1,
                pairs: [pair(from, to), 0, 0],
                frequency: frequencies[to],
                synonymous: true,
            })
        };
        Self {
            frequencies: frequencies.to_vec(),
            changes: pairs.filter_map(change).collect(),
            multiple_hits: MultipleHits::None,
        }
    }

    /// MG94xREV: a codon changes into one that differs from it at one position p, where x becomes
    /// y, at the rate θ_xy n\[p\]\[y\], times α if the change is synonymous, otherwise times β. If it
    /// differs at two positions, the rate is the product of both θ n, times δ, times α or β; at three,
    /// that of all three, times ψ, times α or β.
    pub(crate) fn codons(
        states: &CodonStates,
        frequencies: &CodonFrequencies,
        multiple_hits: MultipleHits,
    ) -> Self {
        let mut changes = Vec::new();
        for from in 0..states.len() {
            let others = (0..states.len()).filter(|to| *to != from);
            let all = others.map(|to| Change::between(states, &frequencies.bases, from, to));
            let mut own: Vec<Change> = all
                .filter(|change| change.hits <= multiple_hits.most())
                .collect();
            let first_position = |change: &Change| {
                let (from, to) = (states.bases[change.from], states.bases[change.to]);
                (0..3).find(|position| from[*position] != to[*position])
            };
            own.sort_by_key(|change| (change.hits, first_position(change)));
            changes.extend(own);
        }
        Self {
            frequencies: frequencies.codons.clone(),
            changes,
            multiple_hits,
        }
    }

    /// Number of states.
    pub(crate) fn len(&self) -> usize {
        self.frequencies.len()
    }

    /// Q, with α = 1 and β = ω.
    pub(crate) fn rates(
        &self,
        theta: &Exchangeabilities,
        omega: f64,
        hits: &HitRates,
    ) -> DMatrix<f64> {
        let mut rates = DMatrix::zeros(self.len(), self.len());
        for change in &self.changes {
            let factor = if change.synonymous { 1.0 } else { omega };
            let factor = factor * change.hit_rate(hits);
            let rate = factor * change.exchangeability(theta) * change.frequency;
            rates[(change.from, change.to)] += rate;
            rates[(change.from, change.from)] -= rate;
        }
        rates
    }

    /// Q of synonymous and of nonsynonymous changes of one nucleotide, with α = β = 1.
    pub(crate) fn kinds(&self, theta: &Exchangeabilities) -> [DMatrix<f64>; 2] {
        let synonymous = self.rates(theta, 0.0, &SINGLE);
        let nonsynonymous = self.rates(theta, 1.0, &SINGLE) - &synonymous;
        [synonymous, nonsynonymous]
    }

    /// Derivatives with respect to θ, to ω, and to δ and ψ, from those with respect to the elements of
    /// Q.
    pub(crate) fn derivative(
        &self,
        by_rates: &DMatrix<f64>,
        theta: &Exchangeabilities,
        omega: f64,
        hits: &HitRates,
    ) -> (Exchangeabilities, f64, HitRates) {
        let mut by_theta = [0.0; 6];
        let mut by_omega = 0.0;
        let mut by_hits = SINGLE;
        for change in &self.changes {
            let own = by_rates[(change.from, change.to)] - by_rates[(change.from, change.from)];
            let own = own * change.frequency;
            let exchangeability = change.exchangeability(theta);
            let factor = if change.synonymous { 1.0 } else { omega };
            let hit_rate = change.hit_rate(hits);
            for (place, pair) in change.pairs().iter().enumerate() {
                let others = change.pairs().iter().enumerate();
                let others = others.filter(|(other, _)| *other != place);
                let others: f64 = others.map(|(_, pair)| theta[*pair]).product();
                by_theta[*pair] += factor * hit_rate * own * others;
            }
            if !change.synonymous {
                by_omega += own * exchangeability * hit_rate;
            }
            if change.hits > 1 {
                by_hits[change.hits - 2] += own * exchangeability * factor;
            }
        }
        (by_theta, by_omega, by_hits)
    }

    /// ES and EN: the rates of synonymous and nonsynonymous change at equilibrium, with α = β = 1.
    pub(crate) fn expected(&self, theta: &Exchangeabilities, hits: &HitRates) -> (f64, f64) {
        let mut expected = (0.0, 0.0);
        for change in &self.changes {
            let rate = self.frequencies[change.from]
                * change.exchangeability(theta)
                * change.frequency
                * change.hit_rate(hits);
            if change.synonymous {
                expected.0 += rate;
            } else {
                expected.1 += rate;
            }
        }
        expected
    }
}
