//! contrast-FEL: sites where selection differs between sets of branches.

use super::prelude::*;

pub(super) static CONTRAST_FEL: Analysis = Analysis {
    id: "contrast-fel",
    name: "contrast-FEL",
    title: "Fixed Effects Likelihood, contrasted between sets of branches",
    group: Group::Differences,
    question: "At which codons does selection differ between branch sets?",
    description: "Estimates, at every codon, a synonymous rate and a nonsynonymous rate for each \
        branch set, and tests whether the nonsynonymous rates differ between sets. It does not \
        test for positive selection.",
    interpretation: "At a detected codon, the branch sets differ in their ratio of nonsynonymous \
        to synonymous change. None of them need be under positive selection.",
    keywords: &[
        "sites",
        "foreground",
        "background",
        "difference",
        "convergence",
        "convergent",
        "clades",
        "hosts",
        "dN/dS",
        "host switch",
        "drug resistance",
    ],
    citation: Citation {
        text: "Kosakovsky Pond SL, Wisotsky SR, Escalante A, Magalis BR, Weaver S (2021). \
            Contrast-FEL: A Test for Differences in Selective Pressures at \
            Individual Sites among Clades and Sets of Branches. Mol Biol Evol \
            38:1184-1198",
        doi: "10.1093/molbev/msaa263",
    },
    program: Program::Keyword("contrast-fel"),
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        branches: BranchInput::Sets,
        partitions: false,
        min_sequences: 3,
        ..Analysis::BASE.input
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        PRUNE,
        GENETIC_CODE,
        BRANCH_SETS,
        SRV_YES,
        PERMUTATIONS,
        CONTRAST_P_VALUE,
        CONTRAST_Q_VALUE,
    ],
    cost: Cost {
        classes: 1,
        seconds: 26,
        patterns_exponent: 1.0,
        options: &[OptionCost::factors("srv", &[("No", 0.74)])],
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
    columns: CONTRAST_COLUMNS,
    classes: CONTRAST_CLASSES,
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::LABELLED_TREE),
        request: r#"{"branch_sets": ["Test", "Reference"], "permutations": "No"}"#,
        command_line: "contrast-fel --branch-set Test --branch-set Reference --permutations No --limit-to-sites [0-9]",
        random: &["/MLE"],
    },
    digest,
    result_field: "results",
    ..Analysis::BASE
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    contrast(given, "contrast-FEL")
}
