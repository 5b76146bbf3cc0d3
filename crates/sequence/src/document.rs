//! What was read from a file.

use serde::{Deserialize, Serialize};

use crate::{Alignment, Finding, Level, Partition, Tree};

/// The file formats that [`read`](crate::read) tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// FASTA, perhaps with Newick trees after the sequences.
    Fasta,
    /// NEXUS.
    Nexus,
    /// PHYLIP, one sequence after the other.
    Phylip,
    /// PHYLIP in blocks.
    PhylipInterleaved,
    /// Clustal.
    Clustal,
    /// Newick trees alone.
    Newick,
    /// None of these.
    Unknown,
}

/// A tree and the name the file gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTree {
    /// Its name (`TREE name = …` of NEXUS).
    pub name: Option<String>,
    /// The tree.
    pub tree: Tree,
}

/// Everything that was understood of a file, and what there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The format recognised.
    pub format: Format,
    /// Whether the upload was packed with gzip.
    pub gzip: bool,
    /// The alignment, if the file holds one.
    pub alignment: Option<Alignment>,
    /// The trees, in the order of the file.
    pub trees: Vec<NamedTree>,
    /// Named sets of columns.
    pub partitions: Vec<Partition>,
    /// What was noticed while reading. Bounded in number.
    pub findings: Vec<Finding>,
}

impl Document {
    /// Whether reading met something that stops the data from being used.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|f| f.level == Level::Error)
    }
}
