//! Generates the OpenAPI operations of each analysis from its table.

use api::paths;
use hyphy::{
    Analysis, EngineKind, Parameter,
    table::{Data, Kind, TreeInput},
};
use serde_json::{Map, Value, json};
use utoipa::openapi::{OpenApi, PathItem, RefOr, Schema};

/// Adds the start and result operations and the request schema of every analysis.
pub(crate) fn add(document: &mut OpenApi) {
    for analysis in hyphy::methods::ALL {
        let (name, schema) = request(analysis);
        let schema: Result<RefOr<Schema>, _> = serde_json::from_value(schema);
        let start: Result<PathItem, _> = serde_json::from_value(start(analysis, &name));
        let result: Result<PathItem, _> = serde_json::from_value(result(analysis, &name));
        // Cannot fail: the JSON is built below, and a test parses all of it.
        let (Ok(schema), Ok(start), Ok(result)) = (schema, start, result) else {
            continue;
        };
        let components = document.components.get_or_insert_default();
        components.schemas.insert(name, schema);
        document
            .paths
            .paths
            .insert(paths::start(analysis.id), start);
        document
            .paths
            .paths
            .insert(paths::result(analysis.id), result);
    }
}

/// `fel` → `FelRequest`, `contrast-fel` → `ContrastFelRequest`.
fn request(analysis: &Analysis) -> (String, Value) {
    let words = analysis
        .id
        .split('-')
        .map(|word| word[..1].to_uppercase() + &word[1..]);
    let name = words.collect::<String>() + "Request";
    let mut properties: Map<String, Value> = analysis
        .parameters
        .iter()
        .map(|p| (p.name.to_owned(), property(p)))
        .collect();
    for parameter in analysis.parameters {
        for alias in parameter.aliases {
            let mut schema = property(parameter);
            schema["description"] = format!("The same as {}.", parameter.name).into();
            schema["deprecated"] = true.into();
            properties.insert((*alias).to_owned(), schema);
        }
    }
    let engines: Vec<&str> = analysis
        .engines()
        .into_iter()
        .map(EngineKind::word)
        .collect();
    properties.insert(
        "engine".to_owned(),
        json!({"type": "string", "enum": engines, "default": EngineKind::default().word(), "description": "The engine that runs the analysis. Not a parameter."}),
    );
    properties.insert(
        "user_token".to_owned(),
        json!({"type": "string", "description": "Token that identifies the user. Not a parameter."}),
    );
    properties.insert(
        "callback_url".to_owned(),
        json!({"type": "string", "format": "uri", "description": "An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter."}),
    );
    properties.insert(
        "notify".to_owned(),
        json!({"type": "string", "format": "email", "description": "An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter."}),
    );
    if analysis.input.partitions {
        properties.insert(
            "partitions_of".to_owned(),
            json!({"type": "string", "description": "Id of a completed GARD job, in place of `alignment` and `tree`: its alignment is analysed with the partitions and trees that GARD found."}),
        );
    }
    let required: Vec<&str> = analysis
        .parameters
        .iter()
        .filter(|p| p.required)
        // `partitions_of` takes its place.
        .filter(|p| !(analysis.input.partitions && p.name == "alignment"))
        .map(|p| p.name)
        .collect();
    let schema = json!({
        "type": "object",
        "description": format!("Parameters of {}: {}", analysis.name, analysis.title),
        "required": required,
        "properties": properties,
    });
    (name, schema)
}

fn property(parameter: &Parameter) -> Value {
    let mut schema = match &parameter.kind {
        Kind::Dataset => json!({"type": "string", "pattern": "^[a-zA-Z0-9]+$"}),
        Kind::Branches { .. } => {
            json!({"type": ["array", "string"], "items": {"type": "string"}, "default": []})
        }
        Kind::BranchSets => json!({"type": "array", "items": {"anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "required": ["name", "branches"],
                "properties": {
                    "name": {"type": "string"},
                    "branches": {"type": "array", "items": {"type": "string"}},
                },
            },
        ]}}),
        Kind::Compartments => json!({"type": "array", "items": {
            "type": "object",
            "required": ["description", "regexp"],
            "properties": {
                "description": {"type": "string"},
                "regexp": {"type": "string"},
            },
        }}),
        // HyPhy uses Yes and No; published clients send booleans.
        _ if parameter.words() == ["Yes", "No"] => {
            json!({"type": ["string", "boolean"], "enum": ["Yes", "No", true, false]})
        }
        Kind::GeneticCode | Kind::YesNo | Kind::Choice(_) => {
            json!({"type": "string", "enum": parameter.words()})
        }
        Kind::Integer { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Kind::Number { min, max } => json!({"type": "number", "minimum": min, "maximum": max}),
    };
    schema["description"] = Value::from(parameter.help);
    if !parameter.default.is_empty() {
        let number = parameter
            .default
            .parse::<f64>()
            .ok()
            .filter(|_| schema.get("enum").is_none() && schema["type"] != "string");
        schema["default"] = match number {
            Some(number) if schema["type"] == "integer" => {
                #[allow(clippy::cast_possible_truncation, reason = "a default of a table")]
                let whole = number as i64;
                Value::from(whole)
            }
            Some(number) => Value::from(number),
            None => Value::from(parameter.default),
        };
    }
    schema
}

fn start(analysis: &Analysis, request: &str) -> Value {
    let tree = match analysis.input.tree {
        TreeInput::Required if analysis.input.data == Data::None => "",
        TreeInput::Required => {
            " Requires a tree: `tree`, or one in the alignment's file. If there is none, the \
             service infers one by neighbour joining."
        }
        TreeInput::Rooted => " Requires a rooted tree: `tree`, or one in the alignment's file.",
        TreeInput::None => "",
    };
    json!({"post": {
        "tags": ["Methods"],
        "operationId": format!("start{}Job", analysis.id.replace('-', "").to_uppercase()),
        "summary": format!("Start and monitor a {} job", analysis.name),
        "description": format!(
            "{} {}{tree} A repeated request refers to the same job, and returns its current state.",
            analysis.question, analysis.description
        ),
        "parameters": [
            query("retry", "boolean", "Restart the job if it failed or was cancelled", false),
            pretty_print(),
        ],
        "requestBody": body(request),
        "responses": {
            "200": {"description": "The job", "content": {"application/json": {"schema": reference("Job")}}},
            "400": problem("A required field is missing, or the body is not a JSON object"),
            "404": problem("A dataset does not exist"),
            "422": problem("Values or data are invalid; the response lists every problem"),
            "500": problem("An internal error occurred"),
            "503": problem("No usable engine is available"),
        },
    }})
}

fn result(analysis: &Analysis, request: &str) -> Value {
    let id = analysis.id.replace('-', "").to_uppercase();
    let responses = json!({
        "200": {"description": "The result: the engine's JSON, byte for byte", "content": {"application/json": {"schema": {
            "type": "object",
            "required": ["job_id", "jobId", "status", analysis.result_field],
            "properties": {
                "job_id": {"type": "string"},
                "jobId": {"type": "string"},
                "status": {"type": "string", "enum": ["completed"]},
                "result": {"type": "object"},
                analysis.result_field: {"type": "object"},
            },
        }}}},
        "400": problem("A required field is missing, or the body is not a JSON object"),
        "404": problem("There is no such job"),
        "409": problem("The job is not complete; see `Retry-After`"),
        "422": problem("A value is invalid"),
        "500": problem("The job failed, or an internal error occurred"),
    });
    json!({
        "get": {
            "tags": ["Methods"],
            "operationId": format!("get{id}JobById"),
            "summary": format!("Get a {} job result by job ID", analysis.name),
            "parameters": [query("job_id", "string", "Id of the job", true), pretty_print()],
            "responses": responses,
        },
        "post": {
            "tags": ["Methods"],
            "operationId": format!("get{id}Job"),
            "summary": format!("Get a {} job result", analysis.name),
            "description": "Identifies the job by the request that started it.",
            "parameters": [pretty_print()],
            "requestBody": body(request),
            "responses": responses,
        },
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn body(request: &str) -> Value {
    json!({"required": true, "content": {"application/json": {"schema": reference(request)}}})
}

fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": {"application/problem+json": {"schema": reference("Problem")}},
    })
}

fn query(name: &str, kind: &str, description: &str, required: bool) -> Value {
    json!({"name": name, "in": "query", "description": description, "required": required, "schema": {"type": kind}})
}

fn pretty_print() -> Value {
    query("pretty_print", "boolean", "Indent the response", false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn every_analysis_has_its_operations() {
        let document = serde_json::to_value(super::super::openapi()).unwrap();
        for analysis in hyphy::methods::ALL {
            let start = &document["paths"][api::paths::start(analysis.id)]["post"];
            assert_eq!(start["requestBody"]["required"], true, "{}", analysis.id);
            let result = &document["paths"][api::paths::result(analysis.id)];
            assert_eq!(result["get"]["parameters"][0]["name"], "job_id");
        }
        let fel = &document["components"]["schemas"]["FelRequest"]["properties"];
        assert_eq!(fel["resample"]["maximum"], 1000);
        assert_eq!(fel["resample"]["default"], 0);
    }
}
