//! `/methods`: lists the analyses, and starts them.

use api::{Job, Method, MethodInput, MethodParameter, Methods, paths};
use axum::{Json, extract::State};
use hyphy::{
    Analysis, Engine, Parameter,
    table::{BranchInput, Data, Kind, TreeInput},
};
use serde::Deserialize;

use service::{Service, jobs};

use crate::{extract::InQuery, identity::OwnedObject, problem::Result, state::AppState};

/// List available methods
///
/// Returns every analysis with its parameters, and says whether this server's engine supports it.
#[utoipa::path(
    get, path = paths::METHODS, tag = "Methods", operation_id = "getMethodsList",
    responses(
        (status = 200, description = "The analyses", body = Methods),
    )
)]
pub(crate) async fn list(State(service): State<AppState>) -> Json<Methods> {
    let methods = hyphy::methods::ALL
        .iter()
        .map(|analysis| method(&service, analysis));
    Json(Methods {
        methods: methods.collect(),
    })
}

#[derive(Deserialize)]
pub(crate) struct StartQuery {
    #[serde(default)]
    retry: bool,
}

/// Starts an analysis, or returns the existing job.
pub(crate) async fn start(
    analysis: &'static Analysis,
    State(service): State<AppState>,
    InQuery(query): InQuery<StartQuery>,
    OwnedObject(owner, body): OwnedObject,
) -> Result<Json<Job>> {
    let job = jobs::start(&service, &owner, analysis, &body, query.retry).await?;
    Ok(Json(job))
}

fn method(service: &Service, analysis: &Analysis) -> Method {
    let engine = service.engine().ok();
    let engine = engine.as_deref();
    let offered = engine.is_some_and(|engine| engine.offers(analysis));
    Method {
        id: analysis.id.to_owned(),
        name: analysis.name.to_owned(),
        title: analysis.title.to_owned(),
        question: analysis.question.to_owned(),
        description: analysis.description.to_owned(),
        citation: analysis.citation.text.to_owned(),
        doi: analysis.citation.doi.to_owned(),
        status: if offered { "available" } else { "unavailable" }.to_owned(),
        since: analysis.since.to_string(),
        start_endpoint: format!("{}{}", paths::BASE, paths::start(analysis.id)),
        result_endpoint: format!("{}{}", paths::BASE, paths::result(analysis.id)),
        input: Some(input(analysis)),
        parameters: analysis
            .parameters
            .iter()
            .map(|p| parameter(engine.filter(|_| offered), analysis, p))
            .collect(),
    }
}

fn input(analysis: &Analysis) -> MethodInput {
    let input = &analysis.input;
    let data = match input.data {
        Data::Codon => "codon",
        Data::Nucleotide => "nucleotide",
        Data::Protein => "protein",
        Data::ByType => "by_type",
        Data::None => "none",
    };
    let tree = match input.tree {
        TreeInput::Required => "required",
        TreeInput::Rooted => "rooted",
        TreeInput::None => "none",
    };
    let branches = match input.branches {
        BranchInput::None => "none",
        BranchInput::Tested => "tested",
        BranchInput::TestAndReference => "test_and_reference",
        BranchInput::Sets => "sets",
        BranchInput::Compartments => "compartments",
    };
    MethodInput {
        data: data.to_owned(),
        tree: tree.to_owned(),
        branches: branches.to_owned(),
        partitions: input.partitions,
        min_sequences: input.min_sequences,
        usual_seconds: analysis.cost.seconds,
    }
}

fn parameter(
    engine: Option<&Engine>,
    analysis: &Analysis,
    parameter: &Parameter,
) -> MethodParameter {
    let (kind, minimum, maximum) = match parameter.kind {
        Kind::Dataset | Kind::GeneticCode | Kind::YesNo | Kind::Choice(_) => ("string", None, None),
        Kind::Branches { .. } | Kind::BranchSets | Kind::Compartments => ("array", None, None),
        #[allow(clippy::cast_precision_loss, reason = "bounds are far below 2^53")]
        Kind::Integer { min, max } => ("integer", Some(min as f64), Some(max as f64)),
        Kind::Number { min, max } => ("number", Some(min), Some(max)),
    };
    MethodParameter {
        name: parameter.name.to_owned(),
        label: Some(parameter.label.to_owned()).filter(|text| !text.is_empty()),
        description: parameter.help.to_owned(),
        required: parameter.required,
        kind: kind.to_owned(),
        default: Some(parameter.default.to_owned()).filter(|text| !text.is_empty()),
        choices: parameter.words().into_iter().map(str::to_owned).collect(),
        minimum,
        maximum,
        advanced: parameter.advanced,
        available: engine.is_some_and(|engine| engine.has(analysis, parameter)),
        since: parameter.since.to_string(),
    }
}
