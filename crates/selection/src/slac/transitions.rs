//! Transition probabilities that are precise even where they are small.
//!
//! A reconstruction compares the probabilities of rare changes, which an eigendecomposition gives
//! with an error of 1e-16 whatever their size. Uniformisation adds positive terms only.

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::{
    action::{Block, LANES, SparseRates, Work},
    fits::CodonFit,
};

/// P along each branch.
pub(crate) type Transitions = Vec<DMatrix<f64>>;

/// P along each branch of a tree with these α. `rates` are those of the fit.
pub(crate) fn along(
    rates: &SparseRates,
    fit: &CodonFit,
    alphas: &[f64],
    tested: &[bool],
) -> Transitions {
    let branches = alphas.par_iter().zip(tested);
    branches
        .map(|(alpha, tested)| {
            let omega = fit.omegas[usize::from(*tested)];
            transition(rates, omega, *alpha)
        })
        .collect()
}

/// exp(Q t), with α = 1 and β = ω.
fn transition(rates: &SparseRates, omega: f64, time: f64) -> DMatrix<f64> {
    let n = rates.states;
    let process = rates.with(&[1.0; LANES], &[omega; LANES], &[[0.0; LANES]; 2]);
    let mut work = Work::new();
    let mut transition = DMatrix::zeros(n, n);
    for first in (0..n).step_by(LANES) {
        let lanes = LANES.min(n - first);
        let mut unit = Block::ZERO;
        for lane in 0..lanes {
            unit.0[first + lane][lane] = 1.0;
        }
        rates.apply::<false, 1, false>(&process, time, &unit, &mut work);
        for lane in 0..lanes {
            for state in 0..n {
                transition[(state, first + lane)] = work.sum[0].0[state][lane];
            }
        }
    }
    transition
}
