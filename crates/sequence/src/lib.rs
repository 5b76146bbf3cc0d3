//! Alignments and trees: everything the service knows about the content of an upload.
//!
//! [`read`] takes the bytes of a file and returns a [`Document`]: the alignment, the trees, the
//! partitions, and [`Finding`]s in terms that a biologist understands. [`fn@report`] summarises a
//! document. [`check`] compares it with the requirements of an analysis. [`normalize`] writes the
//! normalised files for HyPhy, and [`mod@write`] writes files for people. [`infer`] infers a tree
//! if there is none.
//!
//! **What this crate never does:** it accesses no file and no network, and it runs no program. No
//! input, however hostile, makes a function panic, recurse to the depth of a tree, or use more
//! memory than [`Limits`] allow. Every change to the data is reported as a finding.
//!
//! **Architecture invariant:** the engine never reads an upload. A NEXUS file can contain HyPhy
//! code. Only the output of [`normalize`] (letters of an alphabet, names of word characters, numbers)
//! is passed on.
//!
//! ```
//! use sequence::{GeneticCode, Limits, check, normalize, read, report};
//!
//! let upload = b">Homo sapiens\nATGAAATAA\n>b\nATGAAGTAA\n>c\nATGAAATAG\n(Homo_sapiens,b,c);";
//! let document = read(upload, &Limits::default());
//! assert!(!document.has_errors());
//! assert_eq!(report(&document).codons, Some(3));
//!
//! let alignment = document.alignment.as_ref().unwrap();
//! let tree = &document.trees[0].tree;
//! let notes = check::pair(alignment, tree);
//! assert_eq!(notes[0].code, "name-matched-loosely");
//!
//! let names = normalize::names(Some(alignment), &[tree]);
//! let (fasta, _) = normalize::fasta(alignment, &names, Some(GeneticCode::UNIVERSAL));
//! assert_eq!(fasta, b">Homo_sapiens\nATGAAA\n>b\nATGAAG\n>c\nATGAAA\n");
//! assert_eq!(names.user("Homo_sapiens"), Some("Homo sapiens"));
//! ```
//!
//! Start reading at [`fn@read`], then `alignment.rs` and `tree.rs` for the two main types.

// Errors end the reading of a file and are shown to users; their size does not matter.
#![allow(clippy::result_large_err)]

mod alignment;
pub mod check;
mod codon;
mod document;
mod finding;
pub mod genetic_code;
pub mod infer;
#[doc(hidden)]
pub mod invariants;
mod limits;
mod matching;
pub mod normalize;
mod numbering;
mod prune;
mod read;
mod report;
mod residue;
mod text;
mod tree;
pub mod write;

pub use alignment::{Alignment, Alphabet, Partition, Sequence, SiteRange};
pub use document::{Compression, Document, Format, NamedTree};
pub use finding::{Finding, Level};
pub use genetic_code::GeneticCode;
pub use limits::Limits;
pub use matching::nearest as nearest_name;
pub use prune::{Prune, prune};
pub use read::{parse_newick, read};
pub use report::{
    FindingCounts, IdenticalGroup, Kind, NameChange, Report, TreeReport, What, report,
    variable_sites,
};
pub use tree::{Node, NodeId, Postorder, Preorder, Tree};
