//! What a publication says about a result: a paragraph for its Methods section, and what to cite.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Analysis, EngineKind,
    branches::is_place,
    digest::{Direction, Threshold},
    methods,
    parameters::Parameters,
    request,
    table::{Citation, Data, Kind, TreeInput},
};

/// The publication about HyPhy, which analyses without one of their own cite, too.
const HYPHY: &str = "10.1093/molbev/msz197";

/// How many selected branches are named. Of more, only the number is said.
const MOST_NAMES: usize = 5;

/// A publication to cite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reference {
    /// Authors, year, title, journal.
    pub text: String,
    /// Digital object identifier.
    pub doi: String,
}

/// What a result does not say about its origin.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The name and version of the program that ran the engine.
    pub program: &'a str,
    /// Whether the tree was inferred from the alignment.
    pub inferred_tree: bool,
    /// The version of HyPhy that ran the analysis, for results that do not contain it.
    pub hyphy_version: Option<&'a str>,
}

/// How an analysis was run.
pub(crate) struct Run<'a> {
    pub(crate) analysis: &'static Analysis,
    pub(crate) engine: Option<EngineKind>,
    pub(crate) engine_version: Option<&'a str>,
    pub(crate) threshold: Option<&'a Threshold>,
    pub(crate) parameters: Option<&'a Parameters>,
}

/// The size of what was analysed, as far as the result says it.
pub(crate) struct Size {
    pub(crate) sequences: Option<u64>,
    pub(crate) sites: Option<u64>,
    pub(crate) partitions: Option<u64>,
}

/// The paragraph about one result.
pub(crate) fn paragraph(run: &Run<'_>, size: &Size, origin: Origin<'_>) -> String {
    let input = &run.analysis.input;
    let data = run.parameters.map_or(input.data, |it| input.data.given(it));
    let (what, unit) = match data {
        Data::None => ("tree", ""),
        Data::Codon => ("alignment", "codons"),
        _ => ("alignment", "sites"),
    };
    let counts = size.sequences.zip(size.sites);
    let counts = counts.map_or_else(String::new, |(sequences, sites)| {
        format!(" of {sequences} sequences and {sites} {unit}")
    });
    let code = genetic_code(run.parameters);
    let mut said = vec![format!(
        "The {what}{counts}{code} was analysed with {}.",
        origin.program
    )];
    if let Some(partitions) = size.partitions.filter(|count| *count > 1) {
        said.push(format!("It has {partitions} partitions."));
    }
    if origin.inferred_tree {
        said.push(INFERRED.to_owned());
    } else if data != Data::None && input.tree != TreeInput::None {
        said.push(GIVEN.to_owned());
    }
    said.push(ran(run));
    said.join(" ")
}

/// Says that nobody gave the tree.
pub(crate) const INFERRED: &str = "The tree was inferred from the alignment by neighbour joining.";
/// Says that somebody did.
pub(crate) const GIVEN: &str = "The tree was given.";

/// The genetic code of an analysis, as it follows the size of the alignment.
pub(crate) fn genetic_code(parameters: Option<&Parameters>) -> String {
    let code = parameters.and_then(|given| given.text("genetic_code"));
    code.map_or_else(String::new, |code| format!(" ({code} genetic code)"))
}

/// One sentence on how an analysis was run.
pub(crate) fn ran(run: &Run<'_>) -> String {
    let table = run.analysis;
    let version = run.engine_version.unwrap_or_default();
    let by = match run.engine {
        Some(EngineKind::Native) => format!("the native engine {version}"),
        _ => format!("HyPhy {version}"),
    };
    let title = if table.title.starts_with(table.name) {
        table.title.to_owned()
    } else {
        format!("{} ({})", table.name, table.title)
    };
    let threshold = run.threshold.map(|threshold| {
        let sign = match threshold.direction {
            Direction::AtMost => "≤",
            Direction::AtLeast => "≥",
        };
        format!("threshold: {} {sign} {}", threshold.of, threshold.value)
    });
    let given = run.parameters;
    let given = given.map_or_else(Vec::new, |given| changed(table, given));
    // The threshold is said before.
    let is_threshold = |name: &str| run.threshold.is_some_and(|it| it.parameter == name);
    let set: Vec<String> = given
        .iter()
        .filter(|(name, _)| !is_threshold(name))
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
            let names: Vec<String> = items.iter().map(shown).collect();
            // A name such as `Node7` means nothing outside its tree.
            if names.len() > MOST_NAMES || names.iter().any(|name| is_place(name)) {
                format!("{} selected", names.len())
            } else {
                names.join(" and ")
            }
        }
        Value::Object(set) => {
            let name = set.get("name").or_else(|| set.get("description"));
            let branches = set.get("branches").and_then(Value::as_array);
            match (name.and_then(Value::as_str), branches.map(Vec::len)) {
                (Some(name), Some(1)) => format!("{name} (1 branch)"),
                (Some(name), Some(count)) => format!("{name} ({count} branches)"),
                (Some(name), None) => name.to_owned(),
                _ => value.to_string(),
            }
        }
        other => other.to_string(),
    }
}

/// The parameters, other than the data, that differ from their defaults.
pub(crate) fn changed<'a>(
    analysis: &'static Analysis,
    given: &'a Parameters,
) -> Vec<(&'static str, &'a Value)> {
    let defaults = request::defaults(analysis);
    let parameters = analysis.parameters.iter();
    let chosen = parameters.filter(|parameter| !matches!(parameter.kind, Kind::Dataset));
    let named = chosen.filter_map(|parameter| Some((parameter.name, given.get(parameter.name)?)));
    named
        .filter(|(name, value)| defaults.get(name) != Some(value))
        .collect()
}

/// The publications of these analyses, and the one about HyPhy.
pub(crate) fn references(analyses: impl Iterator<Item = &'static Analysis>) -> Vec<Reference> {
    let own = analyses.map(|analysis| &analysis.citation);
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selected_branches_are_named_if_their_names_mean_something_elsewhere() {
        let names = |value: Value| shown(&value);
        assert_eq!(names(json!(["Human", "Chimp"])), "Human and Chimp");
        assert_eq!(names(json!(["Human", "Node7"])), "2 selected");
        assert_eq!(names(json!(["a", "b", "c", "d", "e", "f"])), "6 selected");
        let sets = json!([{"name": "Wild", "branches": ["Node7", "a", "b"]}, "Farmed"]);
        assert_eq!(names(sets), "Wild (3 branches) and Farmed");
    }

    #[test]
    fn the_paragraph_says_what_was_analysed_and_how() {
        let analysis = methods::find("fel").unwrap();
        let mut given = serde_json::to_value(request::defaults(analysis)).unwrap();
        given["branches"] = json!(["Node7"]);
        given["pvalue"] = json!(0.05);
        let parameters: Parameters = serde_json::from_value(given).unwrap();
        let threshold = Threshold {
            of: "p-value".to_owned(),
            parameter: "pvalue".to_owned(),
            value: 0.05,
            direction: Direction::AtMost,
        };
        let run = Run {
            analysis,
            engine: Some(EngineKind::Hyphy),
            engine_version: Some("2.5.69"),
            threshold: Some(&threshold),
            parameters: Some(&parameters),
        };
        let size = Size {
            sequences: Some(21),
            sites: Some(566),
            partitions: Some(3),
        };
        let origin = Origin {
            program: "service-datamonkey 1.0.0",
            inferred_tree: true,
            hyphy_version: None,
        };
        assert_eq!(
            paragraph(&run, &size, origin),
            "The alignment of 21 sequences and 566 codons (Universal genetic code) was analysed with \
             service-datamonkey 1.0.0. It has 3 partitions. The tree was inferred from the alignment by \
             neighbour joining. FEL (Fixed Effects Likelihood) was run with HyPhy 2.5.69 (threshold: \
             p-value ≤ 0.05; default parameters except branches = 1 selected)."
        );
    }
}
