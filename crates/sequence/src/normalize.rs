//! The normalised files that HyPhy receives.
//!
//! **Architecture invariant:** whatever was uploaded, the output consists only of residues, of
//! names made of ASCII letters, digits and underscores, of plain labels, and of numbers.

mod fasta;
mod names;
mod newick;
mod nexus;

pub use fasta::fasta;
pub use names::{Names, names};
pub use newick::{Annotations, newick};
pub use nexus::{check_partitions, nexus};
