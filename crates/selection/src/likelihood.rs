//! The likelihood of an alignment on a tree, with its gradient.
//!
//! Partial likelihoods go from the leaves to the root (Felsenstein J 1981, J Mol Evol 17:368), and,
//! for the gradient, from the root to the leaves. The product of the two at a branch is the
//! derivative with respect to the branch's transition probabilities; [`Spectrum::derivative`] turns
//! it into those with respect to its length and to the rates.

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::{codon::Observations, columns::Patterns, phylogeny::Phylogeny, spectrum::Spectrum};

/// Patterns that are computed together, at most: so many fit into the processor's cache.
const LARGEST_CHUNK: usize = 64;
/// Fewer patterns are not computed apart: products of matrices would be slow.
const SMALLEST_CHUNK: usize = 24;
/// Chunks from which small alignments have enough for several threads.
const CHUNKS: usize = 8;
/// Memory for the derivatives by transition probabilities, in numbers.
const DERIVATIVES: usize = 8 << 20;

/// One partition of an alignment, on its tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Partition<'a> {
    pub(crate) phylogeny: &'a Phylogeny,
    pub(crate) patterns: &'a Patterns,
    pub(crate) observations: &'a Observations,
}

/// What happens along a branch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process {
    /// The place of its rates among the spectra.
    pub(crate) spectrum: usize,
    /// t in exp(Q t).
    pub(crate) time: f64,
}

/// Derivatives of a log-likelihood.
#[derive(Debug, Clone)]
pub(crate) struct Gradient {
    /// With respect to t, for each branch.
    pub(crate) times: Vec<f64>,
    /// With respect to the elements of each Q.
    pub(crate) rates: Vec<DMatrix<f64>>,
}

impl Partition<'_> {
    /// The probabilities of change along each branch.
    pub(crate) fn transitions(
        &self,
        spectra: &[Spectrum],
        processes: &[Process],
    ) -> Vec<DMatrix<f64>> {
        processes
            .par_iter()
            .map(|process| spectra[process.spectrum].transition(process.time))
            .collect()
    }

    /// The log-likelihood of each pattern, with which tests compare other ways to compute it.
    #[cfg(test)]
    pub(crate) fn pattern_log_likelihoods(
        &self,
        frequencies: &[f64],
        transitions: &[DMatrix<f64>],
    ) -> Vec<f64> {
        let chunks: Vec<Vec<f64>> = self
            .chunks()
            .into_par_iter()
            .map(|patterns| {
                let mut chunk = Chunk::new(self, patterns, transitions);
                chunk.down();
                chunk.log_likelihoods(frequencies)
            })
            .collect();
        chunks.concat()
    }

    /// The log-likelihood of all columns with its gradient.
    pub(crate) fn gradient(
        &self,
        frequencies: &[f64],
        spectra: &[Spectrum],
        processes: &[Process],
    ) -> (f64, Gradient) {
        let transitions = self.transitions(spectra, processes);
        let n = frequencies.len();
        let chunks = self.chunks();
        let room = DERIVATIVES / (n * n * processes.len()).max(1);
        let groups = chunks.len().div_ceil(room.clamp(2, 16));
        // The same groups in the same order with any number of threads, so the same sums.
        let parts: Vec<(f64, Vec<DMatrix<f64>>)> = chunks
            .par_chunks(groups.max(1))
            .map(|group| {
                let mut outer = vec![DMatrix::zeros(n, n); processes.len()];
                let mut sum = 0.0;
                for patterns in group {
                    let mut chunk = Chunk::new(self, patterns.clone(), &transitions);
                    chunk.down();
                    let own = chunk.log_likelihoods(frequencies);
                    let weights = &self.patterns.weights[patterns.clone()];
                    sum += own.iter().zip(weights).map(|(own, w)| own * w).sum::<f64>();
                    chunk.up(frequencies, &mut outer);
                }
                (sum, outer)
            })
            .collect();
        let sum = parts.iter().map(|(sum, _)| sum).sum();
        let by_branch: Vec<(f64, DMatrix<f64>)> = processes
            .par_iter()
            .enumerate()
            .map(|(branch, process)| {
                let mut outer = DMatrix::zeros(n, n);
                for (_, own) in &parts {
                    outer += &own[branch];
                }
                let mut rates = DMatrix::zeros(n, n);
                let spectrum = &spectra[process.spectrum];
                (spectrum.derivative(&outer, process.time, &mut rates), rates)
            })
            .collect();
        let mut rates = vec![DMatrix::zeros(n, n); spectra.len()];
        for ((_, own), process) in by_branch.iter().zip(processes) {
            rates[process.spectrum] += own;
        }
        let gradient = Gradient {
            times: by_branch.iter().map(|(time, _)| *time).collect(),
            rates: rates
                .iter()
                .zip(spectra)
                .map(|(own, s)| s.in_states(own))
                .collect(),
        };
        (sum, gradient)
    }

    /// The patterns of each chunk: chunks of about the same size, and an even number of them, so
    /// that threads end at about the same time. Sizes do not depend on the number of
    /// threads.
    fn chunks(&self) -> Vec<Range<usize>> {
        let all = self.patterns.len();
        let wanted = (all / CHUNKS).clamp(SMALLEST_CHUNK, LARGEST_CHUNK);
        let size = all
            .div_ceil(all.div_ceil(wanted).next_multiple_of(2))
            .max(1);
        (0..all)
            .step_by(size)
            .map(|first| first..all.min(first + size))
            .collect()
    }
}

/// The computation for some patterns.
struct Chunk<'a> {
    of: &'a Partition<'a>,
    transitions: &'a [DMatrix<f64>],
    first: usize,
    /// Number of patterns.
    size: usize,
    /// Likelihoods of what is below each inner node, one column a pattern, scaled.
    below: Vec<DMatrix<f64>>,
    /// The same at the upper end of each branch; empty if a leaf says nothing.
    above: Vec<DMatrix<f64>>,
    /// Logarithms of the scales.
    scales: Vec<f64>,
}

/// Multiplied likelihoods are scaled after so many factors.
const FACTORS: usize = 8;

impl<'a> Chunk<'a> {
    fn new(of: &'a Partition<'a>, patterns: Range<usize>, transitions: &'a [DMatrix<f64>]) -> Self {
        let (first, size) = (patterns.start, patterns.len());
        let nodes = of.phylogeny.nodes.len();
        Self {
            of,
            transitions,
            first,
            size,
            below: vec![DMatrix::zeros(0, 0); nodes],
            above: vec![DMatrix::zeros(0, 0); nodes],
            scales: vec![0.0; size],
        }
    }

    /// What a leaf has at the patterns.
    fn observed(&self, leaf: usize) -> &'a [u16] {
        let row = self.of.phylogeny.nodes[leaf].row.unwrap_or_default();
        &self.of.patterns.rows[row][self.first..self.first + self.size]
    }

    /// From the leaves to the root.
    fn down(&mut self) {
        let n = self.of.observations.states;
        for (index, node) in self.of.phylogeny.nodes.iter().enumerate() {
            if !node.is_leaf() {
                let mut product = DMatrix::from_element(n, self.size, 1.0);
                for (count, child) in node.children.iter().enumerate() {
                    if self.above[*child].ncols() > 0 {
                        product.component_mul_assign(&self.above[*child]);
                    }
                    if count + 1 == node.children.len() || count % FACTORS == FACTORS - 1 {
                        self.rescale(&mut product);
                    }
                }
                self.below[index] = product;
            }
            if let Some(transition) = self.transitions.get(index) {
                self.above[index] = if node.is_leaf() {
                    self.leaf(index, transition)
                } else {
                    transition * &self.below[index]
                };
            }
        }
    }

    /// The likelihoods at the upper end of a leaf's branch.
    fn leaf(&self, leaf: usize, transition: &DMatrix<f64>) -> DMatrix<f64> {
        let observations = self.of.observations;
        let observed = self.observed(leaf);
        if observed
            .iter()
            .all(|number| observations.is_missing(*number))
        {
            return DMatrix::zeros(0, 0);
        }
        let mut likelihoods = DMatrix::zeros(observations.states, self.size);
        for (mut column, number) in likelihoods.column_iter_mut().zip(observed) {
            if observations.is_missing(*number) {
                column.fill(1.0);
                continue;
            }
            for state in &observations.get(*number).states {
                column += transition.column(usize::from(*state));
            }
        }
        likelihoods
    }

    /// Divides each column by its largest element.
    fn rescale(&mut self, likelihoods: &mut DMatrix<f64>) {
        for (mut column, scale) in likelihoods.column_iter_mut().zip(&mut self.scales) {
            let largest = column.max();
            if largest > 0.0 {
                column *= 1.0 / largest;
                *scale += largest.ln();
            } else {
                *scale = f64::NEG_INFINITY;
            }
        }
    }

    fn log_likelihoods(&self, frequencies: &[f64]) -> Vec<f64> {
        let Some(root) = self.below.last() else {
            return Vec::new();
        };
        let sum =
            |column: &[f64]| -> f64 { column.iter().zip(frequencies).map(|(l, f)| l * f).sum() };
        let columns = root.as_slice().chunks(frequencies.len());
        columns
            .zip(&self.scales)
            .map(|(column, scale)| sum(column).ln() + scale)
            .collect()
    }

    /// From the root to the leaves. Adds to each branch's derivatives by its probabilities.
    fn up(&mut self, frequencies: &[f64], outer: &mut [DMatrix<f64>]) {
        let n = frequencies.len();
        let nodes = &self.of.phylogeny.nodes;
        let mut outside = vec![DMatrix::zeros(0, 0); nodes.len()];
        let root = nodes.len() - 1;
        outside[root] = DMatrix::from_fn(n, self.size, |state, _| frequencies[state]);
        for index in (0..nodes.len()).rev() {
            if nodes[index].is_leaf() {
                continue;
            }
            let own = std::mem::take(&mut outside[index]);
            // Products of the branches after each child, then of the branches before it.
            let mut after = own;
            let children = &nodes[index].children;
            for child in children.iter().rev() {
                outside[*child] = after.clone();
                self.multiply(&mut after, *child, children.len());
            }
            let mut before = DMatrix::from_element(n, self.size, 1.0);
            for child in children {
                outside[*child].component_mul_assign(&before);
                self.multiply(&mut before, *child, children.len());
            }
            for child in &nodes[index].children {
                let mut at = std::mem::take(&mut outside[*child]);
                if self.above[*child].ncols() > 0 {
                    self.weigh(&mut at, *child);
                    self.add(&at, *child, &mut outer[*child]);
                }
                if !nodes[*child].is_leaf() {
                    outside[*child] = self.transitions[*child].transpose() * &at;
                }
            }
        }
    }

    /// Multiplies by the likelihoods at a branch, which is one of some siblings.
    fn multiply(&self, product: &mut DMatrix<f64>, branch: usize, siblings: usize) {
        if self.above[branch].ncols() == 0 {
            return;
        }
        product.component_mul_assign(&self.above[branch]);
        if siblings <= FACTORS {
            return;
        }
        for mut column in product.column_iter_mut() {
            let largest = column.max();
            if largest > 0.0 && largest < 1e-100 {
                column *= 1.0 / largest;
            }
        }
    }

    /// Scales what is outside of a branch so that its product with what is inside is the weight of
    /// the pattern.
    fn weigh(&self, outside: &mut DMatrix<f64>, branch: usize) {
        let weights = &self.of.patterns.weights[self.first..];
        let columns = outside
            .column_iter_mut()
            .zip(self.above[branch].column_iter());
        for ((mut column, above), weight) in columns.zip(weights) {
            let likelihood = column.dot(&above);
            if likelihood > 0.0 {
                column *= weight / likelihood;
            }
        }
    }

    fn add(&self, outside: &DMatrix<f64>, branch: usize, outer: &mut DMatrix<f64>) {
        if !self.of.phylogeny.nodes[branch].is_leaf() {
            outer.gemm(1.0, outside, &self.below[branch].transpose(), 1.0);
            return;
        }
        let observations = self.of.observations;
        for (column, number) in outside.column_iter().zip(self.observed(branch)) {
            if !observations.is_missing(*number) {
                for state in &observations.get(*number).states {
                    let mut target = outer.column_mut(usize::from(*state));
                    target += &column;
                }
            }
        }
    }
}
