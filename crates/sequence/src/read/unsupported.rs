//! The finding about a file that no reader reads.

use crate::finding::Finding;

/// The finding about a file that is not read. The remedy ends with what is read.
pub(super) fn unsupported(message: &str, remedy: &str) -> Finding {
    const SUPPORTED: &str = "Supported formats are FASTA, NEXUS, PHYLIP and Clustal for \
                             alignments, and Newick and NEXUS for trees. Any of them may be \
                             compressed with gzip, bzip2, xz, Zstandard or ZIP.";
    let blank = if remedy.is_empty() { "" } else { " " };
    Finding::error(
        "unknown-format",
        message,
        format!("{remedy}{blank}{SUPPORTED}"),
    )
}
