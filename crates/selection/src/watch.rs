//! Progress of an analysis, and its cancellation.

/// A stage of an analysis, in the order in which an analysis enters them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The fit of the nucleotide model.
    Nucleotides,
    /// The fit of one dN/dS for each set of branches.
    GlobalOmega,
    /// The fit of the codon model with all branch lengths.
    CodonModel,
    /// FEL, MEME: the tests of sites.
    Sites,
    /// SLAC: the reconstruction of ancestors.
    Ancestors,
    /// SLAC: samples of ancestors.
    Samples,
    /// FUBAR: the likelihoods on the grid.
    Grid,
    /// FUBAR: the weights of the grid.
    Weights,
    /// FUBAR: the posteriors of sites.
    Posteriors,
}

/// Who waits for an analysis. The methods are called from any thread.
pub trait Watch: Sync {
    /// A stage has begun, or has done `done` of `total` parts.
    fn progress(&self, stage: Stage, done: usize, total: usize);
    /// Inner branches without length were removed from a tree; their names.
    fn removed(&self, branches: &[String]) {
        let _ = branches;
    }
    /// Whether the analysis should end without a result. Called often.
    fn cancelled(&self) -> bool;
}
