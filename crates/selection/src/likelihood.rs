//! The likelihood of an alignment on a tree, with its gradient.
//!
//! Partial likelihoods go from the leaves to the root (Felsenstein J 1981, J Mol Evol 17:368), and,
//! for the gradient, from the root to the leaves. The product of the two at a branch is the
//! derivative with respect to the branch's transition probabilities; [`Spectrum::derivative`] turns
//! it into those with respect to its length and to the rates.

mod partials;

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::{
    codon::Observations,
    columns::Patterns,
    phylogeny::{Node, Phylogeny},
    pool::Pool,
    spectrum::Spectrum,
};
use partials::Partials;

/// Patterns whose likelihoods are computed together, at most: so many fit into the processor's cache.
const CHUNK: usize = 32;
/// About so many patterns make a group.
const GROUP: usize = 128;
/// The most groups: each has its own derivatives by transition probabilities.
const GROUPS: usize = 16;
/// Memory for these derivatives of all partitions, in numbers.
const DERIVATIVES: usize = 8 << 20;
/// Memory that several partitions may keep for partial likelihoods, in numbers.
const KEPT: usize = 16 << 20;
/// Into so many batches branches are divided among threads, at most.
const BATCHES: usize = 16;

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

/// Derivatives of a log-likelihood.
#[derive(Debug, Clone)]
pub(crate) struct Gradient {
    /// With respect to t, for each branch.
    pub(crate) times: Vec<f64>,
    /// With respect to the elements of each Q.
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

/// The probabilities of change along a branch.
struct Transition {
    probabilities: DMatrix<f64>,
    /// Their transpose; empty for a leaf.
    transposed: DMatrix<f64>,
}

/// Patterns that one thread computes.
struct Group {
    chunks: Vec<Range<usize>>,
    /// The derivatives by each branch's transition probabilities.
    outer: Vec<DMatrix<f64>>,
}

/// Branches that one thread computes.
struct Batch {
    branches: Range<usize>,
    /// The derivatives by their times.
    times: Vec<f64>,
    /// The derivatives by the elements of each Q, in the basis of its eigenvectors.
    rates: Vec<DMatrix<f64>>,
    work: [DMatrix<f64>; 2],
}

/// Computes the likelihood of a partition with its gradient, at one point after another, in the same
/// memory. Sums have the same order with any number of threads.
pub(crate) struct Likelihood<'a> {
    partition: Partition<'a>,
    transitions: Vec<Transition>,
    groups: Vec<Group>,
    batches: Vec<Batch>,
    /// What threads compute partial likelihoods in and give back.
    spare: Pool<Partials>,
    /// Whether the memory for partial likelihoods is kept between evaluations.
    keeps: bool,
}

impl<'a> Likelihood<'a> {
    /// Those of some partitions.
    pub(crate) fn of_all(partitions: &[Partition<'a>]) -> Vec<Self> {
        let own = partitions.iter();
        own.map(|own| Self::new(*own, partitions.len())).collect()
    }

    /// That of one of so many partitions.
    fn new(partition: Partition<'a>, partitions: usize) -> Self {
        let n = partition.observations.states;
        let branches = partition.phylogeny.branches();
        let square = || DMatrix::zeros(n, n);
        let patterns = partition.patterns.len();
        let room = DERIVATIVES / (partitions * n * n * branches).max(1);
        // An even number, so that two threads end at about the same time.
        let groups = (patterns / GROUP).clamp(2, GROUPS).next_multiple_of(2);
        let groups = groups.min(room).max(if partitions == 1 { 2 } else { 1 });
        let kept = partitions * Partials::numbers(&partition, CHUNK);
        let group = |group: Range<usize>| Group {
            chunks: parts(group.clone(), group.len().div_ceil(CHUNK)).collect(),
            outer: vec![square(); branches],
        };
        let batch = |branches: Range<usize>| Batch {
            times: vec![0.0; branches.len()],
            branches,
            rates: Vec::new(),
            work: [square(), square()],
        };
        let transition = |node: &Node| Transition {
            probabilities: square(),
            transposed: if node.is_leaf() {
                DMatrix::zeros(0, 0)
            } else {
                square()
            },
        };
        let nodes = &partition.phylogeny.nodes[..branches];
        Self {
            partition,
            transitions: nodes.iter().map(transition).collect(),
            groups: parts(0..patterns, groups).map(group).collect(),
            batches: parts(0..branches, BATCHES).map(batch).collect(),
            spare: Pool::default(),
            keeps: partitions == 1 || kept <= KEPT,
        }
    }

    /// The log-likelihood of all columns with its gradient.
    pub(crate) fn gradient(
        &mut self,
        frequencies: &[f64],
        spectra: &[Spectrum],
        processes: &[Process],
    ) -> (f64, Gradient) {
        self.set_transitions(spectra, processes);
        let (partition, transitions) = (&self.partition, &self.transitions);
        let spare = &self.spare;
        let sums: Vec<f64> = self
            .groups
            .par_iter_mut()
            .with_max_len(1)
            .map(|group| group.evaluate(partition, frequencies, transitions, spare))
            .collect();
        if !self.keeps {
            self.spare.clear();
        }
        let groups = &self.groups;
        self.batches
            .par_iter_mut()
            .for_each(|batch| batch.derivatives(groups, spectra, processes));
        let mut rates = vec![DMatrix::zeros(frequencies.len(), frequencies.len()); spectra.len()];
        for batch in &self.batches {
            for (sum, own) in rates.iter_mut().zip(&batch.rates) {
                *sum += own;
            }
        }
        let gradient = Gradient {
            times: self
                .batches
                .iter()
                .flat_map(|batch| &batch.times)
                .copied()
                .collect(),
            rates: rates
                .iter()
                .zip(spectra)
                .map(|(own, s)| s.in_states(own))
                .collect(),
        };
        (sums.iter().sum(), gradient)
    }

    /// The log-likelihood of each pattern, with which tests compare other ways to compute it.
    #[cfg(test)]
    pub(crate) fn of_patterns(
        &mut self,
        frequencies: &[f64],
        spectra: &[Spectrum],
        processes: &[Process],
    ) -> Vec<f64> {
        self.set_transitions(spectra, processes);
        let mut all = Vec::new();
        for patterns in self.groups.iter().flat_map(|group| &group.chunks) {
            let mut partials = Partials::new(&self.partition, patterns.len());
            all.extend(partials.down(
                &self.partition,
                patterns.clone(),
                frequencies,
                &self.transitions,
            ));
        }
        all
    }

    fn set_transitions(&mut self, spectra: &[Spectrum], processes: &[Process]) {
        let branches = self.transitions.par_iter_mut().zip(processes);
        let n = self.partition.observations.states;
        branches.for_each_init(
            || DMatrix::zeros(n, n),
            |work, (transition, process)| {
                let spectrum = &spectra[process.spectrum];
                spectrum.set_transition(process.time, work, &mut transition.probabilities);
                if transition.transposed.ncols() > 0 {
                    transition
                        .probabilities
                        .transpose_to(&mut transition.transposed);
                }
            },
        );
    }
}

impl Group {
    /// The log-likelihood of the group's columns; sets its derivatives.
    fn evaluate(
        &mut self,
        partition: &Partition<'_>,
        frequencies: &[f64],
        transitions: &[Transition],
        spare: &Pool<Partials>,
    ) -> f64 {
        for outer in &mut self.outer {
            outer.fill(0.0);
        }
        let mut sum = 0.0;
        for patterns in &self.chunks {
            let mut partials = spare
                .take(|partials| partials.size() == patterns.len())
                .unwrap_or_else(|| Partials::new(partition, patterns.len()));
            let own = partials.down(partition, patterns.clone(), frequencies, transitions);
            let weights = &partition.patterns.weights[patterns.clone()];
            sum += own.iter().zip(weights).map(|(own, w)| own * w).sum::<f64>();
            let outer = &mut self.outer;
            partials.up(partition, patterns.clone(), frequencies, transitions, outer);
            spare.give(partials);
        }
        sum
    }
}

impl Batch {
    /// Sets the derivatives from those of groups of patterns.
    fn derivatives(&mut self, groups: &[Group], spectra: &[Spectrum], processes: &[Process]) {
        let [outer, work] = &mut self.work;
        let n = outer.nrows();
        self.rates
            .resize_with(spectra.len(), || DMatrix::zeros(n, n));
        for rates in &mut self.rates {
            rates.fill(0.0);
        }
        for (branch, by_time) in self.branches.clone().zip(&mut self.times) {
            outer.fill(0.0);
            for group in groups {
                *outer += &group.outer[branch];
            }
            let process = processes[branch];
            let rates = &mut self.rates[process.spectrum];
            *by_time = spectra[process.spectrum].derivative(outer, process.time, work, rates);
        }
    }
}

/// Divides a range into parts of about the same size.
fn parts(range: Range<usize>, number: usize) -> impl Iterator<Item = Range<usize>> {
    let at = move |part: usize| range.start + range.len() * part / number;
    (0..number)
        .map(move |part| at(part)..at(part + 1))
        .filter(|part| !part.is_empty())
}
