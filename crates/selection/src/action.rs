//! The action of exp(Q t) on vectors, for codon models whose rates differ from site to site.
//!
//! Eight vectors are computed side by side, each in a lane of its own with its own α and β. Q has at
//! most nine changes a state, so a product with it is cheap, and no matrix is decomposed. With μ,
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

use crate::model::{Exchangeabilities, Model};

/// Vectors that are computed side by side.
pub(crate) const LANES: usize = 8;
/// One number for each lane.
pub(crate) type Lane = [f64; LANES];
/// Room for the states of all genetic codes. A power of two, so that no bound is checked.
pub(crate) const STATES: usize = 64;

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
        let mut leaving = vec![[0.0; 2]; model.len()];
        for change in &model.changes {
            let kind = usize::from(!change.synonymous);
            leaving[change.from][kind] += theta[change.pair] * change.frequency;
        }
        let mut rows: Vec<Row> = (0..model.len())
            .map(|state| {
                let own = model.changes.iter().filter(|change| change.from == state);
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
                let own = model
                    .changes
                    .iter()
                    .filter(|change| change.from == row.state);
                let own = own.filter(|change| change.synonymous == synonymous);
                changes.extend(own.map(|c| (c.to, theta[c.pair] * c.frequency)));
            }
        }
        Self {
            rows,
            changes,
            states: model.len(),
            leaving,
        }
    }

    /// The process with these rates in each lane.
    #[inline(always)]
    pub(crate) fn with(&self, alpha: &Lane, beta: &Lane) -> LaneRates {
        let mut rates = LaneRates {
            alpha: *alpha,
            beta: *beta,
            ..LaneRates::default()
        };
        let mut fastest = [f64::MIN_POSITIVE * 1e8; LANES];
        for leaving in &self.leaving {
            for l in 0..LANES {
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

    /// One product with B, and with its derivative. Adds `weight` × the product to `sum`.
    #[inline(always)]
    fn step<const FUSED: bool, const TANGENT: bool, const CHEBYSHEV: bool>(
        &self,
        rates: &LaneRates,
        from: &[Block; 2],
        to: &mut [Block; 2],
        weight: &Lane,
        sum: &mut [Block; 2],
    ) {
        let (synonymous_rate, nonsynonymous_rate) = (rates.synonymous, rates.nonsynonymous);
        let [by_synonymous, by_nonsynonymous] = rates.tangent;
        let weight = *weight;
        let mut rest = &self.changes[..];
        for row in &self.rows {
            let (own, others) = rest.split_at(row.all);
            rest = others;
            let (synonymous, nonsynonymous) = own.split_at(row.synonymous);
            let i = row.state % STATES;
            // Copies, because the compiler does not know that they are different places.
            let own = [from[0].0[i], from[1].0[i]];
            let (mut s, mut n) = ([[0.0; LANES]; 2], [[0.0; LANES]; 2]);
            let parts = if TANGENT { 2 } else { 1 };
            for part in 0..parts {
                for l in 0..LANES {
                    s[part][l] = -row.leaving[0] * own[part][l];
                    n[part][l] = -row.leaving[1] * own[part][l];
                }
            }
            for (j, rate) in synonymous {
                let j = j % STATES;
                for part in 0..parts {
                    for l in 0..LANES {
                        s[part][l] = multiply_add::<FUSED>(*rate, from[part].0[j][l], s[part][l]);
                    }
                }
            }
            for (j, rate) in nonsynonymous {
                let j = j % STATES;
                for part in 0..parts {
                    for l in 0..LANES {
                        n[part][l] = multiply_add::<FUSED>(*rate, from[part].0[j][l], n[part][l]);
                    }
                }
            }
            for part in 0..parts {
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

    /// exp(Q t) v, and with `TANGENT` its derivative by the smaller of α and β, into `work.sum`.
    /// `v` is in `work.from`.
    #[inline(always)]
    pub(crate) fn apply<const FUSED: bool, const TANGENT: bool>(
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
        if TANGENT {
            work.a[1] = Block::ZERO;
            work.sum[1] = Block::ZERO;
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
                self.step::<FUSED, TANGENT, false>(rates, from, to, &weight, sum);
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
                    self.step::<FUSED, TANGENT, false>(rates, from, to, &weight, sum);
                } else {
                    self.step::<FUSED, TANGENT, true>(rates, from, to, &weight, sum);
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
    pub(crate) fn product<const FUSED: bool>(
        &self,
        rates: &LaneRates,
        left: &Block,
        right: &Block,
    ) -> Lane {
        let x = &right.0;
        let mut product = [0.0; LANES];
        let mut rest = &self.changes[..];
        for row in &self.rows {
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
    /// μ.
    fastest: Lane,
    /// α / μ and β / μ.
    synonymous: Lane,
    nonsynonymous: Lane,
    /// 1 / μ for the rate by which [`SparseRates::apply`] derives, 0 for the other one.
    tangent: [Lane; 2],
    /// Whether it derives by β. The derivative by the larger rate follows from this one and from
    /// that by t, because exp(Q t) depends only on α t and β t.
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
    a: [Block; 2],
    b: [Block; 2],
    /// The result, and its derivative.
    pub(crate) sum: [Block; 2],
    bessel: Vec<Lane>,
}

impl Work {
    pub(crate) fn new() -> Self {
        Self {
            a: [Block::ZERO; 2],
            b: [Block::ZERO; 2],
            sum: [Block::ZERO; 2],
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
    fn buffers(&mut self, term: usize) -> (&[Block; 2], &mut [Block; 2], &mut [Block; 2]) {
        if term % 2 == 1 {
            (&self.a, &mut self.b, &mut self.sum)
        } else {
            (&self.b, &mut self.a, &mut self.sum)
        }
    }
}

/// Largest μt for which uniformisation is used.
const UNIFORMISED: f64 = 12.0;
/// Terms that add less are left out.
const NEGLIGIBLE: f64 = 1e-14;

/// Terms that are always computed: with them, every codon can become every other one.
const LEAST_TERMS: usize = 5;

/// Number of terms of uniformisation.
#[inline(always)]
fn uniformisation_terms(x: f64) -> usize {
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
fn chebyshev_terms(x: f64) -> usize {
    (64.0 * x).sqrt() as usize + 8
}

/// e^{−x} I_k(x) for k up to `last`, by Miller's backward recurrence (Abramowitz M, Stegun IA 1964,
/// 9.12).
#[inline(always)]
fn bessel(x: &Lane, last: usize, values: &mut Vec<Lane>) {
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
