//! The likelihoods of sites at the points of a grid of rates.
//!
//! Transition probabilities depend on α t, β t alone. So points with the same β/α share the
//! eigendecomposition of their rates, Q = V Λ V⁻¹, and a vector of likelihoods L passes a branch as
//! V exp(Λ t) (V⁻¹ L), at the same cost as by exp(Q t), which itself is as dear as passing 61
//! vectors.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use nalgebra::{DMatrix, DVectorView};
use pulp::Arch;
use rayon::prelude::*;

use super::{
    grid::Point,
    matrices::Matrices,
    subtrees::{Subtree, Subtrees},
};
use crate::{
    Error,
    codon::Observations,
    columns::Patterns,
    model::{Exchangeabilities, Model, SINGLE},
    phylogeny::Phylogeny,
    pool::Pool,
    scaling::{FACTORS, rescale},
    spectrum::Spectrum,
    watch::{Stage, Watch},
};

/// Fractions β / (α + β) that differ by less are one.
const SAME: f64 = 1e-14;
/// The least log-likelihood of a site.
const LEAST: f64 = -1e200;

/// One partition with its tree.
pub(crate) struct Reach {
    subtrees: Subtrees,
    /// t of each branch at α = β = 1.
    times: Vec<f64>,
}

impl Reach {
    pub(crate) fn new(
        tree: &Phylogeny,
        patterns: &Patterns,
        observations: &Observations,
        times: Vec<f64>,
    ) -> Self {
        Self {
            subtrees: Subtrees::new(tree, patterns, observations),
            times,
        }
    }
}

/// What points of the grid with one β/α share.
struct Ray {
    spectrum: Spectrum,
    /// V⁻¹ L for each different L of a leaf.
    leaves: DMatrix<f64>,
}

/// The grid with the data.
pub(crate) struct Surface<'a> {
    rays: Vec<Ray>,
    /// For each point, its ray, and α + β, by which the rates of the ray are divided.
    points: Vec<(usize, f64)>,
    frequencies: &'a [f64],
    partitions: &'a [Reach],
}

impl<'a> Surface<'a> {
    pub(crate) fn new(
        model: &'a Model,
        theta: &Exchangeabilities,
        points: &[Point],
        observations: &Observations,
        partitions: &'a [Reach],
        watch: &dyn Watch,
    ) -> Result<Self, Error> {
        watch.progress(Stage::Grid, 0, 2 * points.len());
        let synonymous = model.rates(theta, 0.0, &SINGLE);
        let nonsynonymous = model.rates(theta, 1.0, &SINGLE) - &synonymous;
        let observed = indicators(observations);
        let (fractions, points) = by_fraction(points);
        let ray = |fraction: &f64| {
            if watch.cancelled() {
                return Err(Error::Cancelled);
            }
            let rates = &synonymous * (1.0 - fraction) + &nonsynonymous * *fraction;
            let spectrum = Spectrum::new(&rates, &model.frequencies);
            Ok(Ray {
                leaves: &spectrum.inverse * &observed,
                spectrum,
            })
        };
        Ok(Self {
            rays: fractions.par_iter().map(ray).collect::<Result<_, _>>()?,
            points,
            frequencies: &model.frequencies,
            partitions,
        })
    }

    /// The point at which the whole alignment, with these weights of patterns, is likeliest; of
    /// equal ones, the first. The grid has `values` values of each rate.
    ///
    /// The likelihood of a whole alignment has one maximum, so some points are evaluated, and then
    /// the neighbours of the best one until it is better than all of them.
    pub(crate) fn best(
        &self,
        values: usize,
        weights: &[f64],
        watch: &dyn Watch,
    ) -> Result<usize, Error> {
        const STEP: usize = 4;
        let is_coarse = |value: usize| value.is_multiple_of(STEP) || value + 1 == values;
        let mut wanted: Vec<usize> = (0..self.points.len())
            .filter(|place| is_coarse(place / values) && is_coarse(place % values))
            .collect();
        let mut known = BTreeMap::new();
        loop {
            let evaluated = self.evaluate(&wanted, 1.0, known.len(), watch)?;
            for (place, own) in wanted.iter().zip(evaluated) {
                let total: f64 = own.iter().zip(weights).map(|(l, w)| l * w).sum();
                known.insert(*place, total);
            }
            let mut best = (0, f64::NEG_INFINITY);
            for (place, value) in &known {
                if *value > best.1 {
                    best = (*place, *value);
                }
            }
            wanted = neighbours(best.0, values)
                .filter(|place| !known.contains_key(place))
                .collect();
            if wanted.is_empty() {
                return Ok(best.0);
            }
        }
    }

    /// The log-likelihoods at each point of all patterns, with times multiplied by a factor.
    pub(crate) fn log_likelihoods(
        &self,
        factor: f64,
        watch: &dyn Watch,
    ) -> Result<Vec<Vec<f64>>, Error> {
        let all: Vec<usize> = (0..self.points.len()).collect();
        self.evaluate(&all, factor, all.len(), watch)
    }

    /// The same at some points. `before`: what the progress says already.
    fn evaluate(
        &self,
        places: &[usize],
        factor: f64,
        before: usize,
        watch: &dyn Watch,
    ) -> Result<Vec<Vec<f64>>, Error> {
        let done = AtomicUsize::new(before);
        let spare = Pool::default();
        let evaluate = |place: &usize| {
            let (ray, sum) = self.points[*place];
            let mut all = Vec::new();
            for partition in self.partitions {
                if watch.cancelled() {
                    return Err(Error::Cancelled);
                }
                let ray = &self.rays[ray];
                let passage = Passage {
                    ray,
                    frequencies: self.frequencies,
                    scale: sum * factor,
                };
                let own = |matrices: &mut Matrices| passage.log_likelihoods(partition, matrices);
                all.extend(spare.with(|_| true, Matrices::default, own));
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            watch.progress(Stage::Grid, done, 2 * self.points.len());
            Ok(all)
        };
        places.par_iter().map(evaluate).collect()
    }
}

/// The points next to a point of a grid with so many values of each rate.
fn neighbours(place: usize, values: usize) -> impl Iterator<Item = usize> {
    let near = move |value: usize| value.saturating_sub(1)..(value + 2).min(values);
    let (alpha, beta) = (place / values, place % values);
    near(alpha)
        .flat_map(move |alpha| near(beta).map(move |beta| alpha * values + beta))
        .filter(move |other| *other != place)
}

/// The different fractions β / (α + β), and for each point the number of its fraction, and α + β.
fn by_fraction(points: &[Point]) -> (Vec<f64>, Vec<(usize, f64)>) {
    let fraction = |point: &Point| {
        let sum = point.alpha + point.beta;
        if sum > 0.0 { point.beta / sum } else { 0.0 }
    };
    let mut fractions: Vec<f64> = points.iter().map(fraction).collect();
    fractions.sort_by(f64::total_cmp);
    fractions.dedup_by(|next, kept| *next - *kept < SAME);
    let number = |point: &Point| {
        let own = fraction(point);
        let after = fractions.partition_point(|other| *other <= own);
        (after.saturating_sub(1), point.alpha + point.beta)
    };
    let numbered = points.iter().map(number).collect();
    (fractions, numbered)
}

/// L of each observation: 1 for the states that it may stand for.
fn indicators(observations: &Observations) -> DMatrix<f64> {
    let mut indicators = DMatrix::zeros(observations.states, observations.len());
    for (number, mut column) in (0..).zip(indicators.column_iter_mut()) {
        for state in &observations.get(number).states {
            column[usize::from(*state)] = 1.0;
        }
    }
    indicators
}

/// Likelihoods of the different patterns of a subtree, one column each.
struct Partials {
    columns: DMatrix<f64>,
    /// Logarithms of the factors by which columns are divided.
    scales: Vec<f64>,
}

/// The passage of likelihoods from the leaves to the root at a point.
struct Passage<'a> {
    ray: &'a Ray,
    frequencies: &'a [f64],
    /// What times are multiplied by.
    scale: f64,
}

impl Passage<'_> {
    /// The log-likelihood of each pattern of a partition.
    fn log_likelihoods(&self, partition: &Reach, matrices: &mut Matrices) -> Vec<f64> {
        let subtrees = &partition.subtrees;
        let n = self.frequencies.len();
        let times = partition.times.iter().map(|time| time * self.scale);
        let times: Vec<f64> = times.collect();
        let mut above: Vec<Option<Partials>> = Vec::with_capacity(subtrees.nodes.len());
        let mut at_root = Vec::new();
        for (index, subtree) in subtrees.nodes.iter().enumerate() {
            let Subtree::Inner(patterns, children) = subtree else {
                above.push(None);
                continue;
            };
            let mut own = Partials {
                columns: matrices.take(n, *patterns),
                scales: vec![0.0; *patterns],
            };
            own.columns.as_mut_slice().fill(1.0);
            for (count, (child, patterns)) in children.iter().enumerate() {
                match &subtrees.nodes[*child] {
                    Subtree::Leaf(observations) => {
                        let leaf = self.passed_leaf(observations, times[*child], matrices);
                        own.multiply(&leaf, patterns, &[]);
                        matrices.give(leaf);
                    }
                    Subtree::Inner(..) => {
                        if let Some(inner) = above[*child].take() {
                            own.multiply(&inner.columns, patterns, &inner.scales);
                            matrices.give(inner.columns);
                        }
                    }
                }
                if count + 1 == children.len() || count % FACTORS == FACTORS - 1 {
                    rescale(&mut own.columns, &mut own.scales);
                }
            }
            match times.get(index) {
                Some(time) => {
                    own.columns = self.passed(own.columns, *time, matrices);
                    above.push(Some(own));
                }
                None => {
                    at_root = own.log_likelihoods(self.frequencies);
                    matrices.give(own.columns);
                }
            }
        }
        let likelihood = |pattern: &Option<u32>| {
            let own = pattern.map_or(0.0, |pattern| at_root[pattern as usize]);
            own.max(LEAST)
        };
        subtrees.at_root.iter().map(likelihood).collect()
    }

    /// The likelihoods at the upper end of a leaf's branch, from what the leaf has.
    fn passed_leaf(
        &self,
        observations: &[u16],
        time: f64,
        matrices: &mut Matrices,
    ) -> DMatrix<f64> {
        let powers = self.powers(time);
        let n = powers.len();
        let leaves = self.ray.leaves.as_slice();
        let mut inner = matrices.take(n, observations.len());
        let columns = inner.as_mut_slice().chunks_exact_mut(n);
        Arch::new().dispatch(|| {
            for (column, number) in columns.zip(observations) {
                let leaf = &leaves[usize::from(*number) * n..][..n];
                for ((value, leaf), power) in column.iter_mut().zip(leaf).zip(&powers) {
                    *value = leaf * power;
                }
            }
        });
        product(&self.ray.spectrum.vectors, inner, matrices)
    }

    /// The likelihoods at the upper end of a branch, from those at its lower end.
    fn passed(&self, below: DMatrix<f64>, time: f64, matrices: &mut Matrices) -> DMatrix<f64> {
        let spectrum = &self.ray.spectrum;
        let powers = self.powers(time);
        let n = powers.len();
        if below.ncols() > n {
            let (mut work, mut transition) = (matrices.take(n, n), matrices.take(n, n));
            spectrum.set_transition(time, &mut work, &mut transition);
            let passed = product(&transition, below, matrices);
            matrices.give(work);
            matrices.give(transition);
            return passed;
        }
        let mut inner = product(&spectrum.inverse, below, matrices);
        let columns = inner.as_mut_slice().chunks_exact_mut(n);
        Arch::new().dispatch(|| {
            for column in columns {
                for (value, power) in column.iter_mut().zip(&powers) {
                    *value *= power;
                }
            }
        });
        product(&spectrum.vectors, inner, matrices)
    }

    /// The diagonal of exp(Λ t).
    fn powers(&self, time: f64) -> Vec<f64> {
        let values = self.ray.spectrum.values.iter();
        values.map(|value| (value * time).exp()).collect()
    }
}

/// The product of two matrices. The memory of the second one is used again.
fn product(left: &DMatrix<f64>, right: DMatrix<f64>, matrices: &mut Matrices) -> DMatrix<f64> {
    let mut product = matrices.take(left.nrows(), right.ncols());
    product.gemm(1.0, left, &right, 0.0);
    matrices.give(right);
    product
}

impl Partials {
    /// Multiplies by the likelihoods of a child. Each of the own patterns has one of the child's
    /// columns, or none if the child says nothing. Rounding may make a likelihood negative.
    fn multiply(&mut self, child: &DMatrix<f64>, patterns: &[Option<u32>], scales: &[f64]) {
        let n = child.nrows();
        let child = child.as_slice();
        let columns = self.columns.as_mut_slice().chunks_exact_mut(n);
        let columns = columns.zip(&mut self.scales).zip(patterns);
        Arch::new().dispatch(|| {
            for ((column, scale), pattern) in columns {
                if let Some(pattern) = pattern {
                    let pattern = *pattern as usize;
                    let factors = &child[pattern * n..][..n];
                    for (value, factor) in column.iter_mut().zip(factors) {
                        *value *= factor.max(0.0);
                    }
                    *scale += scales.get(pattern).copied().unwrap_or_default();
                }
            }
        });
    }

    fn log_likelihoods(&self, frequencies: &[f64]) -> Vec<f64> {
        let frequencies = DVectorView::from_slice(frequencies, frequencies.len());
        let columns = self.columns.column_iter().zip(&self.scales);
        columns
            .map(|(column, scale)| column.dot(&frequencies).ln() + scale)
            .collect()
    }
}
