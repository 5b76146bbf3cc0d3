//! Requirements on every alignment, whatever it is used for.

use std::collections::HashMap;

use crate::Alignment;
use crate::finding::{Finding, Findings};
use crate::text::{counted, excerpt};

use super::pair::listed_names;

/// Checks lengths and names.
pub(crate) fn structure(a: &Alignment, findings: &mut Findings) {
    if a.sequences.is_empty() {
        findings.push(Finding::error(
            "no-sequences",
            "The alignment has no sequences.",
            "Upload an alignment of at least three sequences.",
        ));
    }
    lengths(a, findings);
    names(a, findings);
    ancestors(a, findings);
}

/// Finds the ancestors that PRANK writes between the sequences (`.anc.fas`), named as the nodes of its tree.
/// As taxa, they would be evidence that is made up of the others'.
fn ancestors(a: &Alignment, findings: &mut Findings) {
    let names = a.sequences.iter().map(|s| s.name.as_str());
    let found: Vec<&str> = names.filter(|name| is_node_of_prank(name)).collect();
    if found.is_empty() || found.len() == a.sequences.len() {
        return;
    }
    findings.push(Finding::warning(
        "reconstructed-ancestors",
        format!(
            "{} named as PRANK names reconstructed ancestors: {}.",
            counted(found.len(), "sequence is", "sequences are"),
            listed_names(&found).unwrap_or_default(),
        ),
        "Analyse observed sequences only: upload PRANK's alignment without ancestors (.best.fas).",
    ));
}

/// Whether a name has the form `#1#`.
fn is_node_of_prank(name: &str) -> bool {
    let number = name
        .strip_prefix('#')
        .and_then(|rest| rest.strip_suffix('#'));
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Finds sequences whose length differs from that of most sequences. HyPhy would silently pad them.
fn lengths(a: &Alignment, findings: &mut Findings) {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for s in a.sequences.iter().filter(|s| !s.residues.is_empty()) {
        *counts.entry(s.residues.len()).or_default() += 1;
    }
    let usual = counts
        .iter()
        .max_by_key(|(length, n)| (**n, **length))
        .map(|(length, _)| *length);
    for s in &a.sequences {
        if s.residues.is_empty() {
            findings.push(
                Finding::error(
                    "empty-sequence",
                    format!("Sequence '{}' is empty.", excerpt(&s.name)),
                    "Check whether its residues are missing from the file.",
                )
                .in_sequence(&s.name),
            );
        } else if Some(s.residues.len()) != usual {
            findings.push(
                Finding::error(
                    "unequal-lengths",
                    format!(
                        "Sequence '{}' has {} residues, but most have {}.",
                        excerpt(&s.name),
                        s.residues.len(),
                        usual.unwrap_or_default()
                    ),
                    "Check whether a part of this sequence is missing or doubled in the file. If the \
                     sequences are not aligned yet, align them (by codon, with MACSE or PRANK).",
                )
                .in_sequence(&s.name),
            );
        }
    }
}

fn names(a: &Alignment, findings: &mut Findings) {
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (index, s) in a.sequences.iter().enumerate() {
        if s.name.is_empty() {
            findings.push(Finding::error(
                "empty-name",
                format!("Sequence number {} has no name.", index + 1),
                "Give every sequence a unique name.",
            ));
        } else if let Some(earlier) = first.get(s.name.as_str()) {
            findings.push(
                Finding::error(
                    "duplicate-name",
                    format!(
                        "Sequences number {} and {} are both named '{}'.",
                        earlier + 1,
                        index + 1,
                        excerpt(&s.name)
                    ),
                    "Give every sequence a unique name.",
                )
                .in_sequence(&s.name),
            );
        } else {
            first.insert(&s.name, index);
        }
    }
}
