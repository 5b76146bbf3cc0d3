//! Validating a start request against the analysis's table, and converting it to its canonical
//! form.

mod engine;

use std::collections::BTreeMap;

use sequence::GeneticCode;
use serde_json::{Map, Value};

use crate::{
    Analysis, EngineKind, Parameter,
    parameters::Parameters,
    table::{Choice, Kind},
};

/// A problem with a field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field.
    pub field: String,
    /// What is wrong and how to fix it.
    pub message: String,
    /// Whether the field is missing. Otherwise its value is invalid.
    pub missing: bool,
}

/// A request in canonical form.
#[derive(Debug)]
pub struct Checked {
    /// The engine that is to run the analysis.
    pub engine: EngineKind,
    /// All parameters.
    pub parameters: Parameters,
    /// What was ignored: unknown fields, and values that another parameter makes irrelevant.
    pub ignored: Vec<String>,
}

impl FieldProblem {
    /// A problem with a value that is present but invalid.
    pub fn wrong(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            message: message.into(),
            missing: false,
        }
    }
}

/// Fields of every start request that are not parameters of the analysis.
const ELSEWHERE: &[&str] = &[engine::FIELD, "user_token", "callback_url", "notify"];
/// Maximum number of sentences about ignored fields.
const MOST_IGNORED: usize = 20;

/// Validates a request and converts it to its canonical form. Each of these gets a single form:
/// booleans and `Yes`/`No`; numbers and numeric strings; codes as text or as `{value}` objects;
/// lists as arrays or as comma-separated text.
///
/// # Errors
/// All problems at once.
pub fn check(
    analysis: &'static Analysis,
    body: &Map<String, Value>,
) -> Result<Checked, Vec<FieldProblem>> {
    let (mut parameters, mut problems) = values(analysis.parameters.iter(), body);
    let engine = engine::chosen(analysis, body).unwrap_or_else(|wrong| {
        problems.push(wrong);
        EngineKind::default()
    });
    for rule in analysis.rules {
        // A parameter that is invalid by itself is absent, so it cannot break a rule.
        if let Some(message) = (rule.broken)(&parameters) {
            problems.push(FieldProblem::wrong(rule.parameter, message));
        }
    }
    let voided = void(analysis, body, &mut parameters);
    if engine == EngineKind::Native {
        problems.extend(engine::native_lacks(analysis, &parameters));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let known = |name: &str| analysis.parameter(name).is_some() || ELSEWHERE.contains(&name);
    let unknown = body.keys().filter(|name| !known(name)).map(|name| {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        format!(
            "{} has no parameter {shown}; it was ignored.",
            analysis.name
        )
    });
    let mut ignored: Vec<String> = unknown.collect();
    ignored.extend(voided);
    ignored.truncate(MOST_IGNORED);
    Ok(Checked {
        engine,
        parameters,
        ignored,
    })
}

/// Whether the native engine has the analysis, and all that these parameters ask for.
#[must_use]
pub fn native_can_run(analysis: &Analysis, parameters: &Parameters) -> bool {
    analysis.native.is_some() && engine::native_lacks(analysis, parameters).is_empty()
}

/// The values of options on a command line, which names files instead of datasets.
///
/// # Errors
/// All problems at once.
pub fn check_options(
    analysis: &'static Analysis,
    engine: EngineKind,
    body: &Map<String, Value>,
) -> Result<Parameters, Vec<FieldProblem>> {
    let options = analysis.parameters.iter();
    let options = options.filter(|parameter| !matches!(parameter.kind, Kind::Dataset));
    let (mut parameters, mut problems) = values(options, body);
    void(analysis, body, &mut parameters);
    if engine == EngineKind::Native {
        problems.extend(engine::native_lacks(analysis, &parameters));
    }
    if problems.is_empty() {
        Ok(parameters)
    } else {
        Err(problems)
    }
}

/// The values of these parameters, and what is wrong with those that have none.
fn values(
    parameters: impl Iterator<Item = &'static Parameter>,
    body: &Map<String, Value>,
) -> (Parameters, Vec<FieldProblem>) {
    let mut values = BTreeMap::new();
    let mut problems = Vec::new();
    for parameter in parameters {
        match given(parameter, body) {
            None if parameter.required => problems.push(FieldProblem {
                field: parameter.name.to_owned(),
                message: format!("{} is required: {}", parameter.name, parameter.help),
                missing: true,
            }),
            None => {
                if let Some(value) = default(parameter) {
                    values.insert(parameter.name.to_owned(), value);
                }
            }
            Some(value) => match canonical(parameter, value) {
                Ok(value) => {
                    values.insert(parameter.name.to_owned(), value);
                }
                Err(expected) => problems.push(FieldProblem {
                    field: parameter.name.to_owned(),
                    message: format!(
                        "{} is {}; it must be {expected}",
                        parameter.name,
                        shown(value)
                    ),
                    missing: false,
                }),
            },
        }
    }
    (Parameters(values), problems)
}

/// The default values of an analysis's parameters.
#[must_use]
pub fn defaults(analysis: &'static Analysis) -> Parameters {
    valid_or_default(analysis, &Map::new())
}

/// The valid values of an unfinished request, and defaults for the other parameters.
#[must_use]
pub fn valid_or_default(analysis: &'static Analysis, body: &Map<String, Value>) -> Parameters {
    let (mut parameters, _) = values(analysis.parameters.iter(), body);
    for parameter in analysis.parameters {
        if let Some(value) = default(parameter) {
            let values = &mut parameters.0;
            values.entry(parameter.name.to_owned()).or_insert(value);
        }
    }
    void(analysis, body, &mut parameters);
    parameters
}

/// Removes the parameters that another one makes irrelevant, so that equivalent requests are equal.
/// Returns a sentence about each of them that the request contained.
fn void(
    analysis: &Analysis,
    body: &Map<String, Value>,
    parameters: &mut Parameters,
) -> Vec<String> {
    let all = parameters.clone();
    let mut said = Vec::new();
    for parameter in analysis.parameters {
        let Some(condition) = parameter.only_if.as_ref().filter(|c| !c.holds(&all)) else {
            continue;
        };
        parameters.0.remove(parameter.name);
        if given(parameter, body).is_some() {
            said.push(format!(
                "{} has no effect if {} is {}; it was ignored.",
                parameter.name,
                condition.parameter,
                all.text(condition.parameter).unwrap_or_default()
            ));
        }
    }
    said
}

fn given<'a>(parameter: &Parameter, body: &'a Map<String, Value>) -> Option<&'a Value> {
    let names = std::iter::once(&parameter.name).chain(parameter.aliases);
    let value = names
        .filter_map(|name| body.get(*name))
        .find(|value| !value.is_null())?;
    // Clients send "" for fields that they leave open, and `false` for options that they do not use.
    let optional = parameter.default.is_empty() && matches!(parameter.kind, Kind::Choice(_));
    let is_open = value.as_str() == Some("") || (optional && *value == Value::Bool(false));
    (!is_open).then_some(value)
}

/// The canonical form of a parameter's default value.
pub(crate) fn default(parameter: &Parameter) -> Option<Value> {
    match parameter.kind {
        Kind::Branches { .. } => Some(Value::Array(vec![])),
        _ if parameter.default.is_empty() => None,
        _ => canonical(parameter, &Value::from(parameter.default)).ok(),
    }
}

/// The canonical form of a value, or a description of valid values.
fn canonical(parameter: &Parameter, value: &Value) -> Result<Value, String> {
    match &parameter.kind {
        Kind::Dataset => dataset_id(value).ok_or_else(|| "the id of a dataset".to_owned()),
        Kind::GeneticCode => genetic_code(value).ok_or_else(|| {
            let names: Vec<_> = GeneticCode::ALL.iter().map(|code| code.name()).collect();
            format!("one of {}", names.join(", "))
        }),
        Kind::Branches { empty_is_all } => branches(value, *empty_is_all).ok_or_else(|| {
            "a list of branch names, labels or the words All, Internal, Leaves, \
             Unlabeled-branches"
                .to_owned()
        }),
        Kind::BranchSets => branch_sets(value).ok_or_else(|| {
            "a list of labels of the tree, or of objects {\"name\": …, \"branches\": […]}, with \
             unique names"
                .to_owned()
        }),
        Kind::Compartments => compartments(value).ok_or_else(|| {
            "a list of 2 to 100 objects {\"description\": …, \"regexp\": …}".to_owned()
        }),
        Kind::YesNo => yes_no(value).ok_or_else(|| "Yes or No".to_owned()),
        Kind::Choice(choices) => choice(choices, value).ok_or_else(|| {
            let words: Vec<_> = choices.iter().map(|choice| choice.value).collect();
            format!("one of {}", words.join(", "))
        }),
        Kind::Integer { min, max } => integer(value)
            .filter(|number| (*min..=*max).contains(number))
            .map(Value::from)
            .ok_or_else(|| format!("a whole number from {min} to {max}")),
        Kind::Number { min, max } => number(value)
            .filter(|number| (*min..=*max).contains(number))
            .map(Value::from)
            .ok_or_else(|| format!("a number from {min} to {max}")),
    }
}

fn dataset_id(value: &Value) -> Option<Value> {
    let id = value.as_str()?;
    // No id has a hyphen or an underscore, but such an id is unknown rather than malformed.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let plain = (1..=128).contains(&id.len()) && id.bytes().all(is_plain);
    plain.then(|| Value::from(id))
}

/// As text, or as an object whose `value` is the text.
fn genetic_code(value: &Value) -> Option<Value> {
    let name = value.as_str().or_else(|| value.get("value")?.as_str())?;
    GeneticCode::from_name(name).map(|code| Value::from(code.name()))
}

/// As an array or comma-separated text. If an empty list means all, so does the word `All`.
fn branches(value: &Value, empty_is_all: bool) -> Option<Value> {
    let mut names = list_of_names(value)?;
    names.sort_unstable();
    names.dedup();
    if empty_is_all && names.iter().any(|name| name.eq_ignore_ascii_case("all")) {
        names.clear();
    }
    Some(Value::from(names))
}

fn list_of_names(value: &Value) -> Option<Vec<String>> {
    let mut names: Vec<String> = match value {
        Value::String(text) => text.split(',').map(|name| name.trim().to_owned()).collect(),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        _ => return None,
    };
    names.retain(|name| !name.is_empty());
    Some(names)
}

/// Labels as an array or comma-separated text, or objects with a name and branches.
fn branch_sets(value: &Value) -> Option<Value> {
    const MOST: usize = 100;
    let sets: Vec<Value> = match value {
        Value::Array(items) => items.iter().map(branch_set).collect::<Option<_>>()?,
        other => list_of_names(other)?.into_iter().map(Value::from).collect(),
    };
    let name = |set: &Value| set.as_str().or(set["name"].as_str()).map(str::to_lowercase);
    let names: std::collections::HashSet<_> = sets.iter().map(name).collect();
    let fine = (1..=MOST).contains(&sets.len()) && names.len() == sets.len();
    fine.then(|| Value::from(sets))
}

fn branch_set(set: &Value) -> Option<Value> {
    if let Some(label) = set.as_str() {
        return (!label.is_empty()).then(|| Value::from(label));
    }
    let name = set.get("name")?.as_str().filter(|name| !name.is_empty())?;
    let branches = branches(set.get("branches")?, false)?;
    let some = branches.as_array().is_some_and(|items| !items.is_empty());
    some.then(|| serde_json::json!({"name": name, "branches": branches}))
}

fn compartments(value: &Value) -> Option<Value> {
    let compartment = |item: &Value| {
        let text = |key: &str| item.get(key)?.as_str().filter(|text| !text.is_empty());
        Some(serde_json::json!({
            "description": text("description")?, "regexp": text("regexp")?
        }))
    };
    let items: Vec<Value> = value
        .as_array()?
        .iter()
        .map(compartment)
        .collect::<Option<_>>()?;
    (2..=100).contains(&items.len()).then(|| Value::from(items))
}

fn yes_no(value: &Value) -> Option<Value> {
    let yes = match value {
        Value::Bool(yes) => *yes,
        Value::String(text) if text.eq_ignore_ascii_case("yes") => true,
        Value::String(text) if text.eq_ignore_ascii_case("no") => false,
        Value::String(text) => text.to_ascii_lowercase().parse().ok()?,
        _ => return None,
    };
    Some(Value::from(if yes { "Yes" } else { "No" }))
}

fn choice(choices: &[Choice], value: &Value) -> Option<Value> {
    let text = match value {
        Value::Bool(true) => "Yes",
        Value::Bool(false) => "No",
        other => other.as_str()?,
    };
    let is_text = |word: &str| word.eq_ignore_ascii_case(text);
    let found = choices
        .iter()
        .find(|choice| is_text(choice.value) || choice.alias.is_some_and(is_text))?;
    Some(Value::from(found.value))
}

fn integer(value: &Value) -> Option<i64> {
    let number = number(value)?;
    #[allow(clippy::cast_possible_truncation, reason = "whole and far below 2^53")]
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    number.is_finite().then_some(number)
}

/// A value in a form suitable for a sentence: short, and without control characters.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.to_string();
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn fel(body: Value) -> Result<Checked, Vec<FieldProblem>> {
        check(
            crate::methods::find("fel").unwrap(),
            body.as_object().unwrap(),
        )
    }

    #[test]
    fn all_forms_of_a_request_have_one_canonical_form() {
        let written = fel(json!({
            "alignment": "a1", "tree": "b2", "ci": false, "srv": true, "resample": 0,
            "genetic_code": {"value": "Universal", "display_name": "Universal code"},
            "multiple_hits": "None", "site_multihit": "Estimate", "branches": []
        }));
        let short = fel(json!({"alignment_file": "a1", "tree": "b2", "branches": "All"}));
        let strings = fel(
            json!({"alignment": "a1", "tree": "b2", "ci": "No", "resample": "0",
            "genetic_code": "universal", "branches": ""}),
        );
        let written = written.unwrap().parameters;
        assert_eq!(written, short.unwrap().parameters);
        assert_eq!(written, strings.unwrap().parameters);
        assert_eq!(written.text("srv"), Some("Yes"));
        assert_eq!(written.get("pvalue"), Some(&json!(0.1)));
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let problems = fel(
            json!({"ci": "maybe", "resample": 1001, "genetic_code": "Klingon",
            "multiple_hits": 3, "branches": [1]}),
        )
        .unwrap_err();
        let fields: Vec<_> = problems.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "alignment",
                "genetic_code",
                "branches",
                "ci",
                "resample",
                "multiple_hits"
            ]
        );
        assert_eq!(
            problems[4].message,
            "resample is 1001; it must be a whole number from 0 to 1000"
        );
        assert!(problems[0].missing && !problems[1].missing);
    }

    #[test]
    fn an_option_without_a_default_may_be_a_boolean() {
        let prune = |value: Value| {
            let checked = fel(json!({"alignment": "a", "prune": value})).unwrap();
            checked.parameters.get("prune").cloned()
        };
        assert_eq!(prune(json!(true)), Some(json!("Tree")));
        assert_eq!(prune(json!("both")), Some(json!("Both")));
        assert_eq!(prune(json!(false)), None);
        let without = fel(json!({"alignment": "a"})).unwrap();
        assert_eq!(without.parameters.get("prune"), None);
    }

    #[test]
    fn unknown_fields_are_named() {
        let checked = fel(json!({"alignment": "a", "posterior": 1, "user_token": "t"})).unwrap();
        assert_eq!(
            checked.ignored,
            ["FEL has no parameter posterior; it was ignored."]
        );
    }
}
