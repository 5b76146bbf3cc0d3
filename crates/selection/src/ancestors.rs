//! The likeliest codons of ancestors, and the likelihoods from which others are drawn.

use nalgebra::DMatrix;

use crate::{codon::Observations, likelihood::Partition};

/// Likelihoods that differ by less than this part are equal.
const EQUAL: f64 = 1e-10;
/// Likelihoods are scaled if the largest one is below this.
const SMALL: f64 = 1e-60;

/// The states that inner nodes have together in the likeliest history of a pattern. A node without
/// data below it has none. Of equal states, the first one is taken.
///
/// Source: Pupko T, Pe'er I, Shamir R, Graur D (2000). A fast algorithm for joint reconstruction of
/// ancestral amino acid sequences. Mol Biol Evol 17:890.
pub(crate) fn likeliest(
    partition: &Partition<'_>,
    frequencies: &[f64],
    transitions: &[DMatrix<f64>],
    pattern: usize,
) -> Vec<Option<u8>> {
    let nodes = &partition.phylogeny.nodes;
    let n = frequencies.len();
    // For each node, the likelihood of the best history below its parent, by the parent's state.
    let mut above: Vec<Option<Vec<f64>>> = Vec::with_capacity(nodes.len());
    // The node's state in this history, also by the parent's state; of the root, one state.
    let mut choices: Vec<Vec<u8>> = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        let own = match node.row {
            Some(row) => {
                let number = partition.patterns.rows[row][pattern];
                likeliest_leaf(partition.observations, number, &transitions[index])
            }
            None => {
                let children = node.children.iter();
                let below = product(n, children.filter_map(|child| above[*child].as_deref()));
                below.map(|below| match transitions.get(index) {
                    Some(transition) => {
                        let mut best = Best::new(n);
                        let columns = transition.as_slice().chunks(n);
                        for ((state, column), below) in (0u8..).zip(columns).zip(&below) {
                            best.offer(state, column, *below);
                        }
                        choices[index] = best.states;
                        best.values
                    }
                    None => {
                        let mut best = Best::new(1);
                        for ((state, frequency), below) in (0u8..).zip(frequencies).zip(&below) {
                            best.offer(state, &[*frequency], *below);
                        }
                        choices[index] = best.states;
                        best.values
                    }
                })
            }
        };
        above.push(own);
    }
    let mut states = vec![None; nodes.len()];
    for (index, node) in nodes.iter().enumerate().rev() {
        if choices[index].is_empty() {
            continue;
        }
        // A node with data below it has a parent with data below it.
        let by = if node.parent == index {
            Some(0)
        } else {
            states[node.parent]
        };
        states[index] = by.map(|by: u8| choices[index][usize::from(by)]);
    }
    states
}

/// For each of some states, the best likelihood so far, and what it belongs to.
struct Best {
    values: Vec<f64>,
    states: Vec<u8>,
}

impl Best {
    fn new(n: usize) -> Self {
        Self {
            values: vec![0.0; n],
            states: vec![0; n],
        }
    }

    /// Takes the products of `column` and `factor` where they are better than the best so far.
    fn offer(&mut self, state: u8, column: &[f64], factor: f64) {
        if factor <= 0.0 {
            return;
        }
        let best = self.values.iter_mut().zip(&mut self.states);
        for ((best, own), value) in best.zip(column) {
            let value = value * factor;
            if value > *best * (1.0 + EQUAL) {
                *best = value;
                *own = state;
            }
        }
    }
}

/// The likelihood of the likeliest state of a leaf; `None` if it may be any.
fn likeliest_leaf(
    observations: &Observations,
    number: u16,
    transition: &DMatrix<f64>,
) -> Option<Vec<f64>> {
    if observations.is_missing(number) {
        return None;
    }
    let mut best = Best::new(observations.states);
    let columns: Vec<&[f64]> = transition.as_slice().chunks(observations.states).collect();
    for state in &observations.get(number).states {
        best.offer(*state, columns[usize::from(*state)], 1.0);
    }
    Some(best.values)
}

/// The likelihoods of what is below each inner node, by its state; `None` if there is nothing.
pub(crate) fn partials(
    partition: &Partition<'_>,
    transitions: &[DMatrix<f64>],
    pattern: usize,
) -> Vec<Option<Vec<f64>>> {
    let nodes = &partition.phylogeny.nodes;
    let n = partition.observations.states;
    let mut all: Vec<Option<Vec<f64>>> = Vec::with_capacity(nodes.len());
    let mut above: Vec<Option<Vec<f64>>> = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let below = match node.row {
            Some(row) => {
                let number = partition.patterns.rows[row][pattern];
                (!partition.observations.is_missing(number)).then(|| {
                    let mut indicator = vec![0.0; n];
                    for state in &partition.observations.get(number).states {
                        indicator[usize::from(*state)] = 1.0;
                    }
                    indicator
                })
            }
            None => {
                let children = node.children.iter();
                product(n, children.filter_map(|child| above[*child].as_deref()))
            }
        };
        let transition = transitions.get(index);
        let passed = transition.zip(below.as_ref()).map(|(transition, below)| {
            let mut sums = vec![0.0; n];
            for (column, below) in transition.as_slice().chunks(n).zip(below) {
                if *below > 0.0 {
                    for (sum, value) in sums.iter_mut().zip(column) {
                        *sum += value * below;
                    }
                }
            }
            sums
        });
        above.push(passed);
        all.push(below.filter(|_| !node.is_leaf()));
    }
    all
}

/// The product of likelihoods, up to a factor; `None` of none.
fn product<'a>(n: usize, factors: impl Iterator<Item = &'a [f64]>) -> Option<Vec<f64>> {
    let mut product: Option<Vec<f64>> = None;
    for factor in factors {
        let own = product.get_or_insert_with(|| vec![1.0; n]);
        let mut largest = 0.0_f64;
        for (own, factor) in own.iter_mut().zip(factor) {
            *own *= factor;
            largest = largest.max(*own);
        }
        if largest > 0.0 && largest < SMALL {
            for own in own.iter_mut() {
                *own /= largest;
            }
        }
    }
    product
}
