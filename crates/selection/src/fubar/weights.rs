//! The weights of the points of a grid.

use rayon::prelude::*;

use crate::{
    Error,
    watch::{Stage, Watch},
};

/// The estimate ends when the weights move by less.
const PRECISION: f64 = 1e-8;
const STEPS: usize = 100_000;
/// Patterns that are added up together.
const CHUNK: usize = 64;

/// Likelihoods of patterns at all points, divided by their sum over the points.
pub(crate) struct Conditionals {
    points: usize,
    /// The points of the first pattern, then those of the second one, and so on.
    values: Vec<f64>,
    /// How often each pattern occurs.
    occurrences: Vec<f64>,
}

impl Conditionals {
    /// `log_likelihoods` has the patterns of each point.
    pub(crate) fn new(log_likelihoods: &[Vec<f64>], occurrences: Vec<f64>) -> Self {
        let points = log_likelihoods.len();
        let mut values = Vec::with_capacity(points * occurrences.len());
        for pattern in 0..occurrences.len() {
            let own = || log_likelihoods.iter().map(|point| point[pattern]);
            let largest = own().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = own().map(|value| (value - largest).exp()).sum();
            values.extend(own().map(|value| (value - largest).exp() / total));
        }
        Self {
            points,
            values,
            occurrences,
        }
    }

    /// For each pattern, its values.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks(self.points)
    }

    /// The weights by variational Bayes of order 0, with a Dirichlet prior of this concentration.
    ///
    /// With C, these likelihoods, and c, the concentration, the steps are
    ///
    /// q\[g\]\[s\] = w_g C\[g\]\[s\] / Σ_g w_g C\[g\]\[s\], and
    /// w_g = (Σ_s q\[g\]\[s\] + c) / Σ_g (Σ_s q\[g\]\[s\] + c).
    pub(crate) fn weights(&self, concentration: f64, watch: &dyn Watch) -> Result<Vec<f64>, Error> {
        watch.progress(Stage::Weights, 0, 1);
        // Equal weights make q equal to C.
        let mut weights = self.step(&vec![1.0; self.points], 0.0);
        for _ in 0..STEPS {
            if watch.cancelled() {
                return Err(Error::Cancelled);
            }
            let next = self.step(&weights, concentration);
            let moved = next.iter().zip(&weights).map(|(a, b)| (a - b).powi(2));
            let moved = moved.sum::<f64>().sqrt();
            weights = next;
            if moved <= PRECISION {
                break;
            }
        }
        watch.progress(Stage::Weights, 1, 1);
        Ok(weights)
    }

    fn step(&self, weights: &[f64], concentration: f64) -> Vec<f64> {
        let chunks: Vec<Vec<f64>> = self
            .values
            .par_chunks(self.points * CHUNK)
            .zip(self.occurrences.par_chunks(CHUNK))
            .map(|(values, occurrences)| {
                let mut sums = vec![0.0; self.points];
                for (row, occurrences) in values.chunks(self.points).zip(occurrences) {
                    let factor = occurrences / dot(row, weights);
                    for (sum, value) in sums.iter_mut().zip(row) {
                        *sum += factor * value;
                    }
                }
                sums
            })
            .collect();
        let mut next = vec![0.0; self.points];
        for sums in &chunks {
            for (next, sum) in next.iter_mut().zip(sums) {
                *next += sum;
            }
        }
        for (next, weight) in next.iter_mut().zip(weights) {
            *next = *next * weight + concentration;
        }
        let total: f64 = next.iter().sum();
        for next in &mut next {
            *next /= total;
        }
        next
    }
}

/// Σ a b.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
