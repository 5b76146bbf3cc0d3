//! The likelihood of an alignment on a tree, without its gradient.
//!
//! Most sites differ only in a part of the tree, so a subtree has few different patterns, and each is
//! computed once. A vector of likelihoods L passes a branch as V exp(Λ t) (V⁻¹ L), at the same cost as
//! by exp(Q t), which itself is as dear as passing 61 vectors.

use nalgebra::{DMatrix, DVectorView};
use pulp::Arch;

use super::{
    Process,
    matrices::{Matrices, Spare},
    subtrees::{Subtree, Subtrees},
};
use crate::{
    codon::Observations,
    scaling::{FACTORS, rescale},
    spectrum::Spectrum,
};

/// The least log-likelihood of a site.
const LEAST: f64 = -1e200;

/// The eigendecomposition of a process, Q = V Λ V⁻¹, as it serves for likelihoods.
pub(crate) struct Decomposed {
    spectrum: Spectrum,
    /// V⁻¹ L for each different L of a leaf.
    leaves: DMatrix<f64>,
}

impl Decomposed {
    /// Decomposes rates; `observed` are the [`indicators`] of what leaves have.
    pub(crate) fn new(rates: &DMatrix<f64>, frequencies: &[f64], observed: &DMatrix<f64>) -> Self {
        let spectrum = Spectrum::new(rates, frequencies);
        Self {
            leaves: &spectrum.inverse * observed,
            spectrum,
        }
    }
}

/// L of each observation: 1 for the states that it may stand for.
pub(crate) fn indicators(observations: &Observations) -> DMatrix<f64> {
    let mut indicators = DMatrix::zeros(observations.states, observations.len());
    for (number, mut column) in (0..).zip(indicators.column_iter_mut()) {
        for state in &observations.get(number).states {
            column[usize::from(*state)] = 1.0;
        }
    }
    indicators
}

/// Likelihoods of the different patterns of a subtree, one column each.
struct Columns {
    likelihoods: DMatrix<f64>,
    /// Logarithms of the factors by which columns are divided.
    scales: Vec<f64>,
}

/// The passage of likelihoods from the leaves to the root.
pub(crate) struct Passage<'a> {
    /// What happens along branches; [`Process::spectrum`] is a place among them.
    pub(crate) decomposed: &'a [&'a Decomposed],
    pub(crate) frequencies: &'a [f64],
}

impl Passage<'_> {
    /// The log-likelihood of each pattern of a partition. Each branch has a process.
    pub(crate) fn log_likelihoods(
        &self,
        subtrees: &Subtrees,
        processes: &[Process],
        matrices: &Matrices,
    ) -> Vec<f64> {
        let at_root = matrices.with(|own| self.at_root(subtrees, processes, own));
        let likelihood = |pattern: &Option<u32>| {
            let own = pattern.map_or(0.0, |pattern| at_root[pattern as usize]);
            own.max(LEAST)
        };
        subtrees.at_root.iter().map(likelihood).collect()
    }

    /// The log-likelihood of each of the root's patterns.
    fn at_root(
        &self,
        subtrees: &Subtrees,
        processes: &[Process],
        matrices: &mut Spare,
    ) -> Vec<f64> {
        let n = self.frequencies.len();
        let mut above: Vec<Option<Columns>> = Vec::with_capacity(subtrees.nodes.len());
        let mut at_root = Vec::new();
        for (index, subtree) in subtrees.nodes.iter().enumerate() {
            let Subtree::Inner(patterns, children) = subtree else {
                above.push(None);
                continue;
            };
            let mut own = Columns {
                likelihoods: matrices.take(n, *patterns),
                scales: vec![0.0; *patterns],
            };
            own.likelihoods.as_mut_slice().fill(1.0);
            for (count, (child, patterns)) in children.iter().enumerate() {
                match &subtrees.nodes[*child] {
                    Subtree::Leaf(observations) => {
                        let leaf = self.passed_leaf(observations, processes[*child], matrices);
                        own.multiply(&leaf, patterns, &[]);
                        matrices.give(leaf);
                    }
                    Subtree::Inner(..) => {
                        if let Some(inner) = above[*child].take() {
                            own.multiply(&inner.likelihoods, patterns, &inner.scales);
                            matrices.give(inner.likelihoods);
                        }
                    }
                }
                if count + 1 == children.len() || count % FACTORS == FACTORS - 1 {
                    rescale(&mut own.likelihoods, &mut own.scales);
                }
            }
            match processes.get(index) {
                Some(process) => {
                    own.likelihoods = self.passed(own.likelihoods, *process, matrices);
                    above.push(Some(own));
                }
                None => {
                    at_root = own.log_likelihoods(self.frequencies);
                    matrices.give(own.likelihoods);
                }
            }
        }
        at_root
    }

    /// The likelihoods at the upper end of a leaf's branch, from what the leaf has.
    fn passed_leaf(
        &self,
        observations: &[u16],
        process: Process,
        matrices: &mut Spare,
    ) -> DMatrix<f64> {
        let Decomposed { spectrum, leaves } = &self.decomposed[process.spectrum];
        let powers = powers(spectrum, process.time);
        let n = powers.len();
        let leaves = leaves.as_slice();
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
        product(&spectrum.vectors, inner, matrices)
    }

    /// The likelihoods at the upper end of a branch, from those at its lower end.
    fn passed(&self, below: DMatrix<f64>, process: Process, matrices: &mut Spare) -> DMatrix<f64> {
        let spectrum = &self.decomposed[process.spectrum].spectrum;
        let powers = powers(spectrum, process.time);
        let n = powers.len();
        if below.ncols() > n {
            let (mut work, mut transition) = (matrices.take(n, n), matrices.take(n, n));
            spectrum.set_transition(process.time, &mut work, &mut transition);
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
}

/// The diagonal of exp(Λ t).
fn powers(spectrum: &Spectrum, time: f64) -> Vec<f64> {
    let values = spectrum.values.iter();
    values.map(|value| (value * time).exp()).collect()
}

/// The product of two matrices. The memory of the second one is used again.
fn product(left: &DMatrix<f64>, right: DMatrix<f64>, matrices: &mut Spare) -> DMatrix<f64> {
    let mut product = matrices.take(left.nrows(), right.ncols());
    product.gemm(1.0, left, &right, 0.0);
    matrices.give(right);
    product
}

impl Columns {
    /// Multiplies by the likelihoods of a child. Each of the own patterns has one of the child's
    /// columns, or none if the child says nothing. Rounding may make a likelihood negative.
    fn multiply(&mut self, child: &DMatrix<f64>, patterns: &[Option<u32>], scales: &[f64]) {
        let n = child.nrows();
        let child = child.as_slice();
        let columns = self.likelihoods.as_mut_slice().chunks_exact_mut(n);
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
        let columns = self.likelihoods.column_iter().zip(&self.scales);
        columns
            .map(|(column, scale)| column.dot(&frequencies).ln() + scale)
            .collect()
    }
}
