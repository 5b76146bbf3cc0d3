//! Bounds on what a reader accepts, so that no upload can cost more than we agreed to pay.

/// Upper bounds that [`read`](crate::read) and [`parse_newick`](crate::parse_newick) obey.
///
/// Whatever exceeds a bound is refused with an [`Error`](crate::Level::Error) finding that names
/// the bound; nothing is cut off and kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file, after unpacking gzip. Default 256 MiB.
    pub max_bytes: usize,
    /// Sequences in an alignment. Default 100,000.
    pub max_sequences: usize,
    /// Columns of an alignment (residues of its longest sequence). Default 1,000,000.
    pub max_sites: usize,
    /// Bytes of a sequence, node or label name, as UTF-8. Default 1,000.
    pub max_name: usize,
    /// Nesting of a Newick tree: the most nodes on a way from the root to a leaf. Default 10,000.
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
