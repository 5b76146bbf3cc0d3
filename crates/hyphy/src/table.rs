//! The definition of an analysis, as data.

mod cost;
mod renamed;

pub(crate) use cost::OptionCost;
pub use cost::{Cost, Effect};
pub use renamed::Renamed;
pub(crate) use renamed::Spelling;

use selection::Stage as NativeStage;
use sequence::GeneticCode;

use crate::{
    EngineKind,
    digest::{Class, ColumnDefinition, Digest, DigestInput},
    parameters::Parameters,
    version::{Version, any_version},
};

/// One analysis of HyPhy.
pub struct Analysis {
    /// Id in the API, such as `contrast-fel`.
    pub id: &'static str,
    /// Short name, such as `contrast-FEL`.
    pub name: &'static str,
    /// The name in full.
    pub title: &'static str,
    /// The biologist's question it answers.
    pub question: &'static str,
    /// What it does, in a few sentences.
    pub description: &'static str,
    /// What a finding means, and what it does not.
    pub interpretation: &'static str,
    /// Other words by which people look for it.
    pub keywords: &'static [&'static str],
    /// Whether it is a good first analysis of data that suit it.
    pub recommended: bool,
    /// The general question under which lists show it.
    pub group: Group,
    /// The publication to cite.
    pub citation: Citation,
    /// The program that HyPhy runs.
    pub program: Program,
    /// First engine version that supports it.
    pub since: Version,
    /// The data it takes.
    pub input: Input,
    /// Its parameters, in display order.
    pub parameters: &'static [Parameter],
    /// Constant arguments.
    pub fixed: &'static [Fixed],
    /// Constraints between parameters.
    pub rules: &'static [Rule],
    /// Its cost.
    pub cost: Cost,
    /// Whether it resumes from a partial result that it finds at its output path.
    pub resumes: bool,
    /// Whether HyPhy's MPI build distributes its work among processes: its batch file queues sites
    /// or models.
    pub mpi: bool,
    /// Known engine bugs that need a workaround.
    pub quirks: &'static [Quirk],
    /// Its stages, in order.
    pub stages: &'static [Stage],
    /// Top-level keys of a complete result.
    pub result_keys: &'static [&'static str],
    /// Pairs of models in its fits, as HyPhy names them: the second contains the first.
    pub nested_models: &'static [(&'static str, &'static str)],
    /// The columns of its table that need a definition of ours, or that decide about a row.
    pub columns: &'static [ColumnDefinition],
    /// The classes into which it sorts rows of its table.
    pub classes: &'static [Class],
    /// The column that its table is sorted by, largest value first; otherwise rows are in HyPhy's
    /// order.
    pub largest_first: Option<&'static str>,
    /// A small request and the command line that is equivalent to it. The tests run both.
    pub example: Example,
    /// Computes the digest of a result; `None` if the result does not have the expected form.
    pub digest: fn(&DigestInput<'_>) -> Option<Digest>,
    /// Field of the published envelope that holds the result: `result`, or `results`.
    pub result_field: &'static str,
    /// The native engine, if it has this analysis.
    pub native: Option<Native>,
}

/// What differs if the native engine runs an analysis.
#[derive(Debug)]
pub struct Native {
    /// Names of parameters of which it supports only the default value.
    pub lacks: &'static [&'static str],
    /// Its options for these parameters and branches.
    pub options: fn(&Parameters, selection::Branches) -> selection::Analysis,
    /// Its stages, in order.
    pub stages: &'static [Stage],
    /// Its cost.
    pub cost: Cost,
    /// Definitions of columns whose content differs from HyPhy's.
    pub columns: &'static [ColumnDefinition],
    /// Columns that explain why a call differs from HyPhy's, besides those that decide about it.
    pub compared: &'static [&'static str],
}

/// A general question. Lists show analyses by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Selection, rates or properties at single sites.
    Sites,
    /// Selection on single branches.
    Branches,
    /// Selection anywhere in the gene.
    Gene,
    /// Relaxed or intensified selection.
    Relaxation,
    /// Differences between sets of branches.
    Differences,
    /// Recombination.
    Recombination,
    /// Sites that depend on each other.
    Coevolution,
    /// The substitution process.
    Substitutions,
    /// Compartments of a population.
    Compartments,
}

impl Group {
    /// All groups, in display order.
    pub const ALL: [Self; 9] = [
        Self::Sites,
        Self::Branches,
        Self::Gene,
        Self::Relaxation,
        Self::Differences,
        Self::Recombination,
        Self::Coevolution,
        Self::Substitutions,
        Self::Compartments,
    ];

    /// The question, as lists show it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sites => "Which sites?",
            Self::Branches => "Which branches?",
            Self::Gene => "The gene as a whole?",
            Self::Relaxation => "Was selection relaxed?",
            Self::Differences => "Does selection differ between branch sets?",
            Self::Recombination => "Is there recombination?",
            Self::Coevolution => "Which sites coevolve?",
            Self::Substitutions => "How do substitutions occur?",
            Self::Compartments => "Are there compartments?",
        }
    }
}

/// A small request, and what HyPhy writes for the same data without this service.
#[derive(Debug)]
pub struct Example {
    /// The alignment, if the analysis takes one.
    pub alignment: Option<ExampleFile>,
    /// The tree; `None` if the analysis takes none.
    pub tree: Option<ExampleFile>,
    /// The other fields of the request, as JSON.
    pub request: &'static str,
    /// HyPhy's command line after its program's name, without the alignment, the tree and the
    /// output. `~` stands for a blank within a word.
    pub command_line: &'static str,
    /// JSON pointers to the parts of the result that depend on random numbers, and whose members
    /// may differ, too. `/` stands for all values except likelihoods, and not for members.
    pub random: &'static [&'static str],
}

impl Example {
    /// The other fields of the request. `Null` if they are not valid JSON, which a test rules out.
    #[must_use]
    pub fn body(&self) -> serde_json::Value {
        serde_json::from_str(self.request).unwrap_or_default()
    }
}

/// A file of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its name.
    pub name: &'static str,
    /// Its content.
    pub content: &'static str,
}

/// The program that HyPhy runs.
#[derive(Debug, Clone, Copy)]
pub enum Program {
    /// An analysis that HyPhy ships, by its keyword.
    Keyword(&'static str),
    /// A batch file of this project: its name in the working directory, and its text.
    Batch(&'static str, &'static str),
}

/// A constant argument.
#[derive(Debug)]
pub enum Fixed {
    /// A keyword and its value.
    Word(&'static str, &'static str),
    /// A keyword, and the name of a file in the working directory that HyPhy writes.
    File(&'static str, &'static str),
}

/// A constraint on several parameters, each of which is valid by itself.
#[derive(Debug)]
pub struct Rule {
    /// The parameter to which the error is attributed.
    pub parameter: &'static str,
    /// What is wrong with it, if the constraint is violated.
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

/// The data that an analysis takes.
#[derive(Debug)]
pub struct Input {
    /// Kind of alignment.
    pub data: Data,
    /// Whether it takes a tree.
    pub tree: TreeInput,
    /// How its branches are chosen.
    pub branches: BranchInput,
    /// Whether it supports partitioned alignments, with one tree per partition or one tree for all.
    pub partitions: bool,
    /// Minimum number of sequences.
    pub min_sequences: usize,
    /// Minimum number of variable sites without which HyPhy fails or never ends.
    pub min_variable_sites: Minimum,
    /// Minimum number of sites of a nucleotide alignment.
    pub min_sites: Minimum,
}

/// A minimum that may grow with the number of sequences.
#[derive(Debug, Clone, Copy)]
pub struct Minimum {
    /// The minimum for any number of sequences.
    pub constant: usize,
    /// What each sequence adds.
    pub each_sequence: usize,
}

impl Minimum {
    /// No minimum.
    pub const NONE: Self = Self {
        constant: 0,
        each_sequence: 0,
    };

    /// The minimum for a number of sequences.
    #[must_use]
    pub const fn of(self, sequences: usize) -> usize {
        self.constant + self.each_sequence * sequences
    }
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
    /// The kind of alignment for a request: the value of `data_type`, if it decides.
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
    /// A tree is required: the dataset named by `tree`, or one in the alignment's file.
    Required,
    /// As [`TreeInput::Required`], with a root that has two branches.
    Rooted,
    /// No tree.
    None,
}

/// How the branches of an analysis are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BranchInput {
    /// No branches are chosen.
    None,
    /// `branches`: the branches to test.
    Tested,
    /// `test_branches` and `reference_branches`.
    TestAndReference,
    /// `test_branches`; all others are the background.
    Foreground,
    /// `branch_sets`: any number of sets.
    Sets,
    /// `compartment_definitions`: leaves, selected by regular expressions.
    Compartments,
}

/// One parameter of an analysis.
#[derive(Debug)]
pub struct Parameter {
    /// Name in the API.
    pub name: &'static str,
    /// Label in forms.
    pub label: &'static str,
    /// Alternative names that clients use.
    pub aliases: &'static [&'static str],
    /// HyPhy's keyword, such as `--resample`; `None` if the value is not passed on unchanged.
    pub keyword: Option<&'static str>,
    /// HyPhy's later keywords for it, oldest first. The engine's help says which one it has.
    pub renamed: &'static [Renamed],
    /// Its type and accepted values.
    pub kind: Kind,
    /// Default value in canonical form; empty means none.
    pub default: &'static str,
    /// Description for users.
    pub help: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// Condition under which it is passed on.
    pub only_if: Option<Condition>,
    /// First engine version that supports it.
    pub since: Version,
    /// Whether the analysis's `--help` lists its keyword if the engine supports it.
    pub in_help: bool,
    /// Whether it is rarely needed; forms hide it by default.
    pub advanced: bool,
    /// Whether the published specification has it.
    pub published: bool,
}

/// Type and accepted values of a parameter.
#[derive(Debug)]
pub enum Kind {
    /// Id of a dataset.
    Dataset,
    /// One of HyPhy's genetic codes.
    GeneticCode,
    /// Branches of the tree; see [`crate::branches`].
    Branches {
        /// Whether an empty list means all branches. Otherwise [`crate::branches`] defines its
        /// meaning.
        empty_is_all: bool,
    },
    /// Sets of branches: labels in the tree, or `{"name": …, "branches": […]}`.
    BranchSets,
    /// Groups of leaves: `{"description": …, "regexp": …}`.
    Compartments,
    /// `Yes` or `No`; a JSON boolean is accepted, too.
    YesNo,
    /// One of several words.
    Choice(&'static [Choice]),
    /// An integer between inclusive bounds.
    Integer {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// A number between inclusive bounds.
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
    /// Another word for it that requests may use.
    pub alias: Option<&'static str>,
    /// The word as HyPhy spells it.
    pub engine: &'static str,
    /// What it means.
    pub help: &'static str,
    /// First engine version that has it.
    pub since: Version,
}

impl Choice {
    /// A word that HyPhy and the API spell in the same way.
    #[must_use]
    pub const fn new(value: &'static str, help: &'static str) -> Self {
        Self::with_engine_value(value, value, help)
    }

    /// A word that HyPhy spells differently.
    #[must_use]
    pub const fn with_engine_value(
        value: &'static str,
        engine: &'static str,
        help: &'static str,
    ) -> Self {
        Self {
            value,
            alias: None,
            engine,
            help,
            since: any_version(),
        }
    }

    /// The same choice, which engines have from this version on.
    #[must_use]
    pub(crate) const fn since(self, since: Version) -> Self {
        Self { since, ..self }
    }

    /// The same choice with another word that requests may use.
    #[must_use]
    pub const fn or(self, alias: &'static str) -> Self {
        Self {
            alias: Some(alias),
            ..self
        }
    }
}

/// A condition on another parameter's value.
#[derive(Debug)]
pub struct Condition {
    /// The other parameter.
    pub parameter: &'static str,
    /// The values.
    pub values: &'static [&'static str],
    /// Whether the parameter must have one of the values. Otherwise it must have none of them.
    pub one_of_them: bool,
}

impl Condition {
    /// Whether the condition holds.
    #[must_use]
    pub fn holds(&self, parameters: &Parameters) -> bool {
        let value = parameters.text(self.parameter).unwrap_or_default();
        self.values.contains(&value) == self.one_of_them
    }
}

/// An engine bug with a workaround.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// HyPhy 2.5.55 to 2.5.83 never analyse the first codon: their filter for `--limit-to-sites`
    /// uses its 0-based index as a truth value. A pattern that matches every site number restores
    /// the codon.
    FirstCodonSkipped,
}

/// A part of an analysis that the log announces.
#[derive(Debug)]
pub struct Stage {
    /// Beginning of the line that announces it.
    pub marker: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Its usual percentage of the total run time.
    pub share: u8,
    /// The text before `done/total`, `done of total`, or the letter of an amino acid in the
    /// progress line.
    pub counter: Option<&'static str>,
    /// The native engine's name for it, if it is a stage of the native engine.
    pub native: Option<NativeStage>,
}

impl Stage {
    /// A stage without a counter.
    #[must_use]
    pub const fn new(marker: &'static str, title: &'static str, share: u8) -> Self {
        Self {
            marker,
            title,
            share,
            counter: None,
            native: None,
        }
    }

    /// A stage of the native engine.
    #[must_use]
    pub const fn of_native(self, stage: NativeStage) -> Self {
        Self {
            native: Some(stage),
            ..self
        }
    }

    /// A stage with a counter.
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
    /// What is usual: a test of codons at all or some branches of a tree, in parallel only by
    /// threads.
    pub const BASE: Self = Self {
        id: "",
        name: "",
        title: "",
        question: "",
        description: "",
        interpretation: "",
        keywords: &[],
        recommended: false,
        group: Group::Sites,
        citation: Citation { text: "", doi: "" },
        program: Program::Keyword(""),
        since: any_version(),
        input: Input {
            data: Data::Codon,
            tree: TreeInput::Required,
            branches: BranchInput::Tested,
            partitions: true,
            min_sequences: 3,
            min_variable_sites: Minimum::NONE,
            min_sites: Minimum::NONE,
        },
        parameters: &[],
        fixed: &[],
        rules: &[],
        cost: Cost {
            classes: 1,
            seconds: 10,
            patterns_exponent: 1.0,
            options: &[],
        },
        resumes: false,
        mpi: false,
        quirks: &[],
        stages: &[],
        result_keys: &["fits", "input", "timers"],
        nested_models: &[],
        columns: &[],
        classes: &[],
        largest_first: None,
        example: Example {
            alignment: None,
            tree: None,
            request: "{}",
            command_line: "",
            random: &[],
        },
        digest: |_| None,
        result_field: "result",
        native: None,
    };

    /// The largest threshold that a summary can have: 1 for probabilities, none for Bayes factors.
    #[must_use]
    pub fn largest_threshold(&self) -> Option<f64> {
        let unbounded = self.columns.iter().any(ColumnDefinition::is_bayes_factor);
        (!unbounded).then_some(1.0)
    }

    /// The engines that have it, the default first.
    #[must_use]
    pub fn engines(&self) -> Vec<EngineKind> {
        let has = |kind: &EngineKind| *kind != EngineKind::Native || self.native.is_some();
        EngineKind::ALL.into_iter().filter(has).collect()
    }

    /// Its stages with an engine.
    #[must_use]
    pub fn stages(&self, engine: EngineKind) -> &'static [Stage] {
        match (engine, &self.native) {
            (EngineKind::Native, Some(native)) => native.stages,
            _ => self.stages,
        }
    }

    /// Its cost with an engine.
    #[must_use]
    pub fn cost(&self, engine: EngineKind) -> Cost {
        match (engine, &self.native) {
            (EngineKind::Native, Some(native)) => native.cost,
            _ => self.cost,
        }
    }

    /// What its table says about a column in the results of an engine.
    #[must_use]
    pub fn column(&self, engine: EngineKind, name: &str) -> Option<&'static ColumnDefinition> {
        let own = self
            .native
            .as_ref()
            .filter(|_| engine == EngineKind::Native);
        let own = own.map_or(&[][..], |native| native.columns);
        own.iter()
            .chain(self.columns)
            .find(|column| column.name == name)
    }

    /// Whether HyPhy reads trees without their roots. Most analyses use models in which the place
    /// of the root makes no difference.
    #[must_use]
    pub fn reads_unrooted_trees(&self) -> bool {
        self.input.tree == TreeInput::Required && self.input.branches != BranchInput::Compartments
    }

    /// The parameter with this name or alias.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters
            .iter()
            .find(|p| p.name == name || p.aliases.contains(&name))
    }
}

impl Parameter {
    /// The accepted words, if only certain words are accepted.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        match self.kind {
            Kind::GeneticCode => GeneticCode::ALL.iter().map(|code| code.name()).collect(),
            Kind::YesNo => vec!["Yes", "No"],
            Kind::Choice(choices) => choices.iter().map(|choice| choice.value).collect(),
            _ => vec![],
        }
    }

    /// Values that most parameters share.
    pub const NONE: Self = Self {
        name: "",
        label: "",
        aliases: &[],
        keyword: None,
        renamed: &[],
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
