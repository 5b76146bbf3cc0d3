//! Tree inference, for alignments without a tree: pairwise distances and neighbour joining.

mod distances;
mod join;
mod overlap;
mod protein;
mod tn93;

pub use distances::Distances;
pub use join::{MAX_SEQUENCES, join};
pub use overlap::check;
pub use protein::kimura;
pub use tn93::tn93;

use crate::{Alignment, Alphabet, Finding, Tree};

/// Upper bound of all distances, in substitutions per site. Pairs that are too different for a
/// formula, and pairs without a common site, have this distance.
pub const SATURATED: f64 = 5.0;

/// Infers an unrooted tree (three branches at the root) by neighbour joining: from TN93 distances
/// for nucleotides, or Kimura's distances for proteins. Negative lengths become 0.
///
/// The leaves have the names of the sequences. Ties are broken by the order of the sequences, so
/// the same alignment gives the same tree.
///
/// # Errors
/// `not-aligned`; `wrong-alphabet` if the residues are neither nucleotides nor amino acids;
/// `too-few-sequences` below 3; `too-many-sequences` above [`MAX_SEQUENCES`].
pub fn neighbour_joining(a: &Alignment) -> Result<Tree, Finding> {
    let names: Vec<&str> = a.names().collect();
    join::check_count(names.len())?;
    if !a.is_aligned() || a.sites() == 0 {
        return Err(Finding::error(
            "not-aligned",
            "A tree can only be inferred from sequences of equal length.",
            "Align the sequences, or upload a tree.",
        ));
    }
    let distances = match a.alphabet {
        Alphabet::Nucleotide => tn93(a),
        Alphabet::Protein => kimura(a),
        Alphabet::Unknown => {
            return Err(Finding::error(
                "wrong-alphabet",
                "A tree can only be inferred from nucleotide or protein sequences.",
                "Upload a tree.",
            ));
        }
    };
    join(&names, distances)
}
