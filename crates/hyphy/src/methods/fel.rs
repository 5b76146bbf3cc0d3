//! FEL: pervasive selection at single sites, by a likelihood ratio test at each.

use super::super::table::{
    ALIGNMENT, Analysis, BRANCHES, Choice, Citation, Data, GENETIC_CODE, Input, Kind,
    MULTIPLE_HITS, Parameter, Quirk, SRV_YES, Stage, TREE, TreeInput, V2_5_68, any_version,
};

pub(super) static FEL: Analysis = Analysis {
    id: "fel",
    name: "FEL",
    title: "Fixed Effects Likelihood",
    question: "Which sites are under pervasive positive or negative selection?",
    description: "Estimates the synonymous rate α and the nonsynonymous rate β of every codon \
        site by maximum likelihood, and tests at each whether they differ. The signal is taken \
        over all chosen branches, so it is that of pervasive diversification or conservation.",
    citation: Citation {
        text: "Kosakovsky Pond SL, Frost SDW (2005). Not So Different After All: A Comparison of \
            Methods for Detecting Amino Acid Sites Under Selection. Mol Biol Evol 22:1208-1222",
        doi: "10.1093/molbev/msi105",
    },
    keyword: "fel",
    input: Input {
        data: Data::Codon,
        tree: TreeInput::Required,
        min_sequences: 3,
    },
    parameters: &[
        ALIGNMENT,
        TREE,
        GENETIC_CODE,
        BRANCHES,
        Parameter {
            name: "ci",
            keyword: Some("--ci"),
            kind: Kind::YesNo,
            default: "No",
            help: "Compute profile likelihood confidence intervals of the rates of each variable \
                site.",
            since: any_version(),
            ..Parameter::NONE
        },
        SRV_YES,
        Parameter {
            name: "resample",
            keyword: Some("--resample"),
            kind: Kind::Integer { min: 0, max: 1000 },
            default: "0",
            help: "Replicates of a parametric bootstrap that derives each site's null \
                distribution; 0 uses the asymptotic one. Much slower; meant for alignments of \
                fewer than 30 sequences.",
            since: any_version(),
            advanced: true,
            ..Parameter::NONE
        },
        MULTIPLE_HITS,
        Parameter {
            name: "site_multihit",
            keyword: Some("--site-multihit"),
            kind: Kind::Choice(&[
                Choice {
                    value: "Estimate",
                    help: "Estimate at each site.",
                },
                Choice {
                    value: "Global",
                    help: "Use the rates of the whole alignment.",
                },
            ]),
            default: "Estimate",
            help: "Whether rates of multiple nucleotide substitutions are estimated for each \
                site. Matters only with multiple_hits.",
            since: V2_5_68,
            advanced: true,
            ..Parameter::NONE
        },
        Parameter {
            name: "pvalue",
            keyword: Some("--pvalue"),
            kind: Kind::Number { min: 0.0, max: 1.0 },
            default: "0.1",
            help: "Threshold at which the log names a site as selected. The result holds the \
                p-value of every site whatever this is.",
            since: any_version(),
            published: false,
            ..Parameter::NONE
        },
    ],
    quirks: &[Quirk::FirstCodonSkipped],
    stages: &[
        Stage {
            marker: "### Obtaining branch lengths and nucleotide",
            title: "Nucleotide model",
            share: 5,
            counter: None,
        },
        Stage {
            marker: "### Obtaining the global omega",
            title: "Global dN/dS",
            share: 5,
            counter: None,
        },
        Stage {
            marker: "### Improving branch lengths",
            title: "Codon model",
            share: 15,
            counter: None,
        },
        Stage {
            marker: "### For partition",
            title: "Sites",
            share: 75,
            counter: Some("Working on site pattern "),
        },
    ],
    result_keys: &[
        "MLE",
        "fits",
        "input",
        "tested",
        "timers",
        "data partitions",
    ],
};
