//! Branches without length, and branches to test.

use crate::{
    Branches, InputError,
    phylogeny::{Node, Phylogeny},
};

use super::{data::Data, nucleotides::NucleotideFit};

/// Lengths below this are 0.
const ZERO: f64 = 1e-10;
/// The length that a leaf's branch of length 0 has.
const SHORT: f64 = 1e-6;

/// The trees without the branches that have no length, and the fits on them.
#[derive(Debug, Clone)]
pub(crate) struct Pruned {
    pub(crate) phylogenies: Vec<Phylogeny>,
    /// The GTR length of each branch; those of leaves are not 0.
    pub(crate) lengths: Vec<Vec<f64>>,
    /// Names of the removed branches, for each partition.
    pub(crate) removed: Vec<Vec<String>>,
}

impl Pruned {
    /// Whether any branch was removed.
    pub(crate) fn is_smaller(&self) -> bool {
        self.removed.iter().any(|names| !names.is_empty())
    }
}

/// Removes inner branches without length from all trees.
pub(crate) fn prune(data: &Data, fit: &NucleotideFit) -> Pruned {
    let mut pruned = Pruned {
        phylogenies: Vec::new(),
        lengths: Vec::new(),
        removed: Vec::new(),
    };
    for (phylogeny, lengths) in data.phylogenies.iter().zip(&fit.lengths) {
        let is_zero = |(length, node): (&f64, &Node)| *length < ZERO && !node.is_leaf();
        let removed: Vec<bool> = lengths.iter().zip(&phylogeny.nodes).map(is_zero).collect();
        let (kept, order) = phylogeny.without(&removed);
        let names = phylogeny.nodes.iter().zip(&removed);
        let names = names.filter(|(_, removed)| **removed);
        pruned
            .removed
            .push(names.map(|(node, _)| node.name.clone()).collect());
        let length = |old: &usize| {
            if lengths[*old] < ZERO {
                SHORT
            } else {
                lengths[*old]
            }
        };
        let kept_branches = &order[..kept.branches()];
        pruned
            .lengths
            .push(kept_branches.iter().map(length).collect());
        pruned.phylogenies.push(kept);
    }
    pruned
}

/// Whether each branch of each tree is tested.
pub(crate) fn tested(
    phylogenies: &[Phylogeny],
    branches: &Branches,
) -> Result<Vec<Vec<bool>>, InputError> {
    let tested: Vec<Vec<bool>> = phylogenies
        .iter()
        .map(|tree| tree.tested(branches))
        .collect();
    if tested.iter().flatten().any(|is_tested| *is_tested) {
        Ok(tested)
    } else {
        Err(InputError(
            "no branch of the tree is to be tested".to_owned(),
        ))
    }
}
