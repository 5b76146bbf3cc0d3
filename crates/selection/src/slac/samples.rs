//! Samples of histories, for the uncertainty of ancestors.
//!
//! The states of all inner nodes are drawn together from their posterior: the root's first, then
//! each node's given its parent's (Nielsen R 2002, Syst Biol 51:729). Each pattern has a stream of
//! random numbers of its own, so that samples do not depend on threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use foldhash::{HashMap, HashMapExt};
use nalgebra::DMatrix;
use rand::RngExt;
use rand_pcg::Pcg64;

use super::{
    counts::CodonCounts,
    history::{Ambiguities, History},
    quantiles::{SHARES, quantiles},
    table::{COLUMNS, Row, TestedBranches},
};
use crate::{
    Error, ancestors,
    likelihood::Partition,
    watch::{Stage, Watch},
};

/// What the streams of random numbers start from.
const SEED: u128 = 0x9E37_79B9_7F4A_7C15;
/// Number of samples between two checks for cancellation.
const BREATH: usize = 1000;

/// For each treatment of ambiguities, the quantiles of a row.
pub(crate) type Intervals = [[Row; SHARES.len()]; Ambiguities::ALL.len()];

/// How many patterns of all have been sampled.
pub(crate) struct Progress<'a> {
    done: AtomicUsize,
    total: usize,
    watch: &'a dyn Watch,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(total: usize, watch: &'a dyn Watch) -> Self {
        watch.progress(Stage::Samples, 0, total);
        Self {
            done: AtomicUsize::new(0),
            total,
            watch,
        }
    }

    fn advance(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.watch.progress(Stage::Samples, done, self.total);
    }
}

/// What samples of a partition need.
pub(crate) struct Sampling<'a> {
    pub(crate) partition: &'a Partition<'a>,
    /// The partition's number.
    pub(crate) place: usize,
    pub(crate) frequencies: &'a [f64],
    pub(crate) transitions: &'a [DMatrix<f64>],
    pub(crate) branches: &'a TestedBranches,
    pub(crate) counts: &'a CodonCounts,
    /// Number of samples.
    pub(crate) samples: usize,
    pub(crate) progress: &'a Progress<'a>,
}

impl Sampling<'_> {
    /// The quantiles of a pattern's row.
    pub(crate) fn intervals(&self, pattern: usize, history: &History) -> Result<Intervals, Error> {
        let mut random = Pcg64::new(SEED, (self.place as u128) << 64 | pattern as u128);
        let mut ancestors = Ancestors::new(self, pattern);
        let mut history = history.clone();
        let treatments = if history.is_ambiguous() {
            &Ambiguities::ALL[..]
        } else {
            &Ambiguities::ALL[..1]
        };
        let mut columns = vec![Vec::with_capacity(self.samples); COLUMNS * treatments.len()];
        for sample in 0..self.samples {
            if sample.is_multiple_of(BREATH) && self.progress.watch.cancelled() {
                return Err(Error::Cancelled);
            }
            history.set_ancestors(ancestors.draw(&mut random));
            let rows = treatments
                .iter()
                .flat_map(|own| self.branches.site(history.states(*own), self.counts));
            for (column, value) in columns.iter_mut().zip(rows) {
                column.push(value);
            }
        }
        let mut intervals: Intervals = [[[0.0; COLUMNS]; SHARES.len()]; Ambiguities::ALL.len()];
        for (place, column) in columns.iter_mut().enumerate() {
            for (share, value) in quantiles(column).into_iter().enumerate() {
                intervals[place / COLUMNS][share][place % COLUMNS] = value;
            }
        }
        if treatments.len() == 1 {
            intervals[1] = intervals[0];
        }
        self.progress.advance();
        Ok(intervals)
    }
}

/// The joint posterior of inner nodes at a pattern.
struct Ancestors<'a> {
    of: &'a Sampling<'a>,
    /// Likelihoods of what is below each node.
    below: Vec<Option<Vec<f64>>>,
    /// For a node and its parent's state, the cumulative probabilities of its states, up to a factor.
    known: HashMap<(usize, u8), Vec<f64>>,
    /// The last draw: inner nodes with data below them, from the root on.
    drawn: Vec<(usize, u8)>,
    /// For each node, its place in the draw.
    place: Vec<usize>,
}

impl<'a> Ancestors<'a> {
    fn new(of: &'a Sampling<'a>, pattern: usize) -> Self {
        let below = ancestors::partials(of.partition, of.transitions, pattern);
        let mut place = vec![0; below.len()];
        let mut drawn = Vec::new();
        for index in (0..below.len()).rev() {
            if below[index].is_some() {
                place[index] = drawn.len();
                drawn.push((index, 0));
            }
        }
        Self {
            of,
            below,
            known: HashMap::new(),
            drawn,
            place,
        }
    }

    /// Draws the states of inner nodes.
    fn draw(&mut self, random: &mut Pcg64) -> &[(usize, u8)] {
        for next in 0..self.drawn.len() {
            let node = self.drawn[next].0;
            let parent = self.of.partition.phylogeny.nodes[node].parent;
            let parent_state = self.drawn[self.place[parent]].1;
            // The root's parent is itself; its state does not matter.
            let key = (node, if parent == node { 0 } else { parent_state });
            let (of, below) = (self.of, &self.below);
            let cumulative = self
                .known
                .entry(key)
                .or_insert_with(|| cumulative(of, below, node, key.1));
            self.drawn[next].1 = place_in(cumulative, random.random::<f64>());
        }
        &self.drawn
    }
}

/// The cumulative probabilities of a node's states, up to a factor: π L at the root, otherwise
/// P(parent, ·) L.
fn cumulative(of: &Sampling<'_>, below: &[Option<Vec<f64>>], node: usize, parent: u8) -> Vec<f64> {
    let mut sum = 0.0;
    let own = below[node].iter().flatten().enumerate();
    own.map(|(state, below)| {
        let before = match of.transitions.get(node) {
            Some(transition) => transition[(usize::from(parent), state)],
            None => of.frequencies[state],
        };
        sum += before * below;
        sum
    })
    .collect()
}

/// The first place at which cumulative probabilities exceed a share of their total.
fn place_in(cumulative: &[f64], share: f64) -> u8 {
    let total = cumulative.last().copied().unwrap_or_default();
    let place = cumulative.partition_point(|sum| *sum <= share * total);
    u8::try_from(place.min(cumulative.len().saturating_sub(1))).unwrap_or_default()
}
