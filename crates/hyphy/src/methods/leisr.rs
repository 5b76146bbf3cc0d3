//! LEISR: relative rates of single sites.

use super::prelude::*;

pub(super) static LEISR: Analysis = Analysis {
    id: "leisr",
    name: "LEISR",
    title: "Likelihood Estimation of Individual Site Rates",
    group: Group::Sites,
    question: "How fast does each nucleotide or amino acid site evolve?",
    description: "Estimates the rate of every site relative to the whole alignment, with a 95% \
        profile likelihood interval, as Rate4Site does. It does not require codons.",
    interpretation: "Rates are relative to the mean of the alignment: a site with rate 2 evolves \
        twice as fast. They do not distinguish selection from mutation.",
    keywords: &[
        "rate",
        "conservation",
        "conserved",
        "protein",
        "evolutionary rate",
        "Rate4Site",
        "evolving faster",
    ],
    recommended: true,
    citation: Citation {
        text: "Spielman SJ, Kosakovsky Pond SL (2018). Relative evolutionary rate inference in \
            HyPhy with LEISR. PeerJ 6:e4339",
        doi: "10.7717/peerj.4339",
    },
    program: Program::Keyword("leisr"),
    input: Input {
        data: Data::ByType,
        tree: TreeInput::Required,
        branches: BranchInput::None,
        partitions: false,
        min_sequences: 3,
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
                Choice::new("Nucleotide", "Nucleotides, in frame or not."),
                Choice::new("Protein", "Amino acids."),
            ]),
            default: "Nucleotide",
            help: "Type of data in the alignment.",
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "nucleotide_model",
            label: "Nucleotide model",
            keyword: Some("--model"),
            kind: Kind::Choice(&[
                Choice::new("GTR", "General time reversible."),
                Choice::new("HKY85", "Hasegawa, Kishino and Yano 1985."),
                Choice::new("JC69", "Equal rates."),
            ]),
            default: "GTR",
            help: "Nucleotide substitution model. Used only if data_type is Nucleotide.",
            only_if: only_with("data_type", &["Nucleotide"]),
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "protein_model",
            label: "Protein model",
            keyword: Some("--model"),
            kind: PROTEIN_MODELS,
            default: "LG",
            help: "Protein substitution model. Used only if data_type is Protein.",
            only_if: only_with("data_type", &["Protein"]),
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "rate_variation",
            label: "Rates vary between sites",
            keyword: Some("--rate-variation"),
            kind: Kind::Choice(&[
                Choice::new("No", "The same rate at all sites."),
                Choice::new("Gamma", "A gamma distribution with four classes."),
                Choice::new("GDD", "A general discrete distribution with four classes."),
            ]),
            default: "No",
            help: "How rates vary from site to site in the model that estimates branch lengths.",
            advanced: true,
            published: false,
            ..Parameter::NONE
        },
    ],
    cost: Cost {
        classes: 4,
        seconds: 1,
        patterns_exponent: 0.5,
        options: &[],
    },
    mpi: true,
    stages: &[
        Stage::new("### Input alignment", "Reading the data", 2),
        Stage::new("### Obtaining alignment-wide", "Branch lengths", 28),
        Stage::new("### Site rate", "Estimating site rates", 70),
    ],
    result_keys: &["MLE", "fits", "input", "data partitions"],
    example: Example {
        alignment: Some(examples::PROTEIN),
        tree: Some(examples::TREE),
        request: r#"{"data_type": "Protein", "protein_model": "WAG", "rate_variation": "Gamma"}"#,
        command_line: "leisr --type Protein --model WAG --rate-variation Gamma",
        random: &["/"],
    },
    digest,
    ..Analysis::BASE
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let table = sites::table(given.result)?;
    Some(Digest {
        statement: format!(
            "LEISR estimated the relative rates of {} sites.",
            table.rows.len()
        ),
        table,
        ..Digest::default()
    })
}
