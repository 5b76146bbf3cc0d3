//! PRIME: amino acid properties that are conserved or changed at single sites.

use super::prelude::*;

pub(super) static PRIME: Analysis = Analysis {
    id: "prime",
    name: "PRIME",
    title: "Property Informed Models of Evolution",
    group: Group::Sites,
    question: "At which codons do amino acid properties matter?",
    description: "At every codon, lets the rate of an amino acid replacement depend on how much it \
        changes each of several properties (such as volume and charge), and tests which properties \
        matter. Slow.",
    interpretation: "At a detected codon, replacement rates depend on amino acid properties: an \
        important property is conserved, or changes more than expected.",
    keywords: &[
        "sites",
        "physicochemical",
        "amino acid",
        "property",
        "charge",
        "volume",
        "polarity",
        "hydropathy",
    ],
    citation: Citation {
        text: "Kosakovsky Pond SL, Poon AFY, Velazquez R, et al. (2020). HyPhy 2.5: A \
            Customizable Platform for Evolutionary Hypothesis Testing Using Phylogenies. Mol \
            Biol Evol 37:295-299",
        doi: "10.1093/molbev/msz197",
    },
    program: Program::Keyword("prime"),
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
        PVALUE,
        Parameter {
            name: "properties",
            label: "Amino acid properties",
            keyword: Some("--properties"),
            renamed: &[Renamed {
                keyword: "--property-set",
                since: V2_5_72,
                words: &[("Random", "Random-5")],
            }],
            kind: Kind::Choice(&[
                Choice::new(
                    "Atchley",
                    "The five factors of Atchley et al. 2005, from about 500 properties.",
                ),
                Choice::new("LCAP", "The five properties of Conant and Stadler 2009."),
                Choice::new(
                    "Random",
                    "Five random properties, to test the null hypothesis.",
                ),
                Choice::new("2PROP", "Hydrophobicity and volume.").since(V2_5_94),
                Choice::new(
                    "3PROP",
                    "Hydrophobicity, volume and isoelectric point. HyPhy's default.",
                )
                .since(V2_5_94),
                Choice::new("4PROP", "Those of 3PROP, and the propensity for α-helices.")
                    .since(V2_5_94),
                Choice::new("5PROP", "Those of 4PROP, and the propensity for β-sheets.")
                    .since(V2_5_94),
            ]),
            default: "Atchley",
            help: "Set of amino acid properties.",
            published: false,
            ..Parameter::NONE
        },
        Parameter {
            name: "impute_states",
            label: "Impute missing states",
            keyword: Some("--impute-states"),
            kind: Kind::YesNo,
            default: "No",
            help: "Impute the most likely codons of each sequence from the fit at each site.",
            advanced: true,
            published: false,
            ..Parameter::NONE
        },
    ],
    cost: Cost {
        classes: 1,
        seconds: 600,
        patterns_exponent: 1.0,
        options: &[],
    },
    mpi: true,
    stages: &[
        nucleotide_model(3),
        global_omega(3),
        codon_model(9),
        sites(85),
    ],
    result_keys: &[
        "MLE",
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
    ],
    columns: &[ColumnDefinition::p_values("p-value", Some("important"))],
    classes: &[Class {
        name: "important",
        meaning: "an amino acid property matters",
        selection: None,
    }],
    example: Example {
        alignment: Some(examples::FEW_CODONS),
        tree: Some(examples::SMALL_TREE),
        request: r#"{"branches": "Leaves"}"#,
        command_line: "prime --branches Leaves",
        random: &["/MLE"],
    },
    digest,
    ..Analysis::BASE
};

const OMNIBUS: &str = "Omnibus p-value (any property is important)";

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    let threshold = given.threshold("p-value", "pvalue", 0.1);
    let mut table = sites::table(given.result)?;
    let p_value = table.column("p-value")?;
    // Some versions of HyPhy omit the description of this column, so each later column has the
    // description of its successor.
    if table.columns[p_value].description != OMNIBUS {
        for at in (p_value + 1..table.columns.len()).rev() {
            table.columns[at].description = table.columns[at - 1].description.clone();
        }
        table.columns[p_value].description = OMNIBUS.to_owned();
    }
    let found = given.classify(&mut table, |row| {
        (sites::number(row, Some(p_value)) <= threshold.value).then_some("important")
    });
    let statement = format!(
        "PRIME found {} where a property of amino acids matters at p ≤ {}.",
        pluralize(found, "codon", "codons"),
        threshold.value
    );
    Some(Digest::of_rows(statement, threshold, found, table))
}
