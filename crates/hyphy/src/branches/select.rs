//! Selecting branches by names, labels and HyPhy's keywords.

use sequence::{NodeId, Tree};

use super::shown;

const UNLABELED: [&str; 2] = ["unlabeled-branches", "unlabeled branches"];

/// The keyword that HyPhy itself resolves in the same way in every tree, if it is the only name. No
/// name at all means all branches.
pub(super) fn engine_word(names: &[&str]) -> Option<&'static str> {
    match names {
        [] => Some("All"),
        [name] => ["All", "Internal", "Leaves"]
            .into_iter()
            .find(|word| word.eq_ignore_ascii_case(name)),
        _ => None,
    }
}

/// The branches of a tree, each identified by the node below it: all nodes except the root.
pub(super) fn all(tree: &Tree) -> impl Iterator<Item = NodeId> {
    tree.preorder().filter(|id| *id != tree.root())
}

/// The other of the two branches at the root: without the root, they are one branch.
pub(super) fn beyond_root(tree: &Tree, branch: NodeId) -> Option<NodeId> {
    match tree.node(tree.root()).children() {
        [a, b] if *a == branch => Some(*b),
        [a, b] if *b == branch => Some(*a),
        _ => None,
    }
}

/// The branches with a label, ignoring letter case.
pub(super) fn labelled(tree: &Tree, label: &str) -> Vec<NodeId> {
    let is = |id: &NodeId| {
        let own = tree.node(*id).label.as_deref();
        own.is_some_and(|own| own.eq_ignore_ascii_case(label))
    };
    all(tree).filter(is).collect()
}

/// The distinct labels of the branches.
pub(super) fn labels(tree: &Tree) -> Vec<&str> {
    let mut labels: Vec<&str> = all(tree)
        .filter_map(|id| tree.node(id).label.as_deref())
        .collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// The branches that are named by leaves, internal nodes, labels in the tree, or one of HyPhy's
/// keywords alone.
///
/// # Errors
/// One sentence for each name that matches nothing in this tree.
pub(super) fn branches(tree: &Tree, names: &[&str]) -> Result<Vec<NodeId>, Vec<String>> {
    if let [name] = names
        && let Some(branches) = by_word(tree, name)
    {
        return some(branches, name);
    }
    let node_names = tree.node_names();
    let mut selected = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        if by_word(tree, name).is_some() {
            problems.push(format!(
                "{} is a keyword for a set of branches and cannot be combined with other names.",
                shown(name)
            ));
            continue;
        }
        let by_name = |id: &NodeId| node_names.get(id.index()).is_some_and(|n| n == name);
        let mut found: Vec<NodeId> = all(tree).filter(by_name).collect();
        if found.is_empty() {
            found = labelled(tree, name);
        }
        if found.is_empty() {
            problems.push(nothing_called(name, &node_names, &labels(tree)));
        }
        selected.extend(found);
    }
    selected.sort_unstable();
    selected.dedup();
    if problems.is_empty() {
        Ok(selected)
    } else {
        Err(problems)
    }
}

fn by_word(tree: &Tree, name: &str) -> Option<Vec<NodeId>> {
    let is_leaf = |id: &NodeId| tree.node(*id).is_leaf();
    let word = name.to_ascii_lowercase();
    Some(match word.as_str() {
        "all" => all(tree).collect(),
        "leaves" => all(tree).filter(is_leaf).collect(),
        "internal" => all(tree).filter(|id| !is_leaf(id)).collect(),
        word if UNLABELED.contains(&word) => {
            let has_label = |id: NodeId| tree.node(id).label.is_some();
            all(tree)
                .filter(|id| !has_label(*id) && !beyond_root(tree, *id).is_some_and(has_label))
                .collect()
        }
        _ => return None,
    })
}

fn some(branches: Vec<NodeId>, word: &str) -> Result<Vec<NodeId>, Vec<String>> {
    if branches.is_empty() {
        return Err(vec![format!("The tree has no branches that are {word}.")]);
    }
    Ok(branches)
}

fn nothing_called(name: &str, node_names: &[String], labels: &[&str]) -> String {
    let known = node_names
        .iter()
        .map(String::as_str)
        .chain(labels.iter().copied());
    let near = sequence::nearest_name(name, known.filter(|name| !name.is_empty()));
    let hint = near.map_or_else(String::new, |near| format!(" Did you mean {near}?"));
    format!("The tree has no branch or label \"{}\".{hint}", shown(name))
}
