//! The action of exp(Q t) by the eigendecomposition of Q, where series would need many terms.

// Elements are indexed by one variable, so that the compiler sees that they go together.
#![allow(clippy::needless_range_loop)]

use nalgebra::DMatrix;

use super::{Block, LANES, LaneRates, STATES, SparseRates, Work, series::chebyshev_terms};
use crate::spectrum::Spectrum;

/// What a decomposition takes as long as, in products of Q with a block.
const DECOMPOSITION: usize = 1500;
/// The same for one vector that passes a branch.
const PASSAGE: usize = 12;

/// The decomposed rates of all lanes.
pub(crate) struct DecomposedRates {
    different: Vec<RatesSpectrum>,
    /// For each lane, the place of its rates among these.
    of_lane: [usize; LANES],
}

struct RatesSpectrum {
    spectrum: Spectrum,
    /// V⁻¹ E V, where E is the derivative of Q by the smaller of α and β.
    tangent: DMatrix<f64>,
    /// 1 / (λ_k − λ_l).
    gaps: DMatrix<f64>,
}

impl SparseRates {
    /// The decomposed rates, if these take less time than series for branches with these times, to compute
    /// so many blocks for each.
    pub(crate) fn decomposed(
        &self,
        rates: &LaneRates,
        times: impl Iterator<Item = f64>,
        blocks: usize,
    ) -> Option<DecomposedRates> {
        if self.hit_rates() > 0 {
            return None;
        }
        let pair = |lane: usize| (rates.alpha[lane], rates.beta[lane]);
        let first: [usize; LANES] = std::array::from_fn(|lane| {
            let same = (0..lane).find(|other| pair(*other) == pair(lane));
            same.unwrap_or(lane)
        });
        let lanes: Vec<usize> = (0..LANES).filter(|lane| first[*lane] == *lane).collect();
        let fastest = rates.fastest.iter().copied().fold(0.0, f64::max);
        let (mut products, mut passages) = (0, 0);
        for time in times {
            // Uniformisation needs about as many where it is used.
            products += blocks * chebyshev_terms(fastest * time);
            passages += blocks;
        }
        if products <= lanes.len() * (DECOMPOSITION + PASSAGE * passages) {
            return None;
        }
        let place = |lane: usize| lanes.iter().position(|own| *own == lane);
        let of_lane = first.map(|lane| place(lane).unwrap_or_default());
        let decompose = |lane: &usize| self.decompose(rates, *lane);
        Some(DecomposedRates {
            different: lanes.iter().map(decompose).collect(),
            of_lane,
        })
    }

    fn decompose(&self, rates: &LaneRates, lane: usize) -> RatesSpectrum {
        let [synonymous, nonsynonymous] = &self.dense;
        let own = synonymous * rates.alpha[lane] + nonsynonymous * rates.beta[lane];
        let spectrum = Spectrum::new(&own, &self.frequencies);
        let smaller = if rates.by_beta[lane] {
            nonsynonymous
        } else {
            synonymous
        };
        let values = &spectrum.values;
        let gaps = DMatrix::from_fn(self.states, self.states, |k, l| {
            1.0 / (values[k] - values[l])
        });
        RatesSpectrum {
            tangent: &spectrum.inverse * smaller * &spectrum.vectors,
            gaps,
            spectrum,
        }
    }
}

impl DecomposedRates {
    /// exp(Q t) v and its derivative, as [`SparseRates::apply`] computes them.
    #[inline(always)]
    pub(crate) fn apply<const N: usize>(&self, time: f64, vector: &Block, work: &mut Work) {
        for (lane, place) in self.of_lane.iter().enumerate() {
            let own = &self.different[*place];
            let states = own.gaps.nrows();
            let mut from = [0.0; STATES];
            for (i, value) in from[..states].iter_mut().enumerate() {
                *value = vector.0[i][lane];
            }
            let mut parts = [[0.0; STATES]; 2];
            own.pass::<N>(time, &from[..states], &mut parts);
            for i in 0..states {
                work.sum[0].0[i % STATES][lane] = parts[0][i].max(0.0);
            }
            if N > 1 {
                for i in 0..states {
                    work.sum[1].0[i % STATES][lane] = parts[1][i];
                }
            }
        }
    }
}

impl RatesSpectrum {
    /// The derivative of exp(Q t) in the direction E is V ((V⁻¹ E V) ∘ Φ) V⁻¹: see
    /// [`Spectrum::derivative`].
    #[inline(always)]
    fn pass<const N: usize>(&self, time: f64, vector: &[f64], parts: &mut [[f64; STATES]; 2]) {
        let n = vector.len();
        let values = self.spectrum.values.as_slice();
        let mut powers = [0.0; STATES];
        for (power, value) in powers.iter_mut().zip(values) {
            *power = (value * time).exp();
        }
        let mut inner = [0.0; STATES];
        add_product(&self.spectrum.inverse, vector, &mut inner[..n]);
        let mut passed = [0.0; STATES];
        for k in 0..n {
            passed[k] = powers[k] * inner[k];
        }
        add_product(&self.spectrum.vectors, &passed[..n], &mut parts[0][..n]);
        if N == 1 {
            return;
        }
        let mut passed = [0.0; STATES];
        let columns = self.tangent.as_slice().chunks_exact(n);
        for (l, (tangent, gaps)) in columns
            .zip(self.gaps.as_slice().chunks_exact(n))
            .enumerate()
        {
            let (power, value, factor) = (powers[l], values[l], inner[l]);
            let target = passed[..n].iter_mut().zip(&powers[..n]).zip(values);
            for (((passed, own), other), (tangent, gap)) in target.zip(tangent.iter().zip(gaps)) {
                let x = (other - value) * time;
                // The first terms of the series of (exp(x) − 1) / x.
                let close = time * power * (1.0 + x * (0.5 + x / 6.0));
                let apart = (own - power) * gap;
                let phi = if x.abs() < 1e-5 { close } else { apart };
                *passed += tangent * phi * factor;
            }
        }
        add_product(&self.spectrum.vectors, &passed[..n], &mut parts[1][..n]);
    }
}

/// Adds the product of a matrix with a vector.
#[inline(always)]
fn add_product(matrix: &DMatrix<f64>, vector: &[f64], sums: &mut [f64]) {
    let n = sums.len();
    for (column, factor) in matrix.as_slice().chunks_exact(n).zip(vector) {
        for (sum, element) in sums.iter_mut().zip(column) {
            *sum += element * factor;
        }
    }
}
