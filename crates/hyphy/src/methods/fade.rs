//! FADE: directional selection at sites of proteins.

use super::prelude::*;

pub(super) static FADE: Analysis = Analysis {
    id: "fade",
    name: "FADE",
    title: "FUBAR Approach to Directional Evolution",
    group: Group::Sites,
    question: "Which sites of a protein evolve towards a particular amino acid?",
    description: "Tests at every site, and for every amino acid, whether substitutions towards it \
        are more frequent than a protein model predicts. Requires a protein alignment and a \
        rooted tree.",
    interpretation: "At a detected site, substitutions towards one amino acid are more frequent \
        than the protein model predicts. The Bayes factor measures the evidence; it is not a \
        p-value.",
    keywords: &[
        "directional",
        "convergence",
        "convergent",
        "protein",
        "amino acid",
        "resistance",
        "drug resistance",
    ],
    citation: Citation {
        text: "Kosakovsky Pond SL, Poon AFY, Velazquez R, et al. (2020). HyPhy 2.5: A Customizable \
            Platform for Evolutionary Hypothesis Testing Using Phylogenies. Mol Biol \
            Evol 37:295-299",
        doi: "10.1093/molbev/msz197",
    },
    program: Program::Keyword("fade"),
    input: Input {
        data: Data::Protein,
        tree: TreeInput::Rooted,
        branches: BranchInput::Tested,
        partitions: false,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        Parameter {
            name: "bayes_factor_threshold",
            label: "Bayes factor threshold",
            kind: Kind::Integer { min: 1, max: 1000 },
            default: "100",
            help: "Sites with at least this Bayes factor are detected. The result contains all \
                Bayes factors; the log lists those of at least 100.",
            ..Parameter::NONE
        },
        Parameter {
            published: false,
            ..BRANCHES
        },
        Parameter {
            name: "model",
            label: "Protein model",
            keyword: Some("--model"),
            kind: PROTEIN_MODELS,
            default: "GTR",
            help: "Protein substitution model.",
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            published: false,
            ..GRID_POINTS
        },
        Parameter {
            published: false,
            ..CONCENTRATION
        },
    ],
    fixed: &[Fixed::File("--cache", "fade.cache")],
    cost: Cost {
        classes: 1,
        seconds: 100,
        patterns_exponent: 0.5,
        options: &[OptionCost::linear("grid_points", 20.0, 0.06)],
    },
    stages: &[
        Stage::new("### Loaded", "Reading the data", 1),
        Stage::new("### Fitting the baseline", "Baseline model", 49),
        Stage::new("### Computing", "Grid likelihoods", 45).counted("[fade] ["),
        Stage::new("### Tabulating", "Summarising sites", 5),
    ],
    result_keys: &["fits", "input", "MLE", "site annotations", "timers"],
    columns: &[ColumnDefinition::bayes_factors(
        "BayesFactor[bias>0]",
        Some("biased"),
    )],
    classes: &[Class {
        name: "biased",
        meaning: "evolves towards the amino acid",
        selection: None,
    }],
    example: Example {
        alignment: Some(examples::PROTEIN),
        tree: Some(examples::TREE),
        request: r#"{"model": "JC69", "grid_points": 5}"#,
        command_line: "fade --model JC69 --grid 5 --cache /proc/self/cwd/c",
        random: &[],
    },
    digest,
    ..Analysis::BASE
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("BayesFactor[bias>0]", "bayes_factor_threshold", 100.0);
    let mut table = Table::of(&[
        ("site", "Number of the site in the alignment, from 1"),
        (
            "amino acid",
            "Amino acid towards which the site may be biased",
        ),
    ]);
    table.columns.extend(sites::columns(given.result)?);
    for (amino_acid, partitions) in given.result["MLE"]["content"].as_object()? {
        for (partition, rows) in partitions.as_object()? {
            let numbers = sites::site_numbers(given.result, partition)?;
            for (number, row) in numbers.into_iter().zip(rows.as_array()?) {
                let mut cells = vec![Value::from(number), Value::from(amino_acid.as_str())];
                cells.extend(row.as_array()?.iter().cloned());
                table.rows.push(cells);
            }
        }
    }
    table.rows.sort_by_key(|row| row[0].as_u64());
    let factor = table.column("BayesFactor[bias>0]");
    let found = given.classify(&mut table, |row| {
        (sites::number(row, factor) >= threshold.value).then_some("biased")
    });
    let statement = format!(
        "FADE found {} at a Bayes factor of at least {}.",
        pluralize(
            found,
            "site biased towards an amino acid",
            "biases of a site towards an amino acid"
        ),
        threshold.value
    );
    Some(Digest::of_rows(statement, threshold, found, table))
}
