//! What an analysis is, as data.

use crate::engine::Version;

/// One analysis of HyPhy.
#[derive(Debug)]
pub struct Analysis {
    /// Id in the API, such as `contrast-fel`.
    pub id: &'static str,
    /// Short name, such as `contrast-FEL`.
    pub name: &'static str,
    /// The name in full.
    pub title: &'static str,
    /// The biologist's question that it answers.
    pub question: &'static str,
    /// What it does, in a few sentences.
    pub description: &'static str,
    /// What to cite.
    pub citation: Citation,
    /// HyPhy's keyword of the analysis.
    pub keyword: &'static str,
    /// What it takes.
    pub input: Input,
    /// Its parameters, in the order in which people should see them.
    pub parameters: &'static [Parameter],
    /// Known faults of engines that must be worked around.
    pub quirks: &'static [Quirk],
    /// What it goes through, in order.
    pub stages: &'static [Stage],
    /// Top-level keys that a whole result has.
    pub result_keys: &'static [&'static str],
}

/// A publication.
#[derive(Debug)]
pub struct Citation {
    /// Authors, year, title, journal.
    pub text: &'static str,
    /// Digital object identifier, without a resolver's address.
    pub doi: &'static str,
}

/// What an analysis takes.
#[derive(Debug)]
pub struct Input {
    /// Kind of alignment.
    pub data: Data,
    /// Whether it takes a tree.
    pub tree: TreeInput,
    /// Fewest sequences with which it can run.
    pub min_sequences: usize,
}

/// Kind of alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// In-frame codons without internal stop codons, by the `genetic_code` parameter.
    Codon,
}

/// Whether an analysis takes a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeInput {
    /// It needs one: the dataset named by `tree`, or one that the alignment's file holds.
    Required,
}

/// One parameter of an analysis.
#[derive(Debug)]
pub struct Parameter {
    /// Name in the API.
    pub name: &'static str,
    /// Other names that clients use.
    pub aliases: &'static [&'static str],
    /// HyPhy's keyword, such as `--resample`; `None` where the value is not passed on as it is.
    pub keyword: Option<&'static str>,
    /// What values it takes.
    pub kind: Kind,
    /// Value when it is not given, in its canonical form; empty means none.
    pub default: &'static str,
    /// What it does, for people.
    pub help: &'static str,
    /// First engine that has it.
    pub since: Version,
    /// Seldom needed: forms fold it away.
    pub advanced: bool,
    /// The published specification has it.
    pub published: bool,
}

/// What values a parameter takes.
#[derive(Debug)]
pub enum Kind {
    /// Id of a dataset.
    Dataset,
    /// One of HyPhy's genetic codes.
    GeneticCode,
    /// Branches of the tree; see [`crate::branches`].
    Branches,
    /// `Yes` or `No`; also taken as a JSON boolean.
    YesNo,
    /// One of some words.
    Choice(&'static [Choice]),
    /// A whole number, bounds included.
    Integer {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// A number, bounds included.
    Number {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
}

/// One word of a [`Kind::Choice`], spelt as HyPhy and the API spell it.
#[derive(Debug)]
pub struct Choice {
    /// The word.
    pub value: &'static str,
    /// What it means.
    pub help: &'static str,
}

/// A fault of some engines that is worked around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// HyPhy 2.5.55 to 2.5.83 never analyse the first codon: their filter for `--limit-to-sites`
    /// takes its 0-based index for a truth value. A pattern that matches every site number
    /// brings it back.
    FirstCodonSkipped,
}

/// A part of an analysis that its log announces.
#[derive(Debug)]
pub struct Stage {
    /// Beginning of the line that announces it.
    pub marker: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Its usual part of the whole run time, in percent.
    pub share: u8,
    /// Beginning of the progress line that counts it, before `done/total`.
    pub counter: Option<&'static str>,
}

impl Analysis {
    /// The parameter of this name or alias.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters
            .iter()
            .find(|p| p.name == name || p.aliases.contains(&name))
    }
}

impl Parameter {
    /// What most parameters have in common.
    pub const NONE: Self = Self {
        name: "",
        aliases: &[],
        keyword: None,
        kind: Kind::YesNo,
        default: "",
        help: "",
        since: any_version(),
        advanced: false,
        published: true,
    };
}

/// Since ever, as far as this service is concerned.
pub(crate) const fn any_version() -> Version {
    Version(2, 5, 0)
}

/// What Debian's 2.5.69 package calls itself.
pub(crate) const V2_5_68: Version = Version(2, 5, 68);

pub(crate) const ALIGNMENT: Parameter = Parameter {
    name: "alignment",
    aliases: &["alignment_file"],
    kind: Kind::Dataset,
    help: "Id of the dataset that holds the alignment.",
    ..Parameter::NONE
};

pub(crate) const TREE: Parameter = Parameter {
    name: "tree",
    aliases: &["tree_file"],
    kind: Kind::Dataset,
    help: "Id of the dataset that holds the tree. Not needed when the alignment's file holds one.",
    ..Parameter::NONE
};

pub(crate) const GENETIC_CODE: Parameter = Parameter {
    name: "genetic_code",
    aliases: &["code"],
    keyword: Some("--code"),
    kind: Kind::GeneticCode,
    default: "Universal",
    help: "Genetic code by which codons are translated.",
    ..Parameter::NONE
};

pub(crate) const BRANCHES: Parameter = Parameter {
    name: "branches",
    keyword: Some("--branches"),
    kind: Kind::Branches,
    help: "Branches to test: names of leaves or internal nodes, labels that the tree carries, or \
        one of HyPhy's words All, Internal, Leaves, Unlabeled-branches. Empty means all.",
    ..Parameter::NONE
};

pub(crate) const SRV_YES: Parameter = Parameter {
    name: "srv",
    keyword: Some("--srv"),
    kind: Kind::YesNo,
    default: "Yes",
    help: "Let the synonymous rate vary from site to site.",
    ..Parameter::NONE
};

pub(crate) const MULTIPLE_HITS: Parameter = Parameter {
    name: "multiple_hits",
    keyword: Some("--multiple-hits"),
    kind: Kind::Choice(&[
        Choice {
            value: "None",
            help: "One nucleotide changes at a time.",
        },
        Choice {
            value: "Double",
            help: "Two nucleotides of a codon may change at once.",
        },
        Choice {
            value: "Double+Triple",
            help: "Two or three nucleotides may change at once.",
        },
    ]),
    default: "None",
    help: "Instantaneous substitutions of several nucleotides of a codon.",
    since: V2_5_68,
    advanced: true,
    ..Parameter::NONE
};
