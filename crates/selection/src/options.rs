//! What a user chooses. The defaults are HyPhy's.

/// The branches to test.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Branches {
    /// All branches.
    #[default]
    All,
    /// The branches above inner nodes.
    Internal,
    /// The branches above leaves.
    Leaves,
    /// The branches with this label in the tree.
    Label(String),
    /// The branches without a label in the tree.
    Unlabelled,
}

/// How many nucleotides of a codon may change at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MultipleHits {
    /// One.
    #[default]
    None,
    /// One or two.
    Double,
    /// One, two or three.
    DoubleTriple,
}

impl MultipleHits {
    /// The largest number.
    pub(crate) fn most(self) -> usize {
        match self {
            Self::None => 1,
            Self::Double => 2,
            Self::DoubleTriple => 3,
        }
    }

    /// Number of the rates of such changes: none, δ, or δ and ψ.
    pub(crate) fn rates(self) -> usize {
        self.most() - 1
    }

    /// As HyPhy names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Double => "Double",
            Self::DoubleTriple => "Double+Triple",
        }
    }
}

/// What the rates of changes of several nucleotides at once are at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SiteMultihit {
    /// Estimates of the site.
    #[default]
    Estimate,
    /// Those of the whole alignment.
    Global,
}

impl SiteMultihit {
    /// As HyPhy names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Estimate => "Estimate",
            Self::Global => "Global",
        }
    }
}

/// An analysis with its options.
#[derive(Debug, Clone, PartialEq)]
pub enum Analysis {
    /// Fixed Effects Likelihood.
    Fel(FelOptions),
    /// Single-Likelihood Ancestor Counting.
    Slac(SlacOptions),
    /// Fast, Unconstrained Bayesian AppRoximation.
    Fubar(FubarOptions),
    /// Mixed Effects Model of Evolution.
    Meme(MemeOptions),
}

/// Options of FEL.
#[derive(Debug, Clone, PartialEq)]
pub struct FelOptions {
    /// The branches to test (`--branches`).
    pub branches: Branches,
    /// Whether the synonymous rate varies between sites (`--srv`).
    pub synonymous_rate_variation: bool,
    /// Whether to compute 95% profile intervals of dN/dS (`--ci`).
    pub intervals: bool,
    /// Replicates of the parametric bootstrap at each site (`--resample`); 0: none.
    pub replicates: u32,
    /// How many nucleotides of a codon may change at once (`--multiple-hits`).
    pub multiple_hits: MultipleHits,
    /// Where the rates of such changes are estimated (`--site-multihit`).
    pub site_multihit: SiteMultihit,
    /// The threshold of p-values (`--pvalue`), 0 to 1.
    pub p_value: f64,
}

impl Default for FelOptions {
    fn default() -> Self {
        Self {
            branches: Branches::All,
            synonymous_rate_variation: true,
            intervals: false,
            replicates: 0,
            multiple_hits: MultipleHits::None,
            site_multihit: SiteMultihit::Estimate,
            p_value: 0.1,
        }
    }
}

/// Options of SLAC.
#[derive(Debug, Clone, PartialEq)]
pub struct SlacOptions {
    /// The branches to test (`--branches`).
    pub branches: Branches,
    /// Samples of ancestral states (`--samples`); 0: none.
    pub samples: u32,
    /// The threshold of p-values (`--pvalue`), 0 to 1.
    pub p_value: f64,
}

impl Default for SlacOptions {
    fn default() -> Self {
        Self {
            branches: Branches::All,
            samples: 100,
            p_value: 0.1,
        }
    }
}

/// Options of FUBAR.
#[derive(Debug, Clone, PartialEq)]
pub struct FubarOptions {
    /// Values of each rate on the grid (`--grid`), 5 to 50.
    pub grid_points: u32,
    /// Concentration of the Dirichlet prior (`--concentration_parameter`), 0.001 to 1.
    pub concentration: f64,
    /// Whether synonymous rates of the grid are at least 0.001 (`--non-zero`).
    pub non_zero: bool,
}

impl Default for FubarOptions {
    fn default() -> Self {
        Self {
            grid_points: 20,
            concentration: 0.5,
            non_zero: false,
        }
    }
}

/// Options of MEME.
#[derive(Debug, Clone, PartialEq)]
pub struct MemeOptions {
    /// The branches to test (`--branches`).
    pub branches: Branches,
    /// Classes of nonsynonymous rates (`--rates`), 2 to 4.
    pub rates: u32,
    /// Replicates of the parametric bootstrap at each site (`--resample`); 0: none.
    pub replicates: u32,
    /// Whether to impute codons (`--impute-states`).
    pub impute_states: bool,
    /// The threshold of p-values (`--pvalue`), 0 to 1.
    pub p_value: f64,
}

impl Default for MemeOptions {
    fn default() -> Self {
        Self {
            branches: Branches::All,
            rates: 2,
            replicates: 0,
            impute_states: false,
            p_value: 0.1,
        }
    }
}
