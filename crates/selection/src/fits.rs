//! The fits of models to a whole alignment that precede the tests of sites.

mod codons;
mod data;
mod nucleotides;
mod parameters;
mod pruning;
mod start;

pub(crate) use codons::{CodonFit, CodonModel};
pub(crate) use data::Data;
pub(crate) use nucleotides::{NucleotideFit, nucleotides};
pub(crate) use pruning::{Pruned, prune, tested};
pub(crate) use start::Start;
