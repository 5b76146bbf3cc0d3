//! The definition of an analysis, as data.

mod cost;
mod example;
mod group;
mod input;
mod parameter;
mod renamed;
mod stage;

pub(crate) use cost::OptionCost;
pub use cost::{Cost, Effect};
pub use example::{Example, ExampleFile};
pub use group::Group;
pub use input::{BranchInput, Data, Input, Minimum, TreeInput};
pub use parameter::{Choice, Condition, Kind, Parameter};
pub use renamed::Renamed;
pub(crate) use renamed::Spelling;
pub use stage::Stage;

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

/// An engine bug with a workaround.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// HyPhy 2.5.55 to 2.5.83 never analyse the first codon: their filter for `--limit-to-sites`
    /// uses its 0-based index as a truth value. A pattern that matches every site number restores
    /// the codon.
    FirstCodonSkipped,
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
