//! BUSTED: episodic selection anywhere in a gene.

use super::prelude::*;

pub(super) static BUSTED: Analysis = Analysis {
    id: "busted",
    name: "BUSTED",
    title: "Branch-site Unrestricted Statistical Test for Episodic Diversification",
    group: Group::Gene,
    question: "Has this gene been under positive selection at any codon, on any branch?",
    description: "Fits a distribution of dN/dS over all codons and tested branches, and tests \
        whether part of it exceeds 1. The result tells whether there was positive selection, but \
        not where.",
    interpretation: "A significant result means that at least one codon was under positive \
        selection on at least one tested branch. It does not tell which. If the result is not \
        significant, selection may have been too weak or too rare to detect.",
    keywords: &[
        "omega",
        "selection pressure",
        "synonymous rate variation",
        "SRV",
        "dN/dS",
        "gene-wide",
        "episodic",
        "diversifying",
        "positive selection",
        "foreground",
        "adaptive evolution",
        "PAML",
        "codeml",
    ],
    recommended: true,
    citation: Citation {
        text: "Murrell B, Weaver S, Smith MD, et al. (2015). Gene-Wide Identification of Episodic \
            Selection. Mol Biol Evol 32:1365-1371",
        doi: "10.1093/molbev/msv035",
    },
    program: Program::Keyword("busted"),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::Tested,
        partitions: true,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        BRANCHES,
        Parameter {
            name: "srv",
            label: "Synonymous rate varies between sites",
            keyword: Some("--srv"),
            kind: Kind::Choice(&[
                Choice::new("Yes", "From site to site."),
                Choice::new("No", "Constant, as in the original test."),
                Choice::with_engine_value(
                    "branch-site",
                    "Branch-site",
                    "From site to site and from branch to branch.",
                ),
            ]),
            default: "Yes",
            help: "How the synonymous rate varies.",
            ..Parameter::NONE
        },
        MULTIPLE_HITS,
        Parameter {
            name: "rates",
            label: "Classes of dN/dS",
            keyword: Some("--rates"),
            kind: Kind::Integer { min: 1, max: 10 },
            default: "3",
            help: "Number of dN/dS classes; more take longer.",
            ..Parameter::NONE
        },
        SYN_RATES,
        GRID_SIZE,
        STARTING_POINTS,
        Parameter {
            name: "error_sink",
            label: "Class for alignment errors",
            keyword: Some("--error-sink"),
            kind: Kind::YesNo,
            default: "No",
            help: "Add a rate class that absorbs alignment errors. Experimental.",
            since: V2_5_68,
            advanced: true,
            ..Parameter::NONE
        },
    ],
    rules: &[
        Rule {
            parameter: "starting_points",
            broken: too_many_starting_points,
        },
        Rule {
            parameter: "multiple_hits",
            broken: multiple_hits_by_branch_and_site,
        },
        Rule {
            parameter: "error_sink",
            broken: error_sink_by_branch_and_site,
        },
    ],
    cost: Cost {
        classes: 9,
        seconds: 50,
        patterns_exponent: 0.5,
        options: &[
            OptionCost::factors("srv", &[("No", 0.33)]),
            OptionCost::linear("rates", 3.0, 0.2),
            OptionCost::linear("syn_rates", 3.0, 0.4),
            OptionCost::factors("multiple_hits", &[("Double", 3.2), ("Double+Triple", 9.0)]),
        ],
    },
    stages: &[
        nucleotide_model(5),
        global_omega(5),
        codon_model(15),
        Stage::new("### Performing the full", "Unconstrained model", 45),
        Stage::new("### Performing the constrained", "Constrained model", 30),
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
        ("Constrained model", "Unconstrained model"),
        (
            "MG94xREV with separate rates for branch sets",
            "Unconstrained model",
        ),
    ],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"srv": "No", "rates": 2, "grid_size": 20, "starting_points": 1}"#,
        command_line: "busted --srv No --rates 2 --grid-size 20 --starting-points 1",
        random: &["/"],
    },
    digest,
    ..Analysis::BASE
};

fn is_branch_site(parameters: &Parameters) -> bool {
    parameters.text("srv") == Some("branch-site")
}

fn multiple_hits_by_branch_and_site(parameters: &Parameters) -> Option<String> {
    let hits = parameters.text("multiple_hits")?;
    (is_branch_site(parameters) && hits != "None").then(|| {
        "multiple_hits must be None if srv is branch-site: HyPhy does not combine them".to_owned()
    })
}

fn error_sink_by_branch_and_site(parameters: &Parameters) -> Option<String> {
    let sink = parameters.text("error_sink")?;
    (is_branch_site(parameters) && sink == "Yes").then(|| {
        "error_sink must be No if srv is branch-site: HyPhy does not combine them".to_owned()
    })
}

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "", 0.05);
    let test = given.test("Positive selection at some sites of some tested branches");
    let found = test.p_value? <= threshold.value;
    let fitted = &given.result["fits"]["Unconstrained model"]["Rate Distributions"];
    let mut rates = distribution("dN/dS of tested branches", &fitted["Test"]);
    rates.extend(distribution(
        "dN/dS of other branches",
        &fitted["Background"],
    ));
    rates.extend(distribution(
        "synonymous rate",
        &fitted["Synonymous site-to-site rates"],
    ));
    Some(Digest {
        statement: format!(
            "BUSTED {} evidence of episodic positive selection in this gene (p = {}, threshold {}).",
            if found { "found" } else { "found no" },
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
