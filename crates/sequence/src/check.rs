//! Whether data are suitable for an analysis. Every finding says how to fix the problem.

mod codons;
mod pair;
mod structure;
mod tree;

pub(crate) use codons::split_codons;
pub(crate) use pair::listed_names;
pub use pair::pair;
pub(crate) use structure::structure;
pub use tree::tree;
pub(crate) use tree::{calibrations, leaf_names, negative_lengths, single_children};

use crate::codon::Survey;
use crate::finding::{Finding, Findings, Level};
use crate::residue::{illegal_character, is_legal, say};
use crate::{Alignment, Alphabet, GeneticCode};

/// Requirements of an analysis on its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// The kind of alignment.
    pub data: DataKind,
    /// Minimum number of sequences.
    pub min_sequences: usize,
    /// The kind of tree.
    pub tree: TreeNeed,
}

/// Kinds of alignment that analyses accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataKind {
    /// Codons of a genetic code.
    Codon(GeneticCode),
    /// Nucleotides.
    Nucleotide,
    /// Amino acids.
    Protein,
    /// One of several kinds; an empty list accepts any.
    Any(Vec<DataKind>),
}

/// Kinds of tree that analyses accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeNeed {
    /// No tree is used.
    None,
    /// Any tree; the position of its root does not matter.
    Unrooted,
    /// A tree whose root has two branches.
    Rooted,
}

/// The genetic codes under which an alignment is in frame, without stop codons within sequences.
#[must_use]
pub fn fitting_codes(a: &Alignment) -> Vec<GeneticCode> {
    if !a.in_frame() {
        return Vec::new();
    }
    let mut survey = Survey::default();
    for s in &a.sequences {
        survey.add(&s.residues);
    }
    let codes = GeneticCode::ALL.into_iter();
    codes.filter(|code| survey.reads(*code)).collect()
}

/// Checks an alignment. The data can be used if no finding is an error.
///
/// Errors: `no-sequences`, `unequal-lengths`, `duplicate-name`, `empty-name`, `empty-sequence`,
/// `too-few-sequences`, `wrong-alphabet`, `illegal-character`, `not-in-frame`,
/// `internal-stop-codon`. Warnings: `all-gap-sequence`, `split-codons`. Notes:
/// `terminal-stop-codon`.
pub fn alignment(a: &Alignment, needs: &Needs) -> Vec<Finding> {
    let mut findings = Findings::default();
    structure(a, &mut findings);
    if a.sequences.len() < needs.min_sequences {
        findings.push(Finding::error(
            "too-few-sequences",
            format!(
                "The alignment has {}, but the analysis needs at least {}.",
                crate::text::counted(a.sequences.len(), "sequence", "sequences"),
                needs.min_sequences
            ),
            "Add sequences to the alignment.",
        ));
    }
    all_gaps(a, &mut findings);
    kind(a, &needs.data, &mut findings);
    findings.into_vec()
}

fn all_gaps(a: &Alignment, findings: &mut Findings) {
    for s in a.sequences.iter().filter(|s| !s.residues.is_empty()) {
        if s.residues.iter().all(|b| matches!(b, b'-' | b'?')) {
            findings.push(
                Finding::warning(
                    "all-gap-sequence",
                    format!(
                        "Sequence '{}' consists only of gaps.",
                        crate::text::excerpt(&s.name)
                    ),
                    "Remove the sequence from the alignment and the tree.",
                )
                .in_sequence(&s.name),
            );
        }
    }
}

fn kind(a: &Alignment, wanted: &DataKind, findings: &mut Findings) {
    match wanted {
        DataKind::Nucleotide => letters(a, Alphabet::Nucleotide, findings),
        DataKind::Protein => letters(a, Alphabet::Protein, findings),
        DataKind::Codon(code) => {
            letters(a, Alphabet::Nucleotide, findings);
            if a.alphabet != Alphabet::Protein {
                codons::codons(a, *code, findings);
            }
        }
        DataKind::Any(kinds) => {
            // The first kind that fits. If none does, the findings of the first kind.
            let tried: Vec<Vec<Finding>> = kinds
                .iter()
                .map(|k| {
                    let mut findings = Findings::default();
                    kind(a, k, &mut findings);
                    findings.into_vec()
                })
                .collect();
            let fits = |f: &&Vec<Finding>| f.iter().all(|f| f.level != Level::Error);
            for finding in tried
                .iter()
                .find(fits)
                .or(tried.first())
                .into_iter()
                .flatten()
            {
                findings.push(finding.clone());
            }
        }
    }
}

/// Checks that the alignment has the required alphabet, and that all of its letters belong to it.
fn letters(a: &Alignment, wanted: Alphabet, findings: &mut Findings) {
    if a.alphabet != wanted && a.alphabet != Alphabet::Unknown {
        findings.push(Finding::error(
            "wrong-alphabet",
            format!(
                "The analysis needs {} sequences, but these are {} sequences.",
                say(wanted),
                say(a.alphabet)
            ),
            match wanted {
                Alphabet::Protein => "Upload the translated (amino acid) alignment.",
                _ => "Upload the nucleotide alignment that the proteins are translated from.",
            },
        ));
        return;
    }
    if a.alphabet == Alphabet::Unknown {
        findings.push(Finding::error(
            "wrong-alphabet",
            format!(
                "The analysis needs {} sequences, but these are neither nucleotides nor amino acids.",
                say(wanted)
            ),
            "Upload an alignment of such sequences.",
        ));
        return;
    }
    for s in &a.sequences {
        if let Some(index) = s.residues.iter().position(|b| !is_legal(wanted, *b)) {
            findings.push(illegal_character(&s.name, index, s.residues[index], wanted));
        }
    }
}
