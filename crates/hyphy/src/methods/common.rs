//! Parameters and stages that several analyses share.

use crate::version::V2_5_68;
use serde_json::Value;

use crate::{
    digest::{
        Class, ColumnDefinition, Digest, DigestInput, Rate, Selection, Table, Threshold, pluralize,
        sites,
    },
    parameters::Parameters,
};

use super::super::table::{Choice, Condition, Kind, OptionCost, Parameter, Stage};

pub(super) const ALIGNMENT: Parameter = Parameter {
    name: "alignment",
    label: "Alignment",
    aliases: &["alignment_file"],
    kind: Kind::Dataset,
    required: true,
    help: "The alignment: id of its dataset.",
    ..Parameter::NONE
};

pub(super) const TREE: Parameter = Parameter {
    name: "tree",
    label: "Tree",
    aliases: &["tree_file"],
    kind: Kind::Dataset,
    help: "The tree: id of its dataset. Not needed if the alignment file contains a tree.",
    ..Parameter::NONE
};

pub(super) const PRUNE: Parameter = Parameter {
    name: "prune",
    label: "Remove taxa that are in only one file",
    kind: Kind::Choice(&[
        Choice::new("Tree", "Remove leaves without a sequence from the tree.").or("Yes"),
        Choice::new(
            "Alignment",
            "Remove sequences without a leaf from the alignment.",
        ),
        Choice::new("Both", "Analyse only the taxa that are in both."),
    ]),
    help: "What to remove if the alignment and the tree have different taxa: leaves without a \
        sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such \
        data are rejected.",
    advanced: true,
    published: false,
    ..Parameter::NONE
};

pub(super) const GENETIC_CODE: Parameter = Parameter {
    name: "genetic_code",
    label: "Genetic code",
    aliases: &["code"],
    keyword: Some("--code"),
    kind: Kind::GeneticCode,
    default: "Universal",
    help: "The code that translates the codons: Universal for nuclear genes of most organisms.",
    ..Parameter::NONE
};

pub(super) const BRANCHES: Parameter = Parameter {
    name: "branches",
    label: "Branches to test",
    keyword: Some("--branches"),
    kind: Kind::Branches { empty_is_all: true },
    help: "Branches to test: names of leaves or internal nodes, labels in the tree, or one of \
        HyPhy's keywords All, Internal, Leaves, Unlabeled-branches. Empty means all.",
    ..Parameter::NONE
};

pub(super) const SRV_YES: Parameter = Parameter {
    name: "srv",
    label: "Synonymous rate varies between sites",
    keyword: Some("--srv"),
    kind: Kind::YesNo,
    default: "Yes",
    help: "Let the synonymous rate vary from site to site.",
    ..Parameter::NONE
};

/// What [`MULTIPLE_HITS`] costs where sites are fitted one by one.
pub(super) const MULTIPLE_HITS_AT_SITES: OptionCost =
    OptionCost::factors("multiple_hits", &[("Double", 9.0), ("Double+Triple", 9.0)]);

pub(super) const MULTIPLE_HITS: Parameter = Parameter {
    name: "multiple_hits",
    label: "Simultaneous substitutions",
    keyword: Some("--multiple-hits"),
    kind: Kind::Choice(&[
        Choice::new("None", "One nucleotide changes at a time."),
        Choice::new("Double", "Two nucleotides of a codon may change at once."),
        Choice::new(
            "Double+Triple",
            "Two or three nucleotides may change at once.",
        ),
    ]),
    default: "None",
    help: "How many nucleotides of a codon may change at once.",
    since: V2_5_68,
    advanced: true,
    ..Parameter::NONE
};

pub(super) const SITE_MULTIHIT: Parameter = Parameter {
    name: "site_multihit",
    label: "Rates of simultaneous substitutions",
    keyword: Some("--site-multihit"),
    kind: Kind::Choice(&[
        Choice::new("Estimate", "Estimate at each site."),
        Choice::new("Global", "Use the rates of the whole alignment."),
    ]),
    default: "Estimate",
    help: "Whether rates of simultaneous substitutions are estimated at each site. Used only if \
        they are allowed.",
    since: V2_5_68,
    only_if: unless("multiple_hits", &["None"]),
    advanced: true,
    ..Parameter::NONE
};

pub(super) const RESAMPLE: Parameter = Parameter {
    name: "resample",
    label: "Bootstrap replicates",
    keyword: Some("--resample"),
    kind: Kind::Integer { min: 0, max: 1000 },
    default: "0",
    help: "Replicates of a parametric bootstrap for the null distribution of each site; 0 uses \
        the asymptotic distribution. Much slower; meant for alignments of fewer than 30 \
        sequences.",
    advanced: true,
    ..Parameter::NONE
};

pub(super) const PVALUE: Parameter = Parameter {
    name: "pvalue",
    label: "p-value threshold of the log",
    keyword: Some("--pvalue"),
    kind: Kind::Number { min: 0.0, max: 1.0 },
    default: "0.1",
    help: "Threshold at which the log names a site as selected. The result contains the p-value of \
        every site, whatever the threshold.",
    advanced: true,
    published: false,
    ..Parameter::NONE
};

pub(super) const SYN_RATES: Parameter = Parameter {
    name: "syn_rates",
    label: "Classes of synonymous rates",
    keyword: Some("--syn-rates"),
    kind: Kind::Integer { min: 1, max: 10 },
    default: "3",
    help: "Number of synonymous rate classes. Used only if synonymous rates vary.",
    only_if: unless("srv", &["No"]),
    ..Parameter::NONE
};

pub(super) const GRID_SIZE: Parameter = Parameter {
    name: "grid_size",
    label: "Starting grid size",
    keyword: Some("--grid-size"),
    kind: Kind::Integer {
        min: 1,
        max: 10_000,
    },
    default: "250",
    help: "Number of grid points for the initial estimate of the distributions.",
    advanced: true,
    ..Parameter::NONE
};

pub(super) const STARTING_POINTS: Parameter = Parameter {
    name: "starting_points",
    label: "Starting points",
    keyword: Some("--starting-points"),
    kind: Kind::Integer { min: 1, max: 1000 },
    default: "1",
    help: "Number of starting points for the optimization; at most a tenth of the starting grid \
        size.",
    advanced: true,
    ..Parameter::NONE
};

pub(super) const CONCENTRATION: Parameter = Parameter {
    name: "concentration_parameter",
    label: "Concentration of the prior",
    keyword: Some("--concentration_parameter"),
    kind: Kind::Number {
        min: 0.001,
        max: 1.0,
    },
    default: "0.5",
    help: "Concentration parameter of the Dirichlet prior.",
    advanced: true,
    ..Parameter::NONE
};

pub(super) const GRID_POINTS: Parameter = Parameter {
    name: "grid_points",
    label: "Grid points per dimension",
    aliases: &["grid"],
    keyword: Some("--grid"),
    kind: Kind::Integer { min: 5, max: 50 },
    default: "20",
    help: "Number of grid points for each of the two rates.",
    ..Parameter::NONE
};

/// HyPhy's empirical protein models that all of its analyses support.
pub(super) const PROTEIN_MODELS: Kind = Kind::Choice(&[
    Choice::new("LG", "Le and Gascuel 2008."),
    Choice::new("WAG", "Whelan and Goldman 2001."),
    Choice::new("JTT", "Jones, Taylor and Thornton 1992."),
    Choice::new("JC69", "Equal rates."),
    Choice::new("mtMet", "Mitochondria of metazoans."),
    Choice::new("mtVer", "Mitochondria of vertebrates."),
    Choice::new("gcpREV", "Plastids of green plants."),
    Choice::new("HIVBm", "HIV between hosts."),
    Choice::new("HIVWm", "HIV within hosts."),
    Choice::new(
        "GTR",
        "General time reversible, rates estimated from the alignment.",
    ),
]);

/// The condition that the other parameter has none of these values.
pub(super) const fn unless(
    parameter: &'static str,
    values: &'static [&'static str],
) -> Option<Condition> {
    Some(Condition {
        parameter,
        values,
        one_of_them: false,
    })
}

/// The condition that the other parameter has one of these values.
pub(super) const fn only_with(
    parameter: &'static str,
    values: &'static [&'static str],
) -> Option<Condition> {
    Some(Condition {
        parameter,
        values,
        one_of_them: true,
    })
}

/// The stages of FUBAR, and of what is built on it.
pub(super) const GRID_STAGES: [Stage; 4] = [
    nucleotide_model(30),
    Stage::new("### Computing the phylogenetic", "Grid likelihoods", 50),
    Stage::new("### Running", "Grid weights", 15),
    Stage::new("### Tabulating", "Summarising sites", 5),
];

pub(super) const fn nucleotide_model(share: u8) -> Stage {
    Stage::new(
        "### Obtaining branch lengths and nucleotide",
        "Nucleotide model",
        share,
    )
}

pub(super) const fn global_omega(share: u8) -> Stage {
    Stage::new("### Obtaining the global omega", "Global dN/dS", share)
}

pub(super) const fn codon_model(share: u8) -> Stage {
    Stage::new("### Improving branch lengths", "Codon model", share)
}

/// The stage that processes sites one after the other.
pub(super) const fn sites(share: u8) -> Stage {
    Stage::new("### For partition", "Testing sites", share).counted("Working on site pattern ")
}

/// The rule for [`STARTING_POINTS`].
pub(super) fn too_many_starting_points(parameters: &Parameters) -> Option<String> {
    let number = |name| parameters.get(name).and_then(serde_json::Value::as_i64);
    let most = (number("grid_size")? / 10).max(1);
    (number("starting_points")? > most)
        .then(|| format!("starting_points must be at most a tenth of grid_size: {most}"))
}

/// The classes of sites by the direction of selection.
pub(super) const SELECTION_CLASSES: [Class; 2] = [
    Class {
        name: "diversifying",
        meaning: "positive selection",
        selection: Some(Selection::Positive),
    },
    Class {
        name: "purifying",
        meaning: "negative selection",
        selection: Some(Selection::Negative),
    },
];

/// The class of a site by what speaks for nonsynonymous and for synonymous changes. If both are equal there
/// is none, whatever the threshold.
pub(super) fn direction(nonsynonymous: f64, synonymous: f64) -> Option<&'static str> {
    if nonsynonymous > synonymous {
        Some("diversifying")
    } else {
        (nonsynonymous < synonymous).then_some("purifying")
    }
}

/// The number of sites under selection, in a sentence.
pub(super) fn selected_sites(name: &str, table: &Table, threshold: &Threshold) -> String {
    let (positive, negative) = (
        sites::in_class(table, "diversifying"),
        sites::in_class(table, "purifying"),
    );
    let all = pluralize(table.rows.len(), "codon", "codons");
    let positively = "positive (diversifying) selection at";
    let negatively = "negative (purifying) selection at";
    let found = match (positive, negative) {
        (0, 0) => format!(
            "neither positive (diversifying) nor negative (purifying) selection at any of {all}"
        ),
        (0, _) => format!("{negatively} {negative} of {all}, and {positively} none"),
        (_, 0) => format!("{positively} {positive} of {all}, and {negatively} none"),
        _ => format!("{positively} {positive} of {all} and {negatively} {negative}"),
    };
    let sign = if threshold.of == "posterior probability" {
        "posterior probability ≥"
    } else {
        "p ≤"
    };
    format!("{name} found {found} ({sign} {}).", threshold.value)
}

/// Rates as the main table, for analyses without another.
pub(super) fn rate_table(rates: &[Rate]) -> Table {
    let mut table = Table::of(&[
        ("estimate", "Name of the estimate"),
        ("value", "Value of the estimate"),
        (
            "weight",
            "Fraction of the class in its distribution, 0 to 1",
        ),
    ]);
    // The classes of a distribution share its name.
    let named = |rates: &[Rate], name: &str| rates.iter().filter(|rate| rate.name == name).count();
    let row = |(place, rate): (usize, &Rate)| {
        let name = if named(rates, &rate.name) > 1 {
            format!(
                "{}, class {}",
                rate.name,
                named(&rates[..=place], &rate.name)
            )
        } else {
            rate.name.clone()
        };
        vec![
            Value::from(name),
            Value::from(rate.value),
            Value::from(rate.weight),
        ]
    };
    table.rows = rates.iter().enumerate().map(row).collect();
    table
}

pub(super) const BRANCH_SETS: Parameter = Parameter {
    name: "branch_sets",
    label: "Branch sets",
    kind: Kind::BranchSets,
    help: "Branch sets to compare: labels in the tree, Internal, Leaves, Unlabeled-branches, or \
        objects with a name and branches. A single set is compared with all other branches.",
    required: true,
    ..Parameter::NONE
};

pub(super) const PERMUTATIONS: Parameter = Parameter {
    name: "permutations",
    label: "Permutation test",
    keyword: Some("--permutations"),
    kind: Kind::YesNo,
    default: "Yes",
    help: "Confirm significant sites by permuting the branches of the sets.",
    ..Parameter::NONE
};

pub(super) const CONTRAST_P_VALUE: Parameter = Parameter {
    name: "p_value",
    label: "p-value threshold of the log",
    keyword: Some("--p-value"),
    kind: Kind::Number { min: 0.0, max: 1.0 },
    default: "0.05",
    help: "Threshold at which the log names a site, and below which permutations are made.",
    ..Parameter::NONE
};

pub(super) const CONTRAST_Q_VALUE: Parameter = Parameter {
    name: "q_value",
    label: "q-value threshold of the log",
    keyword: Some("--q-value"),
    kind: Kind::Number { min: 0.0, max: 1.0 },
    default: "0.2",
    help: "Threshold of the false discovery rate at which the log names a site.",
    ..Parameter::NONE
};

pub(super) const CONTRAST_COLUMNS: &[ColumnDefinition] = &[ColumnDefinition::p_values(
    "P-value (overall)",
    Some("different"),
)];

pub(super) const CONTRAST_CLASSES: &[Class] = &[Class {
    name: "different",
    meaning: "selection differs between branch sets",
    selection: None,
}];

/// Blanks what contrast-FEL did not compute: it writes -1 for a permutation test that it did not make, and
/// 1 into every column but those of rates for a codon without substitutions.
fn blank_defaults(table: &mut Table) {
    let permutation = table.column("Permutation p-value");
    let length = table.column("Total branch length");
    let counts: Vec<usize> = (0..table.columns.len())
        .filter(|column| table.columns[*column].name.starts_with("subs ("))
        .collect();
    for row in &mut table.rows {
        let is_invariable = sites::number(row, length) == 0.0;
        if let Some(column) = permutation
            && (is_invariable || sites::number(row, permutation) < 0.0)
        {
            row[column] = Value::Null;
        }
        for column in counts.iter().filter(|_| is_invariable) {
            row[*column] = Value::from(0);
        }
    }
}

/// Sites where selection differs between sets of branches.
pub(super) fn contrast(given: &DigestInput<'_>, name: &str) -> Option<Digest> {
    let threshold = given.threshold("P-value (overall)", "p_value", 0.05);
    let mut table = sites::table(given.result)?;
    blank_defaults(&mut table);
    let p_value = table.column("P-value (overall)");
    let found = given.classify(&mut table, |row| {
        (sites::number(row, p_value) <= threshold.value).then_some("different")
    });
    let statement = format!(
        "{name} found {} where selection differs between the sets at p ≤ {}.",
        pluralize(found, "codon", "codons"),
        threshold.value
    );
    Some(Digest::of_rows(statement, threshold, found, table))
}
