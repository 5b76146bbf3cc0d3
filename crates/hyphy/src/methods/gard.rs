//! GARD: breakpoints of recombination.

use super::prelude::*;

pub(super) static GARD: Analysis = Analysis {
    id: "gard",
    name: "GARD",
    title: "Genetic Algorithm for Recombination Detection",
    group: Group::Recombination,
    question: "Where did recombination occur?",
    description: "Uses a genetic algorithm to search for breakpoints that separate segments with \
        different trees. Run it before analyses of selection, because recombination can mislead \
        them.",
    interpretation: "If there are breakpoints, the segments between them have different trees. This is \
        evidence of recombination, although rates that differ along the gene can have the same effect. \
        Analyse the segments as partitions, each with its own tree. Without a breakpoint, one tree \
        describes the whole alignment.",
    keywords: &[
        "recombination",
        "breakpoint",
        "hotspots",
        "mosaic",
        "phylogenetic incongruence",
    ],
    citation: Citation {
        text: "Kosakovsky Pond SL, Posada D, Gravenor MB, Woelk CH, Frost SDW (2006). Automated \
            Phylogenetic Detection of Recombination Using a Genetic Algorithm. Mol \
            Biol Evol 23:1891-1901",
        doi: "10.1093/molbev/msl051",
    },
    program: Program::Keyword("gard"),
    input: Input {
        data: Data::ByType,
        tree: TreeInput::None,
        branches: BranchInput::None,
        partitions: false,
        min_sequences: 4,
        // What HyPhy requires of the smaller of two partitions, and of the whole.
        min_variable_sites: Minimum {
            constant: 0,
            each_sequence: 2,
        },
        min_sites: Minimum {
            constant: 0,
            each_sequence: 4,
        },
    },
    parameters: &[
        ALIGNMENT,
        Parameter {
            name: "data_type",
            label: "Type of data",
            keyword: Some("--type"),
            kind: Kind::Choice(&[
                Choice::with_engine_value(
                    "Nucleotide",
                    "nucleotide",
                    "Nucleotides, in frame or not.",
                ),
                Choice::with_engine_value("Protein", "amino-acid", "Amino acids."),
                Choice::with_engine_value("Codon", "codon", "Codons, in frame; slow."),
            ]),
            default: "Nucleotide",
            help: "Type of data in the alignment.",
            ..Parameter::NONE
        },
        Parameter {
            only_if: only_with("data_type", &["Codon"]),
            ..GENETIC_CODE
        },
        Parameter {
            name: "run_mode",
            label: "Thoroughness",
            keyword: Some("--mode"),
            kind: Kind::Choice(&[
                Choice::new("Normal", "Thorough."),
                Choice::new(
                    "Faster",
                    "Quicker, with less precise optimization and convergence.",
                ),
            ]),
            default: "Normal",
            help: "How thoroughly to search.",
            ..Parameter::NONE
        },
        Parameter {
            name: "site_to_site_variation",
            label: "Rates vary between sites",
            keyword: Some("--rv"),
            kind: Kind::Choice(&[
                Choice::new("None", "The same rate at all sites."),
                Choice::with_engine_value(
                    "General Discrete",
                    "GDD",
                    "A general discrete distribution.",
                ),
                Choice::with_engine_value(
                    "Beta-Gamma",
                    "Gamma",
                    "A discretised gamma distribution.",
                ),
            ]),
            default: "None",
            help: "How rates vary from site to site.",
            aliases: &["site_rate_variation"],
            ..Parameter::NONE
        },
        Parameter {
            name: "rate_classes",
            label: "Rate classes",
            keyword: Some("--rate-classes"),
            kind: Kind::Integer { min: 2, max: 10 },
            default: "2",
            help: "Number of rate classes. Used only if rates vary between sites.",
            only_if: unless("site_to_site_variation", &["None"]),
            ..Parameter::NONE
        },
        Parameter {
            name: "model",
            label: "Protein model",
            keyword: Some("--model"),
            kind: PROTEIN_MODELS,
            default: "JTT",
            help: "Protein substitution model. Used only for proteins.",
            only_if: only_with("data_type", &["Protein"]),
            ..Parameter::NONE
        },
        Parameter {
            name: "max_breakpoints",
            label: "Maximum breakpoints",
            keyword: Some("--max-breakpoints"),
            kind: Kind::Integer {
                min: 1,
                max: 100000,
            },
            default: "10000",
            help: "Maximum number of breakpoints to consider.",
            advanced: true,
            published: false,
            ..Parameter::NONE
        },
    ],
    fixed: &[Fixed::File("--output-lf", "gard.fit")],
    cost: Cost {
        classes: 4,
        seconds: 32,
        patterns_exponent: 0.5,
        options: &[
            OptionCost::factors("run_mode", &[("Faster", 0.7)]),
            OptionCost::factors("site_to_site_variation", &[("General Discrete", 2.1)]),
        ],
    },
    resumes: true,
    mpi: true,
    stages: &[
        Stage::new("### Fitting the baseline", "Baseline model", 5),
        Stage::new("### Performing an exhaustive", "One breakpoint", 35)
            .counted("[GARD] Breakpoint "),
        Stage::new("### Performing multi", "Multiple breakpoints", 60),
    ],
    result_keys: &["analysis", "input", "breakpointData", "baselineScore"],
    example: Example {
        alignment: Some(examples::RECOMBINANT),
        tree: None,
        request: r#"{"run_mode": "Faster", "max_breakpoints": 1, "rate_classes": 3, "site_to_site_variation": "General Discrete"}"#,
        command_line: "gard --type nucleotide --mode Faster --max-breakpoints 1 --rv GDD --rate-classes 3",
        random: &[
            "/",
            "/breakpointData",
            "/improvements",
            "/siteBreakPointSupport",
            "/trees",
        ],
    },
    digest,
    ..Analysis::BASE
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let mut table = Table::of(&[
        ("segment", "Number of the segment between breakpoints"),
        ("first site", "First site of the segment"),
        ("last site", "Last site of the segment"),
        (
            "support",
            "Support for the breakpoint after the segment, 0 to 1; empty for the last segment",
        ),
        ("tree", "Tree of the segment, in Newick format"),
    ]);
    let mut segments: Vec<(u64, &Value)> = given.result["breakpointData"]
        .as_object()?
        .iter()
        .filter_map(|(number, segment)| Some((number.parse().ok()?, segment)))
        .collect();
    segments.sort_by_key(|(number, _)| *number);
    for (number, segment) in &segments {
        let range = &segment["bps"][0];
        let support = &given.result["siteBreakPointSupport"][range[1].to_string()];
        table.rows.push(vec![
            Value::from(number + 1),
            range[0].clone(),
            range[1].clone(),
            support.clone(),
            segment["tree"].clone(),
        ]);
    }
    let found = segments.len().saturating_sub(1);
    let rate = |name: &str, value: Option<f64>| Rate {
        name: name.to_owned(),
        value,
        weight: None,
    };
    let places: Vec<String> = segments[..found]
        .iter()
        .map(|(_, segment)| segment["bps"][0][1].to_string())
        .collect();
    let one_tree = given.result["baselineScore"].as_f64();
    let best = best_score(given.result, found);
    let detail = match (one_tree, best) {
        (Some(one), Some(best)) if found > 0 => format!(
            ", after site {}; AICc is {:.1} lower than with one tree",
            places.join(", "),
            one - best
        ),
        _ if found > 0 => format!(", after site {}", places.join(", ")),
        (Some(one), _) => format!("; AICc with one tree is {one:.1}, and no model is better"),
        _ => String::new(),
    };
    Some(Digest {
        statement: format!(
            "GARD found {} of recombination{detail}.",
            pluralize(found, "breakpoint", "breakpoints")
        ),
        found: Some(found as u64),
        rates: vec![
            rate("AICc of one tree", one_tree),
            rate("AICc of the best model", best),
        ],
        warnings: nearly_as_good(given.result, found).into_iter().collect(),
        table,
        ..Digest::default()
    })
}

/// A sentence if models with fewer breakpoints are almost as good. Models whose AICc differ by less than
/// 2 are hard to tell apart (Burnham KP, Anderson DR 2002, Model Selection and Multimodel Inference).
fn nearly_as_good(result: &Value, found: usize) -> Option<String> {
    const LIKE: f64 = 2.0;
    let gain = |step: usize| result["improvements"][step.to_string()]["deltaAICc"].as_f64();
    let (mut fewest, mut worse) = (found, 0.0);
    while fewest > 0 {
        let gain = gain(fewest - 1)?;
        if worse + gain >= LIKE {
            break;
        }
        (fewest, worse) = (fewest - 1, worse + gain);
    }
    (fewest < found).then(|| {
        format!(
            "The number of breakpoints is uncertain: the AICc of a model with {} is only {worse:.1} \
             higher.",
            pluralize(fewest, "breakpoint", "breakpoints")
        )
    })
}

/// AICc of the best model. The improvements are each relative to the one before. After an
/// interruption HyPhy continues from one tree, so only the last one counts then; and its own
/// `bestModelAICc` decides which.
fn best_score(result: &Value, found: usize) -> Option<f64> {
    let one_tree = result["baselineScore"].as_f64()?;
    if found == 0 {
        return Some(one_tree);
    }
    let mut steps: Vec<(u64, f64)> = result["improvements"]
        .as_object()?
        .iter()
        .filter_map(|(number, step)| Some((number.parse().ok()?, step["deltaAICc"].as_f64()?)))
        .collect();
    steps.sort_by_key(|(number, _)| *number);
    let sum: f64 = steps.iter().map(|(_, delta)| delta).sum();
    let last = steps.last().map_or(0.0, |(_, delta)| *delta);
    let printed = result["bestModelAICc"].as_f64()?;
    [one_tree - sum, one_tree - last]
        .into_iter()
        .find(|score| (score - printed).abs() < 0.01)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn result(best: f64) -> Value {
        json!({"baselineScore": 2045.3, "bestModelAICc": best, "improvements": {
            "0": {"deltaAICc": 71.8, "breakpoints": [[71]]},
            "1": {"deltaAICc": 49.9, "breakpoints": [[61], [76]]}}})
    }

    #[test]
    fn fewer_breakpoints_that_fit_almost_as_well_are_told() {
        assert_eq!(nearly_as_good(&result(1923.6), 2), None);
        let improvements =
            json!({"0": {"deltaAICc": 399.5}, "1": {"deltaAICc": 0.37}, "2": {"deltaAICc": 0.33}});
        let said = nearly_as_good(&json!({"improvements": improvements}), 3).unwrap();
        assert!(said.ends_with("1 breakpoint is only 0.7 higher."), "{said}");
        assert_eq!(nearly_as_good(&json!({}), 0), None);
    }

    #[test]
    fn improvements_add_up_unless_the_search_was_interrupted() {
        let rounded = |score: Option<f64>| score.map(|score| (score * 10.0).round() / 10.0);
        assert_eq!(rounded(best_score(&result(1923.6), 2)), Some(1923.6));
        assert_eq!(rounded(best_score(&result(1995.4), 2)), Some(1995.4));
        assert_eq!(best_score(&result(2000.0), 2), None);
        assert_eq!(best_score(&result(2045.3), 0), Some(2045.3));
    }
}
