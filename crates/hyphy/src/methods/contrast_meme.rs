//! contrast-MEME: sites where episodic selection differs between sets of branches.

use super::prelude::*;

pub(super) static CONTRAST_MEME: Analysis = Analysis {
    id: "contrast-meme",
    name: "contrast-MEME",
    title: "Mixed Effects Model of Evolution, contrasted between sets of branches",
    group: Group::Differences,
    question: "At which codons does episodic selection differ between branch sets?",
    description: "Fits, at every codon, two nonsynonymous rates and their proportions for each \
        branch set, and tests whether they differ between sets.",
    interpretation: "At a detected codon, the branch sets differ in how selection varies among \
        their branches. None of them need be under positive selection.",
    keywords: &[
        "sites",
        "foreground",
        "background",
        "difference",
        "episodic",
        "clades",
        "hosts",
        "dN/dS",
    ],
    citation: Citation {
        text: "Kosakovsky Pond SL, Poon AFY, Velazquez R, et al. (2020). HyPhy 2.5: A \
            Customizable Platform for Evolutionary Hypothesis Testing Using Phylogenies. Mol \
            Biol Evol 37:295-299",
        doi: "10.1093/molbev/msz197",
    },
    program: Program::Keyword("contrast-meme"),
    since: V2_5_68,
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
        classes: 4,
        seconds: 50,
        patterns_exponent: 1.0,
        options: &[],
    },
    mpi: true,
    stages: &[
        nucleotide_model(5),
        global_omega(5),
        codon_model(15),
        sites(75),
    ],
    result_keys: &[
        "MLE",
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
    ],
    columns: CONTRAST_COLUMNS,
    classes: CONTRAST_CLASSES,
    example: Example {
        alignment: Some(examples::CODONS),
        tree: Some(examples::LABELLED_TREE),
        request: r#"{"branch_sets": ["Test", "Reference"], "srv": "No", "permutations": "No"}"#,
        command_line: "contrast-meme --branch-set Test --branch-set Reference --srv No --permutations No",
        random: &[],
    },
    digest,
    ..Analysis::BASE
};

fn digest(given: &DigestInput<'_>) -> Option<Digest> {
    contrast(given, "contrast-MEME")
}
