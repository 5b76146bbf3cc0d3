//! Alignments: named rows of residues over one alphabet.

use serde::{Deserialize, Serialize};

/// What the letters of an alignment stand for.
///
/// "Codon" is not an alphabet: a codon alignment is a nucleotide alignment that is in frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Alphabet {
    /// DNA or RNA; `U` is held as `T`.
    Nucleotide,
    /// Amino acids.
    Protein,
    /// Neither (morphological or binary characters), or only gaps.
    Unknown,
}

/// One row of an alignment.
///
/// Residues are one byte each: `A`–`Z`, `0`–`9`, `-` (gap), `?` (missing) and `*` (stop); `#` stands
/// for a character that no alphabet has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// The name as the file has it, decoded to Unicode and trimmed.
    pub name: String,
    /// Residues in upper case.
    pub residues: Vec<u8>,
}

/// Sequences in the order of the file. Their lengths may differ: see [`Alignment::is_aligned`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// What the residues stand for, declared by the file or recognised from its letters.
    pub alphabet: Alphabet,
    /// The rows.
    pub sequences: Vec<Sequence>,
}

impl Alignment {
    /// Columns: the length of the longest sequence, 0 if there is none.
    pub fn sites(&self) -> usize {
        self.sequences
            .iter()
            .map(|s| s.residues.len())
            .max()
            .unwrap_or(0)
    }

    /// Whether there are sequences and all are of one length.
    pub fn is_aligned(&self) -> bool {
        self.sequences.first().is_some_and(|f| {
            self.sequences
                .iter()
                .all(|s| s.residues.len() == f.residues.len())
        })
    }

    /// Names in the order of the file; they may repeat.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sequences.iter().map(|s| s.name.as_str())
    }

    /// Whether the alignment can be read as codons: nucleotides, aligned, and a multiple of three
    /// in length.
    pub fn in_frame(&self) -> bool {
        self.alphabet == Alphabet::Nucleotide
            && self.is_aligned()
            && self.sites() > 0
            && self.sites().is_multiple_of(3)
    }
}

/// Columns `first..=last`, counted from 1, every `step`-th of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteRange {
    /// First column, from 1.
    pub first: usize,
    /// Last column, inclusive.
    pub last: usize,
    /// Distance between columns; 1 unless the file says `\n`.
    pub step: usize,
}

/// A named set of columns (a NEXUS `CHARSET`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partition {
    /// Its name in the file.
    pub name: String,
    /// Its columns, in the order of the file.
    pub ranges: Vec<SiteRange>,
}
