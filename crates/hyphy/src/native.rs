//! The command line of the native engine: `datamonkey native ANALYSIS`, with HyPhy's keywords and
//! words.

mod data;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use selection::Branches;
use serde_json::{Map, Value};

use crate::{
    Analysis, EngineKind, Parameter, arguments,
    engine::needs,
    parameters::Parameters,
    request::{FieldProblem, check_options},
    table::{BranchInput, Kind, Native, Spelling, Stage},
};

pub use data::Data;

/// The command of the program.
const COMMAND: &str = "native";
/// The keyword of the number of threads.
pub const THREADS: &str = "--threads";
/// The keyword that chooses the branches to test.
pub const BRANCHES: &str = "--branches";

/// An analysis that the native engine has.
#[derive(Debug, Clone, Copy)]
pub struct NativeAnalysis {
    /// Its table.
    pub analysis: &'static Analysis,
    native: &'static Native,
}

impl NativeAnalysis {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let analyses = crate::methods::ALL.iter();
        analyses.filter_map(|analysis| Self::of(analysis))
    }

    /// The analysis with this table, if the native engine has it.
    #[must_use]
    pub fn of(analysis: &'static Analysis) -> Option<Self> {
        let native = analysis.native.as_ref()?;
        Some(Self { analysis, native })
    }

    /// The parameters that have keywords.
    pub fn options(self) -> impl Iterator<Item = &'static Parameter> {
        let is_option = |parameter: &&Parameter| {
            parameter.keyword.is_some() && !matches!(parameter.kind, Kind::Branches { .. })
        };
        self.analysis.parameters.iter().filter(is_option)
    }

    /// Whether branches to test can be chosen.
    #[must_use]
    pub fn takes_branches(self) -> bool {
        self.analysis.input.branches == BranchInput::Tested
    }

    /// The parameters for options, each a parameter with the word that follows its keyword.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parameters<'a>(
        self,
        given: impl Iterator<Item = (&'static Parameter, &'a str)>,
    ) -> Result<Parameters, Vec<FieldProblem>> {
        let values =
            given.map(|(parameter, word)| (parameter.name.to_owned(), value(parameter, word)));
        let body: Map<String, Value> = values.collect();
        check_options(self.analysis, EngineKind::Native, &body)
    }

    /// The command of a run, which is a command of `program`. It must run in the directory with the
    /// input's files, as [`arguments::command`].
    #[must_use]
    pub fn command(
        self,
        program: &Path,
        parameters: &Parameters,
        branches: &[(String, String)],
        threads: u32,
    ) -> Vec<OsString> {
        let mut arguments = arguments::files(self.analysis);
        arguments.extend(arguments::options(self.analysis, parameters, |p| {
            p.keyword.map(Spelling::of)
        }));
        arguments.extend(branches.iter().cloned());
        arguments.push((THREADS.to_owned(), threads.to_string()));
        let mut command = vec![program.into(), COMMAND.into(), self.analysis.id.into()];
        let words = arguments.into_iter();
        command.extend(words.flat_map(|(keyword, value)| [keyword.into(), value.into()]));
        command
    }

    /// Its stages, in order.
    #[must_use]
    pub fn stages(self) -> &'static [Stage] {
        self.native.stages
    }

    /// What to compute.
    #[must_use]
    pub fn job(self, parameters: &Parameters, branches: Branches) -> selection::Analysis {
        (self.native.options)(parameters, branches)
    }
}

/// The words that may follow the keyword of a parameter, as HyPhy spells them; empty if there are
/// too many to list.
#[must_use]
pub fn words(parameter: &Parameter) -> Vec<&'static str> {
    match parameter.kind {
        Kind::Choice(choices) => choices.iter().map(|choice| choice.engine).collect(),
        _ => parameter.words(),
    }
}

/// The value that a word of HyPhy stands for.
fn value(parameter: &Parameter, word: &str) -> Value {
    let choice = match parameter.kind {
        Kind::Choice(choices) => choices.iter().find(|c| c.engine.eq_ignore_ascii_case(word)),
        _ => None,
    };
    Value::from(choice.map_or(word, |choice| choice.value))
}

/// The branches that the word after [`BRANCHES`] stands for.
#[must_use]
pub fn branches(word: &str) -> Branches {
    match word.to_ascii_lowercase().as_str() {
        "all" => Branches::All,
        "internal" => Branches::Internal,
        "leaves" => Branches::Leaves,
        "unlabeled branches" | "unlabeled-branches" => Branches::Unlabelled,
        _ => Branches::Label(word.to_owned()),
    }
}

/// The files that the program reads to start, besides the system's.
#[must_use]
pub fn readable(program: &Path) -> Vec<PathBuf> {
    needs::files(program)
}
