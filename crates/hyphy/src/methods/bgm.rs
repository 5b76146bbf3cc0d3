//! BGM: co-evolving sites.

use super::prelude::*;

pub(super) static BGM: Analysis = Analysis {
    id: "bgm",
    name: "BGM",
    title: "Bayesian Graphical Model of coevolution",
    group: Group::Coevolution,
    question: "Which sites coevolve?",
    description: "Maps substitutions to branches, and uses a Bayesian network to infer which \
        pairs of sites tend to change on the same branches.",
    interpretation: "The two sites of a pair tend to change on the same branches. This is a \
        correlation: it may reflect contact in the structure, a shared function, or chance in a \
        small tree.",
    keywords: &[
        "epistasis",
        "coevolution",
        "covariation",
        "interaction",
        "contact",
    ],
    citation: Citation {
        text: "Poon AFY, Lewis FI, Frost SDW, Kosakovsky Pond SL (2008). Spidermonkey: rapid \
            detection of co-evolving sites using Bayesian graphical models. \
            Bioinformatics 24:1949-1950",
        doi: "10.1093/bioinformatics/btn313",
    },
    program: Program::Keyword("bgm"),
    input: Input {
        data: Data::ByType,
        tree: TreeInput::Required,
        branches: BranchInput::Tested,
        partitions: false,
        min_sequences: 3,
        min_variable_sites: Minimum {
            constant: 2,
            each_sequence: 0,
        },
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        Parameter {
            name: "data_type",
            label: "Type of data",
            keyword: Some("--type"),
            kind: Kind::Choice(&[
                Choice::new("nucleotide", "Nucleotides, in frame or not."),
                Choice::new("amino-acid", "Amino acids."),
                Choice::new("codon", "Codons, in frame."),
            ]),
            default: "codon",
            help: "Type of data in the alignment.",
            ..Parameter::NONE
        },
        Parameter {
            only_if: only_with("data_type", &["codon"]),
            ..GENETIC_CODE
        },
        BRANCHES,
        Parameter {
            name: "baseline_model",
            label: "Protein model",
            keyword: Some("--baseline_model"),
            kind: PROTEIN_MODELS,
            default: "LG",
            help: "Protein substitution model. Used only for amino acids.",
            only_if: only_with("data_type", &["amino-acid"]),
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "steps",
            label: "Chain length",
            keyword: Some("--steps"),
            kind: Kind::Integer {
                min: 100,
                max: 1000000000,
            },
            default: "100000",
            help: "Number of steps of the Markov chain.",
            ..Parameter::NONE
        },
        Parameter {
            name: "burn_in",
            label: "Burn-in steps",
            keyword: Some("--burn-in"),
            kind: Kind::Integer {
                min: 0,
                max: 1000000000,
            },
            default: "10000",
            help: "Number of initial steps to discard.",
            ..Parameter::NONE
        },
        Parameter {
            name: "samples",
            label: "Samples",
            keyword: Some("--samples"),
            kind: Kind::Integer {
                min: 100,
                max: 1000000000,
            },
            default: "100",
            help: "Number of samples to draw from the chain.",
            ..Parameter::NONE
        },
        Parameter {
            name: "max_parents",
            label: "Maximum parents per site",
            keyword: Some("--max-parents"),
            kind: Kind::Integer { min: 1, max: 3 },
            default: "1",
            help: "Maximum number of parents of a site in the network.",
            ..Parameter::NONE
        },
        Parameter {
            name: "min_subs",
            label: "Minimum substitutions per site",
            keyword: Some("--min-subs"),
            kind: Kind::Integer {
                min: 1,
                max: 100000,
            },
            default: "1",
            help: "Leave out sites with fewer substitutions than this.",
            ..Parameter::NONE
        },
    ],
    rules: &[Rule {
        parameter: "samples",
        broken: more_samples_than_steps,
    }],
    cost: Cost {
        classes: 1,
        seconds: 8,
        patterns_exponent: 1.0,
        options: &[OptionCost::linear("steps", 100_000.0, 1.5e-6)],
    },
    stages: &[
        Stage::new("### Performing initial", "Phylogenetic model", 70),
        Stage::new("### Performing joint", "Ancestral states", 10),
        Stage::new("### Inferring a BGM", "Site network", 20),
    ],
    result_keys: &["fits", "input", "MLE", "settings", "timers"],
    columns: &[ColumnDefinition::posterior_probabilities(
        "P [Site 1 <-> Site 2]",
        Some("coevolving"),
    )],
    largest_first: Some("P [Site 1 <-> Site 2]"),
    classes: &[Class {
        name: "coevolving",
        meaning: "the two sites change together",
        selection: None,
    }],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"steps": 1000, "burn_in": 100, "samples": 100, "max_parents": 2, "min_subs": 1}"#,
        command_line: "bgm --type codon --steps 1000 --burn-in 100 --samples 100 --max-parents 2 --min-subs 1",
        random: &["/MLE"],
    },
    digest,
    ..Analysis::BASE
};

fn more_samples_than_steps(parameters: &Parameters) -> Option<String> {
    let number = |name| parameters.get(name).and_then(serde_json::Value::as_i64);
    let kept = number("steps")? - number("burn_in")?;
    (number("samples")? > kept)
        .then(|| format!("samples must be at most steps minus burn_in, which is {kept}"))
}

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("P [Site 1 <-> Site 2]", "", 0.5);
    let mut table = Table {
        columns: sites::columns(given.result)?,
        rows: Vec::new(),
    };
    for row in given.result["MLE"]["content"].as_array()? {
        table.rows.push(row.as_array()?.clone());
    }
    let together = table.column("P [Site 1 <-> Site 2]");
    let found = given.classify(&mut table, |row| {
        (sites::number(row, together) >= threshold.value).then_some("coevolving")
    });
    let statement = format!(
        "BGM found {} that change together at a posterior probability of at least {}.",
        pluralize(found, "pair of sites", "pairs of sites"),
        threshold.value
    );
    Some(Digest::of_rows(statement, threshold, found, table))
}
