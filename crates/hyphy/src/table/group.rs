//! The general questions that analyses answer.

/// A general question. Lists show analyses by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Selection, rates or properties at single sites.
    Sites,
    /// Selection on single branches.
    Branches,
    /// Selection anywhere in the gene.
    Gene,
    /// Relaxed or intensified selection.
    Relaxation,
    /// Differences between sets of branches.
    Differences,
    /// Recombination.
    Recombination,
    /// Sites that depend on each other.
    Coevolution,
    /// The substitution process.
    Substitutions,
    /// Compartments of a population.
    Compartments,
}

impl Group {
    /// All groups, in display order.
    pub const ALL: [Self; 9] = [
        Self::Sites,
        Self::Branches,
        Self::Gene,
        Self::Relaxation,
        Self::Differences,
        Self::Recombination,
        Self::Coevolution,
        Self::Substitutions,
        Self::Compartments,
    ];

    /// The question, as lists show it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sites => "Which sites?",
            Self::Branches => "Which branches?",
            Self::Gene => "The gene as a whole?",
            Self::Relaxation => "Was selection relaxed?",
            Self::Differences => "Does selection differ between branch sets?",
            Self::Recombination => "Is there recombination?",
            Self::Coevolution => "Which sites coevolve?",
            Self::Substitutions => "How do substitutions occur?",
            Self::Compartments => "Are there compartments?",
        }
    }
}
