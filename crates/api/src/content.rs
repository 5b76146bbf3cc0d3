//! The content of datasets and results, as the service reads it: alignments, trees, genetic codes.

use sequence::{Alphabet, GeneticCode, NamedTree, Tree};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which part of an alignment to return. Positions count from 1.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AlignmentQuery {
    /// The first sequence; 1 by default.
    pub first_sequence: Option<usize>,
    /// Maximum number of sequences; by default all.
    pub max_sequences: Option<usize>,
    /// The first column; 1 by default.
    pub first_site: Option<usize>,
    /// Maximum number of columns; by default all.
    pub max_sites: Option<usize>,
    /// Also list where the sequences differ: by single columns, or by codons.
    #[param(inline)]
    pub variable: Option<VariableUnit>,
}

/// The unit in which variable positions are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariableUnit {
    /// Columns.
    Sites,
    /// Groups of three columns.
    Codons,
}

/// A part of an alignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlignmentPart {
    /// What the residues stand for.
    pub alphabet: Alphabet,
    /// Number of sequences in the whole alignment.
    pub sequences: usize,
    /// Number of columns in the whole alignment: the length of its longest sequence.
    pub sites: usize,
    /// Position of the first sequence in `rows`, from 1.
    pub first_sequence: usize,
    /// Position of the first column in `rows`, from 1.
    pub first_site: usize,
    /// The sequences, in the order of the file. There are fewer than requested if they would have
    /// more than 4,000,000 residues.
    pub rows: Vec<AlignmentRow>,
    /// The positions in the whole alignment where sequences differ, from 1, in the requested unit.
    /// Positions with a gap are not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<Vec<usize>>,
}

/// One sequence of a part of an alignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlignmentRow {
    /// Name, as in the file.
    pub name: String,
    /// The residues of the requested columns, in upper case: letters, `-` (gap), `?` (missing) and
    /// `*` (stop). `U` is returned as `T`.
    pub residues: String,
}

/// Which trees to return.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TreesQuery {
    /// The first tree, from 1; 1 by default.
    pub first: Option<usize>,
    /// Maximum number of trees; 1 by default, at most 100.
    pub max: Option<usize>,
}

/// Which trees of a dataset to return, and how.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DatasetTreesQuery {
    /// The first tree, from 1; 1 by default.
    pub first: Option<usize>,
    /// Maximum number of trees; 1 by default, at most 100.
    pub max: Option<usize>,
    /// Taxa to remove first, as in the parameter `prune` of a start: `Tree`, `Alignment` or `Both`.
    /// `Tree` and `Both` take the leaves that have no sequence from the trees.
    pub prune: Option<String>,
    /// Dataset with the alignment for `prune`; by default the one that has the trees.
    pub alignment: Option<String>,
}

/// Trees of a file or a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Trees {
    /// Number of trees in the whole file or result.
    pub total: usize,
    /// The requested trees, in the order of the file.
    pub trees: Vec<Phylogeny>,
}

/// A tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Phylogeny {
    /// Its name, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the root has exactly two branches.
    pub rooted: bool,
    /// Nodes in preorder: each after its parent, the root first.
    pub nodes: Vec<TreeNode>,
}

/// A node of a tree, with the branch above it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TreeNode {
    /// Name. An internal node without one has the name that HyPhy gives it, such as `Node3`.
    pub name: String,
    /// Index of the parent in `nodes`, from 0; absent for the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<usize>,
    /// Length of the branch, usually in substitutions per site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<f64>,
    /// Support as the file gives it, such as `98` or `0.99`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<String>,
    /// Label of the branch, such as `Foreground`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Phylogeny {
    /// A tree with a name.
    #[must_use]
    pub fn new(name: Option<String>, tree: &Tree) -> Self {
        let names = tree.node_names();
        let mut place = vec![0; tree.len()];
        let mut nodes = Vec::with_capacity(tree.len());
        for (at, id) in tree.preorder().enumerate() {
            place[id.index()] = at;
            let node = tree.node(id);
            nodes.push(TreeNode {
                name: names[id.index()].clone(),
                parent: node.parent().map(|parent| place[parent.index()]),
                length: node.length,
                support: node.support.clone(),
                label: node.label.clone(),
            });
        }
        Self {
            name,
            rooted: tree.rooted(),
            nodes,
        }
    }
}

impl From<&NamedTree> for Phylogeny {
    fn from(named: &NamedTree) -> Self {
        Self::new(named.name.clone(), &named.tree)
    }
}

/// The genetic codes that analyses of codons accept.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GeneticCodes {
    /// In HyPhy's order; the first is the default.
    pub genetic_codes: Vec<CodeTable>,
}

/// A genetic code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeTable {
    /// HyPhy's name, as parameters have it.
    pub name: String,
    /// Number of NCBI's translation table.
    pub ncbi_table: u8,
    /// The amino acids of the 64 codons as one letter each, `*` for a stop. Codons are in NCBI's
    /// order: T, C, A, G, the third position fastest.
    pub amino_acids: String,
}

impl From<GeneticCode> for CodeTable {
    fn from(code: GeneticCode) -> Self {
        const ORDER: [u8; 4] = *b"TCAG";
        let codon = |k: usize| [ORDER[k / 16], ORDER[k / 4 % 4], ORDER[k % 4]];
        let amino_acid = |k| char::from(code.translate(codon(k)));
        Self {
            name: code.name().to_owned(),
            ncbi_table: code.ncbi_table(),
            amino_acids: (0..64).map(amino_acid).collect(),
        }
    }
}
