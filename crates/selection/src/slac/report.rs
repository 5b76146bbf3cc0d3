//! The result, in the layout of HyPhy's JSON.

use rayon::prelude::*;
use serde_json::{Value, json};

use super::{
    counting::Counted,
    counts::{CodonCounts, Counts},
    history::{Ambiguities, History, NodeState},
    samples::Intervals,
    table::Row,
};
use crate::{
    codon::CodonStates,
    fits::{CodonFit, CodonModel, NucleotideFit},
    input::Input,
    likelihood::Partition,
    phylogeny::Phylogeny,
    result::{self, About, BranchAttributes, Fits, Timers},
};

const ABOUT: About = About {
    id: "slac",
    authors: "Sergei L Kosakovsky Pond and Simon DW Frost",
    citation: "Not So Different After All: A Comparison of Methods for Detecting Amino Acid Sites Under Selection (2005). _Mol Biol Evol_ 22 (5): 1208-1222",
    info: "SLAC (Single Likelihood Ancestor Counting) uses a maximum likelihood ancestral state reconstruction and minimum path substitution counting to estimate site-level dS and dN, and applies a simple binomial-based test to test if dS differs from dN. The estimates aggregate information over all branches, so the signal is derived from pervasive diversification or conservation. A subset of branches can be selected for testing as well. Multiple partitions are also supported for recombination-aware analysis.",
};

const HEADERS: [(&str, &str); 11] = [
    ("ES", "Expected synonymous sites"),
    ("EN", "Expected non-synonymous sites"),
    ("S", "Inferred synonymous substitutions"),
    ("N", "Inferred non-synonymous substitutions"),
    ("P[S]", "Expected proportion of synonymous sites"),
    ("dS", "Inferred synonymous substitution rate"),
    ("dN", "Inferred non-synonymous substitution rate"),
    ("dN-dS", "Scaled by the length of the tested branches"),
    (
        "P [dN/dS > 1]",
        "Binomial probability that S is no greater than the observed value, with P<sub>s</sub> probability of success",
    ),
    (
        "P [dN/dS < 1]",
        "Binomial probability that S is no less than the observed value, with P<sub>s</sub> probability of success",
    ),
    (
        "Total branch length",
        "The total length of branches contributing to inference at this site, and used to scale dN-dS",
    ),
];

/// Names of the members with quantiles, in the order of [`super::quantiles::SHARES`].
const SAMPLES: [&str; 3] = ["sample-2.5", "sample-median", "sample-97.5"];

const CODON: &str = "codon";
const AMINO_ACID: &str = "amino-acid";
const SYNONYMOUS: &str = "synonymous substitution count";
const NONSYNONYMOUS: &str = "nonsynonymous substitution count";
/// What the codon of a node without data below it is printed as.
const GAP: &str = "---";

/// What SLAC finds.
pub(crate) struct Found<'a> {
    pub(crate) nucleotides: &'a NucleotideFit,
    pub(crate) fit: &'a CodonFit,
    pub(crate) partitions: &'a [Counted],
    /// For each partition, the quantiles of each pattern.
    pub(crate) intervals: Option<&'a [Vec<Intervals>]>,
}

/// The result.
pub(crate) fn report(
    input: &Input<'_>,
    model: &CodonModel<'_>,
    found: &Found<'_>,
    counts: &CodonCounts,
    timers: Timers,
) -> Value {
    let (data, pruned) = (model.data, model.pruned);
    let pairs = || found.partitions.iter().zip(model.partitions());
    let content = pairs().map(|(counted, partition)| content(counted, partition, counts));
    let mut attributes = BranchAttributes::new(data, pruned);
    attributes.add_codon_lengths(model, found.fit);
    attributes.declare(CODON, "node label", 0);
    attributes.declare(AMINO_ACID, "node label", 1);
    attributes.declare(SYNONYMOUS, "branch label", 0);
    attributes.declare(NONSYNONYMOUS, "branch label", 1);
    for (place, (counted, partition)) in pairs().enumerate() {
        add_histories(
            &mut attributes,
            place,
            counted,
            partition,
            &data.states,
            counts,
        );
    }
    let mle = result::object([
        ("content", result::by_index(content)),
        ("headers", result::headers(&HEADERS)),
    ]);
    let fits = Fits {
        model,
        nucleotides: found.nucleotides,
        codons: found.fit,
    };
    let mut all = result::common(&ABOUT, None, input, &fits, attributes);
    all["MLE"] = mle;
    all["timers"] = timers.into_value("Total time");
    if let Some(intervals) = found.intervals {
        for (share, name) in SAMPLES.iter().enumerate() {
            let of_partition = |(intervals, (_, partition)): (&Vec<_>, (_, &Partition<'_>))| {
                by_treatment(|treatment| {
                    let patterns = partition.patterns.of_column.par_iter();
                    let row = |pattern: &usize| {
                        let own: &Intervals = &intervals[*pattern];
                        result::row(&own[treatment as usize][share])
                    };
                    Value::Array(patterns.map(row).collect())
                })
            };
            all[*name] = result::by_index(intervals.iter().zip(pairs()).map(of_partition));
        }
    }
    result::sorted(all)
}

/// A member for each treatment of ambiguities.
fn by_treatment(value: impl Fn(Ambiguities) -> Value) -> Value {
    let members = Ambiguities::ALL.map(|own| (own.name().to_owned(), value(own)));
    Value::Object(members.into_iter().collect())
}

/// The tables of a partition.
fn content(counted: &Counted, partition: &Partition<'_>, counts: &CodonCounts) -> Value {
    let Counted {
        branches: tested,
        histories,
        ..
    } = counted;
    let sites = by_treatment(|treatment| {
        let row = |history: &History| tested.site(history.states(treatment), counts);
        let rows: Vec<Row> = histories.par_iter().map(row).collect();
        let patterns = partition.patterns.of_column.iter();
        patterns
            .map(|pattern| result::row(&rows[*pattern]))
            .collect()
    });
    let mut branches = by_treatment(|treatment| {
        let states = histories.iter().map(|history| history.states(treatment));
        let patterns = states.zip(partition.patterns.weights.iter().copied());
        let rows = tested.by_branch(patterns, counts);
        rows.iter().map(|row| result::row(row)).collect()
    });
    let nodes = &partition.phylogeny.nodes;
    branches["NAMES"] = tested
        .nodes()
        .map(|node| json!([nodes[node].name]))
        .collect();
    result::object([("by-branch", branches), ("by-site", sites)])
}

/// Adds what each node has at each site, and how often it changed on the way there.
fn add_histories(
    attributes: &mut BranchAttributes,
    place: usize,
    counted: &Counted,
    partition: &Partition<'_>,
    states: &CodonStates,
    counts: &CodonCounts,
) {
    let tree = partition.phylogeny;
    let of_node = |index: usize| -> [(&str, Value); 4] {
        let node = &tree.nodes[index];
        let of_sites = |of_pattern: &dyn Fn(usize, &[NodeState]) -> Value| -> Value {
            let sites = partition.patterns.of_column.iter();
            let row = sites.map(|pattern| {
                let history = &counted.histories[*pattern];
                of_pattern(*pattern, history.states(Ambiguities::Averaged))
            });
            Value::from(vec![row.collect::<Value>()])
        };
        let observed = |pattern: usize| {
            let row = &partition.patterns.rows[node.row?];
            let letters = &partition.observations.get(row[pattern]).letters;
            Some(String::from_utf8_lossy(letters).into_owned())
        };
        let codon = |pattern: usize, history: &[NodeState]| match (&history[index], node.row) {
            (NodeState::Known(state), None) => {
                let letters = states.letters(usize::from(*state));
                Value::from(String::from_utf8_lossy(&letters))
            }
            _ => Value::from(observed(pattern).unwrap_or_else(|| GAP.to_owned())),
        };
        let amino_acid =
            |_: usize, history: &[NodeState]| Value::from(amino_acids(&history[index], states));
        let changes = |kind: fn(&Counts) -> f64| {
            move |_: usize, history: &[NodeState]| {
                result::number(changes(
                    &history[node.parent],
                    &history[index],
                    counts,
                    kind,
                ))
            }
        };
        [
            (CODON, of_sites(&codon)),
            (AMINO_ACID, of_sites(&amino_acid)),
            (SYNONYMOUS, of_sites(&changes(|own| own.synonymous))),
            (NONSYNONYMOUS, of_sites(&changes(|own| own.nonsynonymous))),
        ]
    };
    let nodes = (0..tree.nodes.len()).into_par_iter();
    let all: Vec<_> = nodes.map(of_node).collect();
    let root = root_name(tree);
    for (index, (node, members)) in tree.nodes.iter().zip(all).enumerate() {
        let name = if index == tree.root() {
            &root
        } else {
            &node.name
        };
        for (member, value) in members {
            attributes.set(place, name, member, value);
        }
    }
}

/// The different amino acids of a node's states, in their order; `-` if nothing is known.
fn amino_acids(state: &NodeState, states: &CodonStates) -> String {
    let mut letters = String::new();
    let of_node = match state {
        NodeState::Missing => return "-".to_owned(),
        NodeState::Known(state) => std::slice::from_ref(state),
        NodeState::OneOf(states) => states,
    };
    for state in of_node {
        let letter = char::from(states.amino_acids[usize::from(*state)]);
        if !letters.contains(letter) {
            letters.push(letter);
        }
    }
    letters
}

/// The changes of one kind along a branch. As in HyPhy, those to all states of an ambiguous codon
/// add up.
fn changes(
    parent: &NodeState,
    child: &NodeState,
    counts: &CodonCounts,
    kind: fn(&Counts) -> f64,
) -> f64 {
    let NodeState::Known(parent) = parent else {
        return 0.0;
    };
    let children = match child {
        NodeState::Missing => &[],
        NodeState::Known(child) => std::slice::from_ref(child),
        NodeState::OneOf(children) => &children[..],
    };
    let own = children
        .iter()
        .map(|child| kind(&counts.between(*parent, *child)));
    own.sum()
}

/// The name of the root: `Node` and the number of its last child, in preorder from the root on, or
/// the next number that no node has.
fn root_name(tree: &Phylogeny) -> String {
    let root = &tree.nodes[tree.root()];
    // The last child's subtree is what follows it in preorder.
    let last = root.children.last().copied().unwrap_or_default();
    let before = root.children.iter().rev().nth(1).copied();
    let below = before.map_or(0, |before| last - before);
    let mut number = tree.nodes.len() - below;
    loop {
        let name = format!("Node{number}");
        if tree.nodes.iter().all(|node| node.name != name) {
            return name;
        }
        number += 1;
    }
}
