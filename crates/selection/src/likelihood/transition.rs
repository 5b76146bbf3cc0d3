//! The probabilities of change along a branch.

use nalgebra::DMatrix;

use crate::{phylogeny::Node, spectrum::Spectrum};

/// The probabilities of change along a branch.
pub(super) struct Transition {
    pub(super) probabilities: DMatrix<f64>,
    /// Their transpose; empty for a leaf.
    pub(super) transposed: DMatrix<f64>,
}

impl Transition {
    /// Memory for the branch above a node.
    pub(super) fn new(node: &Node, states: usize) -> Self {
        let inner = if node.is_leaf() { 0 } else { states };
        Self {
            probabilities: DMatrix::zeros(states, states),
            transposed: DMatrix::zeros(inner, inner),
        }
    }

    /// Sets the probabilities to exp(Q t). `work` is a matrix of the same size.
    pub(super) fn set(&mut self, spectrum: &Spectrum, time: f64, work: &mut DMatrix<f64>) {
        spectrum.set_transition(time, work, &mut self.probabilities);
        if self.transposed.ncols() > 0 {
            self.probabilities.transpose_to(&mut self.transposed);
        }
    }
}
