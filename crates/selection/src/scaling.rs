//! Scaling of likelihoods that many factors make small.

use nalgebra::DMatrix;

/// Multiplied likelihoods are scaled after so many factors.
pub(crate) const FACTORS: usize = 8;
/// They are scaled if they are below this: so many factors of this size are still numbers.
const SMALL: f64 = 1e-30;

/// Divides columns whose elements are all small by their largest element, and adds its logarithm to
/// their scales.
pub(crate) fn rescale(likelihoods: &mut DMatrix<f64>, scales: &mut [f64]) {
    let states = likelihoods.nrows();
    let columns = likelihoods.as_mut_slice().chunks_exact_mut(states);
    for (column, scale) in columns.zip(scales) {
        if column.iter().any(|value| *value >= SMALL) {
            continue;
        }
        let largest = column.iter().copied().fold(0.0, f64::max);
        if largest > 0.0 {
            for value in column {
                *value /= largest;
            }
            *scale += largest.ln();
        } else {
            *scale = f64::NEG_INFINITY;
        }
    }
}
