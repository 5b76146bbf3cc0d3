//! SLAC: pervasive selection at single sites, by counting substitutions.

use selection::{Branches, SlacOptions};

use super::prelude::*;

pub(super) static SLAC: Analysis = Analysis {
    id: "slac",
    name: "SLAC",
    title: "Single-Likelihood Ancestor Counting",
    group: Group::Sites,
    question: "Which codons are under pervasive positive or negative selection, by counting \
        substitutions?",
    description: "Reconstructs ancestral codons by maximum likelihood, counts synonymous and \
        nonsynonymous substitutions at every codon, and tests whether either is more frequent than \
        expected. Fast, but less powerful than FEL, and unreliable if sequences are highly \
        divergent.",
    interpretation: "At a detected codon, the counts of synonymous and nonsynonymous substitutions \
        differ from those expected without selection. SLAC is conservative: a codon with few \
        substitutions is rarely detected.",
    keywords: &[
        "sites",
        "omega",
        "selection pressure",
        "dN/dS",
        "positive selection",
        "negative selection",
        "counting",
        "parsimony",
        "ancestral",
        "fast",
        "neutral",
    ],
    citation: Citation {
        text: "Kosakovsky Pond SL, Frost SDW (2005). Not So Different After All: A Comparison of \
            Methods for Detecting Amino Acid Sites Under Selection. Mol Biol Evol \
            22:1208-1222",
        doi: "10.1093/molbev/msi105",
    },
    program: Program::Keyword("slac"),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::Tested,
        partitions: true,
        min_sequences: 3,
        min_variable_sites: Minimum {
            constant: 1,
            each_sequence: 0,
        },
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        BRANCHES,
        Parameter {
            name: "samples",
            label: "Samples",
            keyword: Some("--samples"),
            kind: Kind::Integer {
                min: 0,
                max: 100000,
            },
            default: "100",
            help: "Number of samples for assessing the uncertainty of the ancestral \
                reconstruction; 0 skips it.",
            ..Parameter::NONE
        },
        Parameter {
            published: true,
            ..PVALUE
        },
    ],
    cost: Cost {
        classes: 1,
        seconds: 11,
        patterns_exponent: 0.5,
        options: &[OptionCost::linear("samples", 100.0, 0.009)],
    },
    mpi: true,
    stages: &[
        nucleotide_model(10),
        global_omega(20),
        Stage::new("### Performing joint maximum", "Ancestral states", 10),
        Stage::new("### Ancestor sampling", "Sampling ancestors", 60).counted("Sample "),
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
        ColumnDefinition::p_values("P [dN/dS > 1]", Some("diversifying")),
        ColumnDefinition::p_values("P [dN/dS < 1]", Some("purifying")),
    ],
    classes: &SELECTION_CLASSES,
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::TREE),
        request: r#"{"samples": 10, "pvalue": 0.2}"#,
        command_line: "slac --samples 10 --pvalue 0.2",
        random: &["/sample-2.5", "/sample-median", "/sample-97.5"],
    },
    digest,
    native: Some(NATIVE),
    ..Analysis::BASE
};

const NATIVE: Native = Native {
    lacks: &[],
    options,
    stages: &[
        native::nucleotides(25),
        native::global_omega(45),
        Stage::new("### Ancestral states", "Ancestral states", 5)
            .of_native(selection::Stage::Ancestors),
        Stage::new("### Sampling ancestors", "Sampling ancestors", 25)
            .counted("Sample ")
            .of_native(selection::Stage::Samples),
    ],
    cost: Cost {
        classes: 1,
        seconds: 1,
        patterns_exponent: 0.5,
        options: &[],
    },
    columns: &[],
    compared: &[],
};

fn options(parameters: &Parameters, branches: Branches) -> selection::Analysis {
    let usual = SlacOptions::default();
    selection::Analysis::Slac(SlacOptions {
        branches,
        samples: native::whole(parameters, "samples", usual.samples),
        p_value: native::number(parameters, "pvalue", usual.p_value),
    })
}

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("P [dN/dS > 1] or P [dN/dS < 1]", "pvalue", 0.1);
    let averaged = |content| Value::as_array(&Value::get(content, "by-site")?["AVERAGED"]);
    let mut table = sites::by_partition(given.result, averaged)?;
    let (more, less) = (table.column("P [dN/dS > 1]"), table.column("P [dN/dS < 1]"));
    let found = given.classify(&mut table, |row| {
        let (more, less) = (sites::number(row, more), sites::number(row, less));
        (more.min(less) <= threshold.value)
            .then(|| direction(less, more))
            .flatten()
    });
    let statement = selected_sites("SLAC", &table, &threshold);
    Some(Digest::of_rows(statement, threshold, found, table))
}
