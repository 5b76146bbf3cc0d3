//! BUSTED-PH: whether episodic selection goes with a trait.

use super::prelude::*;

pub(super) static BUSTED_PH: Analysis = Analysis {
    id: "busted-ph",
    name: "BUSTED-PH",
    title: "BUSTED, associated with a phenotype",
    group: Group::Differences,
    question: "Is episodic positive selection associated with a trait of some branches?",
    description: "Runs BUSTED on the branches with a trait, tests the other branches in the same way, \
        and tests whether the two sets have different distributions of dN/dS.",
    interpretation: "Selection is associated with the trait if it is found on the branches with the \
        trait, is not found on the others, and the distributions of dN/dS differ. An association is \
        no cause: other properties of these branches may explain it.",
    keywords: &[
        "phenotype",
        "trait",
        "association",
        "convergent",
        "foreground",
        "background",
        "episodic",
        "dN/dS",
        "omega",
    ],
    citation: Citation {
        text: "Murrell B, Weaver S, Smith MD, et al. (2015). Gene-Wide Identification of Episodic \
            Selection. Mol Biol Evol 32:1365-1371",
        doi: "10.1093/molbev/msv035",
    },
    program: Program::Keyword("busted-ph"),
    since: V2_5_73,
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::Foreground,
        partitions: false,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    // HyPhy's help has only the first keywords. The others are those of BUSTED.
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        Parameter {
            name: "test_branches",
            label: "Branches with the trait",
            keyword: None,
            kind: Kind::Branches {
                empty_is_all: false,
            },
            help: "Branches with the trait: names of leaves or internal nodes, labels in the tree, or \
                Internal, Leaves, Unlabeled-branches. Empty means the branches labelled Test, or \
                those with the tree's only label.",
            published: false,
            ..BRANCHES
        },
        Parameter {
            in_help: false,
            published: false,
            ..SRV_YES
        },
        Parameter {
            name: "rates",
            label: "Classes of dN/dS",
            keyword: Some("--rates"),
            kind: Kind::Integer { min: 2, max: 10 },
            default: "3",
            help: "Number of dN/dS classes; more take longer.",
            in_help: false,
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            in_help: false,
            published: false,
            ..SYN_RATES
        },
        Parameter {
            in_help: false,
            published: false,
            ..MULTIPLE_HITS
        },
        Parameter {
            in_help: false,
            published: false,
            ..GRID_SIZE
        },
        Parameter {
            in_help: false,
            published: false,
            ..STARTING_POINTS
        },
    ],
    rules: &[Rule {
        parameter: "starting_points",
        broken: too_many_starting_points,
    }],
    cost: Cost {
        classes: 9,
        seconds: 110,
        patterns_exponent: 0.5,
        options: &[OptionCost::factors("srv", &[("No", 0.33)])],
    },
    stages: &[
        nucleotide_model(4),
        global_omega(4),
        codon_model(12),
        Stage::new("### Performing the full", "Unconstrained model", 30),
        Stage::new("### Performing the constrained", "Constrained model", 20),
        Stage::new("[BUSTED-PH PHASE 2]", "Selection on other branches", 15),
        Stage::new("[BUSTED-PH PHASE 3]", "Comparing the distributions", 15),
    ],
    result_keys: &[
        "BUSTED-PH",
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
        "test results",
    ],
    nested_models: &[
        ("Constrained model", "Unconstrained model"),
        ("Constrained model on background", "Unconstrained model"),
        ("Same distributions model", "Unconstrained model"),
    ],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::LABELLED_TREE),
        request: r#"{"test_branches": ["Test"], "srv": "No", "rates": 2, "grid_size": 20}"#,
        command_line: "busted-ph --branches Test --srv No --rates 2 --grid-size 20",
        random: &["/"],
    },
    digest,
    ..Analysis::BASE
};

/// Above this p-value, AIC prefers the model without selection on the background. HyPhy requires it.
const NEUTRAL: f64 = 0.068;

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "", 0.05);
    let result = given.result;
    let test = |name: &str, key: &str| Test {
        name: name.to_owned(),
        lrt: result[key]["LRT"].as_f64(),
        p_value: result[key]["p-value"].as_f64(),
    };
    let tests = vec![
        test(
            "Positive selection on branches with the trait",
            "test results",
        ),
        test(
            "Positive selection on other branches",
            "Background selection test results",
        ),
        test(
            "Different distributions of dN/dS",
            "Comparative selection test results",
        ),
    ];
    let (selected, background, different) =
        (tests[0].p_value?, tests[1].p_value?, tests[2].p_value?);
    let rejected = selected.max(different) <= threshold.value;
    let associated = rejected && background > NEUTRAL;
    let why = match () {
        () if associated => "the other branches show no selection, and the distributions differ",
        () if rejected => "selection acts on the other branches, too",
        () if selected > threshold.value => "selection was not found on these branches",
        () => "the distributions of dN/dS of the two sets do not differ",
    };
    let fitted = &result["fits"]["Unconstrained model"]["Rate Distributions"];
    let mut rates = distribution("dN/dS of branches with the trait", &fitted["Test"]);
    rates.extend(distribution(
        "dN/dS of other branches",
        &fitted["Background"],
    ));
    rates.extend(distribution(
        "synonymous rate",
        &fitted["Synonymous site-to-site rates"],
    ));
    let warnings = contradiction(result, selected, different);
    Some(Digest {
        statement: format!(
            "BUSTED-PH found {} that episodic positive selection is associated with the trait: {why} \
             (branches with the trait p = {}, other branches p = {}, difference p = {}; threshold \
             {}).",
            if associated {
                "evidence"
            } else {
                "no evidence"
            },
            format_p_value(Some(selected)),
            format_p_value(Some(background)),
            format_p_value(Some(different)),
            threshold.value
        ),
        threshold: Some(threshold),
        table: rate_table(&rates),
        tests,
        rates,
        warnings: warnings.into_iter().collect(),
        ..Digest::default()
    })
}

/// HyPhy 2.5.100 reads the p-value of the comparison by a name under which it is not stored, so its
/// own summary takes every comparison for significant.
fn contradiction(result: &Value, selected: f64, different: f64) -> Option<String> {
    let level = result["BUSTED-PH"]["Level"].as_f64().unwrap_or(0.05);
    let summary = result["BUSTED-PH"]["Summary"].as_str()?;
    let says_rejected = summary.contains("has been rejected");
    (says_rejected && selected.max(different) > level).then(|| {
        "The summary in HyPhy's own result and log does not take the comparison of the distributions \
         into account. The p-values are right, and the statement here follows from them."
            .to_owned()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A result of HyPhy 2.5.100 for the example, without its tables of sites and branches.
    const RESULT: &str = include_str!("results/busted-ph.json");

    fn digest_of(change: impl Fn(&mut Value)) -> Digest {
        let mut result: Value = serde_json::from_str(RESULT).unwrap();
        change(&mut result);
        digest(&DigestInput {
            result: &result,
            engine: EngineKind::Hyphy,
            parameters: &Parameters::default(),
            threshold: None,
            columns: BUSTED_PH.columns,
            classes: BUSTED_PH.classes,
        })
        .unwrap()
    }

    #[test]
    fn the_statement_follows_from_the_three_tests() {
        let found = digest_of(|_| {});
        assert_eq!(
            found.statement,
            "BUSTED-PH found no evidence that episodic positive selection is associated with the \
             trait: the distributions of dN/dS of the two sets do not differ (branches with the trait \
             p = 0.046, other branches p = 0.0004, difference p = 0.6447; threshold 0.05)."
        );
        let values: Vec<_> = found.tests.iter().map(|test| test.lrt.unwrap()).collect();
        assert!((values[0] - 4.774).abs() < 0.001, "{values:?}");
        assert!((values[1] - 14.300).abs() < 0.001, "{values:?}");
        assert!((values[2] - 1.665).abs() < 0.001, "{values:?}");
        assert_eq!(found.rates.len(), 4);
        assert_eq!(found.warnings.len(), 1, "HyPhy's summary is another");
    }

    #[test]
    fn an_association_needs_a_difference_and_a_neutral_background() {
        let differ = |result: &mut Value| {
            result["Comparative selection test results"]["p-value"] = Value::from(0.01);
        };
        let found = digest_of(differ);
        assert!(found.statement.contains("on the other branches, too"));
        assert!(found.warnings.is_empty());
        let found = digest_of(|result| {
            differ(result);
            result["Background selection test results"]["p-value"] = Value::from(0.5);
        });
        assert!(
            found.statement.starts_with("BUSTED-PH found evidence"),
            "{}",
            found.statement
        );
    }
}
