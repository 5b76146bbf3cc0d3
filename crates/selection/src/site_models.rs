//! What the tests of single sites share: the model of the whole alignment, and their progress.

use std::sync::atomic::{AtomicUsize, Ordering};

use nalgebra::DMatrix;
use pulp::Arch;
use rand::SeedableRng;
use rand_pcg::Pcg64;

use crate::{
    Error, SiteMultihit,
    action::SparseRates,
    columns::Patterns,
    fits::{CodonFit, CodonModel},
    hits::SiteHits,
    model::{HitRates, SINGLE},
    pool::Pool,
    simulate,
    sites::{Evaluation, Sites},
    watch::{Stage, Watch},
};

/// Guesses at the inverse of the negative second derivatives by the square roots of rates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Curvatures {
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
    /// By β of background branches.
    pub(crate) background: f64,
    /// By δ and ψ.
    pub(crate) hits: [f64; 2],
}

/// The models of all sites.
pub(crate) struct SiteModels<'a> {
    pub(crate) model: &'a CodonModel<'a>,
    pub(crate) fit: &'a CodonFit,
    pub(crate) watch: &'a dyn Watch,
    rates: SparseRates,
    /// t of each branch of each tree, for rates of 1.
    pub(crate) times: Vec<Vec<f64>>,
    /// Memory for evaluations.
    spare: Pool<Evaluation>,
    /// Patterns that are tested, and all of them.
    done: AtomicUsize,
    total: usize,
}

impl<'a> SiteModels<'a> {
    pub(crate) fn new(
        model: &'a CodonModel<'a>,
        fit: &'a CodonFit,
        times: Vec<Vec<f64>>,
        watch: &'a dyn Watch,
    ) -> Self {
        let mut models = Self {
            model,
            fit,
            watch,
            rates: SparseRates::new(&model.model, &fit.theta),
            times,
            spare: Pool::default(),
            done: AtomicUsize::new(0),
            total: 0,
        };
        let partitions = model.partitions().iter().enumerate();
        let variable = partitions.map(|(place, own)| models.variable(place, own.patterns).len());
        models.total = variable.sum();
        watch.progress(Stage::Sites, 0, models.total);
        models
    }

    /// The sites of a partition, with its own patterns or with simulated ones.
    pub(crate) fn sites<'s>(&'s self, place: usize, patterns: &'s Patterns) -> Sites<'s> {
        let partition = &self.model.partitions()[place];
        Sites {
            phylogeny: partition.phylogeny,
            patterns,
            observations: partition.observations,
            model: &self.model.model,
            theta: &self.fit.theta,
            frequencies: &self.model.model.frequencies,
            rates: &self.rates,
            times: &self.times[place],
            tested: &self.model.tested[place],
            instructions: Arch::new(),
            spare: &self.spare,
        }
    }

    /// The patterns with changes.
    pub(crate) fn variable(&self, place: usize, patterns: &Patterns) -> Vec<usize> {
        let observations = self.model.partitions()[place].observations;
        let invariable = patterns.are_invariable(observations);
        (0..patterns.len())
            .filter(|pattern| !invariable[*pattern])
            .collect()
    }

    /// Notes that patterns are tested.
    pub(crate) fn count(&self, number: usize) {
        let done = self.done.fetch_add(number, Ordering::Relaxed) + number;
        self.watch.progress(Stage::Sites, done, self.total);
    }

    /// Guesses at the curvature: a quarter of the inverse of the expected number of changes.
    pub(crate) fn curvatures(&self, sites: &Sites<'_>) -> Curvatures {
        let model = &self.model.model;
        let (es, en) = model.expected(&self.fit.theta, &self.fit.hits);
        let branches = sites.times.iter().zip(sites.tested);
        let tested = branches
            .filter(|(_, tested)| **tested)
            .map(|(time, _)| time);
        let tested: f64 = tested.sum();
        let all: f64 = sites.times.iter().sum();
        let of = |changes: f64| 0.25 / changes.max(1e-3);
        let of_hits = |rates: HitRates| {
            let (es, en) = model.expected(&self.fit.theta, &rates);
            let (single_es, single_en) = model.expected(&self.fit.theta, &SINGLE);
            of((es + en - single_es - single_en) * all)
        };
        Curvatures {
            alpha: of(es * all),
            beta: of(en * tested),
            background: of(en * (all - tested)),
            hits: [of_hits([1.0, 0.0]), of_hits([0.0, 1.0])],
        }
    }

    /// The rates of changes of several nucleotides at once in the models of a site.
    pub(crate) fn hits(&self, at_sites: SiteMultihit) -> SiteHits {
        let rates = self.model.model.multiple_hits.rates();
        SiteHits::new(rates, self.fit.hits, at_sites)
    }

    /// The length of all tested branches, in substitutions per nucleotide site, with these rates.
    pub(crate) fn tested_length(
        &self,
        place: usize,
        alpha: f64,
        beta: f64,
        hits: &HitRates,
    ) -> f64 {
        let (es, en) = self.model.model.expected(&self.fit.theta, hits);
        let branches = self.times[place].iter().zip(&self.model.tested[place]);
        let tested = branches.filter(|(_, tested)| **tested);
        tested
            .map(|(time, _)| time * (alpha * es + beta * en) / 3.0)
            .sum()
    }

    /// The statistics of a test for columns that are simulated for a site. `test` returns them for
    /// the patterns with changes; others have 0.
    pub(crate) fn replicates(
        &self,
        place: usize,
        pattern: usize,
        transitions: &[DMatrix<f64>],
        number: u32,
        test: impl FnOnce(&Sites<'_>, &[usize]) -> Result<Vec<(usize, f64)>, Error>,
    ) -> Result<Vec<f64>, Error> {
        let partition = &self.model.partitions()[place];
        // A stream for each site, so that neither their order nor the number of threads matters.
        let mut rng = Pcg64::seed_from_u64((place as u64) << 32 | pattern as u64);
        let frequencies = &self.model.model.frequencies;
        let columns = simulate::columns(partition, frequencies, transitions, number, &mut rng);
        let patterns = Patterns::of(columns.into_iter(), partition.patterns.rows.len());
        let variable = self.variable(place, &patterns);
        let mut of_pattern = vec![0.0; patterns.len()];
        for (pattern, statistic) in test(&self.sites(place, &patterns), &variable)? {
            of_pattern[pattern] = statistic;
        }
        let of_column = patterns.of_column.iter();
        Ok(of_column.map(|pattern| of_pattern[*pattern]).collect())
    }
}

/// The p-value of a statistic among replicates under the null hypothesis.
pub(crate) fn bootstrap_p_value(statistic: f64, replicates: &[f64]) -> f64 {
    let as_large = replicates
        .iter()
        .filter(|other| **other >= statistic)
        .count();
    (as_large + 1) as f64 / (replicates.len() + 1) as f64
}
