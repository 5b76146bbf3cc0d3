//! FUBAR: pervasive selection at single sites, by Bayesian averaging over a grid of rates.

use selection::{Branches, FubarOptions};

use super::prelude::*;

pub(super) static FUBAR: Analysis = Analysis {
    id: "fubar",
    name: "FUBAR",
    title: "Fast, Unconstrained Bayesian AppRoximation",
    group: Group::Sites,
    question: "Which codons of a large alignment are under pervasive positive or negative selection?",
    description: "Asks the same question as FEL, by Bayesian inference: computes the likelihood \
        of every codon on a grid of synonymous and nonsynonymous rates, and estimates the weights \
        of the grid. Much faster than FEL on large alignments.",
    interpretation: "At a detected codon, the posterior probability of selection is high. It is \
        not a p-value, and needs no correction for the number of codons. FUBAR may miss a burst of \
        change on a few branches.",
    keywords: &[
        "sites",
        "omega",
        "selection pressure",
        "dN/dS",
        "positive selection",
        "negative selection",
        "diversifying",
        "purifying",
        "pervasive",
        "bayesian",
        "large",
        "fast",
        "adaptive evolution",
    ],
    citation: Citation {
        text: "Murrell B, Moola S, Mabona A, et al. (2013). FUBAR: A Fast, Unconstrained Bayesian \
            AppRoximation for Inferring Selection. Mol Biol Evol 30:1196-1205",
        doi: "10.1093/molbev/mst030",
    },
    program: Program::Keyword("fubar"),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::None,
        partitions: true,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        GRID_POINTS,
        CONCENTRATION,
        Parameter {
            name: "non_zero",
            label: "Synonymous rates above zero only",
            keyword: Some("--non-zero"),
            kind: Kind::YesNo,
            default: "No",
            help: "Leave synonymous rates of zero out of the grid, so that every dN/dS is finite.",
            since: V2_5_68,
            advanced: true,
            published: false,
            ..Parameter::NONE
        },
    ],
    fixed: &[Fixed::File("--cache", "fubar.cache")],
    cost: Cost {
        classes: 1,
        seconds: 5,
        patterns_exponent: 0.5,
        options: &[OptionCost::linear("grid_points", 20.0, 0.08)],
    },
    stages: &GRID_STAGES,
    result_keys: &[
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
        "MLE",
        "grid",
        "posterior",
    ],
    columns: &[
        ColumnDefinition::posterior_probabilities("Prob[alpha<beta]", Some("diversifying")),
        ColumnDefinition::posterior_probabilities("Prob[alpha>beta]", Some("purifying")),
    ],
    classes: &SELECTION_CLASSES,
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"grid_points": 6, "concentration_parameter": 0.25}"#,
        command_line: "fubar --grid 6 --concentration_parameter 0.25 --cache /proc/self/cwd/c",
        random: &[],
    },
    digest,
    native: Some(NATIVE),
    ..Analysis::BASE
};

const NATIVE: Native = Native {
    lacks: &[],
    options,
    stages: &[
        native::nucleotides(25),
        native::global_omega(15),
        Stage::new("### Likelihood on the grid", "Grid likelihoods", 40)
            .counted("Point of the grid ")
            .of_native(selection::Stage::Grid),
        Stage::new("### Weights of the grid", "Grid weights", 15)
            .of_native(selection::Stage::Weights),
        Stage::new("### Sites", "Summarising sites", 5).of_native(selection::Stage::Posteriors),
    ],
    cost: Cost {
        classes: 1,
        seconds: 1,
        patterns_exponent: 0.5,
        options: &[],
    },
    columns: &[],
    compared: &[],
};

/// All branches are tested.
fn options(parameters: &Parameters, _branches: Branches) -> selection::Analysis {
    let usual = FubarOptions::default();
    let concentration = CONCENTRATION.name;
    selection::Analysis::Fubar(FubarOptions {
        grid_points: native::whole(parameters, GRID_POINTS.name, usual.grid_points),
        concentration: native::number(parameters, concentration, usual.concentration),
        non_zero: native::is_yes(parameters, "non_zero"),
    })
}

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("posterior probability", "", 0.9);
    let mut table = sites::table(given.result)?;
    let negative = table.column("Prob[alpha>beta]");
    let positive = table.column("Prob[alpha<beta]");
    let found = given.classify(&mut table, |row| {
        let (positive, negative) = (sites::number(row, positive), sites::number(row, negative));
        (positive.max(negative) >= threshold.value)
            .then(|| direction(positive, negative))
            .flatten()
    });
    let statement = selected_sites("FUBAR", &table, &threshold);
    Some(Digest::of_rows(statement, threshold, found, table))
}
