//! The memory in which the likelihood of a partition and its derivatives are computed.

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::{
    Partition, Process,
    partials::{Outer, Partials},
    transition::Transition,
};
use crate::{pool::Pool, spectrum::Spectrum};

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
/// About so many multiplications are worth a task of their own.
const TASK: usize = 1 << 16;

/// The memory of a partition.
pub(super) struct Memory<'a> {
    pub(super) partition: Partition<'a>,
    pub(super) transitions: Vec<Transition>,
    pub(super) groups: Vec<Group>,
    pub(super) batches: Vec<Batch>,
    /// Partial likelihoods, for the threads that compute groups.
    spare: Pool<Partials>,
    /// Intermediate matrices, for the threads that compute batches.
    work: Pool<[DMatrix<f64>; 2]>,
    /// Whether partial likelihoods are kept between evaluations.
    keeps: bool,
}

/// Patterns that one thread computes.
pub(super) struct Group {
    pub(super) chunks: Vec<Range<usize>>,
    /// The log-likelihood of the columns.
    pub(super) value: f64,
    /// The derivatives by each branch's transition probabilities.
    outer: Vec<DMatrix<f64>>,
}

/// Branches that one thread computes.
pub(super) struct Batch {
    branches: Range<usize>,
    /// The derivatives by their times.
    times: Vec<f64>,
    /// The derivatives by the elements of each Q, in the basis of its eigenvectors.
    pub(super) rates: Vec<DMatrix<f64>>,
}

impl<'a> Memory<'a> {
    /// The memory of a partition, one of `partitions` that are computed together.
    pub(super) fn new(partition: Partition<'a>, partitions: usize) -> Self {
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
            value: 0.0,
            outer: vec![square(); branches],
        };
        let batch = |branches: Range<usize>| Batch {
            times: vec![0.0; branches.len()],
            branches,
            rates: Vec::new(),
        };
        // In parallel, because the first write to new memory takes time.
        let nodes = &partition.phylogeny.nodes[..branches];
        let groups: Vec<_> = parts(0..patterns, groups).collect();
        let batches: Vec<_> = parts(0..branches, BATCHES).collect();
        Self {
            partition,
            transitions: nodes
                .par_iter()
                .map(|node| Transition::new(node, n))
                .collect(),
            groups: groups.into_par_iter().with_max_len(1).map(group).collect(),
            batches: batches.into_par_iter().map(batch).collect(),
            spare: Pool::default(),
            work: Pool::default(),
            keeps: partitions == 1 || kept <= KEPT,
        }
    }

    /// Sets the probabilities of change along all branches.
    pub(super) fn set_transitions(&mut self, spectra: &[Spectrum], processes: &[Process]) {
        let n = self.partition.observations.states;
        self.transitions
            .par_iter_mut()
            .zip(processes)
            .with_min_len(TASK.div_ceil(n.pow(3)))
            .for_each_init(
                || DMatrix::zeros(n, n),
                |work, (transition, process)| {
                    transition.set(&spectra[process.spectrum], process.time, work);
                },
            );
    }

    /// Sets the log-likelihoods of groups of patterns, and the derivatives by transition probabilities.
    pub(super) fn evaluate_groups(&mut self, frequencies: &[f64]) {
        let (partition, transitions, spare) = (&self.partition, &self.transitions, &self.spare);
        let groups = self.groups.par_iter_mut().with_max_len(1);
        groups.for_each(|group| group.evaluate(partition, frequencies, transitions, spare));
        if !self.keeps {
            self.spare.clear();
        }
    }

    /// Sets the derivatives by times and rates.
    pub(super) fn evaluate_batches(&mut self, spectra: &[Spectrum], processes: &[Process]) {
        let (groups, work) = (&self.groups, &self.work);
        let n = self.partition.observations.states;
        let batches = self.batches.par_iter_mut();
        batches.for_each(|batch| {
            let new = || [DMatrix::zeros(n, n), DMatrix::zeros(n, n)];
            let derivatives = |own: &mut _| batch.derivatives(groups, spectra, processes, own);
            work.with(|_| true, new, derivatives);
        });
    }

    /// The derivatives by the times of all branches.
    pub(super) fn times(&self) -> Vec<f64> {
        let batches = self.batches.iter();
        batches.flat_map(|batch| &batch.times).copied().collect()
    }
}

impl Group {
    /// Sets the log-likelihood and the derivatives.
    fn evaluate(
        &mut self,
        partition: &Partition<'_>,
        frequencies: &[f64],
        transitions: &[Transition],
        spare: &Pool<Partials>,
    ) {
        self.value = 0.0;
        for (place, patterns) in self.chunks.iter().enumerate() {
            let fits = |partials: &Partials| partials.size() == patterns.len();
            let new = || Partials::new(partition, patterns.len());
            spare.with(fits, new, |partials| {
                let own = partials.down(partition, patterns.clone(), frequencies, transitions);
                let weights = &partition.patterns.weights[patterns.clone()];
                let own = own.iter().zip(weights);
                self.value += own.map(|(own, weight)| own * weight).sum::<f64>();
                let outer = Outer {
                    sums: &mut self.outer,
                    is_first: place == 0,
                };
                partials.up(partition, patterns.clone(), frequencies, transitions, outer);
            });
        }
    }
}

impl Batch {
    /// Sets the derivatives from those of groups of patterns.
    fn derivatives(
        &mut self,
        groups: &[Group],
        spectra: &[Spectrum],
        processes: &[Process],
        [outer, work]: &mut [DMatrix<f64>; 2],
    ) {
        let n = outer.nrows();
        self.rates
            .resize_with(spectra.len(), || DMatrix::zeros(n, n));
        for rates in &mut self.rates {
            rates.as_mut_slice().fill(0.0);
        }
        for (branch, by_time) in self.branches.clone().zip(&mut self.times) {
            for (place, group) in groups.iter().enumerate() {
                match place {
                    0 => outer.copy_from(&group.outer[branch]),
                    _ => *outer += &group.outer[branch],
                }
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
