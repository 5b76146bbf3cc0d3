//! `/methods`: what this server offers, and starting it.

use api::{Job, Method, MethodParameter, Methods, Problem, paths};
use axum::{Json, extract::State};
use hyphy::{
    Analysis, Parameter,
    table::{Kind, TreeInput},
};
use sequence::GeneticCode;
use serde::Deserialize;

use super::{
    Shared,
    extract::{InQuery, JsonObject, Owner},
};
use crate::{Service, error::Result, jobs};

/// List available methods
///
/// Every analysis with its parameters, and whether this server's engine has them.
#[utoipa::path(
    get, path = paths::METHODS, tag = "Methods", operation_id = "getMethodsList",
    params(("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    responses(
        (status = 200, description = "The analyses", body = Methods),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(State(service): State<Shared>) -> Json<Methods> {
    let methods = hyphy::methods::ALL
        .iter()
        .map(|analysis| method(&service, analysis));
    Json(Methods {
        methods: methods.collect(),
    })
}

#[derive(Deserialize)]
pub(super) struct StartQuery {
    #[serde(default)]
    retry: bool,
}

/// Starts an analysis, or says how it is doing.
pub(super) async fn start(
    analysis: &'static Analysis,
    (State(service), Owner(owner)): (State<Shared>, Owner),
    InQuery(query): InQuery<StartQuery>,
    JsonObject(body): JsonObject,
) -> Result<Json<Job>> {
    jobs::start(&service, &owner, analysis, &body, query.retry)
        .await
        .map(Json)
}

fn method(service: &Service, analysis: &Analysis) -> Method {
    Method {
        id: analysis.id.to_owned(),
        name: analysis.name.to_owned(),
        title: analysis.title.to_owned(),
        question: analysis.question.to_owned(),
        description: analysis.description.to_owned(),
        citation: analysis.citation.text.to_owned(),
        doi: analysis.citation.doi.to_owned(),
        status: "available".to_owned(),
        start_endpoint: format!("{}{}", paths::BASE, paths::start(analysis.id)),
        result_endpoint: format!("{}{}", paths::BASE, paths::result(analysis.id)),
        parameters: analysis
            .parameters
            .iter()
            .map(|p| parameter(service, analysis, p))
            .collect(),
    }
}

fn parameter(service: &Service, analysis: &Analysis, parameter: &Parameter) -> MethodParameter {
    let (kind, choices, minimum, maximum) = match parameter.kind {
        Kind::Dataset => ("string", vec![], None, None),
        Kind::GeneticCode => (
            "string",
            GeneticCode::ALL
                .iter()
                .map(|code| code.name().to_owned())
                .collect(),
            None,
            None,
        ),
        Kind::Branches => ("array", vec![], None, None),
        Kind::YesNo => (
            "string",
            vec!["Yes".to_owned(), "No".to_owned()],
            None,
            None,
        ),
        Kind::Choice(choices) => (
            "string",
            choices
                .iter()
                .map(|choice| choice.value.to_owned())
                .collect(),
            None,
            None,
        ),
        #[allow(clippy::cast_precision_loss, reason = "bounds are far below 2^53")]
        Kind::Integer { min, max } => ("integer", vec![], Some(min as f64), Some(max as f64)),
        Kind::Number { min, max } => ("number", vec![], Some(min), Some(max)),
    };
    let required = match parameter.name {
        "alignment" => true,
        "tree" => analysis.input.tree == TreeInput::Required,
        _ => false,
    };
    let version = service.engine.as_ref().ok().map(|engine| engine.version);
    MethodParameter {
        name: parameter.name.to_owned(),
        description: parameter.help.to_owned(),
        required,
        kind: kind.to_owned(),
        default: Some(parameter.default.to_owned()).filter(|text| !text.is_empty()),
        choices,
        minimum,
        maximum,
        advanced: parameter.advanced,
        available: version.is_some_and(|version| parameter.since <= version),
        since: parameter.since.to_string(),
    }
}
