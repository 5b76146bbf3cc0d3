//! The argument vector of a run.
//!
//! Architecture invariant: arguments are closed. Each is a word of a table, a number, or a name
//! that this service made; no text of a user is ever among them.

use std::ffi::OsString;

use serde_json::Value;

use crate::{
    Analysis, Engine, Version,
    branches::{LABEL, Selection},
    request::Parameters,
    table::{Kind, Quirk},
};

/// Name of the alignment's file in the working directory.
pub const ALIGNMENT: &str = "alignment.fasta";
/// Name of the tree's file in the working directory.
pub const TREE: &str = "tree.nwk";
/// Name of the result's file in the working directory.
pub const RESULT: &str = "result.json";

/// HyPhy writes the absolute paths of its inputs into the result. This one says nothing about the
/// machine, and is the same on all.
const HERE: &str = "/proc/self/cwd/";

/// The command of a run: program, engine settings, analysis and its arguments. It must be run in
/// a directory that holds the files named above.
#[must_use]
pub fn command(
    engine: &Engine,
    analysis: &Analysis,
    parameters: &Parameters,
    branches: &Selection,
    threads: u32,
) -> Vec<OsString> {
    let mut command = engine.candidate.command();
    command.push(format!("CPU={threads}").into());
    command.push(analysis.keyword.into());
    command.extend(
        analysis_arguments(engine.version, analysis, parameters, branches)
            .into_iter()
            .map(OsString::from),
    );
    command
}

fn analysis_arguments(
    version: Version,
    analysis: &Analysis,
    parameters: &Parameters,
    branches: &Selection,
) -> Vec<String> {
    let mut arguments = vec!["--alignment".to_owned(), format!("{HERE}{ALIGNMENT}")];
    arguments.extend(["--tree".to_owned(), format!("{HERE}{TREE}")]);
    arguments.extend(["--output".to_owned(), format!("{HERE}{RESULT}")]);
    for parameter in analysis.parameters.iter().filter(|p| p.since <= version) {
        let Some(keyword) = parameter.keyword else {
            continue;
        };
        let value = match parameter.kind {
            Kind::Branches => Some(match branches {
                Selection::Word(word) => (*word).to_owned(),
                Selection::Branches(_) => LABEL.to_owned(),
            }),
            _ => parameters.get(parameter.name).map(plain),
        };
        if let Some(value) = value {
            arguments.extend([keyword.to_owned(), value]);
        }
    }
    for quirk in analysis.quirks {
        match quirk {
            Quirk::FirstCodonSkipped => {
                if (Version(2, 5, 55)..Version(2, 5, 84)).contains(&version) {
                    arguments.extend(["--limit-to-sites".to_owned(), "[0-9]".to_owned()]);
                }
            }
        }
    }
    arguments
}

/// Text without the quotes of JSON, a number as JSON writes it.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn fel_arguments(version: Version, body: &Value) -> String {
        let fel = crate::methods::find("fel").unwrap();
        let checked = crate::request::check(fel, body.as_object().unwrap()).unwrap();
        analysis_arguments(version, fel, &checked.parameters, &Selection::Word("All")).join(" ")
    }

    #[test]
    fn fel_says_everything_and_brings_the_first_codon_back() {
        assert_eq!(
            fel_arguments(Version(2, 5, 68), &json!({"alignment": "a", "resample": 5})),
            "--alignment /proc/self/cwd/alignment.fasta --tree /proc/self/cwd/tree.nwk \
             --output /proc/self/cwd/result.json --code Universal --branches All --ci No \
             --srv Yes --resample 5 --multiple-hits None --site-multihit Estimate --pvalue 0.1 \
             --limit-to-sites [0-9]"
        );
    }

    #[test]
    fn an_engine_is_not_told_what_it_does_not_have() {
        let arguments = fel_arguments(Version(2, 5, 46), &json!({"alignment": "a"}));
        assert!(
            arguments.ends_with("--srv Yes --resample 0 --pvalue 0.1"),
            "{arguments}"
        );
        let new = fel_arguments(Version(2, 5, 84), &json!({"alignment": "a"}));
        assert!(!new.contains("limit-to-sites"), "{new}");
    }
}
