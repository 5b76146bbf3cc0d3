//! The capabilities of an engine, read from its own `--help`.

use crate::parameters::Parameters;
use std::ffi::OsString;

use crate::{
    Analysis, Engine, Parameter,
    engine::{Candidate, Capabilities},
    request::{self, FieldProblem},
    table::{Kind, Program, Spelling},
    version::Version,
};

/// The command that prints the keywords of an analysis; `None` if HyPhy does not ship the analysis.
#[must_use]
pub fn help_command(candidate: &Candidate, analysis: &Analysis) -> Option<Vec<OsString>> {
    let Program::Keyword(keyword) = analysis.program else {
        return None;
    };
    let mut command = candidate.command();
    command.extend([keyword.into(), "--help".into()]);
    Some(command)
}

impl Capabilities {
    /// Whether it has none of the service's analyses.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the output of [`help_command`]. Keywords are at the beginning of a line.
    pub fn add(&mut self, analysis: &Analysis, output: &str) {
        let plain = crate::failure::without_escapes(output);
        let Some((_, list)) = plain.split_once("Available analysis command line options") else {
            return;
        };
        let keyword = |line: &str| {
            let name = line.split_whitespace().next()?;
            let one = line
                .split_whitespace()
                .nth(1)
                .is_none_or(|rest| rest.starts_with('['));
            let is_keyword = line.starts_with(|c: char| c.is_ascii_alphabetic()) && one;
            is_keyword.then(|| name.to_owned())
        };
        self.0
            .insert(analysis.id, list.lines().filter_map(keyword).collect());
    }
}

impl Engine {
    /// Whether it supports the analysis.
    #[must_use]
    pub fn offers(&self, analysis: &Analysis) -> bool {
        analysis.since <= self.version
            && (matches!(analysis.program, Program::Batch(..))
                || self.capabilities.0.contains_key(analysis.id))
    }

    /// Whether its version of the analysis supports the parameter.
    #[must_use]
    pub fn has(&self, analysis: &Analysis, parameter: &Parameter) -> bool {
        match parameter.keyword {
            Some(_) => self.spelling(analysis, parameter).is_some(),
            None => parameter.since <= self.version,
        }
    }

    /// The keyword by which its version of the analysis knows the parameter, if it has one: the
    /// one that its help lists, or else the one that its version should have.
    pub(crate) fn spelling(&self, analysis: &Analysis, parameter: &Parameter) -> Option<Spelling> {
        let first = (Spelling::of(parameter.keyword?), parameter.since);
        let later = parameter.renamed.iter();
        let later = later.map(|renamed| (renamed.spelling(), renamed.since));
        // The latest comes first.
        let mut all = later.rev().chain([first]);
        let keywords = self.capabilities.0.get(analysis.id);
        let found = match keywords.filter(|_| parameter.in_help) {
            Some(keywords) => {
                all.find(|(one, _)| keywords.contains(one.keyword.trim_start_matches('-')))
            }
            None => all.find(|(_, since)| *since <= self.version),
        };
        found.map(|(spelling, _)| spelling)
    }

    /// The words of a parameter that it does not have yet, each with the first version that has it.
    #[must_use]
    pub fn missing_words(&self, parameter: &Parameter) -> Vec<(&'static str, Version)> {
        let Kind::Choice(choices) = parameter.kind else {
            return Vec::new();
        };
        let missing = choices.iter().filter(|choice| choice.since > self.version);
        missing.map(|choice| (choice.value, choice.since)).collect()
    }

    /// The problems of a request that needs more than it supports. An unsupported parameter may
    /// have its default value, because that is what the engine does without it.
    #[must_use]
    pub fn lacks(&self, analysis: &Analysis, parameters: &Parameters) -> Vec<FieldProblem> {
        if !self.offers(analysis) {
            return vec![FieldProblem::wrong(
                "method",
                format!(
                    "HyPhy {} on this server does not support {}{}.",
                    self.version,
                    analysis.name,
                    if self.version < analysis.since {
                        format!(", which needs HyPhy {} or newer", analysis.since)
                    } else {
                        String::new()
                    }
                ),
            )];
        }
        let asked = |p: &&Parameter| {
            let value = parameters.get(p.name);
            value.is_some() && value != request::default(p).as_ref() && !self.has(analysis, p)
        };
        let words = analysis.parameters.iter().filter_map(|p| {
            let mut missing = self.missing_words(p).into_iter();
            let (word, since) = missing.find(|(word, _)| parameters.text(p.name) == Some(word))?;
            Some(FieldProblem::wrong(
                p.name,
                format!(
                    "HyPhy {} on this server does not support {word} for {} of {}, which needs HyPhy \
                     {since} or newer.",
                    self.version, p.name, analysis.name
                ),
            ))
        });
        analysis
            .parameters
            .iter()
            .filter(asked)
            .map(|p| {
                FieldProblem::wrong(
                    p.name,
                    format!(
                        "HyPhy {} on this server does not support {} of {}, which needs HyPhy {} \
                         or newer. Leave it at {}.",
                        self.version, p.name, analysis.name, p.since, p.default
                    ),
                )
            })
            .chain(words)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keywords_are_parsed_from_help() {
        let help = "\u{1b}[1mAvailable analysis command line options\u{1b}[0m\n-----\nUse --option \
            VALUE syntax to invoke\n\ncode\n\tWhich genetic code\n\tdefault value: Universal\n\n\
            alignment [required]\n\tAn in-frame alignment\n\nsite-multihit\n\tEstimate\n";
        let fel = crate::methods::find("fel").unwrap();
        let mut capabilities = Capabilities::default();
        capabilities.add(fel, help);
        let keywords: Vec<_> = capabilities.0["fel"].iter().map(String::as_str).collect();
        assert_eq!(keywords, ["alignment", "code", "site-multihit"]);
        let mut none = Capabilities::default();
        none.add(fel, "Error: no such analysis\n");
        assert!(none.0.is_empty());
    }
}
