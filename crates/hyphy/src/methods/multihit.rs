//! MULTI-HIT: substitutions of several nucleotides of a codon at once.

use super::{
    super::table::{
        Analysis, BranchInput, Citation, Data, Input, Kind, Parameter, Program, Stage, TreeInput,
        any_version,
    },
    common::{ALIGNMENT, GENETIC_CODE, TREE, global_omega, nucleotide_model},
};

pub(super) static MULTIHIT: Analysis = Analysis {
    id: "multihit",
    name: "MULTI-HIT",
    title: "Multiple-hit substitutions (FitMultiModel)",
    question: "Do double and triple substitutions of nucleotides explain the data better?",
    description: "Fits codon models that allow one, two or three nucleotides of a codon to change at \
        once, and tests them against each other.",
    citation: Citation {
        text: "Lucaci AG, Wisotsky SR, Shank SD, et al. (2021). Extra base hits: Widespread \
            empirical support for instantaneous multiple-nucleotide changes. PLoS \
            ONE 16:e0248337",
        doi: "10.1371/journal.pone.0248337",
    },
    program: Program::Keyword("fmm"),
    since: any_version(),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::None,
        partitions: false,
        min_sequences: 3,
    },
    parameters: &[
        ALIGNMENT,
        Parameter {
            published: false,
            ..TREE
        },
        GENETIC_CODE,
        Parameter {
            name: "rate_classes",
            keyword: Some("--rates"),
            kind: Kind::Integer { min: 1, max: 10 },
            default: "3",
            help: "Classes of dN/dS; 1 leaves rates the same at all sites.",
            ..Parameter::NONE
        },
        Parameter {
            name: "triple_islands",
            keyword: Some("--triple-islands"),
            kind: Kind::YesNo,
            default: "No",
            help: "Give synonymous triple substitutions a rate of their own.",
            ..Parameter::NONE
        },
    ],
    fixed: &[],
    rules: &[],
    quirks: &[],
    stages: &[
        nucleotide_model(5),
        global_omega(10),
        Stage::new("### Fitting Standard", "One nucleotide", 15),
        Stage::new(
            "### Fitting MG94 with double instantaneous",
            "Two nucleotides",
            25,
        ),
        Stage::new(
            "### Fitting MG94 with double and triple",
            "Three nucleotides",
            40,
        ),
        Stage::new("### Summary", "Tests", 5),
    ],
    result_keys: &[
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
        "test results",
    ],
    result_field: "result",
};
