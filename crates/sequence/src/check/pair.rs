//! Whether an alignment and a tree have the same taxa.

use std::collections::HashSet;

use super::tree::duplicate_leaves;
use crate::finding::{Finding, Findings};
use crate::matching::{How, match_leaves, nearest};
use crate::text::excerpt;
use crate::{Alignment, Tree};

/// Number of unknown names for which the most similar name is suggested. Each suggestion takes a
/// pass over all names.
const SUGGESTIONS: usize = 20;

/// Checks that each leaf is a sequence and each sequence a leaf.
///
/// Names are compared exactly, then as HyPhy compares them (ignoring letter case, with `_` for
/// everything but letters and digits), then by the first word of the sequence's name. A match by
/// one of the latter two gives a note (`name-matched-loosely`), and the engine gets one name for
/// both. Errors: `leaf-not-in-alignment`, `sequence-not-in-tree`, `duplicate-leaf` and
/// `duplicate-name`.
pub fn pair(a: &Alignment, t: &Tree) -> Vec<Finding> {
    let mut findings = Findings::default();
    duplicate_leaves(t, &mut findings);
    duplicate_sequences(a, &mut findings);
    let names: Vec<&str> = a.names().collect();
    let leaves: Vec<&str> = t.leaf_names().collect();
    let matched = match_leaves(&names, &leaves);
    let present: HashSet<&str> = matched.iter().flatten().map(|(i, _)| names[*i]).collect();
    let strangers: Vec<&str> = leaves
        .iter()
        .zip(&matched)
        .filter(|(_, m)| m.is_none())
        .map(|(l, _)| *l)
        .collect();
    let absent: Vec<&str> = names
        .iter()
        .filter(|n| !present.contains(*n))
        .copied()
        .collect();

    for (leaf, found) in leaves.iter().zip(&matched) {
        if let Some((index, How::Normalised | How::FirstWord)) = found {
            findings.push(
                Finding::note(
                    "name-matched-loosely",
                    format!(
                        "The leaf '{}' was matched to the sequence '{}'.",
                        excerpt(leaf),
                        excerpt(names[*index])
                    ),
                    "If that is wrong, use the same name in both files.",
                )
                .in_sequence(*leaf),
            );
        }
    }
    for (n, leaf) in strangers.iter().enumerate() {
        let near = (n < SUGGESTIONS)
            .then(|| nearest(leaf, absent.iter().copied()))
            .flatten();
        findings.push(stranger(leaf, near));
    }
    for name in absent {
        findings.push(
            Finding::error(
                "sequence-not-in-tree",
                format!("The sequence '{}' is not in the tree.", excerpt(name)),
                "Remove the sequence from the alignment, or add it to the tree.",
            )
            .in_sequence(name),
        );
    }
    findings.into_vec()
}

fn stranger(leaf: &str, near: Option<&str>) -> Finding {
    let ask = near.map_or(String::new(), |n| {
        format!("; did you mean '{}'?", excerpt(n))
    });
    Finding::error(
        "leaf-not-in-alignment",
        format!(
            "The tree has '{}', which is not in the alignment{ask}",
            excerpt(leaf)
        ) + if near.is_some() { "" } else { "." },
        "Use the same name in both files, or prune the leaf from the tree.",
    )
    .in_sequence(leaf)
}

fn duplicate_sequences(a: &Alignment, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for name in a.names() {
        if !seen.insert(name) {
            findings.push(
                Finding::error(
                    "duplicate-name",
                    format!("More than one sequence is named '{}'.", excerpt(name)),
                    "Give every sequence a unique name.",
                )
                .in_sequence(name),
            );
        }
    }
}
