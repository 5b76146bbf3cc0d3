//! The likeliest histories of all sites, their counts, and samples of other histories.

use rayon::prelude::*;

use super::{
    counts::CodonCounts,
    history::History,
    samples::{self, Intervals},
    table::TestedBranches,
    transitions::{self, Transitions},
};
use crate::{
    Error,
    action::SparseRates,
    ancestors,
    fits::{CodonFit, CodonModel},
    watch::{Stage, Watch},
};

/// One partition.
pub(crate) struct Counted {
    pub(crate) branches: TestedBranches,
    /// The history of each pattern.
    pub(crate) histories: Vec<History>,
    /// P along each branch.
    transitions: Transitions,
}

/// The analysis after the fit.
pub(crate) struct Counting<'a> {
    model: &'a CodonModel<'a>,
    fit: &'a CodonFit,
    pub(crate) counts: CodonCounts,
    /// The length of each branch of each partition's tree.
    lengths: Vec<Vec<f64>>,
}

impl<'a> Counting<'a> {
    pub(crate) fn new(model: &'a CodonModel<'a>, fit: &'a CodonFit) -> Self {
        let data = model.data;
        Self {
            model,
            fit,
            counts: CodonCounts::new(&data.states, &fit.theta, &data.nucleotide_frequencies),
            lengths: model.lengths(fit),
        }
    }

    /// The likeliest history of each pattern of each partition, with its counts.
    pub(crate) fn partitions(&self, watch: &dyn Watch) -> Result<Vec<Counted>, Error> {
        let model = self.model;
        let total: usize = model.partitions().iter().map(|p| p.patterns.len()).sum();
        let mut done = 0;
        watch.progress(Stage::Ancestors, done, total);
        let mut all = Vec::new();
        let rates = SparseRates::new(&model.model, &self.fit.theta);
        for (place, partition) in model.partitions().iter().enumerate() {
            let tested = &model.tested[place];
            let transitions = transitions::along(&rates, self.fit, &self.fit.alphas[place], tested);
            let histories: Vec<History> = (0..partition.patterns.len())
                .into_par_iter()
                .map(|pattern| {
                    if watch.cancelled() {
                        return Err(Error::Cancelled);
                    }
                    let ancestors = ancestors::likeliest(
                        partition,
                        &model.model.frequencies,
                        &transitions,
                        pattern,
                    );
                    Ok(History::new(partition, pattern, ancestors))
                })
                .collect::<Result<_, _>>()?;
            let branches = TestedBranches::new(partition.phylogeny, tested, &self.lengths[place]);
            done += histories.len();
            watch.progress(Stage::Ancestors, done, total);
            all.push(Counted {
                branches,
                histories,
                transitions,
            });
        }
        Ok(all)
    }

    /// Quantiles of each pattern's counts over samples of histories; `None` if there is no sample.
    pub(crate) fn intervals(
        &self,
        partitions: &[Counted],
        samples: u32,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<Vec<Intervals>>>, Error> {
        if samples == 0 {
            return Ok(None);
        }
        let progress = samples::Progress::new(
            partitions.iter().map(|own| own.histories.len()).sum(),
            watch,
        );
        let mut all = Vec::new();
        for (place, (counted, partition)) in
            partitions.iter().zip(self.model.partitions()).enumerate()
        {
            let sampling = samples::Sampling {
                partition,
                place,
                frequencies: &self.model.model.frequencies,
                transitions: &counted.transitions,
                branches: &counted.branches,
                counts: &self.counts,
                samples: samples as usize,
                progress: &progress,
            };
            let own: Result<Vec<Intervals>, Error> = counted
                .histories
                .par_iter()
                .enumerate()
                .map(|(pattern, history)| sampling.intervals(pattern, history))
                .collect();
            all.push(own?);
        }
        Ok(Some(all))
    }
}
