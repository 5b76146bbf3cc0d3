//! The parsed content of a file.

use serde::{Deserialize, Serialize};

use crate::{Alignment, Finding, Level, Partition, Tree};

/// The file formats that [`read`](crate::read) tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// FASTA, optionally with Newick trees after the sequences.
    Fasta,
    /// NEXUS.
    Nexus,
    /// Sequential PHYLIP: one sequence after the other.
    Phylip,
    /// Interleaved PHYLIP.
    PhylipInterleaved,
    /// Clustal.
    Clustal,
    /// Newick trees only.
    Newick,
    /// None of these.
    Unknown,
}

/// How a file was compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip (`.gz`).
    Gzip,
    /// bzip2 (`.bz2`).
    Bzip2,
    /// xz (`.xz`).
    Xz,
    /// Zstandard (`.zst`).
    Zstd,
    /// A ZIP archive of one text file (`.zip`).
    Zip,
}

impl Compression {
    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "Zstandard",
            Self::Zip => "ZIP",
        }
    }
}

/// A tree and the name the file gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTree {
    /// Its name (`TREE name = …` of NEXUS).
    pub name: Option<String>,
    /// The tree.
    pub tree: Tree,
}

/// Everything that was read from a file, with the findings about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The format recognised.
    pub format: Format,
    /// How the upload was compressed.
    pub compression: Compression,
    /// The alignment, if the file holds one.
    pub alignment: Option<Alignment>,
    /// The trees, in the order of the file.
    pub trees: Vec<NamedTree>,
    /// Named sets of columns.
    pub partitions: Vec<Partition>,
    /// Findings made while reading. Their number is bounded.
    pub findings: Vec<Finding>,
}

impl Document {
    /// Whether any finding is an error, so that the data cannot be used.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|f| f.level == Level::Error)
    }
}
