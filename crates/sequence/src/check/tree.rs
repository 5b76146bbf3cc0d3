//! Whether a tree is usable.

use std::collections::HashSet;

use super::{Needs, TreeNeed};
use crate::finding::{Finding, Findings};
use crate::text::{counted, excerpt};
use crate::{NodeId, Tree};

/// Checks a tree.
///
/// Errors: `tree-too-small` (fewer than 3 leaves), `duplicate-leaf`, `unnamed-leaf`, and
/// `tree-not-rooted` if a root is needed. Warnings: `negative-branch-length`, `single-child-node`,
/// `duplicate-internal-name`. Note: `tree-rooted` if the root is not used.
pub fn tree(t: &Tree, needs: &Needs) -> Vec<Finding> {
    let mut findings = Findings::default();
    if needs.tree == TreeNeed::None {
        return Vec::new();
    }
    let leaves = t.leaves().count();
    if leaves < 3 {
        findings.push(Finding::error(
            "tree-too-small",
            format!(
                "The tree has {}; an analysis needs at least 3.",
                counted(leaves, "leaf", "leaves")
            ),
            "Upload a tree of all sequences.",
        ));
    }
    leaf_names(t, &mut findings);
    duplicate_internal(t, &mut findings);
    root(t, needs.tree, &mut findings);
    negative_lengths(t)
        .into_iter()
        .for_each(|f| findings.push(f));
    single_children(t)
        .into_iter()
        .for_each(|f| findings.push(f));
    findings.into_vec()
}

fn root(t: &Tree, need: TreeNeed, findings: &mut Findings) {
    match (need, t.rooted()) {
        (TreeNeed::Rooted, false) => findings.push(Finding::error(
            "tree-not-rooted",
            format!(
                "The analysis needs a rooted tree, but the root has {} branches instead of 2.",
                t.root_degree()
            ),
            "Root the tree, for instance with an outgroup.",
        )),
        (TreeNeed::Unrooted, true) => findings.push(Finding::note(
            "tree-rooted",
            "The tree is rooted; the analysis does not use the position of the root.",
            "No action is needed.",
        )),
        _ => {}
    }
}

/// Reports leaves without a name, and each name that more than one leaf has.
pub(crate) fn leaf_names(t: &Tree, findings: &mut Findings) {
    let unnamed = t.leaves().filter(|id| t.node(*id).name.is_none()).count();
    if unnamed > 0 {
        findings.push(Finding::error(
            "unnamed-leaf",
            format!(
                "{} no name.",
                counted(unnamed, "leaf of the tree has", "leaves of the tree have")
            ),
            "Give every leaf the name of its sequence.",
        ));
    }
    duplicate_leaves(t, findings);
}

/// Reports each name that more than one leaf has.
pub(super) fn duplicate_leaves(t: &Tree, findings: &mut Findings) {
    let mut seen = HashSet::new();
    let mut told = HashSet::new();
    for name in t.leaf_names() {
        if !seen.insert(name) && told.insert(name) {
            findings.push(
                Finding::error(
                    "duplicate-leaf",
                    format!(
                        "More than one leaf of the tree is named '{}'.",
                        excerpt(name)
                    ),
                    "Every sequence can be in the tree only once.",
                )
                .in_sequence(name),
            );
        }
    }
}

fn duplicate_internal(t: &Tree, findings: &mut Findings) {
    let mut seen: HashSet<&str> = t.leaf_names().collect();
    for id in t.internal_nodes() {
        if let Some(name) = t.node(id).name.as_deref().filter(|n| !seen.insert(n)) {
            findings.push(
                Finding::warning(
                    "duplicate-internal-name",
                    format!(
                        "An internal node has the name '{}', which another node also has.",
                        excerpt(name)
                    ),
                    "No action is needed: the node gets a unique name for the analysis.",
                )
                .in_sequence(name),
            );
        }
    }
}

/// One finding about all negative branch lengths, if there are any.
pub(crate) fn negative_lengths(t: &Tree) -> Option<Finding> {
    let negative = |id: &NodeId| t.node(*id).length.is_some_and(|l| l < 0.0);
    let count = t.preorder().filter(negative).count();
    (count > 0).then(|| {
        Finding::warning(
            "negative-branch-length",
            format!(
                "{} a negative length.",
                counted(count, "branch of the tree has", "branches of the tree have")
            ),
            "They are treated as 0, as is usual for neighbour-joining trees.",
        )
    })
}

/// One finding about the calibrations of divergence times that MCMCTree takes in place of names, if
/// there are any.
pub(crate) fn calibrations(t: &Tree) -> Option<Finding> {
    let names = || {
        t.internal_nodes()
            .filter_map(|id| t.node(id).name.as_deref())
            .filter(|name| is_calibration(name))
    };
    let first = names().next()?;
    Some(Finding::note(
        "calibrated-node",
        format!(
            "{} a calibration of MCMCTree in place of a name, such as '{}'.",
            counted(
                names().count(),
                "node of the tree has",
                "nodes of the tree have"
            ),
            excerpt(first)
        ),
        "No action is needed: analyses do not use divergence times, and results name the branches \
         so.",
    ))
}

/// `>0.06`, `<0.08`, `@0.5`, or a distribution such as `B(0.06,0.08)`.
fn is_calibration(name: &str) -> bool {
    const DISTRIBUTIONS: [&str; 7] = ["B", "L", "U", "G", "SN", "ST", "S2N"];
    let bound = name.strip_prefix(['>', '<', '@', '=']);
    if bound.is_some_and(|rest| {
        rest.trim_start()
            .starts_with(|c: char| c.is_ascii_digit() || c == '.')
    }) {
        return true;
    }
    let parts = name.strip_suffix(')').and_then(|open| open.split_once('('));
    parts.is_some_and(|(distribution, numbers)| {
        DISTRIBUTIONS.contains(&distribution)
            && numbers
                .split(',')
                .all(|number| number.trim().parse::<f64>().is_ok())
    })
}

/// One finding about all nodes with a single branch below, if there are any.
pub(crate) fn single_children(t: &Tree) -> Option<Finding> {
    let single = |id: &NodeId| t.node(*id).children().len() == 1;
    let count = t.internal_nodes().filter(single).count();
    (count > 0).then(|| {
        Finding::warning(
            "single-child-node",
            format!(
                "{} only one branch below; the analysis receives the tree without {}.",
                counted(count, "node of the tree has", "nodes of the tree have"),
                if count == 1 { "it" } else { "them" }
            ),
            "No action is needed: the lengths of the two branches are added, and labels are kept.",
        )
    })
}
