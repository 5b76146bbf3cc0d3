//! Leaves that are the numbers of sequences, as PAML writes them.

use crate::{Alignment, Tree};

/// For each leaf name, the index of its sequence, if the leaves are the numbers 1 to n of the n
/// sequences. If a sequence has such a name itself, the leaves are names.
pub(crate) fn numbers(names: &[&str], leaves: &[&str]) -> Option<Vec<usize>> {
    if leaves.is_empty() || leaves.len() != names.len() {
        return None;
    }
    let mut seen = vec![false; names.len()];
    let mut indices = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let number = leaf.bytes().all(|b| b.is_ascii_digit()).then_some(leaf)?;
        let index = number.parse::<usize>().ok()?.checked_sub(1)?;
        if std::mem::replace(seen.get_mut(index)?, true) {
            return None;
        }
        indices.push(index);
    }
    let is_number = |name: &&str| name.bytes().all(|b| b.is_ascii_digit());
    (!names.iter().any(is_number)).then_some(indices)
}

/// Replaces the numbers of leaves by the names of the sequences. Returns whether they were numbers.
pub(crate) fn resolve(tree: &mut Tree, alignment: &Alignment) -> bool {
    let names: Vec<&str> = alignment.names().collect();
    let leaves: Vec<&str> = tree.leaf_names().collect();
    let Some(indices) = numbers(&names, &leaves) else {
        return false;
    };
    let ids: Vec<_> = tree
        .leaves()
        .filter(|id| tree.node(*id).name.is_some())
        .collect();
    for (id, index) in ids.into_iter().zip(indices) {
        tree.node_mut(id).name = Some(names[index].to_string()).filter(|n| !n.is_empty());
    }
    true
}
