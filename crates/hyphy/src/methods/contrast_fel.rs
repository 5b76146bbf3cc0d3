//! contrast-FEL: sites where selection differs between sets of branches.

use super::{
    super::table::{
        Analysis, BranchInput, Citation, Data, Input, Kind, Parameter, Program, Quirk, TreeInput,
        any_version,
    },
    common::{
        ALIGNMENT, GENETIC_CODE, SRV_YES, TREE, codon_model, global_omega, nucleotide_model, sites,
    },
};
use crate::summary::{Digest, Given, counted, sites};

pub(super) static CONTRAST_FEL: Analysis = Analysis {
    id: "contrast-fel",
    name: "contrast-FEL",
    title: "Fixed Effects Likelihood, contrasted between sets of branches",
    question: "At which sites does selection differ between sets of branches?",
    description: "Estimates at every site one synonymous rate and one nonsynonymous rate for each set of \
        branches, and tests whether the latter differ between sets. It says nothing \
        about whether selection is positive.",
    citation: Citation {
        text: "Kosakovsky Pond SL, Wisotsky SR, Escalante A, Magalis BR, Weaver S (2021). \
            Contrast-FEL: A Test for Differences in Selective Pressures at \
            Individual Sites among Clades and Sets of Branches. Mol Biol Evol \
            38:1184-1198",
        doi: "10.1093/molbev/msaa263",
    },
    program: Program::Keyword("contrast-fel"),
    since: any_version(),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::Sets,
        partitions: false,
        min_sequences: 3,
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        GENETIC_CODE,
        Parameter {
            name: "branch_sets",
            kind: Kind::BranchSets,
            help: "Sets of branches to compare: labels that the tree carries, Internal, Leaves, \
                Unlabeled-branches, or objects with the name of a set and its \
                branches. A single set is compared with all other branches.",
            required: true,
            ..Parameter::NONE
        },
        SRV_YES,
        Parameter {
            name: "permutations",
            keyword: Some("--permutations"),
            kind: Kind::YesNo,
            default: "Yes",
            help: "Test sites that are significant again, by permuting the branches of the sets.",
            ..Parameter::NONE
        },
        Parameter {
            name: "p_value",
            keyword: Some("--p-value"),
            kind: Kind::Number { min: 0.0, max: 1.0 },
            default: "0.05",
            help: "Threshold at which the log names a site, and below which permutations are made.",
            ..Parameter::NONE
        },
        Parameter {
            name: "q_value",
            keyword: Some("--q-value"),
            kind: Kind::Number { min: 0.0, max: 1.0 },
            default: "0.2",
            help: "Threshold of the false discovery rate at which the log names a site.",
            ..Parameter::NONE
        },
    ],
    fixed: &[],
    rules: &[],
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
    digest,
    result_field: "results",
};

fn digest(given: &Given<'_>) -> Option<Digest> {
    let threshold = given.threshold("P-value (overall)", "p_value", 0.05);
    let mut table = sites::table(given.result)?;
    let p_value = table.column("P-value (overall)");
    let found = sites::classify(&mut table, "different: β differs between sets", |row| {
        (sites::number(row, p_value) <= threshold.value).then_some("different")
    });
    Some(Digest {
        statement: format!(
            "contrast-FEL found {} where selection differs between the sets at p ≤ {}.",
            counted(found, "site", "sites"),
            threshold.value
        ),
        threshold: Some(threshold),
        found: Some(found as u64),
        table,
        ..Digest::default()
    })
}
