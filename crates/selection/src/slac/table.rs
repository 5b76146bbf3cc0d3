//! The tables of sites and of branches.

use super::{
    binomial,
    counts::{CodonCounts, Counts},
    history::NodeState,
};
use crate::phylogeny::Phylogeny;

/// Number of columns.
pub(crate) const COLUMNS: usize = 11;

/// A row.
pub(crate) type Row = [f64; COLUMNS];

/// The branches of a tree that are tested.
#[derive(Debug, Clone)]
pub(crate) struct TestedBranches {
    branches: Vec<Branch>,
    /// Their total length.
    total: f64,
}

/// A branch.
#[derive(Debug, Clone, Copy)]
struct Branch {
    parent: usize,
    child: usize,
    length: f64,
}

/// What happens along a branch.
enum Step {
    /// It is unknown where the branch begins or ends.
    Unknown,
    /// What is counted.
    Counted(Counts),
}

impl TestedBranches {
    /// Branches without length do not count.
    pub(crate) fn new(tree: &Phylogeny, tested: &[bool], lengths: &[f64]) -> Self {
        let nodes = tree.nodes.iter().enumerate().zip(tested).zip(lengths);
        let branches: Vec<Branch> = nodes
            .filter(|((_, tested), length)| **tested && **length > 0.0)
            .map(|(((child, node), _), length)| Branch {
                parent: node.parent,
                child,
                length: *length,
            })
            .collect();
        Self {
            total: branches.iter().map(|branch| branch.length).sum(),
            branches,
        }
    }

    /// The nodes below the branches.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = usize> {
        self.branches.iter().map(|branch| branch.child)
    }

    /// The row of a site: the mean sites over the branches, weighted by length, and the sum of
    /// changes.
    pub(crate) fn site(&self, states: &[NodeState], counts: &CodonCounts) -> Row {
        let mut sum = Counts::default();
        let mut length = self.total;
        for branch in &self.branches {
            match step(&states[branch.parent], &states[branch.child], counts) {
                Step::Unknown => length -= branch.length,
                Step::Counted(own) => sum += own.with_weighted_sites(branch.length / self.total),
            }
        }
        // What subtraction leaves of a length of 0.
        if length < 1e-12 * self.total {
            length = 0.0;
        }
        if length > 0.0 && length < self.total {
            sum = sum.with_weighted_sites(self.total / length);
        }
        row(&sum, length)
    }

    /// The rows of branches: sums over the sites. Each pattern has states and a number of sites.
    pub(crate) fn by_branch<'a>(
        &self,
        patterns: impl Iterator<Item = (&'a [NodeState], f64)>,
        counts: &CodonCounts,
    ) -> Vec<Row> {
        let mut sums = vec![Counts::default(); self.branches.len()];
        for (states, sites) in patterns {
            for (sum, branch) in sums.iter_mut().zip(&self.branches) {
                let parent = &states[branch.parent];
                match (step(parent, &states[branch.child], counts), parent) {
                    (Step::Counted(own), _) => *sum += own.times(sites),
                    (Step::Unknown, NodeState::Known(parent)) => {
                        *sum += counts.of(*parent).times(sites);
                    }
                    (Step::Unknown, _) => {}
                }
            }
        }
        let rows = sums.iter().zip(&self.branches);
        rows.map(|(sum, branch)| row(sum, branch.length)).collect()
    }
}

/// What happens along a branch. An ambiguous end counts as the mean over its states.
fn step(parent: &NodeState, child: &NodeState, counts: &CodonCounts) -> Step {
    match (parent, child) {
        (NodeState::Known(parent), NodeState::Known(child)) => {
            Step::Counted(counts.between(*parent, *child))
        }
        (NodeState::Known(parent), NodeState::OneOf(children)) => {
            let mut sum = Counts::default();
            for child in children {
                sum += counts.between(*parent, *child);
            }
            Step::Counted(sum.times(1.0 / children.len() as f64))
        }
        _ => Step::Unknown,
    }
}

/// A row from its counts and the length of the branches that they belong to.
fn row(counts: &Counts, length: f64) -> Row {
    let Counts {
        synonymous_sites: es,
        nonsynonymous_sites: en,
        synonymous: s,
        nonsynonymous: n,
    } = *counts;
    let share = es / (es + en);
    let (ds, dn) = (s / es, n / en);
    let (more, less) = binomial::probabilities(s, n, share);
    [
        es,
        en,
        s,
        n,
        share,
        ds,
        dn,
        (dn - ds) / length,
        more,
        less,
        length,
    ]
}
