//! What precedes every fit of MG94xREV.

use crate::{Branches, Error, MultipleHits, input::Input, watch::Watch};

use super::{
    codons::CodonModel,
    data::Data,
    nucleotides::{NucleotideFit, nucleotides},
    pruning::{Pruned, prune, tested},
};

/// The data with the fit of GTR.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) data: Data,
    pub(crate) nucleotides: NucleotideFit,
    pub(crate) pruned: Pruned,
    pub(crate) tested: Vec<Vec<bool>>,
}

impl Start {
    pub(crate) fn new(
        input: &Input<'_>,
        branches: &Branches,
        watch: &dyn Watch,
    ) -> Result<Self, Error> {
        let data = Data::new(input)?;
        let nucleotides = nucleotides(&data, watch)?;
        let pruned = prune(&data, &nucleotides);
        for branches in pruned.removed.iter().filter(|names| !names.is_empty()) {
            watch.removed(branches);
        }
        let tested = tested(&pruned.phylogenies, branches)?;
        Ok(Self {
            data,
            nucleotides,
            pruned,
            tested,
        })
    }

    pub(crate) fn model(&self, multiple_hits: MultipleHits) -> CodonModel<'_> {
        CodonModel::new(&self.data, &self.pruned, &self.tested, multiple_hits)
    }
}
