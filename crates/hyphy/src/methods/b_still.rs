//! B-STILL: sites where hardly anything changes.

use super::prelude::*;

pub(super) static B_STILL: Analysis = Analysis {
    id: "b-still",
    name: "B-STILL",
    title: "Bayesian Significance Test of Invariant Low Likelihoods",
    group: Group::Sites,
    question: "Which codons are in evolutionary stasis?",
    description: "Computes the likelihood of every codon on a grid of synonymous and nonsynonymous \
        rates that is dense near zero, as FUBAR does, and the evidence that both rates of a codon are \
        near zero.",
    interpretation: "At a detected codon, both synonymous and nonsynonymous substitutions are rarer \
        than at most codons. Purifying selection on proteins alone would leave synonymous \
        substitutions.",
    keywords: &[
        "sites",
        "stasis",
        "invariant",
        "conserved",
        "constraint",
        "synonymous",
        "bayesian",
        "FUBAR",
    ],
    citation: Citation {
        text: "Murrell B, Moola S, Mabona A, et al. (2013). FUBAR: A Fast, Unconstrained Bayesian \
            AppRoximation for Inferring Selection. Mol Biol Evol 30:1196-1205",
        doi: "10.1093/molbev/mst030",
    },
    program: Program::Keyword("b-still"),
    since: V2_5_96,
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::None,
        partitions: true,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        Parameter {
            published: false,
            ..GRID_POINTS
        },
        Parameter {
            published: false,
            ..CONCENTRATION
        },
        Parameter {
            name: "radius",
            label: "Largest rate near zero",
            keyword: Some("--radius-threshold"),
            kind: Kind::Number {
                min: 0.0,
                max: 10.0,
            },
            default: "0.5",
            help: "Rates count as near zero up to this many expected substitutions.",
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "ebf",
            label: "Bayes factor threshold",
            keyword: Some("--ebf"),
            kind: Kind::Number {
                min: 0.0,
                max: 1_000_000.0,
            },
            default: "10",
            help: "Empirical Bayes factor from which a site counts as detected.",
            published: false,
            ..Parameter::NONE
        },
    ],
    fixed: &[Fixed::File("--cache", "b-still.cache")],
    cost: Cost {
        classes: 1,
        seconds: 8,
        patterns_exponent: 0.5,
        options: &[],
    },
    stages: &GRID_STAGES,
    result_keys: &[
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
        "MLE",
        "grid",
        "posterior",
    ],
    columns: &[
        ColumnDefinition::bayes_factors(EBF, Some("static")),
        ColumnDefinition::new(
            "Prob[alpha,beta~0]",
            "Posterior probability that both rates are near zero: that at most as many substitutions \
                are expected as radius says",
        ),
    ],
    classes: &[Class {
        name: "static",
        meaning: "both rates are near zero",
        selection: None,
    }],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"grid_points": 6, "ebf": 2.5}"#,
        command_line: "b-still --grid 6 --ebf 2.5 --cache /proc/self/cwd/c",
        random: &[],
    },
    digest,
    ..Analysis::BASE
};

const EBF: &str = "EBF[alpha,beta~0]";

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold(EBF, "ebf", 10.0);
    let mut table = sites::table(given.result)?;
    // They describe Markov chains, and the weights of the grid come from none.
    for name in ["PSRF", "Neff"] {
        if let Some(column) = table.column(name) {
            table.remove(column);
        }
    }
    let evidence = Some(table.column(EBF)?);
    let found = given.classify(&mut table, |row| {
        (sites::number(row, evidence) >= threshold.value).then_some("static")
    });
    let statement = format!(
        "B-STILL found evolutionary stasis at {} of {} (empirical Bayes factor ≥ {}).",
        or_none(found),
        pluralize(table.rows.len(), "codon", "codons"),
        threshold.value
    );
    let mut digest = Digest::of_rows(statement, threshold, found, table);
    if given.result["settings"]["radius-threshold"].is_number() {
        digest.warnings.push(RADIUS.to_owned());
    }
    Some(digest)
}

const RADIUS: &str = "HyPhy measures the radius of EBF[alpha,beta~0] in expected substitutions for the \
    posterior probability, but in the rates themselves for the prior. If the two regions differ, the \
    Bayes factor is too large or too small; see the posterior probability, too.";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A result of HyPhy 2.5.100 for the example, without its branches and posterior weights.
    const RESULT: &str = include_str!("results/b-still.json");

    fn digest_at(threshold: Option<f64>) -> Digest {
        let result: Value = serde_json::from_str(RESULT).unwrap();
        digest(&DigestInput {
            result: &result,
            engine: EngineKind::Hyphy,
            parameters: &Parameters::default(),
            threshold,
            columns: B_STILL.columns,
            classes: B_STILL.classes,
        })
        .unwrap()
    }

    #[test]
    fn sites_with_a_large_bayes_factor_are_found() {
        let none = digest_at(None);
        assert_eq!(none.found, Some(0));
        assert_eq!(
            none.statement,
            "B-STILL found evolutionary stasis at none of 18 codons (empirical Bayes factor ≥ 10)."
        );
        let two = digest_at(Some(2.0));
        let rows = two.table.rows.iter().enumerate();
        let found: Vec<_> = rows
            .filter(|(_, row)| row.last().and_then(Value::as_str) == Some("static"))
            .map(|(at, _)| at + 1)
            .collect();
        assert_eq!(found, [7, 17]);
        assert!(two.table.column("PSRF").is_none());
    }
}
