//! RELAX: relaxed or intensified selection on some branches.

use super::prelude::*;

pub(super) static RELAX: Analysis = Analysis {
    id: "relax",
    name: "RELAX",
    title: "Hypothesis testing for relaxed selection",
    group: Group::Relaxation,
    question: "Is selection weaker or stronger on the test branches than on the reference branches?",
    description: "Fits a distribution of dN/dS to the reference branches, and the same \
        distribution raised to the power K to the test branches. Tests whether K differs from 1: \
        selection is relaxed if K is below 1, and intensified if K is above 1. RELAX does not \
        test for positive selection.",
    interpretation: "K below 1 means that selection, both positive and negative, was relaxed on \
        the test branches; K above 1 means that it was intensified. Neither shows that there was \
        positive selection.",
    keywords: &[
        "omega",
        "selection pressure",
        "dN/dS",
        "relaxation",
        "relaxed",
        "intensified",
        "foreground",
        "reference",
        "intensification",
        "host switch",
    ],
    citation: Citation {
        text: "Wertheim JO, Murrell B, Smith MD, Kosakovsky Pond SL, Scheffler K (2015). RELAX: \
            Detecting Relaxed Selection in a Phylogenetic Framework. Mol Biol Evol \
            32:820-832",
        doi: "10.1093/molbev/msu400",
    },
    program: Program::Keyword("relax"),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::TestAndReference,
        partitions: false,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        Parameter {
            name: "test_branches",
            label: "Test branches",
            keyword: None,
            kind: Kind::Branches {
                empty_is_all: false,
            },
            help: "Branches to test: names of leaves or internal nodes, labels in the tree, or \
                Internal, Leaves, Unlabeled-branches. Empty means the branches labelled Test.",
            ..BRANCHES
        },
        Parameter {
            name: "reference_branches",
            label: "Reference branches",
            keyword: None,
            kind: Kind::Branches {
                empty_is_all: false,
            },
            help: "Branches to compare with. Empty means the branches labelled Reference if \
                test_branches is also empty, and otherwise all branches that are not tested.",
            ..BRANCHES
        },
        Parameter {
            name: "models",
            label: "Models",
            keyword: Some("--models"),
            kind: Kind::Choice(&[
                Choice::new("All", "Models for the test, and descriptive models."),
                Choice::new("Minimal", "Only the models for the test; much faster."),
            ]),
            default: "All",
            help: "Whether to fit descriptive models besides those of the test.",
            ..Parameter::NONE
        },
        Parameter {
            name: "rates",
            label: "Classes of dN/dS",
            keyword: Some("--rates"),
            kind: Kind::Integer { min: 2, max: 10 },
            default: "3",
            help: "Number of dN/dS classes; more take longer.",
            ..Parameter::NONE
        },
        Parameter {
            name: "kill_zero_lengths",
            label: "Delete internal branches of length zero",
            in_help: false,
            keyword: Some("--kill-zero-lengths"),
            kind: Kind::YesNo,
            default: "No",
            help: "Delete internal branches of length zero before fitting the codon models.",
            advanced: true,
            ..Parameter::NONE
        },
        Parameter {
            published: false,
            ..MULTIPLE_HITS
        },
        Parameter {
            name: "srv",
            label: "Synonymous rate varies between sites",
            keyword: Some("--srv"),
            kind: Kind::YesNo,
            default: "No",
            help: "Let the synonymous rate vary from site to site.",
            advanced: true,
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            published: false,
            ..GRID_SIZE
        },
        Parameter {
            published: false,
            ..STARTING_POINTS
        },
    ],
    fixed: &[Fixed::Word("--mode", "Classic mode")],
    rules: &[Rule {
        parameter: "starting_points",
        broken: too_many_starting_points,
    }],
    cost: Cost {
        classes: 9,
        seconds: 100,
        patterns_exponent: 0.5,
        options: &[
            OptionCost::factors("models", &[("Minimal", 0.25)]),
            OptionCost::linear("rates", 3.0, 0.15),
            OptionCost::factors("srv", &[("Yes", 2.2)]),
            OptionCost::factors(
                "multiple_hits",
                &[("Double", 11.6), ("Double+Triple", 11.6)],
            ),
            OptionCost::linear("starting_points", 1.0, 0.03),
        ],
    },
    stages: &[
        nucleotide_model(5),
        global_omega(5),
        codon_model(15),
        Stage::new("### Fitting the general", "General descriptive model", 25),
        Stage::new(
            "### Fitting the alternative",
            "Alternative model (K free)",
            30,
        ),
        Stage::new("### Fitting the null", "Null model (K = 1)", 15),
        Stage::new(
            "### Fitting the partitioned",
            "Partitioned descriptive model",
            5,
        ),
    ],
    result_keys: &[
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
        "test results",
    ],
    nested_models: &[
        ("RELAX null", "RELAX alternative"),
        (
            "MG94xREV with separate rates for branch sets",
            "RELAX alternative",
        ),
        ("RELAX alternative", "RELAX partitioned descriptive"),
    ],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::LABELLED_TREE),
        request: r#"{"models": "All", "rates": 2, "grid_size": 20}"#,
        command_line: "relax --mode Classic~mode --test Test --reference Reference --models All --rates 2 --kill-zero-lengths No --grid-size 20",
        random: &[
            "/",
            "/fits/General descriptive",
            "/fits/RELAX partitioned descriptive",
            // Notes about the search, which begins at random points.
            "/analysis/settings/convergence-flat-surface",
            "/analysis/settings/convergence-negative-lrt",
            "/analysis/settings/convergence-unstable",
            "/analysis/settings/convergence-unstable-alernative",
        ],
    },
    digest,
    ..Analysis::BASE
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "", 0.05);
    let test = given.test("Test of K = 1");
    let k = given.result["test results"]["relaxation or intensification parameter"].as_f64();
    let significant = test.p_value? <= threshold.value;
    let fitted = &given.result["fits"]["RELAX alternative"]["Rate Distributions"];
    let mut rates = vec![Rate {
        name: "K".to_owned(),
        value: k,
        weight: None,
    }];
    rates.extend(distribution("dN/dS of test branches", &fitted["Test"]));
    rates.extend(distribution(
        "dN/dS of reference branches",
        &fitted["Reference"],
    ));
    let what = match k {
        _ if !significant => "no significant change of selection",
        Some(k) if k < 1.0 => "relaxed selection",
        _ => "intensified selection",
    };
    Some(Digest {
        statement: format!(
            "RELAX found {what} on the test branches (K = {}, p = {}, threshold {}).",
            format_p_value(k),
            format_p_value(test.p_value),
            threshold.value
        ),
        threshold: Some(threshold),
        table: rate_table(&rates),
        tests: vec![test],
        rates,
        ..Digest::default()
    })
}
