//! contrast-FEL: sites where selection differs between sets of branches.

use super::{
    super::table::{Analysis, BranchInput, Citation, Cost, Data, Input, Program, Quirk, TreeInput},
    common::{
        ALIGNMENT, BRANCH_SETS, CONTRAST_P_VALUE, CONTRAST_Q_VALUE, GENETIC_CODE, PERMUTATIONS,
        SRV_YES, TREE, codon_model, contrast, global_omega, nucleotide_model, sites,
    },
};
use crate::{
    digest::{Digest, DigestInput},
    version::any_version,
};

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
        BRANCH_SETS,
        SRV_YES,
        PERMUTATIONS,
        CONTRAST_P_VALUE,
        CONTRAST_Q_VALUE,
    ],
    fixed: &[],
    rules: &[],
    cost: Cost {
        classes: 1,
        seconds: 27,
    },
    resumes: false,
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
    digest,
    result_field: "results",
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    contrast(given, "contrast-FEL")
}
