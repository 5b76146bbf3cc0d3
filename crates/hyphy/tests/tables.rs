//! Every parameter of every analysis: a valid value reaches the command line, and an invalid value
//! is rejected with the parameter's name.

#![allow(clippy::unwrap_used)]

use hyphy::{
    Analysis, Engine, Parameter, Version,
    arguments::analysis_arguments,
    engine::{Candidate, Capabilities},
    methods,
    request::{Checked, FieldProblem, check},
    table::Kind,
};
use serde_json::{Map, Value, json};

/// An engine that supports all of an analysis.
fn engine(analysis: &Analysis) -> Engine {
    let mut capabilities = Capabilities::default();
    for analysis in methods::ALL {
        let keywords = analysis.parameters.iter().filter_map(|p| p.keyword);
        let lines: String = keywords
            .map(|k| format!("{}\n", k.trim_start_matches('-')))
            .collect();
        capabilities.add(
            analysis,
            &format!("Available analysis command line options\n{lines}"),
        );
    }
    Engine {
        candidate: Candidate {
            program: "hyphy".into(),
            loader: vec![],
            library: "lib".into(),
            readable: vec![],
        },
        version: analysis.since.max(Version(2, 5, 68)),
        capabilities,
    }
}

/// A request with the required parameters of the analysis.
fn least(analysis: &Analysis) -> Map<String, Value> {
    let mut body = Map::new();
    for parameter in analysis.parameters.iter().filter(|p| p.required) {
        let value = match parameter.kind {
            Kind::BranchSets => json!(["Test"]),
            Kind::Compartments => json!([
                {"description": "a", "regexp": "^a"}, {"description": "b", "regexp": "^b"}
            ]),
            _ => json!("dataset"),
        };
        body.insert(parameter.name.to_owned(), value);
    }
    body
}

fn checked(
    analysis: &'static Analysis,
    body: &Map<String, Value>,
) -> Result<Checked, Vec<FieldProblem>> {
    check(analysis, body)
}

/// A value other than the default.
fn another(parameter: &Parameter) -> Value {
    match parameter.kind {
        Kind::Integer { min, max } => {
            let value = if parameter.default == min.to_string() {
                min + 1
            } else {
                min
            };
            json!(value.min(max))
        }
        Kind::Number { min, max } => json!((min + max) / 4.0),
        _ => {
            let words = parameter.words();
            json!(
                words
                    .iter()
                    .find(|word| **word != parameter.default)
                    .unwrap()
            )
        }
    }
}

/// The value of a parameter in a request, as HyPhy spells it.
fn as_the_engine_spells(parameter: &Parameter, body: &Map<String, Value>) -> String {
    let value = &body[parameter.name];
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    match parameter.kind {
        Kind::Choice(choices) => {
            let choice = choices.iter().find(|choice| choice.value == text).unwrap();
            choice.engine.to_owned()
        }
        _ => text,
    }
}

fn command_line(analysis: &'static Analysis, body: &Map<String, Value>) -> Vec<String> {
    let checked = checked(analysis, body).unwrap();
    analysis_arguments(&engine(analysis), analysis, &checked.parameters, &[])
        .into_iter()
        .map(|(keyword, value)| format!("{keyword} {value}"))
        .collect()
}

#[test]
fn every_parameter_reaches_the_command_line() {
    for analysis in methods::ALL {
        let plain = least(analysis);
        for parameter in analysis.parameters.iter().filter(|p| p.keyword.is_some()) {
            if matches!(parameter.kind, Kind::Branches { .. }) {
                continue;
            }
            let mut body = plain.clone();
            // If another parameter makes it irrelevant, sets that parameter first.
            if let Some(condition) = &parameter.only_if {
                let other = analysis.parameter(condition.parameter).unwrap();
                let words = other.words();
                let fits = words
                    .iter()
                    .find(|word| condition.values.contains(word) == condition.one_of_them);
                body.insert(other.name.to_owned(), json!(fits.unwrap()));
            }
            if parameter.name == "starting_points" {
                body.insert("grid_size".to_owned(), json!(1000));
            }
            if parameter.name == "steps" {
                body.insert("burn_in".to_owned(), json!(0));
            }
            let before = command_line(analysis, &body);
            body.insert(parameter.name.to_owned(), another(parameter));
            if parameter.name == "groups" {
                let mut definitions = body["compartment_definitions"].clone();
                let third = json!({"description": "c", "regexp": "^c"});
                definitions.as_array_mut().unwrap().push(third);
                body.insert("compartment_definitions".to_owned(), definitions);
                body.insert("groups".to_owned(), json!(3));
            }
            let after = command_line(analysis, &body);
            let new: Vec<_> = after
                .iter()
                .filter(|a| !before.contains(a))
                .cloned()
                .collect();
            let keyword = parameter.keyword.unwrap();
            let expected = format!("{keyword} {}", as_the_engine_spells(parameter, &body));
            assert!(
                new.contains(&expected),
                "{} of {}: {expected} is not in {new:?}",
                parameter.name,
                analysis.id
            );
        }
    }
}

#[test]
fn the_command_line_of_every_example_is_that_of_its_request() {
    for analysis in methods::ALL {
        let mut body = least(analysis);
        body.extend(analysis.example.body().as_object().unwrap().clone());
        let arguments = command_line(analysis, &body);
        // Files have names of their own, and branches depend on the tree.
        let ignored = [
            "--cache",
            "--branch",
            "--test",
            "--reference",
            "--description",
            "--regexp",
        ];
        let words: Vec<&str> = analysis.example.command_line.split(' ').skip(1).collect();
        for pair in words.chunks(2) {
            let argument = format!("{} {}", pair[0], pair[1].replace('~', " "));
            assert!(
                ignored.iter().any(|word| argument.starts_with(word))
                    || arguments.contains(&argument),
                "{}: {argument} is not in {arguments:?}",
                analysis.id
            );
        }
    }
}

#[test]
fn invalid_values_are_rejected_with_the_parameters_name() {
    for analysis in methods::ALL {
        for parameter in analysis.parameters {
            let wrong = match parameter.kind {
                Kind::Dataset => vec![json!("../etc"), json!(7)],
                Kind::Integer { min, max } => {
                    vec![
                        json!(min - 1),
                        json!(max + 1),
                        json!(0.5 + min as f64),
                        json!("many"),
                    ]
                }
                Kind::Number { min, max } => vec![json!(min - 0.1), json!(max + 0.1), json!("x")],
                Kind::Branches { .. } => vec![json!(3), json!([["a"]])],
                Kind::BranchSets => vec![json!([]), json!([{"name": "x"}]), json!(["a", "A"])],
                Kind::Compartments => vec![json!([]), json!(["a"]), json!("a=b")],
                Kind::YesNo | Kind::Choice(_) | Kind::GeneticCode => {
                    vec![json!("nonsense"), json!(1), json!([])]
                }
            };
            for value in wrong {
                let mut body = least(analysis);
                body.insert(parameter.name.to_owned(), value.clone());
                let problems = checked(analysis, &body).unwrap_err();
                assert!(
                    problems
                        .iter()
                        .any(|p| p.field == parameter.name && !p.message.is_empty()),
                    "{} = {value} of {}: {problems:?}",
                    parameter.name,
                    analysis.id
                );
            }
        }
    }
}
