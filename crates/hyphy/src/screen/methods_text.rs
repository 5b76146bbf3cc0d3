//! The paragraph for a Methods section, and the publications to cite.

use super::{Part, Reference, ScreenAnalysis, answer::list};
use crate::{
    publication::{self, GIVEN, INFERRED, Run, genetic_code, ran},
    table::Group,
};

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
        genetic_code(parts.iter().find_map(|part| part.parameters.as_ref()))
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
        said.push(if partitioned.is_empty() {
            INFERRED.to_owned()
        } else {
            let of = format!("The tree of {}", list(&inferred));
            INFERRED.replace("The tree", &of)
        });
    }
    if inferred.is_empty() && done.iter().any(|(part, _)| has_given_tree(part)) {
        said.push(GIVEN.to_owned());
    }
    for (part, analysis) in &done {
        said.push(ran(&run(part, analysis)));
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

fn run<'a>(part: &'a Part, analysis: &'a ScreenAnalysis) -> Run<'a> {
    Run {
        analysis: part.analysis,
        engine: analysis.engine,
        engine_version: analysis.engine_version.as_deref(),
        threshold: analysis.threshold.as_ref(),
        parameters: part.parameters.as_ref(),
    }
}

/// The publications of the analyses that have a finding, and the one about HyPhy.
pub(super) fn references(parts: &[Part]) -> Vec<Reference> {
    let done = parts.iter().filter(|part| part.summary.is_some());
    publication::references(done.map(|part| part.analysis))
}
