//! Bounds on the input of readers, so that the cost of an upload is limited.

/// Upper bounds for [`read`](crate::read) and [`parse_newick`](crate::parse_newick).
///
/// Input that exceeds a bound is rejected with an [`Error`](crate::Level::Error) finding that names
/// the bound. It is never truncated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file, after decompression. Default 256 MiB.
    pub max_bytes: usize,
    /// Sequences in an alignment. Default 100,000.
    pub max_sequences: usize,
    /// Columns of an alignment (residues of its longest sequence). Default 1,000,000.
    pub max_sites: usize,
    /// Bytes of a sequence, node or label name, as UTF-8. Default 1,000.
    pub max_name: usize,
    /// Nesting of a Newick tree: the number of nodes on the path from the root to a leaf. Default
    /// 10,000.
    pub max_depth: usize,
    /// Nodes of all trees of a file. Default 1,000,000.
    pub max_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 256 * 1024 * 1024,
            max_sequences: 100_000,
            max_sites: 1_000_000,
            max_name: 1_000,
            max_depth: 10_000,
            max_nodes: 1_000_000,
        }
    }
}
