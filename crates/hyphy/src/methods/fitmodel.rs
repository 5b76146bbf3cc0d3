//! FitModel: one codon model, and its estimates.

use super::prelude::*;

pub(super) static FITMODEL: Analysis = Analysis {
    id: "fitmodel",
    name: "FitModel",
    title: "Fit of a codon model",
    group: Group::Substitutions,
    question: "What are the rates of a codon model?",
    description: "Fits one codon model to the alignment and reports its likelihood and its rates. \
        Optionally tests whether dN/dS has a certain value.",
    interpretation: "Compare models of the same alignment by AICc: the smallest is the best. A model \
        describes the whole alignment; sites and branches may differ from it.",
    keywords: &[
        "model", "rates", "omega", "dN/dS", "AIC", "MG94", "MSS", "CORA",
    ],
    citation: Citation {
        text: "Kosakovsky Pond SL, Poon AFY, Velazquez R, et al. (2020). HyPhy 2.5: A \
            Customizable Platform for Evolutionary Hypothesis Testing Using Phylogenies. Mol \
            Biol Evol 37:295-299",
        doi: "10.1093/molbev/msz197",
    },
    program: Program::Keyword("fitmodel"),
    since: V2_5_100,
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::None,
        partitions: false,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    // HyPhy's help does not list the keywords that depend on the model.
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        Parameter {
            name: "model",
            label: "Codon model",
            keyword: Some("--model"),
            kind: Kind::Choice(&[
                Choice::new("MG_REV", "One dN/dS (MG94xREV)."),
                Choice::new(
                    "CORA",
                    "A dN/dS each for conservative and radical replacements.",
                ),
                Choice::new(
                    "MG_REV_PROPERTIES",
                    "dN/dS depends on properties of amino acids.",
                ),
                Choice::new("MSS", "Multiple synonymous rates."),
                Choice::new("MG_GTR", "A dN/dS for each pair of amino acids."),
            ]),
            default: "MG_REV",
            help: "Codon model to fit.",
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "synonymous_classes",
            label: "Classes of synonymous substitutions",
            keyword: Some("--mss-type"),
            kind: Kind::Choice(&[
                Choice::new("SynREV", "One for each amino acid, with mean 1."),
                Choice::new("Full", "One for each amino acid; valine is neutral."),
                Choice::new(
                    "SynREV2",
                    "One for each pair of codons that a transition separates.",
                ),
                Choice::new(
                    "SynREV2g",
                    "As SynREV2, with one rate for all others; valine is neutral.",
                ),
                Choice::new("SynREVCodon", "One for each pair of codons, with mean 1."),
            ]),
            default: "SynREV",
            help: "Which synonymous substitutions have a rate of their own.",
            only_if: only_with("model", &["MSS"]),
            in_help: false,
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "properties",
            label: "Amino acid properties",
            keyword: Some("--property-set"),
            kind: Kind::Choice(&[
                Choice::new("2PROP", "Hydrophobicity and volume."),
                Choice::new("3PROP", "Hydrophobicity, volume and isoelectric point."),
                Choice::new("Atchley", "The five factors of Atchley et al. 2005."),
                Choice::new("LCAP", "The five properties of Conant and Stadler 2009."),
            ]),
            default: "3PROP",
            help: "Set of amino acid properties.",
            only_if: only_with("model", &["MG_REV_PROPERTIES"]),
            in_help: false,
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "null_omega",
            label: "dN/dS to test",
            keyword: Some("--non-synonymous/synonymous rate ratio"),
            kind: Kind::Number {
                min: 0.0,
                max: 10_000.0,
            },
            help: "Value of dN/dS under the null hypothesis, such as 1. If empty, nothing is tested.",
            only_if: only_with("model", &["MG_REV"]),
            in_help: false,
            published: false,
            ..Parameter::NONE
        },
    ],
    cost: Cost {
        classes: 1,
        seconds: 20,
        patterns_exponent: 0.5,
        options: &[OptionCost::factors("model", &[("MG_GTR", 15.0)])],
    },
    stages: &[
        nucleotide_model(15),
        Stage::new("### Fitting", "Codon model", 80),
        Stage::new("### Writing", "Writing the result", 5),
    ],
    result_keys: &[
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
        "test results",
    ],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"model": "CORA"}"#,
        command_line: "fitmodel --model CORA",
        random: &[],
    },
    digest,
    ..Analysis::BASE
};

const OMEGA: &str = "non-synonymous/synonymous rate ratio";

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "", 0.05);
    let fit = &given.result["fits"]["Codon model"];
    let fitted = fit["Rate Distributions"].as_object()?;
    let rates: Vec<Rate> = fitted
        .iter()
        .map(|(name, value)| Rate {
            name: name.clone(),
            value: value.as_f64(),
            weight: None,
        })
        .collect();
    let tests: Vec<Test> = (given.tests()?.into_iter())
        .map(|test| Test {
            name: if test.name == OMEGA {
                "dN/dS differs from the given value".to_owned()
            } else {
                test.name
            },
            ..test
        })
        .collect();
    let number = |key: &str| fit[key].as_f64();
    let mut statement = format!(
        "FitModel fitted {} (log L = {:.2}, AIC-c = {:.2}, {}).",
        given.parameters.text("model").unwrap_or("the model"),
        number("Log Likelihood")?,
        number("AIC-c")?,
        pluralize(rates.len(), "rate", "rates")
    );
    if let Some(omega) = fitted.get(OMEGA) {
        statement += &format!(" dN/dS is {}", format_p_value(omega.as_f64()));
        if let Some(test) = tests.first() {
            let differs = test.p_value.is_some_and(|p| p <= threshold.value);
            statement += &format!(
                " and {} from the given value (p = {}, threshold {})",
                if differs {
                    "differs"
                } else {
                    "does not differ significantly"
                },
                format_p_value(test.p_value),
                threshold.value
            );
        }
        statement.push('.');
    }
    Some(Digest {
        statement,
        threshold: (!tests.is_empty()).then_some(threshold),
        table: rate_table(&rates),
        tests,
        rates,
        ..Digest::default()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A result of HyPhy 2.5.100 for the example's data and MG_REV, with a test of dN/dS = 1.
    const RESULT: &str = include_str!("results/fitmodel.json");

    #[test]
    fn the_fit_the_rates_and_the_test_are_reported() {
        let result: Value = serde_json::from_str(RESULT).unwrap();
        let mut parameters = Parameters::default();
        parameters.set("model", "MG_REV");
        let found = digest(&DigestInput {
            result: &result,
            engine: EngineKind::Hyphy,
            parameters: &parameters,
            threshold: None,
            columns: FITMODEL.columns,
            classes: FITMODEL.classes,
        })
        .unwrap();
        assert_eq!(
            found.statement,
            "FitModel fitted MG_REV (log L = -301.21, AIC-c = 672.54, 7 rates). dN/dS is 1.3272 and \
             does not differ significantly from the given value (p = 0.389, threshold 0.05)."
        );
        assert_eq!(found.table.rows.len(), 7);
        assert_eq!(found.tests.len(), 1);
    }
}
