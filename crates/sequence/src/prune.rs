//! Removing the taxa that only one of an alignment and a tree has.

use std::collections::HashSet;

use crate::check::listed_names;
use crate::finding::Finding;
use crate::matching::match_leaves;
use crate::text::counted;
use crate::{Alignment, NodeId, Tree};

/// What to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prune {
    /// Leaves without a sequence.
    Tree,
    /// Sequences without a leaf.
    Alignment,
    /// Both.
    Both,
}

/// Removes the taxa that only the alignment or only some of the trees have, and warns about each
/// removal (`leaves-pruned`, `sequences-pruned`). A sequence is kept if every tree has it.
///
/// Leaves are matched to sequences as by [`check::pair`](crate::check::pair). Data without a common
/// taxon are not changed. The nodes of a changed tree are named as in
/// [`Tree::node_names`] of the given one; nodes that are left with a single branch below are
/// removed, and the lengths of their branches added.
pub fn prune(alignment: &mut Alignment, trees: &mut [Tree], what: Prune) -> Vec<Finding> {
    let names: Vec<&str> = alignment.names().collect();
    // For each tree, the sequence of each leaf.
    let matched: Vec<Vec<Option<usize>>> = trees
        .iter()
        .map(|tree| {
            let leaves: Vec<&str> = tree.leaf_names().collect();
            let found = match_leaves(&names, &leaves);
            found.iter().map(|m| m.map(|(index, _)| index)).collect()
        })
        .collect();
    if matched.iter().any(|tree| tree.iter().all(Option::is_none)) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if what != Prune::Alignment {
        let (mut removed, mut seen) = (Vec::new(), HashSet::new());
        for (tree, matched) in trees.iter_mut().zip(&matched) {
            let leaves: Vec<NodeId> = tree.leaves().collect();
            let strangers = leaves.iter().zip(matched).filter(|(_, m)| m.is_none());
            let strangers: Vec<NodeId> = strangers.map(|(leaf, _)| *leaf).collect();
            for leaf in &strangers {
                let name = tree.node(*leaf).name.clone().unwrap_or_default();
                if seen.insert(name.clone()) {
                    removed.push(name);
                }
            }
            if !strangers.is_empty() {
                *tree = tree.without_leaves(&strangers);
            }
        }
        findings.extend(leaves_pruned(&removed));
    }
    if what != Prune::Tree {
        // By name, so that sequences of one name stay or go together.
        let in_tree = |tree: &Vec<Option<usize>>| -> HashSet<String> {
            let indices = tree.iter().flatten();
            indices.map(|index| names[*index].to_owned()).collect()
        };
        let present: Vec<HashSet<String>> = matched.iter().map(in_tree).collect();
        let stays = |name: &str| present.iter().all(|tree| tree.contains(name));
        let absent = names.iter().filter(|name| !stays(name));
        let absent: Vec<String> = absent.map(|name| (*name).to_owned()).collect();
        alignment.sequences.retain(|s| stays(&s.name));
        findings.extend(sequences_pruned(&absent));
    }
    findings
}

fn leaves_pruned(names: &[String]) -> Option<Finding> {
    let list = listed_names(names)?;
    let were = match names.len() {
        1 => "leaf of the tree has no sequence and was",
        _ => "leaves of the tree have no sequence and were",
    };
    Some(Finding::warning(
        "leaves-pruned",
        format!("{} {were} removed from it: {list}.", names.len()),
        "Check that the analysis does not need them.",
    ))
}

fn sequences_pruned(names: &[String]) -> Option<Finding> {
    let list = listed_names(names)?;
    let were = match names.len() {
        1 => "is not in the tree and was",
        _ => "are not in the tree and were",
    };
    Some(Finding::warning(
        "sequences-pruned",
        format!(
            "{} {were} removed from the alignment: {list}.",
            counted(names.len(), "sequence", "sequences")
        ),
        "Check that the analysis does not need them.",
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Limits, read, write};

    /// The sequences and the tree that are left, and the codes of the findings.
    fn pruned(names: &str, newick: &str, what: Prune) -> (String, String, Vec<String>) {
        let names: Vec<&str> = names.split(' ').collect();
        let fasta: String = names.iter().map(|n| format!(">{n}\nACG\n")).collect();
        let document = read(fasta.as_bytes(), &Limits::default());
        let tree = read(newick.as_bytes(), &Limits::default());
        let mut alignment = document.alignment.unwrap();
        let mut trees = [tree.trees[0].tree.clone()];
        let findings = prune(&mut alignment, &mut trees, what);
        let kept: Vec<&str> = alignment.names().collect();
        let codes = findings.into_iter().map(|finding| finding.code.to_string());
        (kept.join(" "), write::newick(&trees[0]), codes.collect())
    }

    #[test]
    fn leaves_without_a_sequence_are_removed() {
        let (kept, tree, codes) = pruned(
            "a b c",
            "((a:1,x:1){Test}:1,(b:1,c:2):1,(y:1,z:1):1);",
            Prune::Tree,
        );
        assert_eq!(kept, "a b c");
        assert_eq!(tree, "(a{Test}:2,(b:1,c:2)Node4:1);");
        assert_eq!(codes, ["leaves-pruned"]);
    }

    #[test]
    fn sequences_without_a_leaf_are_removed() {
        let tree = "(a:1,b:1,c:1);";
        let (kept, after, codes) = pruned("a b c d", tree, Prune::Alignment);
        assert_eq!((kept.as_str(), after.as_str()), ("a b c", tree));
        assert_eq!(codes, ["sequences-pruned"]);
    }

    #[test]
    fn both_are_reduced_to_what_they_have_in_common() {
        let (kept, tree, codes) = pruned("a b c d", "((a,b),(c,x));", Prune::Both);
        assert_eq!((kept.as_str(), tree.as_str()), ("a b c", "((a,b)Node1,c);"));
        assert_eq!(codes, ["leaves-pruned", "sequences-pruned"]);
    }

    #[test]
    fn data_with_the_same_taxa_or_without_a_common_one_are_not_changed() {
        for (names, tree) in [("a b c", "((a,b),c);"), ("a b c", "((x,y),z);")] {
            let unchanged = (names.to_owned(), tree.to_owned(), Vec::new());
            assert_eq!(pruned(names, tree, Prune::Both), unchanged);
        }
    }
}
