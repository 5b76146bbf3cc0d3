//! The test of a tool: the example of its analysis.

use hyphy::{Analysis, EngineKind, Parameter, table::Kind};
use serde_json::Value;

use super::{
    fields::{ADVANCED, DESCRIPTION, OUTPUTS, REGEXP, SET},
    xml::Element,
};

pub(super) fn test(analysis: &'static Analysis) -> Element {
    let example = &analysis.example;
    let files = [("alignment", example.alignment), ("tree", example.tree)];
    let files = files.into_iter().filter_map(|(name, file)| {
        let formats = if name == "tree" { "newick" } else { "fasta" };
        Some(value(name, file?.name).with("ftype", formats))
    });
    let mut test = Element::new("test")
        .with("expect_num_outputs", OUTPUTS.len().to_string())
        .children(files);
    if analysis.engines().contains(&EngineKind::Native) {
        test = test.child(value("engine", EngineKind::Native.word()));
    }
    let request = example.body();
    let given = request.as_object().into_iter().flatten();
    let given = given.filter_map(|(name, value)| Some((analysis.parameter(name)?, value)));
    let (seldom, usual): (Vec<_>, Vec<_>) = given.partition(|(it, _)| it.advanced);
    let fields = |given: Vec<(&'static Parameter, &Value)>| {
        let fields = given.into_iter().flat_map(|(it, value)| fields(it, value));
        fields.collect::<Vec<_>>()
    };
    test = test.children(fields(usual));
    if !seldom.is_empty() {
        let section = Element::new("section").with("name", ADVANCED);
        test = test.child(section.children(fields(seldom)));
    }
    test.children(OUTPUTS.map(|(name, format, _)| {
        let keys: Vec<&str> = match name {
            "result" => analysis.result_keys.to_vec(),
            "summary" => vec!["statement", analysis.id],
            _ => Vec::new(),
        };
        let keys = keys.into_iter().map(|key| format!("\"{key}\""));
        let mut contents: Vec<Element> = keys
            .map(|key| Element::new("has_text").with("text", key))
            .collect();
        if contents.is_empty() {
            contents.push(Element::new("has_size").with("min", "1"));
        }
        let output = Element::new("output")
            .with("name", name)
            .with("ftype", format);
        output.child(Element::new("assert_contents").children(contents))
    }))
}

fn value(name: &'static str, value: impl Into<String>) -> Element {
    Element::new("param")
        .with("name", name)
        .with("value", value)
}

fn fields(parameter: &'static Parameter, given: &Value) -> Vec<Element> {
    let repeat = || Element::new("repeat").with("name", parameter.name);
    let items = given.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    match parameter.kind {
        Kind::BranchSets => {
            let set = |item: &Value| match item.as_object() {
                Some(named) => format!("{}={}", text(&named["name"]), list(&named["branches"])),
                None => text(item),
            };
            let sets = items
                .iter()
                .map(|item| repeat().child(value(SET, set(item))));
            sets.collect()
        }
        Kind::Compartments => {
            let groups = items.iter().map(|item| {
                repeat()
                    .child(value(DESCRIPTION, text(&item["description"])))
                    .child(value(REGEXP, text(&item["regexp"])))
            });
            groups.collect()
        }
        Kind::YesNo => {
            let is_yes = given.as_bool().unwrap_or(given == "Yes");
            vec![value(parameter.name, is_yes.to_string())]
        }
        _ => vec![value(parameter.name, list(given))],
    }
}

/// A value, or the values of a list, separated by commas.
fn list(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(list).collect::<Vec<_>>().join(","),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
