//! The parameters of the fit in which branch lengths are proportional to GTR's.
//!
//! The α of a branch is its GTR length times a factor of its tree, and its β is ω times α. The factor
//! and ω are correlated, because data determine the total length of a tree best. The search therefore
//! uses parameters that are nearly independent: for each tree, the total length that the codon model
//! expects, as a multiple of GTR's, which is close to 1; and ω, which divides the changes into
//! synonymous and nonsynonymous ones.

use crate::{
    fits::parameters::informative,
    model::{Exchangeabilities, HitRates, SINGLE},
};

use super::{CodonModel, Derived, hits_of};

/// ω at the start, typical of genes.
const OMEGA: f64 = 0.25;
/// δ and ψ at the start.
const HITS: f64 = 0.1;

/// The square roots of the parameters: the multiples of all trees; ω of background branches and of
/// tested ones; δ and ψ, as many as there are.
pub(super) struct Proportions<'a> {
    model: &'a CodonModel<'a>,
    theta: Exchangeabilities,
    trees: Vec<Tree>,
}

/// Sums over the background branches of a tree, and over its tested ones.
struct Tree {
    /// Their shares of the tree's GTR length.
    shares: [f64; 2],
    /// The expected numbers of changes that are informative about their lengths.
    changes: [f64; 2],
}

/// The model at a point of the search.
pub(super) struct Point {
    /// α of each branch of each tree.
    pub(super) alphas: Vec<Vec<f64>>,
    pub(super) omegas: [f64; 2],
    pub(super) hits: HitRates,
    /// For each tree, α of a branch of GTR's length 1.
    factors: Vec<f64>,
    /// ES and EN, with δ and ψ.
    expected: (f64, f64),
}

impl<'a> Proportions<'a> {
    pub(super) fn new(model: &'a CodonModel<'a>, theta: Exchangeabilities) -> Self {
        let coverage = &model.data.columns.coverage;
        let trees = model.pruned.lengths.iter().zip(model.tested).zip(coverage);
        let trees = trees.map(|((lengths, tested), codons)| {
            let sites = 3.0 * codons.len() as f64;
            let (mut sums, mut changes) = ([0.0; 2], [0.0; 2]);
            for (length, tested) in lengths.iter().zip(tested) {
                sums[usize::from(*tested)] += length;
                changes[usize::from(*tested)] += sites * length * informative(*length);
            }
            let total = sums[0] + sums[1];
            Tree {
                shares: sums.map(|sum| sum / total.max(f64::MIN_POSITIVE)),
                changes,
            }
        });
        Self {
            model,
            theta,
            trees: trees.collect(),
        }
    }

    /// Where a search starts.
    pub(super) fn start(&self) -> Vec<f64> {
        let mut start = vec![1.0; self.trees.len()];
        start.extend([OMEGA.sqrt(); 2]);
        start.extend(vec![HITS.sqrt(); self.model.model.multiple_hits.rates()]);
        start
    }

    /// A guess at the inverse of the negative second derivatives: the number of changes has Poisson's
    /// distribution, and how many of them are nonsynonymous is binomial.
    pub(super) fn curvature(&self) -> Vec<f64> {
        let of_tree = |tree: &Tree| 0.25 / (1.0 + tree.changes.iter().sum::<f64>());
        let mut curvature: Vec<f64> = self.trees.iter().map(of_tree).collect();
        let sum = |set: usize| self.trees.iter().map(|tree| tree.changes[set]).sum();
        let sums: [f64; 2] = [0, 1].map(sum);
        let (es, en) = self.model.model.expected(&self.theta, &SINGLE);
        let share = OMEGA * en / (es + OMEGA * en);
        let variance = share * (1.0 - share);
        curvature.extend(sums.map(|changes| 0.25 * OMEGA / (1.0 + changes * variance)));
        let hits = self.model.model.multiple_hits.rates();
        curvature.extend(vec![0.25 / (1.0 + sums[0] + sums[1]); hits]);
        curvature
    }

    /// The model at these square roots.
    pub(super) fn at(&self, roots: &[f64]) -> Point {
        let (multiples, others) = roots.split_at(self.trees.len());
        let omegas = [others[0] * others[0], others[1] * others[1]];
        let hits = hits_of(&others[2..]);
        let expected = self.model.model.expected(&self.theta, &hits);
        let pairs = self.trees.iter().zip(multiples);
        // A codon has three sites.
        let factors: Vec<f64> = pairs
            .map(|(tree, root)| 3.0 * root * root / tree.rate(expected, omegas))
            .collect();
        let lengths = self.model.pruned.lengths.iter().zip(&factors);
        let scaled = |(own, factor): (&Vec<f64>, &f64)| -> Vec<f64> {
            own.iter().map(|length| length * factor).collect()
        };
        Point {
            alphas: lengths.map(scaled).collect(),
            omegas,
            hits,
            factors,
            expected,
        }
    }

    /// The derivatives by the roots.
    pub(super) fn gradient(&self, roots: &[f64], point: &Point, derived: &Derived) -> Vec<f64> {
        let (mut omegas, mut hits) = (derived.omegas, derived.hits);
        let mut multiples = Vec::with_capacity(self.trees.len());
        let by_hits = self.expected_by_hits(point);
        for (place, tree) in self.trees.iter().enumerate() {
            let lengths = self.model.pruned.lengths[place].iter();
            let by_alphas = derived.alphas[place].iter().zip(lengths);
            let by_factor: f64 = by_alphas.map(|(by, length)| by * length).sum();
            let rate = tree.rate(point.expected, point.omegas);
            multiples.push(by_factor * 3.0 / rate);
            let by_rate = -by_factor * point.factors[place] / rate;
            for (by, share) in omegas.iter_mut().zip(tree.shares) {
                *by += by_rate * point.expected.1 * share;
            }
            for (by, expected) in hits.iter_mut().zip(by_hits) {
                *by += by_rate * tree.rate(expected, point.omegas);
            }
        }
        let all = multiples.into_iter().chain(omegas).chain(hits);
        // Only as many as there are parameters.
        all.zip(roots).map(|(by, root)| 2.0 * root * by).collect()
    }

    /// The derivatives of ES and EN by δ and ψ, which they are linear in.
    fn expected_by_hits(&self, point: &Point) -> [(f64, f64); 2] {
        [0, 1].map(|place| {
            let mut hits = point.hits;
            hits[place] += 1.0;
            let (es, en) = self.model.model.expected(&self.theta, &hits);
            (es - point.expected.0, en - point.expected.1)
        })
    }
}

impl Tree {
    /// The rate of change of a codon, with α = 1, as a mean over the branches.
    fn rate(&self, (es, en): (f64, f64), omegas: [f64; 2]) -> f64 {
        let omega: f64 = self.shares.iter().zip(omegas).map(|(s, o)| s * o).sum();
        es + omega * en
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::numerics::{ALL_HITS, THETA, close, with_model};

    #[test]
    fn gradients_are_those_of_finite_differences() {
        for hits in ALL_HITS {
            with_model(hits, |model| {
                let proportions = Proportions::new(model, THETA);
                let mut evaluator = model.evaluator();
                let mut evaluate = |roots: &[f64]| {
                    let point = proportions.at(roots);
                    let derived =
                        evaluator.evaluate(&point.alphas, &THETA, point.omegas, &point.hits);
                    (derived.value, proportions.gradient(roots, &point, &derived))
                };
                let roots: Vec<f64> = proportions.start().iter().map(|root| 0.9 * root).collect();
                let (_, gradient) = evaluate(&roots);
                assert_eq!(gradient.len(), roots.len());
                let step = 1e-6;
                for (place, own) in gradient.iter().enumerate() {
                    let mut moved = |by: f64| {
                        let mut roots = roots.clone();
                        roots[place] += by;
                        evaluate(&roots).0
                    };
                    let expected = (moved(step) - moved(-step)) / (2.0 * step);
                    assert!(close(*own, expected, 1e-6), "{place}: {own} {expected}");
                }
            });
        }
    }

    /// With multiples of 1, trees have GTR's lengths, whatever ω is.
    #[test]
    fn multiples_are_those_of_lengths() {
        with_model(crate::MultipleHits::DoubleTriple, |model| {
            let proportions = Proportions::new(model, THETA);
            for omega in [0.0, 0.3, 2.0] {
                let mut roots = proportions.start();
                (roots[1], roots[2]) = (f64::sqrt(omega), f64::sqrt(0.5 * omega));
                let point = proportions.at(&roots);
                let fit = crate::fits::CodonFit {
                    log_likelihood: 0.0,
                    theta: THETA,
                    omegas: point.omegas,
                    hits: point.hits,
                    alphas: point.alphas,
                };
                let sum = |lengths: &[Vec<f64>]| lengths.iter().flatten().sum::<f64>();
                let (own, gtr) = (sum(&model.lengths(&fit)), sum(&model.pruned.lengths));
                assert!(close(own, gtr, 1e-12), "{omega}: {own} {gtr}");
            }
        });
    }
}
