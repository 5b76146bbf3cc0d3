//! MULTI-HIT: substitutions of several nucleotides of a codon at once.

use super::prelude::*;

pub(super) static MULTIHIT: Analysis = Analysis {
    id: "multihit",
    name: "MULTI-HIT",
    title: "Multiple-hit substitutions (FitMultiModel)",
    group: Group::Substitutions,
    question: "Do double and triple nucleotide substitutions explain the data better?",
    description: "Fits codon models in which one, two or three nucleotides of a codon can change \
        at once, and compares them.",
    interpretation: "A significant test means that simultaneous substitutions of several \
        nucleotides explain the alignment better. Models without them can mistake such \
        substitutions for positive selection.",
    keywords: &[
        "multinucleotide",
        "double",
        "triple",
        "tandem",
        "MNM",
        "model",
    ],
    citation: Citation {
        text: "Lucaci AG, Wisotsky SR, Shank SD, et al. (2021). Extra base hits: Widespread \
            empirical support for instantaneous multiple-nucleotide changes. PLoS \
            ONE 16:e0248337",
        doi: "10.1371/journal.pone.0248337",
    },
    program: Program::Keyword("fmm"),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::None,
        partitions: false,
        min_sequences: 3,
        ..Analysis::BASE.input
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
            label: "Rate classes",
            keyword: Some("--rates"),
            kind: Kind::Integer { min: 1, max: 10 },
            default: "3",
            help: "Number of dN/dS classes; 1 means the same dN/dS at all sites.",
            ..Parameter::NONE
        },
        Parameter {
            name: "triple_islands",
            label: "Separate rate for synonymous triple substitutions",
            keyword: Some("--triple-islands"),
            kind: Kind::YesNo,
            default: "No",
            help: "Estimate a separate rate for synonymous triple substitutions.",
            ..Parameter::NONE
        },
    ],
    cost: Cost {
        classes: 3,
        seconds: 180,
        patterns_exponent: 1.0,
        options: &[
            OptionCost::linear("rate_classes", 3.0, 0.36),
            OptionCost::factors("triple_islands", &[("Yes", 1.2)]),
        ],
    },
    stages: &[
        nucleotide_model(5),
        global_omega(10),
        Stage::new("### Fitting Standard", "Single-nucleotide model", 15),
        Stage::new(
            "### Fitting MG94 with double instantaneous",
            "Double-nucleotide model",
            25,
        ),
        Stage::new(
            "### Fitting MG94 with double and triple",
            "Triple-nucleotide model",
            40,
        ),
        Stage::new("### Summary", "Comparing models", 5),
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
        (
            "MG94 with double instantaneous substitutions",
            "MG94 with double and triple instantaneous substitutions [only synonymous islands]",
        ),
        (
            "MG94 with double and triple instantaneous substitutions [only synonymous islands]",
            "MG94 with double and triple instantaneous substitutions",
        ),
        (
            "Standard MG94",
            "MG94 with double instantaneous substitutions",
        ),
        (
            "MG94 with double instantaneous substitutions",
            "MG94 with double and triple instantaneous substitutions",
        ),
    ],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"rate_classes": 1, "triple_islands": "Yes"}"#,
        command_line: "fmm --rates 1 --triple-islands Yes",
        random: &[],
    },
    digest,
    ..Analysis::BASE
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "", 0.05);
    let tests = given.tests()?;
    let p_value = |name: &str| tests.iter().find(|test| test.name == name)?.p_value;
    let double = p_value("Double-hit vs single-hit");
    let triple = p_value("Triple-hit vs double-hit");
    let is = |p: Option<f64>| p.is_some_and(|p| p <= threshold.value);
    let full = "MG94 with double and triple instantaneous substitutions";
    let fitted = &given.result["fits"][full]["Rate Distributions"]["parameters"];
    let rates: Vec<Rate> = fitted
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| name.starts_with("rate at which"))
        .map(|(name, rate)| Rate {
            name: name.clone(),
            value: rate.as_f64(),
            weight: None,
        })
        .collect();
    let mut table = Table::of(&[
        ("test", "The larger and the smaller model"),
        ("LRT", "Likelihood ratio test statistic"),
        ("p-value", "p-value of the likelihood ratio test"),
    ]);
    table.rows = tests
        .iter()
        .map(|test| {
            vec![
                Value::from(test.name.as_str()),
                Value::from(test.lrt),
                Value::from(test.p_value),
            ]
        })
        .collect();
    Some(Digest {
        statement: format!(
            "Double substitutions {} the data better than single ones (p = {}); triple ones {} \
             better still (p = {}); the threshold is {}.",
            if is(double) {
                "explain"
            } else {
                "do not explain"
            },
            format_p_value(double),
            if is(triple) {
                "explain them"
            } else {
                "do not explain them"
            },
            format_p_value(triple),
            threshold.value
        ),
        threshold: Some(threshold),
        tests,
        rates,
        table,
        ..Digest::default()
    })
}
