//! NRM: whether nucleotide substitution is reversible. HyPhy does not ship this analysis. Its batch
//! file is part of this project (`nrm.bf`, which explains what it does).

use super::prelude::*;

pub(super) static NRM: Analysis = Analysis {
    id: "nrm",
    name: "NRM",
    title: "Nucleotide Non-Reversible Model",
    group: Group::Substitutions,
    question: "Is nucleotide substitution reversible, and the same on both strands?",
    description: "Fits and compares four models of nucleotide substitution, all with four gamma \
        rate classes: reversible (GTR), strand-symmetric (NREV6), general (NREV12), and general \
        with separate root frequencies (NREV12+F).",
    interpretation: "Name of the model",
    keywords: &[
        "strand",
        "bias",
        "mutation",
        "model",
        "reversible",
        "nucleotide",
    ],
    recommended: true,
    citation: Citation {
        text: "Sianga-Mete R, Hartnady P, Mandikumba WC, et al. Viral genome sequence datasets \
            display pervasive evidence of strand-specific substitution biases that are best \
            described using non-reversible nucleotide substitution models. eLife 12:RP87361",
        doi: "10.7554/eLife.87361",
    },
    program: Program::Batch("nrm.bf", include_str!("nrm.bf")),
    input: Input {
        data: Data::Nucleotide,
        tree: TreeInput::Rooted,
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
            keyword: None,
            help: "Has no effect: nucleotides have no genetic code.",
            advanced: true,
            ..GENETIC_CODE
        },
        Parameter {
            name: "save_fit",
            label: "Keep the fitted model",
            keyword: Some("--save-fit"),
            kind: Kind::Choice(&[
                Choice::with_engine_value(
                    "Yes",
                    "/proc/self/cwd/fit.bf",
                    "Keep it, for GET /jobs/{id}/fit.",
                ),
                Choice::with_engine_value("No", "/dev/null", "Discard it."),
            ]),
            default: "No",
            help: "Keep the fitted likelihood function of NREV12+F, for use in HyPhy.",
            advanced: true,
            ..Parameter::NONE
        },
    ],
    cost: Cost {
        classes: 4,
        seconds: 2,
        patterns_exponent: 0.5,
        options: &[],
    },
    stages: &[
        Stage::new("### Fitting the GTR model", "GTR", 15),
        Stage::new("### Fitting the NREV6 model", "NREV6", 20),
        Stage::new("### Fitting the NREV12 model", "NREV12", 30),
        Stage::new("### Fitting the NREV12+F model", "NREV12+F", 33),
        Stage::new("### Comparing the models", "Comparing models", 2),
    ],
    result_keys: &[
        "fits",
        "input",
        "timers",
        "branch attributes",
        "test results",
    ],
    nested_models: &[
        ("GTR", "NREV12"),
        ("NREV6", "NREV12"),
        ("NREV12", "NREV12+F"),
    ],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"genetic_code": "Universal"}"#,
        command_line: "nrm.bf",
        random: &["/"],
    },
    digest,
    result_field: "results",
    ..Analysis::BASE
};

const MODELS: [&str; 4] = ["GTR", "NREV6", "NREV12", "NREV12+F"];
const LETTERS: [&str; 4] = ["A", "C", "G", "T"];

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "", 0.05);
    let tests = given.tests()?;
    let fits = &given.result["fits"];
    let aic = |model: &&str| fits[*model]["AIC-c"].as_f64().unwrap_or(f64::INFINITY);
    let best = MODELS
        .into_iter()
        .min_by(|a, b| aic(a).total_cmp(&aic(b)))?;
    let reversible = tests
        .iter()
        .find(|test| test.name == "GTR vs NREV12")?
        .p_value;
    let rejected = reversible.is_some_and(|p| p <= threshold.value);
    let mut table = Table::of(&[
        ("model", "The model"),
        ("from", "Nucleotide that is replaced"),
        ("to", "Nucleotide that replaces it"),
        ("rate", "Rate relative to that from A to G"),
    ]);
    for model in MODELS {
        let rates = &fits[model]["Rate Distributions"];
        for (row, from) in LETTERS.iter().enumerate() {
            for (column, to) in LETTERS
                .iter()
                .enumerate()
                .filter(|(column, _)| *column != row)
            {
                let rate = rates[row][column].clone();
                let words = [model, from, to].map(Value::from);
                table.rows.push(words.into_iter().chain([rate]).collect());
            }
        }
    }
    Some(Digest {
        statement: format!(
            "NRM {} a reversible process (p = {}); the best model by AICc is {best}.",
            if rejected {
                "rejects"
            } else {
                "does not reject"
            },
            format_p_value(reversible)
        ),
        threshold: Some(threshold),
        tests,
        table,
        ..Digest::default()
    })
}
