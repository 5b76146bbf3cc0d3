//! The action of exp(Q t) on vectors, for codon models whose rates differ from site to site.
//!
//! Eight vectors are computed side by side, each in a lane of its own with its own rates. Q has at most
//! nine changes a state (63 if several nucleotides may change at once), so a product with it is cheap,
//! and no matrix is decomposed. With μ,
//! the largest rate of leaving a state, and B = I + Q/μ,
//!
//! exp(Q t) v = Σ_k e^{−μt} (μt)^k / k! B^k v
//!
//! (uniformisation: Jensen A 1953, Skand Aktuarietidskr 36:87). All terms are positive, so even
//! small probabilities are precise. For large μt, a series of Chebyshev polynomials needs fewer
//! terms, about the root of their number:
//!
//! exp(Q t) v = e^{−μt} (I_0(μt) v + 2 Σ_k I_k(μt) T_k(B) v)
//!
//! with the modified Bessel functions I_k (Tal-Ezer H, Kosloff R 1984, J Chem Phys 81:3967).
//!
//! Everything here is inlined into functions that are compiled for several instruction sets.

// Lanes are indexed by one variable, so that the compiler sees that they go together.
#![allow(clippy::needless_range_loop)]

mod decomposed;
mod series;
mod several;

use nalgebra::DMatrix;

use crate::model::{Change, Exchangeabilities, Model};
use series::{UNIFORMISED, bessel, chebyshev_terms, uniformisation_terms};
use several::Several;

/// Vectors that are computed side by side.
pub(crate) const LANES: usize = 8;
/// One number for each lane.
pub(crate) type Lane = [f64; LANES];
/// Room for the states of all genetic codes. A power of two, so that no bound is checked.
pub(crate) const STATES: usize = 64;

/// The most blocks that [`SparseRates::apply`] computes: the vector, and its derivatives by the smaller
/// of α and β, by δ and by ψ.
pub(crate) const PARTS: usize = 4;

/// A vector over the states for each lane.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Block(pub(crate) [Lane; STATES]);

impl Block {
    pub(crate) const ZERO: Self = Self([[0.0; LANES]; STATES]);
    pub(crate) const ONE: Self = Self([[1.0; LANES]; STATES]);
}

/// a × b + c, in one rounding where the instruction set has it.
#[inline(always)]
fn multiply_add<const FUSED: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// The changes of a codon model in the order of their states.
#[derive(Debug, Clone)]
pub(crate) struct SparseRates {
    rows: Vec<Row>,
    /// The new states with θ n, for each row first those of synonymous changes.
    changes: Vec<(usize, f64)>,
    /// Number of states.
    pub(crate) states: usize,
    /// Rates of leaving each state by synonymous and by nonsynonymous changes, with α = β = 1.
    leaving: Vec<[f64; 2]>,
    /// Changes of several nucleotides at once; the others are of one.
    several: Several,
    /// See [`Model::kinds`].
    dense: [DMatrix<f64>; 2],
    frequencies: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    state: usize,
    /// Numbers of synonymous and of all changes.
    synonymous: usize,
    all: usize,
    leaving: [f64; 2],
}

impl SparseRates {
    pub(crate) fn new(model: &Model, theta: &Exchangeabilities) -> Self {
        let rate = |change: &Change| change.exchangeability(theta) * change.frequency;
        let single = || model.changes.iter().filter(|change| change.hits == 1);
        let mut leaving = vec![[0.0; 2]; model.len()];
        for change in single() {
            let kind = usize::from(!change.synonymous);
            leaving[change.from][kind] += rate(change);
        }
        let mut rows: Vec<Row> = (0..model.len())
            .map(|state| {
                let own = single().filter(|change| change.from == state);
                Row {
                    state,
                    synonymous: own.clone().filter(|change| change.synonymous).count(),
                    all: own.count(),
                    leaving: leaving[state],
                }
            })
            .collect();
        // Rows of one shape follow each other, so that their loops are predicted.
        rows.sort_by_key(|row| (row.synonymous, row.all));
        let mut changes = Vec::with_capacity(model.changes.len());
        for row in &rows {
            for synonymous in [true, false] {
                let own = single().filter(|change| change.from == row.state);
                let own = own.filter(|change| change.synonymous == synonymous);
                changes.extend(own.map(|change| (change.to, rate(change))));
            }
        }
        let order = rows.iter().map(|row| row.state);
        Self {
            dense: model.kinds(theta),
            frequencies: model.frequencies.clone(),
            several: Several::new(model, theta, order),
            rows,
            changes,
            states: model.len(),
            leaving,
        }
    }

    /// Number of the rates of changes of several nucleotides at once: none, δ, or δ and ψ.
    pub(crate) fn hit_rates(&self) -> usize {
        self.several.rates()
    }

    /// The process with these rates in each lane: α, β, and δ and ψ.
    #[inline(always)]
    pub(crate) fn with(&self, alpha: &Lane, beta: &Lane, hits: &[Lane; 2]) -> LaneRates {
        let mut rates = LaneRates {
            alpha: *alpha,
            beta: *beta,
            hits: *hits,
            ..LaneRates::default()
        };
        let mut fastest = [f64::MIN_POSITIVE * 1e8; LANES];
        for (state, leaving) in self.leaving.iter().enumerate() {
            for l in 0..LANES {
                let mut leaving = *leaving;
                if self.hit_rates() > 0 {
                    let more = self.several.leaving(state, [hits[0][l], hits[1][l]]);
                    leaving = [leaving[0] + more[0], leaving[1] + more[1]];
                }
                let own = alpha[l] * leaving[0] + beta[l] * leaving[1];
                fastest[l] = fastest[l].max(own);
            }
        }
        for l in 0..LANES {
            rates.fastest[l] = fastest[l];
            rates.synonymous[l] = alpha[l] / fastest[l];
            rates.nonsynonymous[l] = beta[l] / fastest[l];
            rates.by_beta[l] = beta[l] < alpha[l];
            let unit = 1.0 / fastest[l];
            rates.tangent[0][l] = if rates.by_beta[l] { 0.0 } else { unit };
            rates.tangent[1][l] = if rates.by_beta[l] { unit } else { 0.0 };
        }
        rates
    }

    /// One product with B, and with its derivatives. Adds `weight` × the product to `sum`.
    #[inline(always)]
    fn step<const FUSED: bool, const N: usize, const SEVERAL: bool, const CHEBYSHEV: bool>(
        &self,
        rates: &LaneRates,
        from: &[Block; PARTS],
        to: &mut [Block; PARTS],
        weight: &Lane,
        sum: &mut [Block; PARTS],
    ) {
        let (synonymous_rate, nonsynonymous_rate) = (rates.synonymous, rates.nonsynonymous);
        let [by_synonymous, by_nonsynonymous] = rates.tangent;
        let hits = rates.hits;
        let weight = *weight;
        let mut rest = &self.changes[..];
        for (place, row) in self.rows.iter().enumerate() {
            let (own, others) = rest.split_at(row.all);
            rest = others;
            let (synonymous, nonsynonymous) = own.split_at(row.synonymous);
            let i = row.state % STATES;
            // Copies, because the compiler does not know that they are different places.
            let own: [Lane; N] = std::array::from_fn(|part| from[part].0[i]);
            let (mut s, mut n) = ([[0.0; LANES]; N], [[0.0; LANES]; N]);
            for part in 0..N {
                for l in 0..LANES {
                    s[part][l] = -row.leaving[0] * own[part][l];
                    n[part][l] = -row.leaving[1] * own[part][l];
                }
            }
            for (j, rate) in synonymous {
                let j = j % STATES;
                for part in 0..N {
                    for l in 0..LANES {
                        s[part][l] = multiply_add::<FUSED>(*rate, from[part].0[j][l], s[part][l]);
                    }
                }
            }
            for (j, rate) in nonsynonymous {
                let j = j % STATES;
                for part in 0..N {
                    for l in 0..LANES {
                        n[part][l] = multiply_add::<FUSED>(*rate, from[part].0[j][l], n[part][l]);
                    }
                }
            }
            let mut by_hits = [[[0.0; LANES]; 2]; 2];
            if SEVERAL {
                let mut sums = [s, n];
                by_hits = self
                    .several
                    .add::<FUSED, N>(place, &hits, from, &own, &mut sums);
                [s, n] = sums;
            }
            for part in 0..N {
                let before = to[part].0[i];
                let mut total = sum[part].0[i];
                let mut value = [0.0; LANES];
                for l in 0..LANES {
                    value[l] = multiply_add::<FUSED>(synonymous_rate[l], s[part][l], own[part][l]);
                    value[l] = multiply_add::<FUSED>(nonsynonymous_rate[l], n[part][l], value[l]);
                }
                if part == 1 {
                    for l in 0..LANES {
                        value[l] = multiply_add::<FUSED>(by_synonymous[l], s[0][l], value[l]);
                        value[l] = multiply_add::<FUSED>(by_nonsynonymous[l], n[0][l], value[l]);
                    }
                }
                if part >= 2 {
                    let [s, n] = by_hits[part - 2];
                    for l in 0..LANES {
                        value[l] = multiply_add::<FUSED>(synonymous_rate[l], s[l], value[l]);
                        value[l] = multiply_add::<FUSED>(nonsynonymous_rate[l], n[l], value[l]);
                    }
                }
                if CHEBYSHEV {
                    for l in 0..LANES {
                        value[l] = 2.0 * value[l] - before[l];
                    }
                }
                for l in 0..LANES {
                    total[l] = multiply_add::<FUSED>(weight[l], value[l], total[l]);
                }
                to[part].0[i] = value;
                sum[part].0[i] = total;
            }
        }
    }

    /// exp(Q t) v, and its derivatives, into the first `N` blocks of `work.sum`: that by the smaller of
    /// α and β, then those by δ and by ψ. `SEVERAL` says whether several nucleotides may change at once.
    #[inline(always)]
    pub(crate) fn apply<const FUSED: bool, const N: usize, const SEVERAL: bool>(
        &self,
        rates: &LaneRates,
        time: f64,
        vector: &Block,
        work: &mut Work,
    ) {
        let mut x = [0.0; LANES];
        let mut largest = 0.0_f64;
        for l in 0..LANES {
            x[l] = rates.fastest[l] * time;
            largest = largest.max(x[l]);
        }
        work.a[0] = *vector;
        for part in 1..N {
            work.a[part] = Block::ZERO;
            work.sum[part] = Block::ZERO;
        }
        if largest <= UNIFORMISED {
            let mut weight = [0.0; LANES];
            for l in 0..LANES {
                weight[l] = (-x[l]).exp();
            }
            work.start(&weight, self.states);
            for term in 1..=uniformisation_terms(largest) {
                for l in 0..LANES {
                    weight[l] *= x[l] / term as f64;
                }
                let (from, to, sum) = work.buffers(term);
                self.step::<FUSED, N, SEVERAL, false>(rates, from, to, &weight, sum);
            }
        } else {
            let terms = chebyshev_terms(largest);
            bessel(&x, terms, &mut work.bessel);
            let weight = work.bessel[0];
            work.start(&weight, self.states);
            for term in 1..=terms {
                let mut weight = work.bessel[term];
                for weight in &mut weight {
                    *weight *= 2.0;
                }
                let (from, to, sum) = work.buffers(term);
                if term == 1 {
                    self.step::<FUSED, N, SEVERAL, false>(rates, from, to, &weight, sum);
                } else {
                    self.step::<FUSED, N, SEVERAL, true>(rates, from, to, &weight, sum);
                }
            }
            for i in 0..self.states {
                for value in &mut work.sum[0].0[i % STATES] {
                    *value = value.max(0.0);
                }
            }
        }
    }

    /// Σ_i π_i a_i (Q v)_i, for each lane.
    #[inline(always)]
    pub(crate) fn product<const FUSED: bool, const SEVERAL: bool>(
        &self,
        rates: &LaneRates,
        left: &Block,
        right: &Block,
    ) -> Lane {
        let x = &right.0;
        let mut product = [0.0; LANES];
        let mut rest = &self.changes[..];
        for (place, row) in self.rows.iter().enumerate() {
            let (own, others) = rest.split_at(row.all);
            rest = others;
            let (synonymous, nonsynonymous) = own.split_at(row.synonymous);
            let i = row.state % STATES;
            let mut s = [0.0; LANES];
            let mut n = [0.0; LANES];
            for l in 0..LANES {
                s[l] = -row.leaving[0] * x[i][l];
                n[l] = -row.leaving[1] * x[i][l];
            }
            for (j, rate) in synonymous {
                let other = &x[j % STATES];
                for l in 0..LANES {
                    s[l] = multiply_add::<FUSED>(*rate, other[l], s[l]);
                }
            }
            for (j, rate) in nonsynonymous {
                let other = &x[j % STATES];
                for l in 0..LANES {
                    n[l] = multiply_add::<FUSED>(*rate, other[l], n[l]);
                }
            }
            if SEVERAL {
                let mut sums = [[s], [n]];
                let right = std::slice::from_ref(right);
                self.several
                    .add::<FUSED, 1>(place, &rates.hits, right, &[x[i]], &mut sums);
                [[s], [n]] = sums;
            }
            for l in 0..LANES {
                let own = rates.alpha[l] * s[l] + rates.beta[l] * n[l];
                product[l] = multiply_add::<FUSED>(left.0[i][l], own, product[l]);
            }
        }
        product
    }
}

/// The rates of a process in each lane.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LaneRates {
    pub(crate) alpha: Lane,
    pub(crate) beta: Lane,
    /// δ and ψ.
    hits: [Lane; 2],
    /// μ.
    fastest: Lane,
    /// α / μ and β / μ.
    synonymous: Lane,
    nonsynonymous: Lane,
    /// 1 / μ for the rate by which [`SparseRates::apply`] derives, 0 for the other one.
    tangent: [Lane; 2],
    /// Whether it derives by β. The derivative by the larger rate follows from this one and from
    /// that by t, because α and β occur in exp(Q t) only as α t and β t.
    pub(crate) by_beta: [bool; LANES],
}

impl LaneRates {
    /// The derivatives by α and by β, from that by the smaller of them and from t times that by t.
    #[inline(always)]
    pub(crate) fn derivatives(&self, smaller: &Lane, by_time: &Lane) -> [Lane; 2] {
        let mut by = [[0.0; LANES]; 2];
        for l in 0..LANES {
            let (less, more) = if self.by_beta[l] {
                (self.beta[l], self.alpha[l])
            } else {
                (self.alpha[l], self.beta[l])
            };
            let other = if more > 0.0 {
                (by_time[l] - less * smaller[l]) / more
            } else {
                0.0
            };
            by[0][l] = if self.by_beta[l] { other } else { smaller[l] };
            by[1][l] = if self.by_beta[l] { smaller[l] } else { other };
        }
        by
    }
}

/// Buffers of [`SparseRates::apply`].
#[derive(Debug, Clone)]
pub(crate) struct Work {
    a: [Block; PARTS],
    b: [Block; PARTS],
    /// The result, and its derivatives.
    pub(crate) sum: [Block; PARTS],
    bessel: Vec<Lane>,
}

impl Work {
    pub(crate) fn new() -> Self {
        Self {
            a: [Block::ZERO; PARTS],
            b: [Block::ZERO; PARTS],
            sum: [Block::ZERO; PARTS],
            bessel: Vec::new(),
        }
    }

    #[inline(always)]
    fn start(&mut self, weight: &Lane, states: usize) {
        for i in 0..states {
            let i = i % STATES;
            for l in 0..LANES {
                self.sum[0].0[i][l] = weight[l] * self.a[0].0[i][l];
            }
        }
    }

    /// What term `term` reads and writes.
    #[inline(always)]
    fn buffers(
        &mut self,
        term: usize,
    ) -> (&[Block; PARTS], &mut [Block; PARTS], &mut [Block; PARTS]) {
        if term % 2 == 1 {
            (&self.a, &mut self.b, &mut self.sum)
        } else {
            (&self.b, &mut self.a, &mut self.sum)
        }
    }
}
