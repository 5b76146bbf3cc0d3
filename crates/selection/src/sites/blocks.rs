//! Arithmetic with vectors of likelihoods.

// Lanes are indexed by one variable, so that the compiler sees that they go together.
#![allow(clippy::needless_range_loop)]

use crate::{
    action::{Block, LANES, Lane, STATES},
    codon::Observations,
};

/// Sets the likelihoods of a leaf; false if it says nothing in any lane.
#[inline(always)]
pub(super) fn observe(
    observations: &Observations,
    row: &[u16],
    patterns: &[usize; LANES],
    block: &mut Block,
) -> bool {
    let mut informative = false;
    *block = Block::ZERO;
    for (l, pattern) in patterns.iter().enumerate() {
        let number = row[*pattern];
        informative |= !observations.is_missing(number);
        for state in &observations.get(number).states {
            block.0[usize::from(*state) % STATES][l] = 1.0;
        }
    }
    informative
}

#[inline(always)]
pub(super) fn multiply(product: &mut Block, factor: &Block, states: usize) {
    for i in 0..states {
        for l in 0..LANES {
            product.0[i % STATES][l] *= factor.0[i % STATES][l];
        }
    }
}

/// Adds a weighted vector to a sum, or starts the sum with it.
#[inline(always)]
pub(super) fn mix(sum: &mut Block, vector: &Block, weight: &Lane, first: bool, states: usize) {
    for i in 0..states {
        for l in 0..LANES {
            let old = if first { 0.0 } else { sum.0[i % STATES][l] };
            sum.0[i % STATES][l] = old + weight[l] * vector.0[i % STATES][l];
        }
    }
}

/// Divides each lane by its largest element.
#[inline(always)]
pub(super) fn rescale(block: &mut Block, scales: &mut Lane, states: usize) {
    let mut largest = [0.0_f64; LANES];
    for i in 0..states {
        for l in 0..LANES {
            largest[l] = largest[l].max(block.0[i % STATES][l]);
        }
    }
    let mut factor = [0.0; LANES];
    for l in 0..LANES {
        if largest[l] > 0.0 {
            factor[l] = 1.0 / largest[l];
            scales[l] += largest[l].ln();
        } else {
            scales[l] = f64::NEG_INFINITY;
        }
    }
    for i in 0..states {
        for l in 0..LANES {
            block.0[i % STATES][l] *= factor[l];
        }
    }
}

#[inline(always)]
pub(super) fn dot(a: &Block, b: &Block, states: usize) -> Lane {
    let mut product = [0.0; LANES];
    for i in 0..states {
        for l in 0..LANES {
            product[l] += a.0[i % STATES][l] * b.0[i % STATES][l];
        }
    }
    product
}

/// Multiplies what is outside of a branch by π, and scales it so that its product with what is inside
/// is 1.
#[inline(always)]
pub(super) fn scale(outside: &mut Block, inside: &Block, informative: bool, frequencies: &[f64]) {
    let mut product = [0.0; LANES];
    for (i, frequency) in frequencies.iter().enumerate() {
        for l in 0..LANES {
            let value = outside.0[i % STATES][l] * frequency;
            outside.0[i % STATES][l] = value;
            product[l] += value
                * if informative {
                    inside.0[i % STATES][l]
                } else {
                    1.0
                };
        }
    }
    let mut factor = [0.0; LANES];
    for l in 0..LANES {
        factor[l] = if product[l] > 0.0 {
            1.0 / product[l]
        } else {
            0.0
        };
    }
    for i in 0..frequencies.len() {
        for l in 0..LANES {
            outside.0[i % STATES][l] *= factor[l];
        }
    }
}
