//! The fit in which branch lengths are proportional to GTR's.
//!
//! The α of a branch is its GTR length times a factor of its tree, and its β is ω times α. The factor
//! and ω are correlated, because data determine the total length of a tree best. The search therefore
//! uses parameters that are nearly independent: for each tree, the total length that the codon model
//! expects, as a multiple of GTR's, which is close to 1; and ω, which divides the changes into
//! synonymous and nonsynonymous ones.
//!
//! The coordinates of the search are such that the likelihood is nearly a parabola: the square root of
//! what is a mean number of changes, and for ω an angle φ, of which sin² φ is the share of
//! nonsynonymous changes (Anscombe FJ 1948, Biometrika 35:246).

use std::sync::OnceLock;

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::{
    ascent::Settings,
    likelihood::{Decomposed, Matrices, Passage, Process, Subtrees, indicators},
    model::{Exchangeabilities, HitRates, SINGLE},
    newton::{Expansion, Function, displacements, distance},
};

use super::{CodonFit, CodonModel, hits_of};

/// ω at the start, typical of genes.
const OMEGA: f64 = 0.25;
/// δ and ψ at the start.
const HITS: f64 = 0.1;
/// The largest ω, where no change is synonymous.
const MOST: f64 = 1e4;

/// How the search proceeds that ends when a step is expected to gain less than `gain`.
pub(super) const fn settings(gain: f64) -> Settings {
    Settings {
        gain,
        evaluations: 100,
        absolute: 0.5,
        relative: 1.0,
    }
}

/// The likelihood as a function of its coordinates: the square roots of the multiples of all trees; the
/// angles of background branches, if there are any, and of tested ones; the square roots of δ and ψ, as
/// many as there are.
pub(super) struct Proportions<'a> {
    model: &'a CodonModel<'a>,
    theta: Exchangeabilities,
    /// EN / ES: tan² φ, if ω is 1.
    neutral: f64,
    trees: Vec<Tree>,
    observed: DMatrix<f64>,
    matrices: Matrices,
}

struct Tree {
    subtrees: Subtrees,
    /// The shares of background branches and of tested ones in the tree's GTR length.
    shares: [f64; 2],
}

/// What trees have in common.
struct Shared {
    omegas: [f64; 2],
    hits: HitRates,
    /// ES and EN, with δ and ψ.
    expected: (f64, f64),
}

impl<'a> Proportions<'a> {
    pub(super) fn new(model: &'a CodonModel<'a>, theta: Exchangeabilities) -> Self {
        let tree = |place: usize| {
            let partition = &model.partitions[place];
            let mut sums = [0.0; 2];
            for (length, tested) in model.pruned.lengths[place].iter().zip(&model.tested[place]) {
                sums[usize::from(*tested)] += length;
            }
            let total = sums[0] + sums[1];
            Tree {
                subtrees: Subtrees::new(
                    partition.phylogeny,
                    partition.patterns,
                    partition.observations,
                ),
                shares: sums.map(|sum| sum / total.max(f64::MIN_POSITIVE)),
            }
        };
        let trees = (0..model.partitions.len()).into_par_iter().map(tree);
        let trees: Vec<Tree> = trees.collect();
        let subtrees = trees.iter().map(|tree| &tree.subtrees);
        let (es, en) = model.model.expected(&theta, &SINGLE);
        Self {
            model,
            theta,
            neutral: en / es,
            matrices: Matrices::new(model.model.frequencies.len(), subtrees),
            trees,
            observed: indicators(&model.data.columns.observations),
        }
    }

    /// Where a search starts.
    pub(super) fn start(&self) -> Vec<f64> {
        let mut start = vec![1.0; self.trees.len()];
        let sets = self.model.sets();
        start.extend(vec![(OMEGA * self.neutral).sqrt().atan(); sets]);
        start.extend(vec![HITS.sqrt(); self.model.model.multiple_hits.rates()]);
        start
    }

    /// The fit at a point.
    pub(super) fn fit(&self, point: &[f64], log_likelihood: f64) -> CodonFit {
        let (multiples, shared) = point.split_at(self.trees.len());
        let shared = self.shared(shared);
        let alphas = |(place, root): (usize, &f64)| self.alphas(place, *root, &shared);
        CodonFit {
            log_likelihood,
            theta: self.theta,
            alphas: multiples.iter().enumerate().map(alphas).collect(),
            omegas: shared.omegas,
            hits: shared.hits,
        }
    }

    fn shared(&self, coordinates: &[f64]) -> Shared {
        let sets = self.model.sets();
        let (angles, hits) = coordinates.split_at(sets);
        let hits = hits_of(hits);
        let omega = |angle: f64| (angle.tan().powi(2) / self.neutral).min(MOST);
        Shared {
            // A background of no branches has any ω.
            omegas: [angles[0], angles[sets - 1]].map(omega),
            hits,
            expected: self.model.model.expected(&self.theta, &hits),
        }
    }

    /// α of each branch of a tree.
    fn alphas(&self, place: usize, root: f64, shared: &Shared) -> Vec<f64> {
        let pairs = self.trees[place].shares.iter().zip(shared.omegas);
        let omega: f64 = pairs.map(|(share, omega)| share * omega).sum();
        let (es, en) = shared.expected;
        // The expected changes of a codon, which has three sites, are those of its tree's length.
        let factor = 3.0 * root * root / (es + omega * en);
        let lengths = self.model.pruned.lengths[place].iter();
        lengths.map(|length| factor * length).collect()
    }

    /// The log-likelihoods of each tree at displacements from a point: of its multiple, and of what trees
    /// have in common.
    fn values(&self, point: &[f64], displacements: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let (multiples, common) = point.split_at(self.trees.len());
        let model = &self.model.model;
        let mut different: Vec<(f64, HitRates)> = Vec::new();
        let moved: Vec<(Shared, [usize; 2])> = displacements
            .iter()
            .map(|displacement| {
                let shared = self.shared(&displaced(common, &displacement[1..]));
                let places = shared.omegas.map(|omega| {
                    let rates = (omega, shared.hits);
                    let known = different.iter().position(|other| *other == rates);
                    known.unwrap_or_else(|| {
                        different.push(rates);
                        different.len() - 1
                    })
                });
                (shared, places)
            })
            .collect();
        // Whichever thread needs a decomposition first computes it, so that none has to wait for all.
        let decomposed: Vec<OnceLock<Decomposed>> =
            different.iter().map(|_| OnceLock::new()).collect();
        let decompose = |place: usize| {
            decomposed[place].get_or_init(|| {
                let (omega, hits) = &different[place];
                let rates = model.rates(&self.theta, *omega, hits);
                Decomposed::new(&rates, &model.frequencies, &self.observed)
            })
        };
        let value = |place: usize, at: usize| {
            let (shared, places) = &moved[at];
            let root = displaced(&multiples[place..=place], &displacements[at][..1])[0];
            let alphas = self.alphas(place, root, shared);
            let branches = alphas.into_iter().zip(&self.model.tested[place]);
            let process = |(time, tested): (f64, &bool)| Process {
                spectrum: usize::from(*tested),
                time,
            };
            let processes: Vec<Process> = branches.map(process).collect();
            let passage = Passage {
                decomposed: &places.map(decompose),
                frequencies: &model.frequencies,
            };
            let subtrees = &self.trees[place].subtrees;
            let own = passage.log_likelihoods(subtrees, &processes, &self.matrices);
            let weights = &self.model.partitions[place].patterns.weights;
            own.iter()
                .zip(weights)
                .map(|(own, weight)| own * weight)
                .sum()
        };
        let of_tree = |place: usize| {
            let all = (0..displacements.len()).into_par_iter();
            all.map(|at| value(place, at)).collect()
        };
        (0..self.trees.len()).into_par_iter().map(of_tree).collect()
    }
}

/// Values after displacements.
fn displaced(values: &[f64], displacements: &[f64]) -> Vec<f64> {
    let pairs = values.iter().zip(displacements);
    pairs
        .map(|(value, by)| value + by * distance(*value))
        .collect()
}

impl Function for Proportions<'_> {
    fn value(&self, point: &[f64]) -> f64 {
        let here = vec![0.0; 1 + point.len() - self.trees.len()];
        self.values(point, &[here]).iter().flatten().sum()
    }

    fn expansion(&self, point: &[f64]) -> Expansion {
        let common = self.trees.len()..point.len();
        let values = self.values(point, &displacements(1 + common.len()));
        let mut all = Expansion::zero(point.len());
        for (place, values) in values.iter().enumerate() {
            let parameters: Vec<usize> = [place].into_iter().chain(common.clone()).collect();
            let distances: Vec<f64> = parameters.iter().map(|at| distance(point[*at])).collect();
            all.add(values, &parameters, &distances);
        }
        all
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{
        MultipleHits,
        lysozyme::Patient,
        newton::maximise,
        numerics::{ALL_HITS, THETA, close, with_model},
    };

    #[test]
    fn values_are_those_of_the_likelihood_with_a_gradient() {
        for hits in ALL_HITS {
            with_model(hits, |model| {
                let proportions = Proportions::new(model, THETA);
                let start = proportions.start();
                let point: Vec<f64> = start.iter().map(|own| 0.9 * own).collect();
                let fit = proportions.fit(&point, 0.0);
                let mut evaluator = model.evaluator();
                let expected = evaluator.evaluate(&fit.alphas, &THETA, fit.omegas, &fit.hits);
                let value = proportions.value(&point);
                assert!(close(value, expected.value, 1e-12), "{value}");
            });
        }
    }

    /// At the maximum, no parameter can move without a loss.
    #[test]
    fn a_search_ends_at_the_maximum() {
        for hits in ALL_HITS {
            with_model(hits, |model| {
                let proportions = Proportions::new(model, THETA);
                let start = proportions.start();
                let settings = settings(1e-9);
                let (point, value) = maximise(&proportions, start, settings, &Patient).unwrap();
                assert!(close(proportions.value(&point), value, 1e-12));
                for place in 0..point.len() {
                    for by in [-0.01, 0.01] {
                        let mut moved = point.clone();
                        moved[place] += by;
                        let below = proportions.value(&moved);
                        assert!(below < value + 1e-9, "{place}: {below} {value}");
                    }
                }
            });
        }
    }

    /// With multiples of 1, trees have GTR's lengths, whatever ω is.
    #[test]
    fn multiples_are_those_of_lengths() {
        with_model(MultipleHits::DoubleTriple, |model| {
            let proportions = Proportions::new(model, THETA);
            for angle in [0.0, 0.6, 1.3] {
                let mut point = proportions.start();
                (point[1], point[2]) = (angle, 0.5 * angle);
                let fit = proportions.fit(&point, 0.0);
                let sum = |lengths: &[Vec<f64>]| lengths.iter().flatten().sum::<f64>();
                let (own, gtr) = (sum(&model.lengths(&fit)), sum(&model.pruned.lengths));
                assert!(close(own, gtr, 1e-12), "{angle}: {own} {gtr}");
            }
        });
    }
}
