//! The operations of the API as tools.

use http::Method;
use serde_json::{Map, Value, json};

/// The operations that are tools, besides those that start an analysis.
const OFFERED: [&str; 24] = [
    "PostDataset",
    "getDatasetsList",
    "getDatasetReport",
    "inferTree",
    "nameDataset",
    "deleteDataset",
    "getMethodsList",
    "getMethodsSuitability",
    "getJobsList",
    "getJobById",
    "getJobSummary",
    "getJobEstimate",
    "getJobResult",
    "getJobLog",
    "nameJob",
    "cancelJob",
    "deleteJob",
    "startScreen",
    "getScreensList",
    "getScreen",
    "getScreenReport",
    "nameScreen",
    "deleteScreen",
    "getLimits",
];
/// Parameters that a model must not set: tokens, addresses, and what is about the transport.
const HIDDEN: [&str; 8] = [
    "user_token",
    "callback_url",
    "notify",
    "pretty_print",
    "raw",
    "format",
    "url",
    "include_content",
];
/// The operation that uploads a file.
pub(crate) const UPLOAD: &str = "PostDataset";
/// The operation that returns a job, and can wait for a change.
pub(crate) const JOB: &str = "getJobById";
/// The argument of an upload that names a file.
pub(crate) const FILE: &str = "file";
/// An argument that every reading tool takes.
pub(crate) const POINTER: &str = "pointer";

/// What calling a tool does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It reads.
    Reads,
    /// It adds something: a dataset, a job.
    Adds,
    /// It changes, cancels or deletes something that is there.
    Changes,
}

/// An operation that a model can call.
#[derive(Debug, Clone)]
pub struct Tool {
    /// The operation's id.
    pub name: String,
    /// What it does, in a few words.
    pub title: String,
    /// What it does and returns.
    pub description: String,
    /// JSON Schema of its arguments.
    pub schema: Map<String, Value>,
    /// What calling it does.
    pub effect: Effect,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Names of the arguments that belong into the query.
    pub(crate) query: Vec<String>,
}

/// Makes the tools of a service from its OpenAPI document. With `files`, an upload may name a file in place of its
/// content.
#[must_use]
pub fn of(document: &Value, files: bool) -> Vec<Tool> {
    let paths = document["paths"].as_object();
    let operations = paths.into_iter().flatten().flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path, method, operation))
    });
    operations
        .filter_map(|(path, method, operation)| tool(document, path, method, operation, files))
        .collect()
}

fn tool(
    document: &Value,
    path: &str,
    method: &str,
    operation: &Value,
    files: bool,
) -> Option<Tool> {
    let name = operation["operationId"].as_str()?;
    let method: Method = method.to_uppercase().parse().ok()?;
    let starts_analysis =
        method == Method::POST && path.starts_with("/methods/") && path.ends_with("-start");
    if !starts_analysis && !OFFERED.contains(&name) {
        return None;
    }
    let effect = match method {
        Method::GET => Effect::Reads,
        Method::POST if name != "cancelJob" => Effect::Adds,
        _ => Effect::Changes,
    };
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut query = Vec::new();
    let mut put = |name: &str, schema: Value, needed: bool| {
        if HIDDEN.contains(&name) || schema["deprecated"] == true {
            return false;
        }
        properties.insert(name.to_owned(), plain(schema));
        if needed {
            required.push(Value::from(name));
        }
        true
    };
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let place = parameter["in"].as_str().unwrap_or_default();
        let Some(name) = parameter["name"].as_str() else {
            continue;
        };
        if place != "path" && place != "query" {
            continue;
        }
        let mut schema = resolved(document, &parameter["schema"]);
        if let Some(description) = parameter.get("description") {
            schema["description"] = description.clone();
        }
        let needed = parameter["required"] == true;
        if put(name, schema, needed) && place == "query" {
            query.push(name.to_owned());
        }
    }
    if name == UPLOAD {
        for (name, schema, needed) in upload(files) {
            put(name, schema, needed);
        }
    } else {
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = resolved(document, body);
        let needed = body["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in body["properties"].as_object().into_iter().flatten() {
            put(
                name,
                schema.clone(),
                needed.contains(&Value::from(name.as_str())),
            );
        }
    }
    if effect == Effect::Reads {
        let about =
            "A JSON Pointer (RFC 6901), such as /table/rows: return only this part of the response";
        put(
            POINTER,
            json!({"type": "string", "description": about}),
            false,
        );
    }
    let title = operation["summary"].as_str().unwrap_or(name);
    let more = operation["description"].as_str().unwrap_or_default();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    Some(Tool {
        name: name.to_owned(),
        title: title.to_owned(),
        description: format!("{title}. {more}").trim_end().to_owned(),
        schema,
        effect,
        method,
        path: path.to_owned(),
        query,
    })
}

/// The arguments of an upload. The API takes it as a form.
fn upload(files: bool) -> Vec<(&'static str, Value, bool)> {
    let text = |about: &str| json!({"type": "string", "description": about});
    let content = "The text of the file: an alignment (FASTA, NEXUS, PHYLIP, …), a tree (Newick, NEXUS), or both";
    let mut arguments = vec![
        (
            "name",
            text("Name of the dataset, such as the name of the file"),
            !files,
        ),
        ("content", text(content), !files),
        ("description", text("What it is"), false),
    ];
    if files {
        let about = "Path of a file on this computer, in place of content";
        arguments.push((FILE, text(about), false));
    }
    arguments
}

/// How deeply references are followed. Schemas of requests are not deeper.
const DEPTH: u32 = 8;

/// A schema without references.
fn resolved(document: &Value, schema: &Value) -> Value {
    fn at(document: &Value, schema: &Value, depth: u32) -> Value {
        match schema {
            _ if depth == 0 => json!({}),
            Value::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                    let pointed = document.pointer(reference.trim_start_matches('#'));
                    return at(document, pointed.unwrap_or(&Value::Null), depth - 1);
                }
                let items = map.iter().filter(|(key, _)| *key != "example");
                let items = items.map(|(key, value)| (key.clone(), at(document, value, depth)));
                Value::Object(items.collect())
            }
            Value::Array(items) => items.iter().map(|item| at(document, item, depth)).collect(),
            plain => plain.clone(),
        }
    }
    match schema {
        Value::Null => json!({}),
        schema => at(document, schema, DEPTH),
    }
}

/// A schema in the words that all providers of models understand: with one type, and without `null`. An argument that
/// may be `null` may be left out.
fn plain(schema: Value) -> Value {
    let Value::Object(mut map) = schema else {
        return schema;
    };
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(branches)) = map.get(key) else {
            continue;
        };
        let mut others = branches.iter().filter(|branch| branch["type"] != "null");
        if let (Some(Value::Object(only)), None) = (others.next().cloned(), others.next()) {
            map.remove(key);
            // What is said beside the branches is about this use of it.
            for (key, value) in only {
                map.entry(key).or_insert(value);
            }
        }
    }
    if let Some(Value::Array(types)) = map.get("type") {
        let first = types.iter().find(|kind| *kind != "null").cloned();
        let first = first.unwrap_or_default();
        let fits = |value: &Value| match first.as_str() {
            Some("string") => value.is_string(),
            Some("array") => value.is_array(),
            Some("integer" | "number") => value.is_number(),
            _ => true,
        };
        if let Some(Value::Array(words)) = map.get_mut("enum") {
            words.retain(fits);
        }
        if map.get("default").is_some_and(|value| !fits(value)) {
            map.remove("default");
        }
        map.insert("type".to_owned(), first);
    }
    let map = map.into_iter().map(|(key, value)| match value {
        Value::Object(_) if key == "items" => (key, plain(value)),
        Value::Object(inner) if key == "properties" => {
            let inner = inner
                .into_iter()
                .map(|(name, schema)| (name, plain(schema)));
            (key, Value::Object(inner.collect()))
        }
        Value::Array(branches) if key == "anyOf" || key == "oneOf" => {
            (key, branches.into_iter().map(plain).collect())
        }
        value => (key, value),
    });
    Value::Object(map.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_has_one_type() {
        let yes_no = json!({"type": ["string", "boolean"], "enum": ["Yes", "No", true, false], "default": "No"});
        let expected = json!({"type": "string", "enum": ["Yes", "No"], "default": "No"});
        assert_eq!(plain(yes_no), expected);
        let branches =
            json!({"type": ["array", "string"], "items": {"type": "string"}, "default": []});
        let expected = json!({"type": "array", "items": {"type": "string"}, "default": []});
        assert_eq!(plain(branches), expected);
        let nullable = json!({"description": "d", "oneOf": [{"type": "null"}, {"type": "integer", "minimum": 0}]});
        let expected = json!({"description": "d", "type": "integer", "minimum": 0});
        assert_eq!(plain(nullable), expected);
    }
}
