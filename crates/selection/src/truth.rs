//! Simulation of alignments whose rates are known, to compare estimates with them.

use std::collections::HashMap;

use nalgebra::DMatrix;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use sequence::{Alignment, Alphabet, GeneticCode, Sequence, Tree};

use crate::{
    MultipleHits,
    codon::CodonStates,
    frequencies::CodonFrequencies,
    model::{Model, SINGLE},
    phylogeny::{Node, Phylogeny},
    simulate,
    spectrum::Spectrum,
};

/// How an alignment came about: MG94xREV with rates for each site.
#[derive(Debug, Clone)]
pub struct Truth {
    /// Exchangeabilities of AC, AG, AT, CG, CT and GT.
    pub exchangeabilities: [f64; 6],
    /// Frequencies of A, C, G and T at the three positions of a codon, were there no stop codons.
    pub base_frequencies: [[f64; 4]; 3],
    /// For each codon, its classes of branches: the synonymous rate, the nonsynonymous rate, and the
    /// probability that a branch has them. Each branch draws a class for each codon.
    pub sites: Vec<Vec<(f64, f64, f64)>>,
}

/// Simulates an alignment along a tree. Branch lengths are in substitutions per nucleotide where both
/// rates are 1; a branch without one has none. The same seed gives the same alignment.
pub fn simulate(tree: &Tree, code: GeneticCode, truth: &Truth, seed: u64) -> Alignment {
    let states = CodonStates::new(code);
    let frequencies = CodonFrequencies::of_bases(truth.base_frequencies, &states);
    let model = Model::codons(&states, &frequencies, MultipleHits::None);
    let (es, en) = model.expected(&truth.exchangeabilities, &SINGLE);
    let names: Vec<String> = tree.leaf_names().map(str::to_owned).collect();
    let phylogeny = Phylogeny::of(tree, &names);
    let mut rng = Pcg64::seed_from_u64(seed);
    let mut residues = vec![Vec::with_capacity(3 * truth.sites.len()); names.len()];
    // For each pair of rates, the probabilities of change along each branch.
    let mut known: HashMap<[u64; 2], Vec<DMatrix<f64>>> = HashMap::new();
    let key = |class: &(f64, f64, f64)| [class.0.to_bits(), class.1.to_bits()];
    for classes in &truth.sites {
        for class in classes {
            known.entry(key(class)).or_insert_with(|| {
                let alpha = class.0.max(1e-9);
                let rates = model.rates(&truth.exchangeabilities, class.1 / alpha, &SINGLE);
                let spectrum = Spectrum::new(&rates, &model.frequencies);
                let branches = phylogeny.nodes[..phylogeny.branches()].iter();
                let time = |node: &Node| 3.0 * node.length.unwrap_or_default() / (es + en);
                branches
                    .map(|node| spectrum.transition(alpha * time(node)))
                    .collect()
            });
        }
        let weights: Vec<f64> = classes.iter().map(|class| class.2).collect();
        let transitions: Vec<&DMatrix<f64>> = (0..phylogeny.branches())
            .filter_map(|branch| {
                let class = &classes[simulate::draw(weights.iter(), &mut rng)];
                known.get(&key(class))?.get(branch)
            })
            .collect();
        let drawn = simulate::states(&phylogeny, &model.frequencies, &transitions, &mut rng);
        for (node, state) in phylogeny.nodes.iter().zip(drawn) {
            if let Some(row) = node.row {
                residues[row].extend(states.letters(state));
            }
        }
    }
    let rows = names.into_iter().zip(residues);
    Alignment {
        alphabet: Alphabet::Nucleotide,
        sequences: rows
            .map(|(name, residues)| Sequence { name, residues })
            .collect(),
    }
}
