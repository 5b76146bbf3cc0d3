//! The data that an analysis takes.

use crate::parameters::Parameters;

/// The data that an analysis takes.
#[derive(Debug)]
pub struct Input {
    /// Kind of alignment.
    pub data: Data,
    /// Whether it takes a tree.
    pub tree: TreeInput,
    /// How its branches are chosen.
    pub branches: BranchInput,
    /// Whether it supports partitioned alignments, with one tree per partition or one tree for all.
    pub partitions: bool,
    /// Minimum number of sequences.
    pub min_sequences: usize,
    /// Minimum number of variable sites without which HyPhy fails or never ends.
    pub min_variable_sites: Minimum,
    /// Minimum number of sites of a nucleotide alignment.
    pub min_sites: Minimum,
}

/// A minimum that may grow with the number of sequences.
#[derive(Debug, Clone, Copy)]
pub struct Minimum {
    /// The minimum for any number of sequences.
    pub constant: usize,
    /// What each sequence adds.
    pub each_sequence: usize,
}

impl Minimum {
    /// No minimum.
    pub const NONE: Self = Self {
        constant: 0,
        each_sequence: 0,
    };

    /// The minimum for a number of sequences.
    #[must_use]
    pub const fn of(self, sequences: usize) -> usize {
        self.constant + self.each_sequence * sequences
    }
}

/// Kind of alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// In-frame codons without internal stop codons, by the `genetic_code` parameter.
    Codon,
    /// Nucleotides, in frame or not.
    Nucleotide,
    /// Amino acids.
    Protein,
    /// What the `data_type` parameter says: see [`Data::given`].
    ByType,
    /// It takes no alignment.
    None,
}

impl Data {
    /// The kind of alignment for a request: the value of `data_type`, if it decides.
    #[must_use]
    pub fn given(self, parameters: &Parameters) -> Self {
        match (self, parameters.text("data_type")) {
            (Self::ByType, Some("Protein" | "amino-acid")) => Self::Protein,
            (Self::ByType, Some("Codon" | "codon")) => Self::Codon,
            (Self::ByType, _) => Self::Nucleotide,
            (data, _) => data,
        }
    }
}

/// Whether an analysis takes a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeInput {
    /// A tree is required: the dataset named by `tree`, or one in the alignment's file.
    Required,
    /// As [`TreeInput::Required`], with a root that has two branches.
    Rooted,
    /// No tree.
    None,
}

/// How the branches of an analysis are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BranchInput {
    /// No branches are chosen.
    None,
    /// `branches`: the branches to test.
    Tested,
    /// `test_branches` and `reference_branches`.
    TestAndReference,
    /// `test_branches`; all others are the background.
    Foreground,
    /// `branch_sets`: any number of sets.
    Sets,
    /// `compartment_definitions`: leaves, selected by regular expressions.
    Compartments,
}
