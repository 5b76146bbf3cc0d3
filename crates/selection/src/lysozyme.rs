//! Lysozymes of primates with the estimates of HyPhy, for tests of what follows from them.
//!
//! Messier W, Stewart C-B (1997), Nature 385:151.

use sequence::{GeneticCode, Limits, read};
use serde_json::Value;

use crate::{
    Input,
    fits::{Data, NucleotideFit},
    frequencies::CodonFrequencies,
    watch::{Stage, Watch},
};

const ALIGNMENT: &[u8] = include_bytes!("../tests/data/lysozyme.fna");
const TREE: &[u8] = include_bytes!("../tests/data/lysozyme.nwk");
/// θ, n, lengths of GTR, and ω and the scale of lengths of the codon model.
const ESTIMATES: &str = include_str!("../tests/data/lysozyme.json");

/// Who neither looks nor cancels.
pub(crate) struct Patient;

impl Watch for Patient {
    fn progress(&self, _: Stage, _: usize, _: usize) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// HyPhy's estimates.
pub(crate) fn estimates() -> Value {
    serde_json::from_str(ESTIMATES).unwrap()
}

/// The data with HyPhy's frequencies of codons, and HyPhy's fit of GTR. `change` may change the
/// alignment.
pub(crate) fn lysozyme(change: impl Fn(&mut sequence::Alignment)) -> (Data, NucleotideFit) {
    let mut alignment = read(ALIGNMENT, &Limits::default()).alignment.unwrap();
    change(&mut alignment);
    let tree = read(TREE, &Limits::default()).trees.remove(0).tree;
    let input = Input {
        file_name: "lysozyme.fna",
        alignment: &alignment,
        partitions: &[],
        trees: &[&tree],
        code: GeneticCode::UNIVERSAL,
    };
    let mut data = Data::new(&input).unwrap();
    let estimates = estimates();
    let number = |value: &Value| value.as_f64().unwrap();
    let bases = [0, 1, 2].map(|p| [0, 1, 2, 3].map(|x| number(&estimates["bases"][p][x])));
    data.frequencies = CodonFrequencies::of_bases(bases, &data.states);
    let tree = &data.phylogenies[0];
    let nodes = &tree.nodes[..tree.branches()];
    let lengths = nodes
        .iter()
        .map(|node| number(&estimates["lengths"][&node.name]));
    let fit = NucleotideFit {
        log_likelihood: -1_057.868_013_702_325,
        theta: [0, 1, 2, 3, 4, 5].map(|pair| number(&estimates["theta"][pair])),
        lengths: vec![lengths.collect()],
    };
    (data, fit)
}
