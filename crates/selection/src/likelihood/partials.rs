//! The passes over a tree for some patterns.

use std::ops::Range;

use nalgebra::DMatrix;

use super::{Partition, transition::Transition};
use crate::scaling::{FACTORS, rescale};

/// The derivatives by the transition probabilities of each branch, to which patterns add.
pub(super) struct Outer<'a> {
    pub(super) sums: &'a mut [DMatrix<f64>],
    /// Whether nothing was added yet. What the matrices hold then does not count.
    pub(super) is_first: bool,
}

/// Partial likelihoods of some patterns: one column a pattern. The memory serves for one set of
/// patterns after another.
pub(super) struct Partials {
    /// Likelihoods of what is below each inner node, scaled.
    below: Vec<DMatrix<f64>>,
    /// The same at the upper end of each branch.
    above: Vec<DMatrix<f64>>,
    /// Whether a branch leads to any data; otherwise its likelihoods are 1.
    informative: Vec<bool>,
    /// Logarithms of the scales.
    scales: Vec<f64>,
    /// Likelihoods of what is not below each inner node.
    outside: Vec<DMatrix<f64>>,
    /// For each child of a node, those of what is outside of the node and of the children after it.
    after: Vec<DMatrix<f64>>,
    /// Those of the children before a child.
    before: DMatrix<f64>,
    /// `below` of one node, transposed.
    transposed: DMatrix<f64>,
}

impl Partials {
    /// About how many numbers the memory for a number of patterns holds.
    pub(super) fn numbers(of: &Partition<'_>, size: usize) -> usize {
        let nodes = &of.phylogeny.nodes;
        let inner = nodes.iter().filter(|node| !node.is_leaf()).count();
        of.observations.states * size * (nodes.len() + 2 * inner)
    }

    /// Memory for a number of patterns.
    pub(super) fn new(of: &Partition<'_>, size: usize) -> Self {
        let n = of.observations.states;
        let nodes = &of.phylogeny.nodes;
        let none = || DMatrix::zeros(0, 0);
        let one = || DMatrix::zeros(n, size);
        let inner = || {
            nodes
                .iter()
                .map(|node| if node.is_leaf() { none() } else { one() })
        };
        let siblings = nodes.iter().map(|node| node.children.len()).max();
        Self {
            below: inner().collect(),
            above: nodes[1..].iter().map(|_| one()).collect(),
            informative: vec![true; nodes.len()],
            scales: vec![0.0; size],
            outside: inner().collect(),
            after: (0..siblings.unwrap_or_default()).map(|_| one()).collect(),
            before: one(),
            transposed: DMatrix::zeros(size, n),
        }
    }

    /// For how many patterns there is memory.
    pub(super) fn size(&self) -> usize {
        self.scales.len()
    }

    /// From the leaves to the root. Returns the log-likelihood of each pattern.
    pub(super) fn down(
        &mut self,
        of: &Partition<'_>,
        patterns: Range<usize>,
        frequencies: &[f64],
        transitions: &[Transition],
    ) -> Vec<f64> {
        self.scales.fill(0.0);
        for (index, node) in of.phylogeny.nodes.iter().enumerate() {
            if !node.is_leaf() {
                self.join(index, &node.children);
            }
            let Some(transition) = transitions.get(index) else {
                continue;
            };
            let above = &mut self.above[index];
            self.informative[index] = match node.row {
                Some(row) => {
                    let observed = &of.patterns.rows[row][patterns.clone()];
                    of.observe(observed, &transition.probabilities, above)
                }
                None => {
                    above.gemm(1.0, &transition.probabilities, &self.below[index], 0.0);
                    true
                }
            };
        }
        let root = self.below.last().map_or(&[][..], DMatrix::as_slice);
        let columns = root.chunks(frequencies.len()).zip(&self.scales);
        let log_likelihood = |(column, scale): (&[f64], &f64)| {
            let sum: f64 = column.iter().zip(frequencies).map(|(l, f)| l * f).sum();
            sum.ln() + scale
        };
        columns.map(log_likelihood).collect()
    }

    /// Multiplies the likelihoods of a node's children.
    fn join(&mut self, node: usize, children: &[usize]) {
        let product = &mut self.below[node];
        product.as_mut_slice().fill(1.0);
        for (count, child) in children.iter().enumerate() {
            if self.informative[*child] {
                product.component_mul_assign(&self.above[*child]);
            }
            if count + 1 == children.len() || count % FACTORS == FACTORS - 1 {
                rescale(product, &mut self.scales);
            }
        }
    }

    /// From the root to the leaves, after [`Self::down`] for the same patterns.
    pub(super) fn up(
        &mut self,
        of: &Partition<'_>,
        patterns: Range<usize>,
        frequencies: &[f64],
        transitions: &[Transition],
        outer: Outer<'_>,
    ) {
        let nodes = &of.phylogeny.nodes;
        let weights = &of.patterns.weights[patterns.clone()];
        for mut column in self.outside[nodes.len() - 1].column_iter_mut() {
            column.copy_from_slice(frequencies);
        }
        for (index, node) in nodes.iter().enumerate().rev() {
            let children = &node.children;
            let (outside, own) = self.outside.split_at_mut(index);
            let Some(last) = children.len().checked_sub(1) else {
                continue;
            };
            self.after[last].copy_from(&own[0]);
            for place in (1..=last).rev() {
                let (products, known) = self.after.split_at_mut(place);
                products[place - 1].copy_from(&known[0]);
                if self.informative[children[place]] {
                    multiply(&mut products[place - 1], &self.above[children[place]], last);
                }
            }
            self.before.as_mut_slice().fill(1.0);
            for (at, child) in self.after.iter_mut().zip(children.iter().copied()) {
                at.component_mul_assign(&self.before);
                let sum = &mut outer.sums[child];
                if outer.is_first && (nodes[child].is_leaf() || !self.informative[child]) {
                    sum.as_mut_slice().fill(0.0);
                }
                if self.informative[child] {
                    multiply(&mut self.before, &self.above[child], last);
                    weigh(at, &self.above[child], weights);
                    match nodes[child].row {
                        Some(row) => {
                            let observed = &of.patterns.rows[row][patterns.clone()];
                            of.add_observed(observed, at, sum);
                        }
                        None => {
                            self.below[child].transpose_to(&mut self.transposed);
                            let before = if outer.is_first { 0.0 } else { 1.0 };
                            sum.gemm(1.0, at, &self.transposed, before);
                        }
                    }
                }
                if !nodes[child].is_leaf() {
                    outside[child].gemm(1.0, &transitions[child].transposed, at, 0.0);
                }
            }
        }
    }
}

/// Multiplies by the likelihoods of a branch that has so many siblings. Columns that become small are
/// scaled; what they are used for does not depend on their scale.
fn multiply(product: &mut DMatrix<f64>, above: &DMatrix<f64>, siblings: usize) {
    product.component_mul_assign(above);
    if siblings < FACTORS {
        return;
    }
    for mut column in product.column_iter_mut() {
        let largest = column.max();
        if largest > 0.0 && largest < 1e-100 {
            column *= 1.0 / largest;
        }
    }
}

/// Scales what is outside of a branch so that its product with what is inside is the weight of the
/// pattern.
fn weigh(outside: &mut DMatrix<f64>, above: &DMatrix<f64>, weights: &[f64]) {
    let columns = outside.column_iter_mut().zip(above.column_iter());
    for ((mut column, above), weight) in columns.zip(weights) {
        let likelihood = column.dot(&above);
        if likelihood > 0.0 {
            column *= weight / likelihood;
        }
    }
}
