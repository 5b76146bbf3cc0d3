//! The terms of the series for exp(Q t).

use super::{LANES, Lane};

/// Largest μt for which uniformisation is used.
pub(super) const UNIFORMISED: f64 = 12.0;
/// Terms that add less are left out.
const NEGLIGIBLE: f64 = 1e-14;

/// Terms that are always computed: with them, every codon can become every other one.
const LEAST_TERMS: usize = 5;

/// Number of terms of uniformisation.
#[inline(always)]
pub(super) fn uniformisation_terms(x: f64) -> usize {
    let mut weight = (-x).exp();
    let mut term = 0;
    loop {
        term += 1;
        weight *= x / term as f64;
        if term >= LEAST_TERMS && term as f64 > x && weight < NEGLIGIBLE {
            return term;
        }
    }
}

/// Number of terms of the series of Chebyshev polynomials: I_k(x) e^{−x} is about e^{−k²/2x}.
#[inline(always)]
pub(super) fn chebyshev_terms(x: f64) -> usize {
    (64.0 * x).sqrt() as usize + 8
}

/// e^{−x} I_k(x) for k up to `last`, by Miller's backward recurrence (Abramowitz M, Stegun IA 1964,
/// 9.12).
#[inline(always)]
pub(super) fn bessel(x: &Lane, last: usize, values: &mut Vec<Lane>) {
    values.clear();
    values.resize(last + 1, [0.0; LANES]);
    for (l, x) in x.iter().enumerate() {
        if *x < 1e-12 {
            values[0][l] = 1.0;
            continue;
        }
        let (mut above, mut current, mut sum) = (0.0, 1e-280, 0.0);
        for k in (0..=last + 20).rev() {
            if k <= last {
                values[k][l] = current;
            }
            sum += if k == 0 { current } else { 2.0 * current };
            let below = above + 2.0 * k as f64 / x * current;
            above = current;
            if k > 0 {
                current = below;
            }
            if current > 1e250 {
                for factor in [&mut current, &mut above, &mut sum] {
                    *factor *= 1e-250;
                }
                for value in &mut values[k.min(last)..] {
                    value[l] *= 1e-250;
                }
            }
        }
        for value in values.iter_mut() {
            value[l] /= sum;
        }
    }
}
