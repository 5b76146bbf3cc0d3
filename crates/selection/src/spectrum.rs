//! Transition probabilities of a reversible process, by the eigendecomposition of its rates.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use pulp::Arch;

/// Rates Q = V Λ V⁻¹ of a process that is reversible under π.
///
/// Π^½ Q Π^−½ is symmetric, so it is U Λ Uᵀ with orthogonal U; V = Π^−½ U and V⁻¹ = Uᵀ Π^½.
#[derive(Debug, Clone)]
pub(crate) struct Spectrum {
    /// Λ.
    pub(crate) values: DVector<f64>,
    /// V.
    pub(crate) vectors: DMatrix<f64>,
    /// V⁻¹.
    pub(crate) inverse: DMatrix<f64>,
    /// Vᵀ and V⁻ᵀ.
    transposed: [DMatrix<f64>; 2],
}

impl Spectrum {
    /// Decomposes the rates of a process; their rows add up to 0.
    pub(crate) fn new(rates: &DMatrix<f64>, frequencies: &[f64]) -> Self {
        let n = frequencies.len();
        let root = DVector::from_iterator(n, frequencies.iter().map(|f| f.sqrt()));
        let symmetric = DMatrix::from_fn(n, n, |i, j| {
            let (upper, lower) = (rates[(i, j)], rates[(j, i)]);
            0.5 * (upper * root[i] / root[j] + lower * root[j] / root[i])
        });
        let SymmetricEigen {
            eigenvectors,
            eigenvalues,
        } = SymmetricEigen::new(symmetric);
        let mut vectors = eigenvectors.clone();
        let mut inverse = eigenvectors.transpose();
        for (i, root) in root.iter().enumerate() {
            vectors.row_mut(i).unscale_mut(*root);
            inverse.column_mut(i).scale_mut(*root);
        }
        Self {
            // Rounding may make the largest value, 0, positive.
            values: eigenvalues.map(|value| value.min(0.0)),
            transposed: [vectors.transpose(), inverse.transpose()],
            vectors,
            inverse,
        }
    }

    /// exp(Q t).
    pub(crate) fn transition(&self, time: f64) -> DMatrix<f64> {
        let n = self.values.len();
        let mut probabilities = DMatrix::zeros(n, n);
        self.set_transition(time, &mut DMatrix::zeros(n, n), &mut probabilities);
        probabilities
    }

    /// Sets a matrix to exp(Q t). `work` is another one of the same size.
    pub(crate) fn set_transition(
        &self,
        time: f64,
        work: &mut DMatrix<f64>,
        probabilities: &mut DMatrix<f64>,
    ) {
        let n = self.values.len();
        let vectors = self.vectors.as_slice().chunks_exact(n);
        let columns = work.as_mut_slice().chunks_exact_mut(n);
        Arch::new().dispatch(|| {
            for ((column, vector), value) in columns.zip(vectors).zip(&self.values) {
                let power = (value * time).exp();
                for (work, element) in column.iter_mut().zip(vector) {
                    *work = element * power;
                }
            }
        });
        probabilities.gemm(1.0, work, &self.inverse, 0.0);
        let probabilities = probabilities.as_mut_slice();
        Arch::new().dispatch(|| {
            for probability in probabilities {
                *probability = probability.max(0.0);
            }
        });
    }

    /// The derivatives of a function of exp(Q t): with respect to t, and, added to `rates`, with
    /// respect to Q, in the basis of the eigenvectors. `outer` is the derivative with respect to
    /// exp(Q t); it is overwritten. `work` is another matrix of the same size.
    ///
    /// d exp(Q t) in the direction E is V ((V⁻¹ E V) ∘ Φ) V⁻¹, where Φ_kl is
    /// (exp(λ_k t) − exp(λ_l t)) / (λ_k − λ_l), or t exp(λ_k t) where the two are equal
    /// (Kalbfleisch JD, Lawless JF 1985, JASA 80:863).
    pub(crate) fn derivative(
        &self,
        outer: &mut DMatrix<f64>,
        time: f64,
        work: &mut DMatrix<f64>,
        rates: &mut DMatrix<f64>,
    ) -> f64 {
        let n = self.values.len();
        let [vectors, inverse] = &self.transposed;
        work.gemm(1.0, vectors, outer, 0.0);
        let inner = outer;
        inner.gemm(1.0, work, inverse, 0.0);
        let powers: Vec<f64> = self.values.iter().map(|v| (v * time).exp()).collect();
        let mut by_time = 0.0;
        for l in 0..n {
            for k in 0..n {
                let gap = self.values[k] - self.values[l];
                let phi = if (gap * time).abs() < 1e-5 {
                    // The first terms of the series of (exp(x) − 1) / x.
                    let x = gap * time;
                    time * powers[l] * (1.0 + x / 2.0 + x * x / 6.0)
                } else {
                    (powers[k] - powers[l]) / gap
                };
                rates[(k, l)] += inner[(k, l)] * phi;
            }
            by_time += inner[(l, l)] * self.values[l] * powers[l];
        }
        by_time
    }

    /// A derivative with respect to Q, from the basis of the eigenvectors.
    pub(crate) fn in_states(&self, rates: &DMatrix<f64>) -> DMatrix<f64> {
        let [vectors, inverse] = &self.transposed;
        inverse * rates * vectors
    }
}
