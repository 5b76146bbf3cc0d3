//! The likelihood of an alignment on a tree, with its gradient.
//!
//! Partial likelihoods go from the leaves to the root (Felsenstein J 1981, J Mol Evol 17:368), and,
//! for the gradient, from the root to the leaves. The product of the two at a branch is the
//! derivative with respect to the branch's transition probabilities; [`Spectrum::derivative`] turns
//! it into those with respect to its length and to the rates.

mod matrices;
mod memory;
mod partials;
mod passage;
mod subtrees;
mod transition;

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::{codon::Observations, columns::Patterns, phylogeny::Phylogeny, spectrum::Spectrum};
pub(crate) use matrices::Matrices;
use memory::Memory;
#[cfg(test)]
use partials::Partials;
pub(crate) use passage::{Decomposed, Passage, indicators};
pub(crate) use subtrees::Subtrees;

/// One partition of an alignment, on its tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Partition<'a> {
    pub(crate) phylogeny: &'a Phylogeny,
    pub(crate) patterns: &'a Patterns,
    pub(crate) observations: &'a Observations,
}

/// What happens along a branch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process {
    /// The place of its rates among the spectra.
    pub(crate) spectrum: usize,
    /// t in exp(Q t).
    pub(crate) time: f64,
}

/// The log-likelihood of an alignment and its derivatives.
#[derive(Debug, Clone)]
pub(crate) struct Gradient {
    pub(crate) value: f64,
    /// The derivatives with respect to t, for each branch of each partition.
    pub(crate) times: Vec<Vec<f64>>,
    /// Those with respect to the elements of each Q.
    pub(crate) rates: Vec<DMatrix<f64>>,
}

impl<'a> Partition<'a> {
    /// The probabilities of change along each branch.
    pub(crate) fn transitions(
        &self,
        spectra: &[Spectrum],
        processes: &[Process],
    ) -> Vec<DMatrix<f64>> {
        processes
            .par_iter()
            .map(|process| spectra[process.spectrum].transition(process.time))
            .collect()
    }

    /// Adds up the columns of a leaf's transition probabilities that its observations allow. Returns
    /// false, and nothing else, if it has no observation.
    fn observe(
        &self,
        observed: &[u16],
        probabilities: &DMatrix<f64>,
        likelihoods: &mut DMatrix<f64>,
    ) -> bool {
        let observations = self.observations;
        if observed
            .iter()
            .all(|number| observations.is_missing(*number))
        {
            return false;
        }
        for (mut column, number) in likelihoods.column_iter_mut().zip(observed) {
            if observations.is_missing(*number) {
                column.fill(1.0);
                continue;
            }
            column.fill(0.0);
            for state in &observations.get(*number).states {
                column += probabilities.column(usize::from(*state));
            }
        }
        true
    }

    /// Adds what is outside of a leaf to the derivatives by its transition probabilities.
    fn add_observed(&self, observed: &[u16], outside: &DMatrix<f64>, outer: &mut DMatrix<f64>) {
        let observations = self.observations;
        for (column, number) in outside.column_iter().zip(observed) {
            if !observations.is_missing(*number) {
                for state in &observations.get(*number).states {
                    let mut target = outer.column_mut(usize::from(*state));
                    target += &column;
                }
            }
        }
    }
}

/// Computes the likelihood of an alignment with its gradient, at one point after another, in the same
/// memory. Sums have the same order with any number of threads.
pub(crate) struct Likelihood<'a> {
    partitions: Vec<Memory<'a>>,
}

impl<'a> Likelihood<'a> {
    pub(crate) fn new(partitions: &[Partition<'a>]) -> Self {
        let memory = partitions
            .iter()
            .map(|own| Memory::new(*own, partitions.len()));
        Self {
            partitions: memory.collect(),
        }
    }

    /// The log-likelihood of all columns with its gradient. Each branch of each partition has a
    /// process; its rates are reversible under `frequencies`.
    pub(crate) fn gradient(
        &mut self,
        frequencies: &[f64],
        rates: &[DMatrix<f64>],
        processes: &[Vec<Process>],
    ) -> Gradient {
        let spectra = spectra(frequencies, rates);
        let partitions = self.partitions.par_iter_mut().zip(processes);
        partitions.for_each(|(own, processes)| {
            own.set_transitions(&spectra, processes);
            own.evaluate_groups(frequencies);
            own.evaluate_batches(&spectra, processes);
        });
        let n = frequencies.len();
        let mut rates = vec![DMatrix::zeros(n, n); rates.len()];
        for batch in self.partitions.iter().flat_map(|own| &own.batches) {
            for (sum, own) in rates.iter_mut().zip(&batch.rates) {
                *sum += own;
            }
        }
        let groups = self.partitions.iter().flat_map(|own| &own.groups);
        Gradient {
            value: groups.map(|group| group.value).sum(),
            times: self.partitions.iter().map(Memory::times).collect(),
            rates: rates
                .iter()
                .zip(&spectra)
                .map(|(own, spectrum)| spectrum.in_states(own))
                .collect(),
        }
    }

    /// The log-likelihood of each pattern of the first partition, with which tests compare other ways
    /// to compute it.
    #[cfg(test)]
    pub(crate) fn of_patterns(
        &mut self,
        frequencies: &[f64],
        rates: &DMatrix<f64>,
        processes: Vec<Process>,
    ) -> Vec<f64> {
        let spectra = spectra(frequencies, std::slice::from_ref(rates));
        self.partitions[0].set_transitions(&spectra, &processes);
        let Memory {
            partition,
            transitions,
            groups,
            ..
        } = &self.partitions[0];
        let mut all = Vec::new();
        for patterns in groups.iter().flat_map(|group| &group.chunks) {
            let mut partials = Partials::new(partition, patterns.len());
            all.extend(partials.down(partition, patterns.clone(), frequencies, transitions));
        }
        all
    }
}

/// Decomposes the rates of processes.
fn spectra(frequencies: &[f64], rates: &[DMatrix<f64>]) -> Vec<Spectrum> {
    let rates = rates.par_iter();
    rates.map(|own| Spectrum::new(own, frequencies)).collect()
}
