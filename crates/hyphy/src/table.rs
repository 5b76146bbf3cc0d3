//! What an analysis is, as data.

use sequence::GeneticCode;

pub use crate::resources::Cost;
use crate::{
    engine::Version,
    request::Parameters,
    summary::{Digest, Given},
};

/// One analysis of HyPhy.
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
    /// What HyPhy is told to run.
    pub program: Program,
    /// First engine that has it.
    pub since: Version,
    /// What it takes.
    pub input: Input,
    /// Its parameters, in the order in which people should see them.
    pub parameters: &'static [Parameter],
    /// Arguments that are always the same.
    pub fixed: &'static [Fixed],
    /// What parameters must be together.
    pub rules: &'static [Rule],
    /// What it costs.
    pub cost: Cost,
    /// It takes up a partial result that it finds at its output.
    pub resumes: bool,
    /// HyPhy's MPI build shares its work among processes: its batch file queues sites or models.
    pub mpi: bool,
    /// Known faults of engines that must be worked around.
    pub quirks: &'static [Quirk],
    /// What it goes through, in order.
    pub stages: &'static [Stage],
    /// Top-level keys that a whole result has.
    pub result_keys: &'static [&'static str],
    /// Digests a result; `None` if it is not as it should be.
    pub digest: fn(&Given<'_>) -> Option<Digest>,
    /// Field of the published envelope that holds the result: `result`, or `results`.
    pub result_field: &'static str,
}

/// What HyPhy is told to run.
#[derive(Debug, Clone, Copy)]
pub enum Program {
    /// An analysis that HyPhy has, by its keyword.
    Keyword(&'static str),
    /// A batch file of our own: its name in the working directory, and its text.
    Batch(&'static str, &'static str),
}

/// An argument that is always the same.
#[derive(Debug)]
pub enum Fixed {
    /// A keyword and its value.
    Word(&'static str, &'static str),
    /// A keyword and the name of a file in the working directory, which HyPhy writes.
    File(&'static str, &'static str),
}

/// Something that parameters, each good by itself, must be together.
#[derive(Debug)]
pub struct Rule {
    /// The parameter that is to blame.
    pub parameter: &'static str,
    /// What is wrong with it, if the rule is broken.
    pub broken: fn(&Parameters) -> Option<String>,
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
    /// How its branches are chosen.
    pub branches: BranchInput,
    /// It takes alignments in partitions, each with a tree of its own or all with one.
    pub partitions: bool,
    /// Fewest sequences with which it can run.
    pub min_sequences: usize,
}

/// Kind of alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// In-frame codons without internal stop codons, by the `genetic_code` parameter.
    Codon,
    /// Nucleotides, in frame or not.
    Nucleotide,
    /// Amino acids.
    Protein,
    /// What the `data_type` parameter says: see [`Data::given`].
    ByType,
    /// It takes no alignment.
    None,
}

impl Data {
    /// The kind of alignment that a request gives: what `data_type` says where that decides.
    #[must_use]
    pub fn given(self, parameters: &Parameters) -> Self {
        match (self, parameters.text("data_type")) {
            (Self::ByType, Some("Protein" | "amino-acid")) => Self::Protein,
            (Self::ByType, Some("Codon" | "codon")) => Self::Codon,
            (Self::ByType, _) => Self::Nucleotide,
            (data, _) => data,
        }
    }
}

/// Whether an analysis takes a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeInput {
    /// It needs one: the dataset named by `tree`, or one that the alignment's file holds.
    Required,
    /// As [`TreeInput::Required`], and its root has two branches.
    Rooted,
    /// It takes none.
    None,
}

/// How the branches of an analysis are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BranchInput {
    /// They are not.
    None,
    /// `branches`: those to test.
    Tested,
    /// `test_branches` and `reference_branches`.
    TestAndReference,
    /// `branch_sets`: any number of sets.
    Sets,
    /// `compartment_definitions`: leaves, by regular expressions.
    Compartments,
}

/// One parameter of an analysis.
#[derive(Debug)]
pub struct Parameter {
    /// Name in the API.
    pub name: &'static str,
    /// What forms call it.
    pub label: &'static str,
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
    /// It has to be given.
    pub required: bool,
    /// It is passed on only in this case.
    pub only_if: Option<Condition>,
    /// First engine that has it.
    pub since: Version,
    /// The analysis's `--help` names its keyword, if it has it.
    pub in_help: bool,
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
    Branches {
        /// Naming none means all. If not, it means what [`crate::branches`] says.
        empty_is_all: bool,
    },
    /// Sets of branches: labels that the tree carries, or `{"name": …, "branches": […]}`.
    BranchSets,
    /// Groups of leaves: `{"description": …, "regexp": …}`.
    Compartments,
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

/// One word of a [`Kind::Choice`].
#[derive(Debug)]
pub struct Choice {
    /// The word as the API spells it.
    pub value: &'static str,
    /// The word as HyPhy spells it.
    pub engine: &'static str,
    /// What it means.
    pub help: &'static str,
}

impl Choice {
    /// A word that HyPhy and the API spell alike.
    #[must_use]
    pub const fn new(value: &'static str, help: &'static str) -> Self {
        Self::spelt(value, value, help)
    }

    /// A word that HyPhy spells in another way.
    #[must_use]
    pub const fn spelt(value: &'static str, engine: &'static str, help: &'static str) -> Self {
        Self {
            value,
            engine,
            help,
        }
    }
}

/// Another parameter has one of some values, or has none of them.
#[derive(Debug)]
pub struct Condition {
    /// The other parameter.
    pub parameter: &'static str,
    /// The values.
    pub values: &'static [&'static str],
    /// Whether it must have one of them, or none.
    pub one_of_them: bool,
}

impl Condition {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, parameters: &Parameters) -> bool {
        let value = parameters.text(self.parameter).unwrap_or_default();
        self.values.contains(&value) == self.one_of_them
    }
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
    /// What stands before `done/total`, `done of total`, or the letter of an amino acid in the
    /// progress line that counts it.
    pub counter: Option<&'static str>,
}

impl Stage {
    /// A stage that nothing counts.
    #[must_use]
    pub const fn new(marker: &'static str, title: &'static str, share: u8) -> Self {
        Self {
            marker,
            title,
            share,
            counter: None,
        }
    }

    /// The same, counted.
    #[must_use]
    pub const fn counted(self, counter: &'static str) -> Self {
        Self {
            counter: Some(counter),
            ..self
        }
    }
}

impl std::fmt::Debug for Analysis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
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
    /// The words that it takes, if it takes only some.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        match self.kind {
            Kind::GeneticCode => GeneticCode::ALL.iter().map(|code| code.name()).collect(),
            Kind::YesNo => vec!["Yes", "No"],
            Kind::Choice(choices) => choices.iter().map(|choice| choice.value).collect(),
            _ => vec![],
        }
    }

    /// What most parameters have in common.
    pub const NONE: Self = Self {
        name: "",
        label: "",
        aliases: &[],
        keyword: None,
        kind: Kind::YesNo,
        default: "",
        help: "",
        required: false,
        only_if: None,
        since: any_version(),
        in_help: true,
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
