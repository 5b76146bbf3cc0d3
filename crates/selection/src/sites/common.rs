//! The likelihoods of all sites at rates that they have in common.

use rayon::prelude::*;

use super::Sites;
use crate::{
    Error,
    likelihood::{Decomposed, Matrices, Passage, Process, Subtrees, indicators},
    model::HitRates,
    watch::Watch,
};

/// Rates that all branches have: α, β, and δ and ψ.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommonRates {
    /// Above 0.
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
    pub(crate) hits: HitRates,
}

impl Sites<'_> {
    /// The log-likelihoods of all patterns at each of some rates. They take far less time together than
    /// one by one.
    pub(crate) fn log_likelihoods(
        &self,
        all: &[CommonRates],
        watch: &dyn Watch,
    ) -> Result<Vec<Vec<f64>>, Error> {
        let subtrees = Subtrees::new(self.phylogeny, self.patterns, self.observations);
        let observed = indicators(self.observations);
        let matrices = Matrices::new(self.frequencies.len(), [&subtrees].into_iter());
        let of_rates = |own: &CommonRates| {
            if watch.cancelled() {
                return Err(Error::Cancelled);
            }
            // With α = 1; times are multiplied by α instead.
            let rates = self
                .model
                .rates(self.theta, own.beta / own.alpha, &own.hits);
            let decomposed = Decomposed::new(&rates, self.frequencies, &observed);
            let process = |time: &f64| Process {
                spectrum: 0,
                time: own.alpha * time,
            };
            let processes: Vec<Process> = self.times.iter().map(process).collect();
            let passage = Passage {
                decomposed: &[&decomposed],
                frequencies: self.frequencies,
            };
            Ok(passage.log_likelihoods(&subtrees, &processes, &matrices))
        };
        all.par_iter().map(of_rates).collect()
    }
}
