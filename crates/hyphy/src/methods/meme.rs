//! MEME: episodic selection at single sites.

use super::prelude::*;

pub(super) static MEME: Analysis = Analysis {
    id: "meme",
    name: "MEME",
    title: "Mixed Effects Model of Evolution",
    group: Group::Sites,
    question: "Which sites were positively selected on some branches?",
    description: "Lets the nonsynonymous rate of every site vary from branch to branch, and tests whether \
        some of its branches evolved with more nonsynonymous than synonymous change. It \
        finds both episodic and pervasive positive selection.",
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
    },
    parameters: &[
        ALIGNMENT,
        TREE,
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
            help: "Classes of nonsynonymous rates; 2 is strongly recommended.",
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
            help: "Impute likely codons of each sequence from the fit of each site.",
            since: V2_5_68,
            advanced: true,
            ..Parameter::NONE
        },
        PVALUE,
    ],
    cost: Cost {
        classes: 4,
        seconds: 33,
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
    columns: &[ColumnDefinition::small_values("p-value", Some("episodic"))],
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
    ..Analysis::BASE
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "pvalue", 0.1);
    let mut table = sites::table(given.result)?;
    let p_value = table.column("p-value");
    let found = given.classify(&mut table, |row| (sites::number(row, p_value) <= threshold.value).then_some("episodic"),
    );
    let statement = format!(
        "MEME found {} under episodic positive selection at p ≤ {}.",
        pluralize(found, "site", "sites"),
        threshold.value
    );
    Some(Digest::of_rows(statement, threshold, found, table))
}
