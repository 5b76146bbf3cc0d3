//! Summary of a document: what the page and the API show of an upload.

mod build;
mod columns;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use build::report;
pub use columns::variable_sites;

use crate::{Compression, Finding, Format, Partition};

/// Content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nucleotides that cannot be read as codons.
    Nucleotide,
    /// Nucleotides, aligned, a multiple of three in length, and without internal stops under at
    /// least one genetic code.
    Codon,
    /// Amino acids.
    Protein,
}

/// A summary of a [`Document`](crate::Document). Lists are bounded; counts include everything.
///
/// Without an alignment, all numbers about one are 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// What the file holds.
    pub what: What,
    /// The kind of alignment; none if there is no alignment, or if its letters are neither
    /// nucleotides nor amino acids.
    pub kind: Option<Kind>,
    /// The file's format.
    pub format: Format,
    /// Whether it was compressed with gzip.
    pub gzip: bool,
    /// How it was compressed.
    #[serde(default)]
    pub compression: Compression,
    /// Number of sequences.
    pub sequences: usize,
    /// Columns: the length of the longest sequence.
    pub sites: usize,
    /// Codons, if the alignment is in frame.
    pub codons: Option<usize>,
    /// Whether all sequences have the same length.
    pub aligned: bool,
    /// Named sets of columns, the first 1,000.
    pub partitions: Vec<Partition>,
    /// Fraction of gaps (`-`) among all residues, 0 to 1.
    pub gaps: f64,
    /// Fraction of ambiguity letters and missing residues (`?`, `N`, `R`, `X`, …) among all
    /// residues, 0 to 1.
    pub ambiguity: f64,
    /// Columns with at least two different unambiguous residues.
    pub variable_sites: usize,
    /// Sequences that are identical to an earlier one.
    pub identical_sequences: usize,
    /// Groups of identical sequences, the first 100.
    pub identical_groups: Vec<IdenticalGroup>,
    /// HyPhy's names of the genetic codes under which the alignment is in frame without internal
    /// stops.
    pub genetic_codes: Vec<String>,
    /// Number of names that are changed for the engine.
    pub names_changed: usize,
    /// The first 200 of these names.
    pub name_changes: Vec<NameChange>,
    /// The first tree.
    pub tree: Option<TreeReport>,
    /// Number of trees.
    pub trees: usize,
    /// The first 200 findings.
    pub findings: Vec<Finding>,
    /// Number of findings.
    pub finding_counts: FindingCounts,
}

/// Sequences with the same residues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdenticalGroup {
    /// Number of sequences in the group.
    pub count: usize,
    /// The first 20 names.
    pub names: Vec<String>,
}

/// A name that is changed for the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NameChange {
    /// In the file.
    pub user: String,
    /// For the engine.
    pub engine: String,
}

/// Summary of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TreeReport {
    /// Number of leaves.
    pub leaves: usize,
    /// Number of internal nodes, the root included.
    pub internal_nodes: usize,
    /// Whether the root has exactly two branches.
    pub rooted: bool,
    /// Whether all branches have lengths.
    pub has_lengths: bool,
    /// Nodes with more than two child branches; for the root of an unrooted tree, more than three.
    pub polytomies: usize,
    /// Names of the leaves, the first 10,000.
    pub leaf_names: Vec<String>,
    /// Names of the internal nodes as HyPhy uses them (`Node3` if the file gives none), without the
    /// root; the first 10,000.
    pub internal_names: Vec<String>,
    /// Branch labels and the number of branches with each label; the first 1,000 in alphabetical
    /// order.
    pub labels: BTreeMap<String, usize>,
}

/// Number of findings by level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingCounts {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub note: usize,
}
