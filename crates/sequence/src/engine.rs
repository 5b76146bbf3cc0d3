//! What HyPhy is given: files with nothing in them that could surprise it.
//!
//! **Architecture invariant:** the output consists of residues, of names made of ASCII letters,
//! digits and underscores, of plain labels and of numbers, whatever was uploaded.

mod fasta;
mod names;
mod newick;
mod nexus;

pub use fasta::fasta;
pub use names::{Names, names};
pub use newick::{Annotations, newick};
pub use nexus::{check_partitions, nexus};
