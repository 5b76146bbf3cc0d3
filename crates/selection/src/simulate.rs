//! Simulation of columns along a tree.

use nalgebra::DMatrix;
use rand::{Rng, RngExt};

use crate::{likelihood::Partition, phylogeny::Phylogeny};

/// Draws a place by weights that add up to about 1.
fn draw<'a>(weights: impl Iterator<Item = &'a f64>, rng: &mut impl Rng) -> usize {
    let mut left: f64 = rng.random();
    let mut last = 0;
    for (place, weight) in weights.enumerate() {
        if *weight > 0.0 {
            last = place;
            left -= weight;
            if left < 0.0 {
                return place;
            }
        }
    }
    last
}

/// Draws the state of every node: the root's by the frequencies, that of others by the
/// probabilities of change along their branches.
fn states(
    phylogeny: &Phylogeny,
    frequencies: &[f64],
    transitions: &[DMatrix<f64>],
    rng: &mut impl Rng,
) -> Vec<usize> {
    let mut states = vec![0; phylogeny.nodes.len()];
    for index in (0..phylogeny.nodes.len()).rev() {
        states[index] = if index == phylogeny.root() {
            draw(frequencies.iter(), rng)
        } else {
            let parent = states[phylogeny.nodes[index].parent];
            draw(transitions[index].row(parent).iter(), rng)
        };
    }
    states
}

/// Draws columns of codons without gaps.
pub(crate) fn columns(
    partition: &Partition<'_>,
    frequencies: &[f64],
    transitions: &[DMatrix<f64>],
    number: u32,
    rng: &mut impl Rng,
) -> Vec<Vec<u16>> {
    let column = |_| {
        let states = states(partition.phylogeny, frequencies, transitions, rng);
        let mut column = vec![0; partition.patterns.rows.len()];
        for (node, state) in partition.phylogeny.nodes.iter().zip(states) {
            if let Some(row) = node.row {
                column[row] = u16::try_from(state).unwrap_or_default();
            }
        }
        column
    };
    (0..number).map(column).collect()
}
