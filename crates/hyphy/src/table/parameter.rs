//! The parameters of an analysis.

use sequence::GeneticCode;

use super::Renamed;
use crate::{
    parameters::Parameters,
    version::{Version, any_version},
};

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
