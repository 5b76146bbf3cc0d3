//! The paragraph for a Methods section, and the publications to cite.

use serde_json::Value;

use super::{Part, Reference, ScreenAnalysis, answer::list, changed};
use crate::{
    EngineKind,
    digest::Direction,
    methods,
    table::{Citation, Group},
};

/// The publication about HyPhy, which analyses without one of their own cite, too.
const HYPHY: &str = "10.1093/molbev/msz197";

pub(super) fn paragraph(program: &str, parts: &[Part], analyses: &[ScreenAnalysis]) -> String {
    let done: Vec<(&Part, &ScreenAnalysis)> = parts
        .iter()
        .zip(analyses)
        .filter(|(part, _)| part.summary.is_some())
        .collect();
    if done.is_empty() {
        return String::new();
    }
    let done_how = match parts {
        [_] => "analysed",
        _ => "screened for selection",
    };
    let mut said = vec![format!(
        "The alignment{}{} was {done_how} with {program}.",
        size(parts),
        genetic_code(parts)
    )];
    let names = |is: &dyn Fn(&Part) -> bool| -> Vec<&str> {
        let parts = done.iter().map(|(part, _)| *part);
        parts
            .filter(|part| is(part))
            .map(|part| part.analysis.name)
            .collect()
    };
    let partitioned = names(&|part| part.partitioned);
    let inferred = names(&|part| part.inferred_tree);
    if !inferred.is_empty() {
        let whose = if partitioned.is_empty() {
            "The tree".to_owned()
        } else {
            format!("The tree of {}", list(&inferred))
        };
        said.push(format!(
            "{whose} was inferred from the alignment by neighbour joining."
        ));
    }
    if inferred.is_empty() && done.iter().any(|(part, _)| has_given_tree(part)) {
        said.push("The tree was given.".to_owned());
    }
    for (part, analysis) in &done {
        said.push(ran(part, analysis));
        if part.analysis.group == Group::Recombination {
            said.extend(analysis.finding.clone());
        }
    }
    if !partitioned.is_empty() {
        let found = parts
            .iter()
            .find(|part| part.analysis.group == Group::Recombination);
        said.push(format!(
            "{} analysed the partitions between the breakpoints that {} found, each with its own \
             tree.",
            list(&partitioned),
            found.map_or("GARD", |part| part.analysis.name)
        ));
    }
    said.join(" ")
}

/// Whether an analysis used a tree that nobody inferred.
fn has_given_tree(part: &Part) -> bool {
    part.analysis.group != Group::Recombination && !part.partitioned && !part.inferred_tree
}

/// The genetic code, as it follows the size of the alignment.
fn genetic_code(parts: &[Part]) -> String {
    let mut given = parts.iter().filter_map(|part| part.parameters.as_ref());
    let code = given.find_map(|given| given.text("genetic_code"));
    code.map_or_else(String::new, |code| format!(" ({code} genetic code)"))
}

/// The size of the alignment, as an analysis of codons counts it.
fn size(parts: &[Part]) -> String {
    let of_gene = parts
        .iter()
        .filter(|part| part.analysis.group != Group::Recombination);
    let mut summaries = of_gene.filter_map(|part| part.summary.as_ref());
    summaries
        .find_map(|summary| Some((summary.sequences?, summary.sites?)))
        .map_or_else(String::new, |(sequences, sites)| {
            format!(" of {sequences} sequences and {sites} codons")
        })
}

fn ran(part: &Part, analysis: &ScreenAnalysis) -> String {
    let table = part.analysis;
    let version = analysis.engine_version.as_deref().unwrap_or_default();
    let by = match analysis.engine {
        Some(EngineKind::Native) => format!("the native engine {version}"),
        _ => format!("HyPhy {version}"),
    };
    let title = if table.title.starts_with(table.name) {
        table.title.to_owned()
    } else {
        format!("{} ({})", table.name, table.title)
    };
    let threshold = analysis.threshold.as_ref().map(|threshold| {
        let sign = match threshold.direction {
            Direction::AtMost => "≤",
            Direction::AtLeast => "≥",
        };
        format!("threshold: {} {sign} {}", threshold.of, threshold.value)
    });
    let given = part.parameters.as_ref();
    let given = given.map_or_else(Vec::new, |given| changed(table, given));
    let set: Vec<String> = given
        .iter()
        .map(|(name, value)| format!("{} = {}", name.replace('_', " "), shown(value)))
        .collect();
    let parameters = if set.is_empty() {
        "default parameters".to_owned()
    } else {
        format!("default parameters except {}", set.join(", "))
    };
    let details: Vec<String> = threshold.into_iter().chain([parameters]).collect();
    format!(
        "{title} was run with {} ({}).",
        by.trim_end(),
        details.join("; ")
    )
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            items.join(" and ")
        }
        other => other.to_string(),
    }
}

/// The publications of the analyses that have a finding, and the one about HyPhy.
pub(super) fn references(parts: &[Part]) -> Vec<Reference> {
    let done = parts.iter().filter(|part| part.summary.is_some());
    let own = done.map(|part| &part.analysis.citation);
    let hyphy = methods::ALL.iter().map(|analysis| &analysis.citation);
    let hyphy = hyphy.filter(|citation| citation.doi == HYPHY).take(1);
    let mut references: Vec<Reference> = Vec::new();
    for Citation { text, doi } in own.chain(hyphy) {
        if references.iter().all(|known| known.doi != *doi) {
            references.push(Reference {
                text: (*text).to_owned(),
                doi: (*doi).to_owned(),
            });
        }
    }
    references
}
