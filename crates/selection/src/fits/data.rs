//! The data of an analysis.

use crate::{
    InputError,
    codon::{CodonStates, Observations},
    columns::{CodonColumns, Patterns},
    frequencies::CodonFrequencies,
    input::Input,
    likelihood::Partition,
    phylogeny::Phylogeny,
};

/// The data of an analysis in the form that models use.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) states: CodonStates,
    pub(crate) columns: CodonColumns,
    /// The tree of each partition.
    pub(crate) phylogenies: Vec<Phylogeny>,
    pub(crate) nucleotide_frequencies: [f64; 4],
    pub(crate) frequencies: CodonFrequencies,
    /// Names of the rows.
    pub(crate) names: Vec<String>,
}

impl Data {
    pub(crate) fn new(input: &Input<'_>) -> Result<Self, InputError> {
        let states = CodonStates::new(input.code);
        let columns = CodonColumns::new(input, &states)?;
        let names: Vec<String> = input.alignment.names().map(str::to_owned).collect();
        let tree = |partition: usize| match input.trees {
            [] => Err(InputError("there is no tree".to_owned())),
            [tree] => Ok(*tree),
            trees => trees
                .get(partition)
                .copied()
                .ok_or_else(|| InputError("there are more partitions than trees".to_owned())),
        };
        let phylogenies = (0..columns.coverage.len())
            .map(|partition| Phylogeny::new(tree(partition)?, &names))
            .collect::<Result<_, _>>()?;
        let frequencies = columns.frequencies();
        Ok(Self {
            nucleotide_frequencies: frequencies.all,
            frequencies: CodonFrequencies::cf3x4(&frequencies.positions, &states),
            states,
            columns,
            phylogenies,
            names,
        })
    }
}

/// The partitions of an alignment, each on its tree.
pub(super) fn partitions<'a>(
    phylogenies: &'a [Phylogeny],
    patterns: &'a [Patterns],
    observations: &'a Observations,
) -> Vec<Partition<'a>> {
    let pairs = phylogenies.iter().zip(patterns);
    let partition = |(phylogeny, patterns)| Partition {
        phylogeny,
        patterns,
        observations,
    };
    pairs.map(partition).collect()
}
