//! The argument vector of a run.
//!
//! Architecture invariant: the set of arguments is closed. Each is a word of a table, a number, or
//! a name that the service chose. No argument contains a user's text.

use crate::parameters::Parameters;
use std::ffi::OsString;

use serde_json::Value;

use crate::{
    Analysis, Engine, Parameter, Version,
    request::{self},
    table::{Data, Fixed, Kind, Program, Quirk, Spelling, TreeInput},
};

/// Name of the alignment's file in the working directory.
pub const ALIGNMENT: &str = "alignment.fasta";
/// Name of the tree's file in the working directory.
pub const TREE: &str = "tree.nwk";
/// Name of the result's file in the working directory.
pub const RESULT: &str = "result.json";

/// Name of the file into which an analysis may write its fitted model.
pub const FIT: &str = "fit.bf";

/// HyPhy writes the absolute paths of its inputs into the result. This path reveals nothing about
/// the machine and is the same everywhere.
const HERE: &str = "/proc/self/cwd/";

/// Makes HyPhy warn about numerical errors instead of stopping.
pub const TOLERANT: &str = "ENV=TOLERATE_NUMERICAL_ERRORS=1;";

/// The command of a run: program, engine settings, analysis and its arguments. It must run in a
/// directory that contains the files named above.
#[must_use]
pub fn command(
    engine: &Engine,
    analysis: &Analysis,
    parameters: &Parameters,
    branches: &[(String, String)],
    threads: u32,
    tolerant: bool,
) -> Vec<OsString> {
    let mut command = engine.candidate.command();
    if tolerant {
        command.push(TOLERANT.into());
    }
    command.push(format!("CPU={threads}").into());
    command.push(match analysis.program {
        Program::Keyword(keyword) => keyword.into(),
        Program::Batch(name, _) => format!("{HERE}{name}").into(),
    });
    let arguments = analysis_arguments(engine, analysis, parameters, branches);
    command.extend(
        arguments
            .into_iter()
            .flat_map(|(keyword, value)| [keyword.into(), value.into()]),
    );
    command
}

/// The words of a command as anyone can run it in a directory with its input files: without this machine's paths.
#[must_use]
pub fn portable(command: &[OsString]) -> Vec<String> {
    let words = command.iter().map(|word| word.to_string_lossy());
    let (programs, arguments): (Vec<_>, Vec<_>) = words
        .filter(|word| !word.starts_with("LIBPATH="))
        .partition(|word| word.starts_with('/') && !word.starts_with(HERE));
    // Before the program there may be the loader that starts it, and its folders of libraries.
    let program = programs
        .iter()
        .rev()
        .find_map(|path| path.rsplit('/').next());
    let arguments = arguments.iter().filter(|word| *word != "--library-path");
    let arguments = arguments.map(|word| word.strip_prefix(HERE).unwrap_or(word).to_owned());
    program
        .map(str::to_owned)
        .into_iter()
        .chain(arguments)
        .collect()
}

/// Keywords and values, in order.
#[must_use]
pub fn analysis_arguments(
    engine: &Engine,
    analysis: &Analysis,
    parameters: &Parameters,
    branches: &[(String, String)],
) -> Vec<(String, String)> {
    let mut arguments = files(analysis);
    let mut push = |keyword: &str, value: String| arguments.push((keyword.to_owned(), value));
    for fixed in analysis.fixed {
        match fixed {
            Fixed::Word(keyword, word) => push(keyword, (*word).to_owned()),
            Fixed::File(keyword, name) => push(keyword, format!("{HERE}{name}")),
        }
    }
    arguments.extend(options(analysis, parameters, |p| {
        engine.spelling(analysis, p)
    }));
    let mut push = |keyword: &str, value: String| arguments.push((keyword.to_owned(), value));
    for (keyword, value) in branches {
        push(keyword, value.clone());
    }
    for quirk in analysis.quirks {
        match quirk {
            Quirk::FirstCodonSkipped => {
                if (Version(2, 5, 55)..Version(2, 5, 84)).contains(&engine.version) {
                    push("--limit-to-sites", "[0-9]".to_owned());
                }
            }
        }
    }
    arguments
}

/// The files that an analysis reads and writes.
pub(crate) fn files(analysis: &Analysis) -> Vec<(String, String)> {
    let file = |keyword: &str, name: &str| (keyword.to_owned(), format!("{HERE}{name}"));
    let alignment = (analysis.input.data != Data::None).then(|| file("--alignment", ALIGNMENT));
    let tree = (analysis.input.tree != TreeInput::None).then(|| file("--tree", TREE));
    let output = Some(file("--output", RESULT));
    [alignment, tree, output].into_iter().flatten().collect()
}

/// The values of those parameters for which the engine has a keyword.
pub(crate) fn options(
    analysis: &Analysis,
    parameters: &Parameters,
    spelling: impl Fn(&Parameter) -> Option<Spelling>,
) -> Vec<(String, String)> {
    let option = |parameter: &&'static Parameter| {
        // Parameters made irrelevant by others have no value.
        let value = parameters.get(parameter.name)?;
        let spelling = spelling(parameter)?;
        let value = with_engine_value(parameter, spelling, value)?;
        Some((spelling.keyword.to_owned(), value))
    };
    analysis
        .parameters
        .iter()
        .filter_map(|p| option(&p))
        .collect()
}

/// Parameters with a non-default value that the engine did not use: it echoes each keyword that it
/// uses, and silently ignores unknown ones.
#[must_use]
pub fn unacknowledged_parameters(
    engine: &Engine,
    analysis: &Analysis,
    parameters: &Parameters,
    log: &str,
) -> Vec<&'static str> {
    let log = crate::failure::without_escapes(log);
    let echoed = |keyword: &str| {
        let name = keyword.trim_start_matches('-');
        [
            format!("{name} => "),
            format!("{name} –> "),
            format!("{name}: "),
        ]
        .iter()
        .any(|echo| log.contains(echo))
    };
    // The keyword of a parameter that was passed with a value other than its default.
    let passed = |p: &Parameter| {
        let value = parameters.get(p.name)?;
        let spelling = engine.spelling(analysis, p)?;
        with_engine_value(p, spelling, value)?;
        (Some(value) != request::default(p).as_ref()).then_some(spelling.keyword)
    };
    analysis
        .parameters
        .iter()
        .filter(|p| passed(p).is_some_and(|keyword| !echoed(keyword)))
        .map(|p| p.name)
        .collect()
}

/// A value as HyPhy spells it; `None` if the value is passed in another way.
fn with_engine_value(parameter: &Parameter, spelling: Spelling, value: &Value) -> Option<String> {
    match &parameter.kind {
        Kind::Branches { .. } | Kind::BranchSets | Kind::Compartments | Kind::Dataset => None,
        Kind::Choice(choices) => {
            let word = value.as_str()?;
            let choice = choices.iter().find(|choice| choice.value == word)?;
            Some(spelling.word(word).unwrap_or(choice.engine).to_owned())
        }
        Kind::GeneticCode | Kind::YesNo | Kind::Integer { .. } | Kind::Number { .. } => {
            Some(plain(value))
        }
    }
}

/// Text without JSON quotes, or a number as JSON writes it.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{engine::Candidate, engine::Capabilities};
    use serde_json::json;

    /// An engine of this version with these keywords of FEL.
    fn engine(version: Version, keywords: &str) -> Engine {
        let fel = crate::methods::find("fel").unwrap();
        let mut capabilities = Capabilities::default();
        let help = format!("Available analysis command line options\n{keywords}");
        capabilities.add(fel, &help);
        Engine {
            candidate: Candidate {
                program: "hyphy".into(),
                loader: vec![],
                library: "lib".into(),
                readable: vec![],
            },
            version,
            capabilities,
        }
    }

    fn fel_arguments(engine: &Engine, body: &Value) -> String {
        let fel = crate::methods::find("fel").unwrap();
        let checked = crate::request::check(fel, body.as_object().unwrap()).unwrap();
        let plan = [("--branches".to_owned(), "All".to_owned())];
        let pairs = analysis_arguments(engine, fel, &checked.parameters, &plan);
        let words = pairs
            .into_iter()
            .map(|(keyword, value)| format!("{keyword} {value}"));
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn fel_passes_all_arguments_and_restores_the_first_codon() {
        let new = "code\nci\nsrv\nresample\nmultiple-hits\nsite-multihit\npvalue\n";
        let body = json!({"alignment": "a", "resample": 5});
        assert_eq!(
            fel_arguments(&engine(Version(2, 5, 68), new), &body),
            "--alignment /proc/self/cwd/alignment.fasta --tree /proc/self/cwd/tree.nwk \
             --output /proc/self/cwd/result.json --code Universal --ci No --srv Yes --resample 5 \
             --multiple-hits None --pvalue 0.1 --branches All \
             --limit-to-sites [0-9]"
        );
    }

    #[test]
    fn unsupported_keywords_are_not_passed_to_an_engine() {
        let old = "code\nci\nsrv\nresample\npvalue\n";
        let old = engine(Version(2, 5, 46), old);
        let arguments = fel_arguments(&old, &json!({"alignment": "a"}));
        assert!(
            arguments.ends_with("--srv Yes --resample 0 --pvalue 0.1 --branches All"),
            "{arguments}"
        );
        let fel = crate::methods::find("fel").unwrap();
        let body = json!({"alignment": "a", "multiple_hits": "Double"});
        let checked = crate::request::check(fel, body.as_object().unwrap()).unwrap();
        let lacks = old.lacks(fel, &checked.parameters);
        assert_eq!(lacks.len(), 1);
        assert_eq!(lacks[0].field, "multiple_hits");
    }

    #[test]
    fn prime_gets_the_keyword_and_the_word_of_the_engine_that_is_there() {
        let prime = crate::methods::find("prime").unwrap();
        let passed = |version, keywords: &str, properties: &str| {
            let mut engine = engine(version, "");
            let help = format!("Available analysis command line options\n{keywords}");
            engine.capabilities.add(prime, &help);
            let body = json!({"alignment": "a", "properties": properties});
            let checked = crate::request::check(prime, body.as_object().unwrap()).unwrap();
            let all = analysis_arguments(&engine, prime, &checked.parameters, &[]);
            let own = |(keyword, _): &(String, String)| keyword.starts_with("--propert");
            let lacks = engine.lacks(prime, &checked.parameters);
            (all.into_iter().find(own).unwrap(), lacks.len())
        };
        let pair = |keyword: &str, word: &str| (keyword.to_owned(), word.to_owned());
        let (old, new) = (Version(2, 5, 68), Version(2, 5, 100));
        let expected = (pair("--properties", "Random"), 0);
        assert_eq!(passed(old, "properties\n", "Random"), expected);
        let expected = (pair("--property-set", "Random-5"), 0);
        assert_eq!(passed(new, "property-set\n", "Random"), expected);
        let expected = (pair("--property-set", "3PROP"), 0);
        assert_eq!(passed(new, "property-set\n", "3PROP"), expected);
        assert_eq!(passed(old, "properties\n", "3PROP").1, 1);
    }
}
