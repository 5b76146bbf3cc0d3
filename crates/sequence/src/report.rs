//! A document summed up: what the page and the API show of an upload.

mod build;
mod columns;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use build::report;

use crate::{Finding, Format, Partition};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Sequences.
    Alignment,
    /// One tree or several.
    Tree,
    /// Both.
    AlignmentAndTree,
    /// Nothing that could be read.
    Unknown,
}

/// The kind of an alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nucleotides that cannot be read as codons.
    Nucleotide,
    /// Nucleotides, aligned, a multiple of three long, and free of internal stops under at least
    /// one genetic code.
    Codon,
    /// Amino acids.
    Protein,
}

/// A summary of a [`Document`](crate::Document). Lists are bounded; counts are of everything.
///
/// Without an alignment, all numbers about one are 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What the file holds.
    pub what: What,
    /// The kind of alignment; none without an alignment or if its letters are neither.
    pub kind: Option<Kind>,
    /// The file's format.
    pub format: Format,
    /// Whether it was packed with gzip.
    pub gzip: bool,
    /// Number of sequences.
    pub sequences: usize,
    /// Columns: residues of the longest sequence.
    pub sites: usize,
    /// Codons, if the alignment is in frame.
    pub codons: Option<usize>,
    /// Whether all sequences are of one length.
    pub aligned: bool,
    /// Named sets of columns, the first 1,000.
    pub partitions: Vec<Partition>,
    /// Gaps (`-`) among all residues, 0 to 1.
    pub gaps: f64,
    /// Ambiguity letters and missing residues (`?`, `N`, `R`, `X`, …) among all residues, 0 to 1.
    pub ambiguity: f64,
    /// Columns in which at least two different unambiguous residues occur.
    pub variable_sites: usize,
    /// Sequences that are the same as an earlier one.
    pub identical_sequences: usize,
    /// Groups of identical sequences, the first 100.
    pub identical_groups: Vec<IdenticalGroup>,
    /// HyPhy's names of the genetic codes under which the alignment is in frame without internal
    /// stops.
    pub genetic_codes: Vec<String>,
    /// Names that the engine gets in another form.
    pub names_changed: usize,
    /// The first 200 of these.
    pub name_changes: Vec<NameChange>,
    /// The first tree.
    pub tree: Option<TreeReport>,
    /// Number of trees.
    pub trees: usize,
    /// The first 200 findings.
    pub findings: Vec<Finding>,
    /// How many findings there are.
    pub finding_counts: FindingCounts,
}

/// Sequences with the same residues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdenticalGroup {
    /// How many they are.
    pub count: usize,
    /// The first 20 names.
    pub names: Vec<String>,
}

/// A name that the engine gets in another form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameChange {
    /// In the file.
    pub user: String,
    /// For the engine.
    pub engine: String,
}

/// A tree summed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeReport {
    /// Number of leaves.
    pub leaves: usize,
    /// Number of internal nodes, the root included.
    pub internal_nodes: usize,
    /// Whether the root has exactly two branches.
    pub rooted: bool,
    /// Whether all branches have lengths.
    pub has_lengths: bool,
    /// Nodes with more than two branches below them; for the root of an unrooted tree, more than
    /// three.
    pub polytomies: usize,
    /// Names of the leaves, the first 10,000.
    pub leaf_names: Vec<String>,
    /// Names of the internal nodes as HyPhy has them (`Node3` where the file gives none), the root
    /// left out, the first 10,000.
    pub internal_names: Vec<String>,
    /// Branch labels and how many branches have each, the first 1,000 in alphabetical order.
    pub labels: BTreeMap<String, usize>,
}

/// Number of findings by level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingCounts {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub note: usize,
}
