//! The likelihoods of single sites, eight at a time, with their gradients.

// Lanes are indexed by one variable, so that the compiler sees that they go together.
#![allow(clippy::needless_range_loop)]

mod blocks;
mod common;

use pulp::{Arch, Simd, WithSimd};

use crate::{
    action::{Block, LANES, Lane, LaneRates, STATES, SparseRates, Work},
    codon::Observations,
    columns::Patterns,
    model::{Exchangeabilities, Model},
    phylogeny::Phylogeny,
    pool::Pool,
};
use blocks::{dot, mix, multiply, observe, rescale, scale};
pub(crate) use common::CommonRates;

/// One of the processes that a branch may have at a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Component {
    /// The synonymous rate.
    pub(crate) alpha: Lane,
    /// The nonsynonymous rate.
    pub(crate) beta: Lane,
    /// δ and ψ.
    pub(crate) hits: [Lane; 2],
    /// The probability that a branch has this process.
    pub(crate) weight: Lane,
}

/// The derivatives of log-likelihoods by what a component consists of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ByComponent {
    pub(crate) alpha: Lane,
    pub(crate) beta: Lane,
    pub(crate) weight: Lane,
    /// By δ and ψ; 0 if they are not wanted.
    pub(crate) hits: [Lane; 2],
}

/// The sites of one partition.
pub(crate) struct Sites<'a> {
    pub(crate) phylogeny: &'a Phylogeny,
    pub(crate) patterns: &'a Patterns,
    pub(crate) observations: &'a Observations,
    pub(crate) model: &'a Model,
    pub(crate) theta: &'a Exchangeabilities,
    pub(crate) frequencies: &'a [f64],
    pub(crate) rates: &'a SparseRates,
    /// t of each branch.
    pub(crate) times: &'a [f64],
    /// Whether each branch is tested.
    pub(crate) tested: &'a [bool],
    pub(crate) instructions: Arch,
    /// Memory for evaluations.
    pub(crate) spare: &'a Pool<Evaluation>,
}

/// What is computed besides the log-likelihoods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nothing.
    Value,
    /// Derivatives by α, β and the weights of all components.
    Gradient,
    /// The same, and those by δ and ψ.
    GradientWithHits,
    /// Derivatives, for each branch how likely the site is if all of the branch has one component,
    /// and for each leaf how likely it is with each state.
    Details,
}

/// Buffers of an evaluation, and its results.
#[derive(Debug, Default)]
pub(crate) struct Evaluation {
    /// The log-likelihoods.
    pub(crate) values: Lane,
    /// Derivatives by each component, of background branches and of tested ones.
    pub(crate) gradient: [Vec<ByComponent>; 2],
    /// For each branch and component, the likelihood of the site if the branch has only this
    /// component, as a multiple of the site's likelihood.
    pub(crate) forced: Vec<Vec<Lane>>,
    /// For each leaf, the likelihood of the site with each state at the leaf, times a constant.
    pub(crate) imputed: Vec<Vec<Lane>>,
    below: Vec<Block>,
    above: Vec<Block>,
    /// Whether the likelihoods above a branch are not 1.
    informative: Vec<bool>,
    outside: Vec<Block>,
    /// For each branch and component: the vector, and its derivatives.
    parts: Vec<Block>,
    work: Option<Box<Work>>,
}

impl Sites<'_> {
    /// Runs something with the memory of an evaluation.
    pub(crate) fn with_evaluation<R>(&self, run: impl FnOnce(&mut Evaluation) -> R) -> R {
        self.spare.with(|_| true, Evaluation::default, run)
    }

    /// Evaluates one pattern in each lane. `components` are those of background branches and of
    /// tested ones.
    pub(crate) fn evaluate(
        &self,
        patterns: &[usize; LANES],
        components: &[Vec<Component>; 2],
        wanted: Wanted,
        evaluation: &mut Evaluation,
    ) {
        self.instructions.dispatch(Job {
            sites: self,
            patterns,
            components,
            wanted,
            evaluation,
        });
    }
}

/// An evaluation, compiled for each instruction set.
struct Job<'a, 'b> {
    sites: &'a Sites<'b>,
    patterns: &'a [usize; LANES],
    components: &'a [Vec<Component>; 2],
    wanted: Wanted,
    evaluation: &'a mut Evaluation,
}

impl WithSimd for Job<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        if S::IS_SCALAR {
            self.choose::<false>();
        } else {
            self.choose::<true>();
        }
    }
}

impl Job<'_, '_> {
    /// Runs what computes no more than is wanted.
    #[inline(always)]
    fn choose<const FUSED: bool>(self) {
        let of_hits = match self.wanted {
            Wanted::GradientWithHits => self.sites.rates.hit_rates(),
            _ => 0,
        };
        match (
            self.wanted == Wanted::Value,
            self.sites.rates.hit_rates(),
            of_hits,
        ) {
            (true, 0, _) => self.run::<FUSED, 1, false>(),
            (false, 0, _) => self.run::<FUSED, 2, false>(),
            (true, _, _) => self.run::<FUSED, 1, true>(),
            (false, _, 0) => self.run::<FUSED, 2, true>(),
            (false, _, 1) => self.run::<FUSED, 3, true>(),
            (false, _, _) => self.run::<FUSED, 4, true>(),
        }
    }

    /// Computes each vector and its derivatives, `N` blocks in all. `SEVERAL` says whether several
    /// nucleotides may change at once.
    #[inline(always)]
    fn run<const FUSED: bool, const N: usize, const SEVERAL: bool>(self) {
        let Self {
            sites,
            patterns,
            components,
            wanted,
            evaluation,
        } = self;
        let states = sites.rates.states;
        let nodes = &sites.phylogeny.nodes;
        let width = components[0].len().max(components[1].len());
        let rates = [&components[0], &components[1]].map(|set| {
            let own = set.iter();
            let own = own.map(|c| sites.rates.with(&c.alpha, &c.beta, &c.hits));
            own.collect::<Vec<LaneRates>>()
        });
        // Every branch passes likelihoods down, with their derivatives, and most pass them up.
        let blocks = if N == 1 { 1 } else { N + 1 };
        let decomposed = [0, 1].map(|set| {
            let times = sites.times.iter().zip(sites.tested);
            let own = times.filter(|(_, tested)| usize::from(**tested) == set);
            let own = own.map(|(time, _)| *time);
            let decomposed = |rates| sites.rates.decomposed(rates, own.clone(), blocks);
            rates[set].iter().map(decomposed).collect::<Vec<_>>()
        });
        let evaluation_buffers = &mut *evaluation;
        evaluation_buffers.below.resize(nodes.len(), Block::ZERO);
        evaluation_buffers.above.resize(nodes.len(), Block::ZERO);
        evaluation_buffers.informative.resize(nodes.len(), false);
        if N > 1 {
            evaluation_buffers.outside.resize(nodes.len(), Block::ZERO);
            evaluation_buffers
                .parts
                .resize(nodes.len() * width * N, Block::ZERO);
        }
        let Evaluation {
            values,
            gradient,
            forced,
            imputed,
            below,
            above,
            informative,
            outside,
            parts,
            work,
        } = evaluation_buffers;
        let work = work.get_or_insert_with(|| Box::new(Work::new()));

        // From the leaves to the root.
        let mut scales = [0.0; LANES];
        for (index, node) in nodes.iter().enumerate() {
            if let Some(row) = node.row {
                informative[index] = observe(
                    sites.observations,
                    &sites.patterns.rows[row],
                    patterns,
                    &mut below[index],
                );
            } else {
                let mut product = Block::ONE;
                informative[index] = false;
                for (count, child) in node.children.iter().enumerate() {
                    if informative[*child] {
                        informative[index] = true;
                        multiply(&mut product, &above[*child], states);
                    }
                    if count % 8 == 7 {
                        rescale(&mut product, &mut scales, states);
                    }
                }
                if informative[index] {
                    rescale(&mut product, &mut scales, states);
                }
                below[index] = product;
            }
            if index + 1 == nodes.len() || !informative[index] {
                continue;
            }
            let set = usize::from(sites.tested[index]);
            let own = &components[set];
            for (place, component) in own.iter().enumerate() {
                let time = sites.times[index];
                match &decomposed[set][place] {
                    Some(own) => own.apply::<N>(time, &below[index], work),
                    None => sites.rates.apply::<FUSED, N, SEVERAL>(
                        &rates[set][place],
                        time,
                        &below[index],
                        work,
                    ),
                }
                if N > 1 {
                    let first = (index * width + place) * N;
                    parts[first..first + N].copy_from_slice(&work.sum[..N]);
                }
                let target = &mut above[index];
                if own.len() == 1 {
                    *target = work.sum[0];
                } else {
                    mix(target, &work.sum[0], &component.weight, place == 0, states);
                }
            }
        }
        let root = nodes.len() - 1;
        let mut likelihood = [0.0; LANES];
        for (i, frequency) in sites.frequencies.iter().enumerate() {
            for l in 0..LANES {
                likelihood[l] += frequency * below[root].0[i % STATES][l];
            }
        }
        for l in 0..LANES {
            values[l] = likelihood[l].ln() + scales[l];
        }
        if N == 1 {
            return;
        }

        // From the root to the leaves. What is outside of a branch is divided by π, because
        // π_i exp(Q t)_ij = π_j exp(Q t)_ji: the same product goes in both directions.
        let details = wanted == Wanted::Details;
        for (sums, own) in gradient.iter_mut().zip(components) {
            sums.clear();
            sums.resize(own.len(), ByComponent::default());
        }
        if details {
            let of_branch = |set: &bool| vec![[1.0; LANES]; components[usize::from(*set)].len()];
            *forced = sites.tested.iter().map(of_branch).collect();
            *imputed = vec![Vec::new(); root];
        }
        outside[root] = Block::ONE;
        for index in (0..nodes.len()).rev() {
            let children = &nodes[index].children;
            let mut after = outside[index];
            for child in children.iter().rev() {
                outside[*child] = after;
                if informative[*child] {
                    multiply(&mut after, &above[*child], states);
                    if children.len() > 8 {
                        rescale(&mut after, &mut [0.0; LANES], states);
                    }
                }
            }
            let mut before = Block::ONE;
            for (count, child) in children.iter().enumerate() {
                if count > 0 {
                    multiply(&mut outside[*child], &before, states);
                }
                if informative[*child] {
                    multiply(&mut before, &above[*child], states);
                    if children.len() > 8 {
                        rescale(&mut before, &mut [0.0; LANES], states);
                    }
                }
            }
            for child in children {
                let child = *child;
                if !informative[child] && !details {
                    continue;
                }
                let set = usize::from(sites.tested[child]);
                let own = &components[set];
                let time = sites.times[child];
                // Weighted by π, and such that the product with what is inside is 1.
                let mut weighted = outside[child];
                scale(
                    &mut weighted,
                    &above[child],
                    informative[child],
                    sites.frequencies,
                );
                if informative[child] {
                    for (place, component) in own.iter().enumerate() {
                        let rates = &rates[set][place];
                        let first = (child * width + place) * N;
                        let parts = &parts[first..first + N];
                        let by_weight = dot(&weighted, &parts[0], states);
                        let smaller = dot(&weighted, &parts[1], states);
                        let mut by_time = sites
                            .rates
                            .product::<FUSED, SEVERAL>(rates, &weighted, &parts[0]);
                        for by_time in &mut by_time {
                            *by_time *= time;
                        }
                        let by = rates.derivatives(&smaller, &by_time);
                        let sums = &mut gradient[set][place];
                        for l in 0..LANES {
                            sums.alpha[l] += component.weight[l] * by[0][l];
                            sums.beta[l] += component.weight[l] * by[1][l];
                            sums.weight[l] += by_weight[l];
                        }
                        for (sum, part) in sums.hits.iter_mut().zip(&parts[2..]) {
                            let by = dot(&weighted, part, states);
                            for l in 0..LANES {
                                sum[l] += component.weight[l] * by[l];
                            }
                        }
                        if details {
                            forced[child][place] = by_weight;
                        }
                    }
                }
                let is_leaf = nodes[child].is_leaf();
                if is_leaf && !details {
                    continue;
                }
                // Back to outside / π, now of the right size.
                for (i, frequency) in sites.frequencies.iter().enumerate() {
                    for value in &mut weighted.0[i % STATES] {
                        *value /= frequency;
                    }
                }
                let mut passed = Block::ZERO;
                for (place, component) in own.iter().enumerate() {
                    match &decomposed[set][place] {
                        Some(own) => own.apply::<1>(time, &weighted, work),
                        None => sites.rates.apply::<FUSED, 1, SEVERAL>(
                            &rates[set][place],
                            time,
                            &weighted,
                            work,
                        ),
                    }
                    mix(
                        &mut passed,
                        &work.sum[0],
                        &component.weight,
                        place == 0,
                        states,
                    );
                }
                if is_leaf {
                    let states = sites.frequencies.iter().enumerate();
                    let of_state = |(i, frequency): (usize, &f64)| {
                        passed.0[i % STATES].map(|value| value * frequency)
                    };
                    imputed[child] = states.map(of_state).collect();
                } else {
                    outside[child] = passed;
                }
            }
        }
    }
}
