//! The data of an analysis.

use sequence::{Alignment, GeneticCode, Partition, Tree};

/// An alignment of codons with its trees.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The name of the alignment's file, as the result shows it.
    pub file_name: &'a str,
    /// Nucleotides in frame. Row names are unique.
    pub alignment: &'a Alignment,
    /// Columns of nucleotides; none: all columns are one partition.
    pub partitions: &'a [Partition],
    /// One tree for all partitions, or one for each.
    pub trees: &'a [&'a Tree],
    /// How codons are translated.
    pub code: GeneticCode,
}

/// Why data do not fit an analysis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InputError(pub String);
