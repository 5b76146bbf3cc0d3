//! Small files for the examples of analyses: eight simulated sequences of 18 codons, and what is
//! made of them.

use crate::table::ExampleFile;

macro_rules! example_file {
    ($name:literal) => {
        ExampleFile {
            name: $name,
            content: include_str!(concat!("examples/", $name)),
        }
    };
}

/// Codons, with positive selection at every sixth site.
pub(super) const CODONS: ExampleFile = example_file!("codons.fasta");
/// The tree of [`CODONS`].
pub(super) const TREE: ExampleFile = example_file!("tree.nwk");
/// The same tree with the labels `Test` and `Reference`.
pub(super) const LABELLED_TREE: ExampleFile = example_file!("labelled-tree.nwk");
/// The same tree with supports: HyPhy asks about them only if there are some.
pub(super) const TREE_WITH_SUPPORTS: ExampleFile = example_file!("tree-with-supports.nwk");
/// [`CODONS`], translated.
pub(super) const PROTEIN: ExampleFile = example_file!("protein.fasta");
/// Eight sequences whose halves have different trees.
pub(super) const RECOMBINANT: ExampleFile = example_file!("recombinant.fasta");
/// Four sequences of three codons, for analyses that take long.
pub(super) const FEW_CODONS: ExampleFile = example_file!("few-codons.fasta");
/// The tree of [`FEW_CODONS`].
pub(super) const SMALL_TREE: ExampleFile = example_file!("small-tree.nwk");
