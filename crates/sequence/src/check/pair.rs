//! Whether an alignment and a tree have the same taxa.

use std::collections::HashSet;

use super::tree::duplicate_leaves;
use crate::finding::{Finding, Findings};
use crate::matching::{How, Part, common_begin, common_end, match_leaves, nearest};
use crate::text::{counted, excerpt};
use crate::{Alignment, Tree};

/// Number of names that are listed on each side, and of leaves for which the most similar name is
/// suggested. Each suggestion takes a pass over all names.
const LISTED: usize = 20;

/// Checks that each leaf is a sequence and each sequence a leaf.
///
/// Names are compared exactly, then as HyPhy compares them (ignoring letter case, with `_` for
/// everything but letters and digits), then by the first word of the sequence's name. A match by
/// one of the latter two gives a note (`name-matched-loosely`). Names that still differ are matched
/// if the leaves are the numbers of the sequences (note `taxon-numbers`), if one was truncated to ten
/// characters, or if one is the other with a part before or after it, such as `Species|gene` (warning
/// `names-matched-by-rule`). In all cases the engine gets one name for both. Errors: `names-differ`,
/// `duplicate-leaf` and `duplicate-name`.
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
    by_rule(&names, &leaves, &matched, &mut findings);
    if !strangers.is_empty() || !absent.is_empty() {
        findings.push(differ(&strangers, &absent, &matched));
    }
    findings.into_vec()
}

/// One finding for each rule by which names were matched that differ.
fn by_rule(
    names: &[&str],
    leaves: &[&str],
    matched: &[Option<(usize, How)>],
    findings: &mut Findings,
) {
    if matched.iter().flatten().any(|(_, how)| *how == How::Number) {
        findings.push(Finding::note(
            "taxon-numbers",
            "The leaves of the tree are numbers; they were read as the numbers of the sequences.",
            "If that is wrong, use the same names in both files.",
        ));
    }
    const RULES: [How; 5] = [
        How::Truncated,
        How::Part(Part::LeafBeginsSequence),
        How::Part(Part::LeafEndsSequence),
        How::Part(Part::SequenceBeginsLeaf),
        How::Part(Part::SequenceEndsLeaf),
    ];
    for rule in RULES {
        let pairs = leaves.iter().zip(matched);
        let mut pairs =
            pairs.filter_map(|(leaf, m)| m.filter(|m| m.1 == rule).map(|m| (leaf, m.0)));
        let Some((leaf, index)) = pairs.next() else {
            continue;
        };
        let count = 1 + pairs.count();
        let why = match rule {
            How::Truncated => "one of the two names has only the first ten characters of the other",
            How::Part(Part::LeafBeginsSequence) => "the sequence's name goes on after the leaf's",
            How::Part(Part::LeafEndsSequence) => "the sequence's name has a part before the leaf's",
            How::Part(Part::SequenceBeginsLeaf) => "the leaf's name goes on after the sequence's",
            _ => "the leaf's name has a part before the sequence's",
        };
        let were = if count == 1 { "was" } else { "were" };
        findings.push(
            Finding::warning(
                "names-matched-by-rule",
                format!(
                    "{} {were} matched to sequences of another name, because {why} (for example, \
                     the leaf '{}' to the sequence '{}').",
                    counted(count, "leaf", "leaves"),
                    excerpt(leaf),
                    excerpt(names[index])
                ),
                "Check that these are pairs; if not, use the same names in both files.",
            )
            .in_sequence(*leaf),
        );
    }
}

/// The error about all names that are only in the tree or only in the alignment.
fn differ(strangers: &[&str], absent: &[&str], matched: &[Option<(usize, How)>]) -> Finding {
    let mut sentences = Vec::new();
    let suggested: Vec<String> = strangers
        .iter()
        .take(LISTED)
        .map(|leaf| match nearest(leaf, absent.iter().copied()) {
            Some(near) => format!("'{}' (did you mean '{}'?)", excerpt(leaf), excerpt(near)),
            None => format!("'{}'", excerpt(leaf)),
        })
        .collect();
    if let Some(list) = list(suggested, strangers.len()) {
        sentences.push(match strangers.len() {
            1 => format!("The leaf {list} is not in the alignment."),
            n => format!("{n} leaves of the tree are not in the alignment: {list}."),
        });
    }
    if let Some(list) = listed_names(absent) {
        sentences.push(match absent.len() {
            1 => format!("The sequence {list} is not in the tree."),
            n => format!("{n} sequences are not in the tree: {list}."),
        });
    }
    let found: Vec<How> = matched.iter().flatten().map(|(_, how)| *how).collect();
    sentences.push(match found.len() {
        0 => "No name is in both.".to_string(),
        n => {
            let exact = found.iter().filter(|how| **how == How::Exact).count();
            let (verb, how) = match exact {
                e if e == n => ("are", String::new()),
                0 => (
                    "match",
                    " although they are not written in the same way".to_string(),
                ),
                e => ("match", format!(", {e} of them exactly")),
            };
            if verb == "are" {
                format!("{} in both.", counted(n, "name is", "names are"))
            } else {
                format!("{}{how}.", counted(n, "name matches", "names match"))
            }
        }
    });
    sentences.extend(likely_rule(strangers, absent));
    let first = strangers.first().or(absent.first()).copied();
    let remedy = if found.len() < 3 {
        "Use the same names in both files."
    } else {
        "Use the same names in both files, or choose what to remove (prune): leaves without a \
         sequence (Tree), sequences without a leaf (Alignment), or both (Both)."
    };
    let finding = Finding::error("names-differ", sentences.join(" "), remedy);
    match first {
        Some(name) if strangers.len() + absent.len() == 1 => finding.in_sequence(name),
        _ => finding,
    }
}

/// The first names, quoted, and the number of the others; `None` if there are no names.
pub(crate) fn listed_names(names: &[impl AsRef<str>]) -> Option<String> {
    let first = names.iter().take(LISTED);
    let quoted = first.map(|name| format!("'{}'", excerpt(name.as_ref())));
    list(quoted.collect(), names.len())
}

/// Names with commas, and the number of those that are not listed.
fn list(listed: Vec<String>, count: usize) -> Option<String> {
    let more = count - listed.len();
    match listed.len() {
        0 => None,
        _ if more > 0 => Some(format!("{} and {more} more", listed.join(", "))),
        _ => Some(listed.join(", ")),
    }
}

/// What all of the names on one side have in common, and those on the other side have not.
fn likely_rule(strangers: &[&str], absent: &[&str]) -> Option<String> {
    if strangers.is_empty() || absent.is_empty() {
        return None;
    }
    let told = |whose: &str, ours: &[&str], others: &[&str]| {
        let end = common_end(ours).filter(|e| others.iter().all(|n| !n.ends_with(e.as_str())));
        let begin =
            common_begin(ours).filter(|b| others.iter().all(|n| !n.starts_with(b.as_str())));
        match (end, begin) {
            (Some(end), _) => Some(format!(
                "All names that only the {whose} has end in '{}'.",
                excerpt(&end)
            )),
            (None, Some(begin)) => Some(format!(
                "All names that only the {whose} has begin with '{}'.",
                excerpt(&begin)
            )),
            _ => None,
        }
    };
    told("tree", strangers, absent).or_else(|| told("alignment", absent, strangers))
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
