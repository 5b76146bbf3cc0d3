//! The likelihoods of sites at the points of a grid of rates.
//!
//! Transition probabilities depend on α t, β t alone. So points with the same β/α share the
//! eigendecomposition of their rates.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use rayon::prelude::*;

use super::grid::Point;
use crate::{
    Error,
    codon::Observations,
    columns::Patterns,
    likelihood::{Decomposed, Matrices, Passage, Process, Subtrees, indicators},
    model::{Exchangeabilities, Model},
    phylogeny::Phylogeny,
    watch::{Stage, Watch},
};

/// Fractions β / (α + β) that differ by less are one.
const SAME: f64 = 1e-14;

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

/// The grid with the data.
pub(crate) struct Surface<'a> {
    /// The processes of rays: points with one β/α.
    rays: Vec<Decomposed>,
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
        let [synonymous, nonsynonymous] = model.kinds(theta);
        let observed = indicators(observations);
        let (fractions, points) = by_fraction(points);
        let ray = |fraction: &f64| {
            if watch.cancelled() {
                return Err(Error::Cancelled);
            }
            let rates = &synonymous * (1.0 - fraction) + &nonsynonymous * *fraction;
            Ok(Decomposed::new(&rates, &model.frequencies, &observed))
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
        let subtrees = self.partitions.iter().map(|own| &own.subtrees);
        let matrices = Matrices::new(self.frequencies.len(), subtrees);
        let evaluate = |place: &usize| {
            let (ray, sum) = self.points[*place];
            let passage = Passage {
                decomposed: &[&self.rays[ray]],
                frequencies: self.frequencies,
            };
            let mut all = Vec::new();
            for partition in self.partitions {
                if watch.cancelled() {
                    return Err(Error::Cancelled);
                }
                let process = |time: &f64| Process {
                    spectrum: 0,
                    time: time * sum * factor,
                };
                let processes: Vec<Process> = partition.times.iter().map(process).collect();
                let subtrees = &partition.subtrees;
                all.extend(passage.log_likelihoods(subtrees, &processes, &matrices));
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
