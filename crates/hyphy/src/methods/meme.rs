//! MEME: episodic selection at single sites.

use selection::{Branches, MemeOptions};

use super::prelude::*;

pub(super) static MEME: Analysis = Analysis {
    id: "meme",
    name: "MEME",
    title: "Mixed Effects Model of Evolution",
    group: Group::Sites,
    question: "Which codons have been under positive selection on some branches?",
    description: "Lets the nonsynonymous rate of every codon vary from branch to branch, and tests \
        whether it exceeds the synonymous rate on some branches. It detects both episodic and \
        pervasive positive selection.",
    interpretation: "At a detected codon, amino acids changed more often than expected without \
        selection on some of the tested branches. MEME does not reliably identify these branches, \
        and it does not test for negative selection.",
    keywords: &[
        "sites",
        "omega",
        "selection pressure",
        "dN/dS",
        "positive selection",
        "diversifying",
        "episodic",
        "codon",
        "adaptive",
        "immune escape",
        "drug resistance",
        "adaptive evolution",
    ],
    recommended: true,
    citation: Citation {
        text: "Murrell B, Wertheim JO, Moola S, et al. (2012). Detecting Individual Sites Subject \
            to Episodic Diversifying Selection. PLoS Genet 8:e1002764",
        doi: "10.1371/journal.pgen.1002764",
    },
    program: Program::Keyword("meme"),
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
        Parameter {
            published: false,
            ..BRANCHES
        },
        Parameter {
            name: "rates",
            label: "Classes of dN/dS",
            keyword: Some("--rates"),
            kind: Kind::Integer { min: 2, max: 4 },
            default: "2",
            help: "Number of nonsynonymous rate classes at each site; 2 is strongly recommended.",
            since: V2_5_68,
            advanced: true,
            ..Parameter::NONE
        },
        RESAMPLE,
        MULTIPLE_HITS,
        SITE_MULTIHIT,
        Parameter {
            name: "impute_states",
            label: "Impute missing states",
            keyword: Some("--impute-states"),
            kind: Kind::YesNo,
            default: "No",
            help: "Impute the most likely codons of each sequence from the fit at each site.",
            since: V2_5_68,
            advanced: true,
            ..Parameter::NONE
        },
        PVALUE,
    ],
    cost: Cost {
        classes: 4,
        seconds: 32,
        patterns_exponent: 1.0,
        options: &[
            OptionCost::linear("rates", 2.0, 0.75),
            OptionCost::linear("resample", 0.0, 0.3),
            MULTIPLE_HITS_AT_SITES,
        ],
    },
    mpi: true,
    quirks: &[Quirk::FirstCodonSkipped],
    stages: &[
        nucleotide_model(5),
        global_omega(5),
        codon_model(15),
        sites(75),
    ],
    result_keys: &[
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
        "MLE",
    ],
    columns: &[
        ColumnDefinition::p_values("p-value", Some("episodic")),
        ColumnDefinition::new(
            "p+",
            "Weight of the positive selection component; if HyPhy tested the site, its weight under \
             the null model",
        ),
        ColumnDefinition::new(
            VARIABILITY,
            "p-value of the test whether the nonsynonymous rate varies between branches",
        ),
    ],
    classes: &[Class {
        name: "episodic",
        meaning: "positive selection on some branches",
        selection: Some(Selection::Positive),
    }],
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"impute_states": "Yes"}"#,
        command_line: "meme --impute-states Yes --limit-to-sites [0-9]",
        random: &[],
    },
    digest,
    native: Some(NATIVE),
    ..Analysis::BASE
};

const NATIVE: Native = Native {
    lacks: native::WITHOUT_MULTIPLE_HITS,
    options,
    stages: &[
        native::nucleotides(5),
        native::global_omega(10),
        native::codon_model(15),
        native::sites(70),
    ],
    cost: Cost {
        classes: 4,
        seconds: 2,
        patterns_exponent: 1.0,
        options: &[],
    },
    columns: &[ColumnDefinition::new(
        "p+",
        "Weight of the positive selection component",
    )],
    compared: &["MEME LogL", "FEL LogL"],
};

fn options(parameters: &Parameters, branches: Branches) -> selection::Analysis {
    let usual = MemeOptions::default();
    selection::Analysis::Meme(MemeOptions {
        branches,
        rates: native::whole(parameters, "rates", usual.rates),
        replicates: native::whole(parameters, "resample", usual.replicates),
        impute_states: native::is_yes(parameters, "impute_states"),
        p_value: native::number(parameters, "pvalue", usual.p_value),
    })
}

/// Name of the column with the test of variability between branches.
const VARIABILITY: &str = "p-value of variability";
/// HyPhy's names of columns whose content is shifted by one, and what they contain. The value of the
/// first name that is needed is that of FEL.
const SHIFTED: [(&str, &str); 4] = [
    ("MEME LogL", "FEL LogL"),
    ("FEL LogL", "MEME LogL"),
    ("FEL alpha", VARIABILITY),
    ("FEL beta", "FEL alpha"),
];

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "pvalue", 0.1);
    let mut table = sites::table(given.result)?;
    if given.engine == EngineKind::Hyphy {
        correct_names(&mut table);
    }
    let p_value = table.column("p-value");
    let found = given.classify(&mut table, |row| {
        (sites::number(row, p_value) <= threshold.value).then_some("episodic")
    });
    let statement = format!(
        "MEME found {} under episodic positive selection at p ≤ {}.",
        pluralize(found, "codon", "codons"),
        threshold.value
    );
    let warnings = worse_than_fel(&table, given.engine).into_iter().collect();
    Some(Digest {
        warnings,
        ..Digest::of_rows(statement, threshold, found, table)
    })
}

/// HyPhy 2.5.68 and others print the last four columns under the names of their neighbours, and a
/// total branch length that is always 0. The likelihoods tell whether a result has this fault:
/// MEME's cannot be lower than FEL's.
fn correct_names(table: &mut Table) {
    let (Some(meme), Some(fel)) = (table.column("MEME LogL"), table.column("FEL LogL")) else {
        return;
    };
    let sum = |column| -> f64 {
        let values = table
            .rows
            .iter()
            .map(|row| sites::number(row, Some(column)));
        values.filter(|value| value.is_finite()).sum()
    };
    if sum(meme) <= sum(fel) {
        let places = SHIFTED.map(|(printed, content)| (table.column(printed), content));
        for (place, content) in places {
            if let Some(column) = place.and_then(|place| table.columns.get_mut(place)) {
                *column = Column::new(content, description(content));
            }
        }
    }
    if let Some(length) = table.column("Total branch length")
        && table
            .rows
            .iter()
            .all(|row| sites::number(row, Some(length)) == 0.0)
    {
        table.remove(length);
    }
}

fn description(column: &str) -> &'static str {
    match column {
        "FEL LogL" => "Log likelihood of the site with the same nonsynonymous rate on all branches",
        "MEME LogL" => "Log likelihood of the site with MEME's model",
        "FEL alpha" => "Synonymous rate of the site in FEL's model",
        _ => "",
    }
}

/// A warning about sites where MEME's model fits worse than FEL's, which it contains.
fn worse_than_fel(table: &Table, engine: EngineKind) -> Option<String> {
    let (meme, fel) = (table.column("MEME LogL"), table.column("FEL LogL"));
    let is_worse =
        |row: &&Vec<Value>| sites::number(row, fel) - sites::number(row, meme) > FIT_TOLERANCE;
    let worse = table.rows.iter().filter(is_worse);
    let worse: Vec<String> = worse.map(|row| row[0].to_string()).collect();
    (!worse.is_empty()).then(|| {
        format!(
            "At {} the model of MEME fits worse than that of FEL, which it contains: {} did not find \
             its best fit there ({}).",
            pluralize(worse.len(), "codon", "codons"),
            engine.within_sentence(),
            worse.join(", ")
        )
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    const HEADERS: [&str; 6] = [
        "p-value",
        "Total branch length",
        "MEME LogL",
        "FEL LogL",
        "FEL &alpha;",
        "FEL &beta;",
    ];

    fn summary(rows: Value) -> Digest {
        let count = rows.as_array().unwrap().len();
        let result = json!({
            "MLE": {"headers": HEADERS.map(|name| [name, "as HyPhy says"]), "content": {"0": rows}},
            "data partitions": {"0": {"coverage": [(0..count).collect::<Vec<_>>()]}},
        });
        digest_of(&result)
    }

    fn digest_of(result: &Value) -> Digest {
        digest(&DigestInput {
            result,
            engine: EngineKind::of_result(result),
            parameters: &Parameters::default(),
            threshold: None,
            columns: MEME.columns,
            classes: MEME.classes,
        })
        .unwrap()
    }

    fn column_names(digest: &Digest) -> Vec<&str> {
        let columns = digest.table.columns.iter();
        columns.map(|column| column.name.as_str()).collect()
    }

    #[test]
    fn columns_have_the_names_of_what_they_contain() {
        let digest = summary(json!([
            [0.24, 0, -15.87, -15.24, 0.53, 2.64],
            [1, 0, 0, 0, 1, 0]
        ]));
        let names = column_names(&digest);
        let expected = [
            "site",
            "p-value",
            "FEL LogL",
            "MEME LogL",
            VARIABILITY,
            "FEL alpha",
            "class",
        ];
        assert_eq!(names, expected);
        assert_eq!(digest.table.rows[0][4], 0.53);
        assert!(digest.warnings.is_empty());
    }

    #[test]
    fn a_version_that_prints_the_right_names_keeps_them() {
        let digest = summary(json!([[0.24, 2.5, -15.24, -15.87, 2.64, 0.1]]));
        let names = column_names(&digest);
        let expected = [
            "site",
            "p-value",
            "Total branch length",
            "MEME LogL",
            "FEL LogL",
            "FEL alpha",
            "FEL beta",
            "class",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn columns_of_the_native_engine_keep_their_names() {
        let result = json!({
            "analysis": {"engine": "native"},
            "MLE": {
                "headers": HEADERS.map(|name| [name, ""]),
                "content": {"0": [[1, 0, -15.87, -15.24, 0.53, 2.64]]},
            },
            "data partitions": {"0": {"coverage": [[0]]}},
        });
        let digest = digest_of(&result);
        assert_eq!(column_names(&digest)[3..5], ["MEME LogL", "FEL LogL"]);
        assert!(digest.table.column("Total branch length").is_some());
        assert!(
            digest.warnings[0].contains("the native engine did not"),
            "{:?}",
            digest.warnings
        );
    }

    #[test]
    fn sites_with_a_bad_fit_are_named() {
        let rows = json!([[0.2, 0, -15.8, -15.2, 0.5, 2], [1, 0, -3.0, -3.5, 1, 0]]);
        let warnings = summary(rows).warnings;
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].ends_with("(2)."), "{warnings:?}");
    }
}
