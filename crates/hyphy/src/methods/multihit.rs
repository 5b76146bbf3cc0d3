//! MULTI-HIT: substitutions of several nucleotides of a codon at once.

use super::prelude::*;

pub(super) static MULTIHIT: Analysis = Analysis {
    id: "multihit",
    name: "MULTI-HIT",
    title: "Multiple-hit substitutions (FitMultiModel)",
    group: Group::Substitutions,
    question: "Do double and triple substitutions of nucleotides explain the data better?",
    description: "Fits codon models that allow one, two or three nucleotides of a codon to change at \
        once, and tests them against each other.",
    interpretation: "A significant test means that substitutions of several nucleotides at once explain the \
        alignment better. Such substitutions can look like positive selection to models \
        without them.",
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
            label: "Classes of rates",
            keyword: Some("--rates"),
            kind: Kind::Integer { min: 1, max: 10 },
            default: "3",
            help: "Classes of dN/dS; 1 leaves rates the same at all sites.",
            ..Parameter::NONE
        },
        Parameter {
            name: "triple_islands",
            label: "Separate rate of synonymous triple substitutions",
            keyword: Some("--triple-islands"),
            kind: Kind::YesNo,
            default: "No",
            help: "Give synonymous triple substitutions a separate rate.",
            ..Parameter::NONE
        },
    ],
    cost: Cost {
        classes: 3,
        seconds: 180,
        patterns_exponent: 1.0,
        options: &[],
    },
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
        ("test", "The larger model and the smaller"),
        ("LRT", "Likelihood ratio test statistic"),
        ("p-value", "Its p-value"),
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
