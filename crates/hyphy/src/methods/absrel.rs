//! aBSREL: episodic selection on single branches.

use super::prelude::*;

pub(super) static ABSREL: Analysis = Analysis {
    id: "absrel",
    name: "aBSREL",
    title: "adaptive Branch-Site Random Effects Likelihood",
    group: Group::Branches,
    question: "Which branches were positively selected?",
    description: "Infers how many dN/dS classes each branch needs, and tests for each tested \
        branch whether a fraction of its codons has dN/dS above 1. P-values are corrected for the \
        number of tested branches, so select branches in advance if you can.",
    interpretation: "On a selected branch, amino acids changed more often than expected without \
        selection at a fraction of the codons. The test does not identify these codons. A branch \
        that is not selected may have had too few substitutions for the test.",
    keywords: &[
        "omega",
        "selection pressure",
        "dN/dS",
        "foreground",
        "lineage",
        "episodic",
        "diversifying",
        "positive selection",
        "branch-site",
        "adaptive evolution",
        "PAML",
        "codeml",
        "branch-site model",
    ],
    recommended: true,
    citation: Citation {
        text: "Smith MD, Wertheim JO, Weaver S, et al. (2015). Less Is More: An Adaptive \
            Branch-Site Random Effects Model for Efficient Detection of Episodic \
            Diversifying Selection. Mol Biol Evol 32:1342-1353",
        doi: "10.1093/molbev/msv022",
    },
    program: Program::Keyword("absrel"),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::Tested,
        partitions: false,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        BRANCHES,
        SRV_YES,
        Parameter {
            advanced: true,
            published: false,
            ..SYN_RATES
        },
        MULTIPLE_HITS,
        Parameter {
            name: "blb",
            label: "Resampling rate",
            keyword: Some("--blb"),
            kind: Kind::Number {
                min: 0.01,
                max: 1.0,
            },
            default: "1",
            help: "Resample the alignment (bag of little bootstraps): the sample has as many sites \
                as the alignment, raised to this power. 1 analyses the alignment unchanged.",
            since: V2_5_68,
            advanced: true,
            ..Parameter::NONE
        },
    ],
    cost: Cost {
        classes: 9,
        seconds: 80,
        patterns_exponent: 0.5,
        options: &[
            OptionCost::factors("srv", &[("No", 0.43)]),
            OptionCost::factors("multiple_hits", &[("Double", 7.0), ("Double+Triple", 7.0)]),
        ],
    },
    stages: &[
        nucleotide_model(5),
        Stage::new("### Fitting the baseline", "Baseline model", 20),
        Stage::new("### Determining the optimal", "Rate classes per branch", 40),
        Stage::new("### Improving parameter", "Full adaptive model", 10),
        Stage::new("### Testing selected", "Testing branches", 25),
    ],
    result_keys: &[
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
        "branch attributes",
        "test results",
    ],
    columns: &[ColumnDefinition::corrected_p_values(
        "corrected p-value",
        Some("selected"),
    )],
    classes: &[Class {
        name: "selected",
        meaning: "episodic positive selection",
        selection: Some(Selection::Positive),
    }],
    nested_models: &[("Baseline MG94xREV", "Full adaptive model")],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"srv": false}"#,
        command_line: "absrel --srv No",
        random: &[],
    },
    digest,
    ..Analysis::BASE
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("corrected p-value", "", 0.05);
    let mut table = Table::of(&[
        ("branch", "Name of the branch: that of the node below it"),
        ("tested", "Whether the branch was tested"),
        ("baseline dN/dS", "dN/dS of the branch, averaged over sites"),
        (
            "rate classes",
            "Number of dN/dS classes inferred for the branch",
        ),
        ("largest dN/dS", "dN/dS of the highest class"),
        (
            "its weight",
            "Fraction of sites in the highest class, 0 to 1",
        ),
        (
            "LRT",
            "Likelihood ratio test statistic for positive selection",
        ),
        (
            "p-value",
            "p-value of the likelihood ratio test, uncorrected",
        ),
        (
            "corrected p-value",
            "p-value corrected for the number of tested branches (Holm-Bonferroni)",
        ),
    ]);
    for (name, branch) in branches::all(given.result)? {
        let largest = branch["Rate Distributions"]
            .as_array()
            .and_then(|rates| rates.last());
        let rate = |index: usize| largest.map_or(Value::Null, |rate| rate[index].clone());
        table.rows.push(vec![
            Value::from(name),
            Value::from(branches::is_tested(given.result, name)),
            branch["Baseline MG94xREV omega ratio"].clone(),
            branch["Rate classes"].clone(),
            rate(0),
            rate(1),
            branch["LRT"].clone(),
            branch["Uncorrected P-value"].clone(),
            branch["Corrected P-value"].clone(),
        ]);
    }
    correct_for_multiple_tests(&mut table);
    let p_value = table.column("corrected p-value");
    let found = given.classify(&mut table, |row| {
        (sites::number(row, p_value) <= threshold.value).then_some("selected")
    });
    let tested = given.result["test results"]["tested"]
        .as_u64()?
        .try_into()
        .ok()?;
    let statement = format!(
        "aBSREL found episodic positive selection on {} of {} (corrected p ≤ {}).",
        or_none(found),
        pluralize(tested, "tested branch", "tested branches"),
        threshold.value
    );
    Some(Digest::of_rows(statement, threshold, found, table))
}

/// Sets the corrected p-values by Holm's method (1979). HyPhy multiplies each p-value by the number
/// of tests left, but a smaller p-value can then have a larger corrected one.
fn correct_for_multiple_tests(table: &mut Table) {
    let (Some(tested), Some(raw), Some(corrected)) = (
        table.column("tested"),
        table.column("p-value"),
        table.column("corrected p-value"),
    ) else {
        return;
    };
    let mut tests: Vec<(usize, f64)> = table
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row[tested] == true)
        .filter_map(|(at, row)| Some((at, row[raw].as_f64()?)))
        .collect();
    tests.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut left = tests.len();
    let mut least = 0.0_f64;
    for (at, p_value) in tests {
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
        let adjusted = (p_value * left as f64).min(1.0);
        least = least.max(adjusted);
        table.rows[at][corrected] = Value::from(least);
        left -= 1;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn corrected_p_values_never_fall_as_p_values_rise() {
        let mut table = Table::of(&[("tested", ""), ("p-value", ""), ("corrected p-value", "")]);
        for (tested, p_value) in [(true, 0.03), (true, 0.01), (false, 0.001), (true, 0.02)] {
            table
                .rows
                .push(vec![json!(tested), json!(p_value), Value::Null]);
        }
        correct_for_multiple_tests(&mut table);
        let corrected: Vec<&Value> = table.rows.iter().map(|row| &row[2]).collect();
        assert_eq!(
            corrected,
            [&json!(0.04), &json!(0.03), &Value::Null, &json!(0.04)]
        );
    }
}
