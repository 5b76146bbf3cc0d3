//! `/methods`: lists the analyses, and starts them.

use api::{
    Availability, BranchInput, CodeTable, DataInput, ExampleFile, GeneticCodes, Job, Method,
    MethodEngine, MethodExample, MethodInput, MethodParameter, MethodStatus, Methods,
    ParameterRole, ParameterType, Suitabilities, SuitabilityQuery, TreeInput, paths,
};
use axum::{Json, extract::State};
use hyphy::{
    Analysis, Engine, EngineKind, Parameter,
    table::{self, Group, Kind},
};
use sequence::GeneticCode;
use serde::Deserialize;

use service::{Service, jobs};

use crate::{
    extract::InQuery,
    identity::{OwnedObject, Owner},
    problem::Result,
    request_context,
    state::AppState,
};

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
        groups: Group::ALL.map(|group| group.title().to_owned()).into(),
    })
}

/// Check datasets against the analyses
///
/// Which analyses can run on a dataset, or on an alignment and a tree; what is in the way of the
/// others; and how long each may take. Nothing is started.
#[utoipa::path(
    get, path = paths::METHODS_SUITABILITY, tag = "Methods", operation_id = "getMethodsSuitability",
    params(SuitabilityQuery),
    responses(
        (status = 200, description = "The analyses", body = Suitabilities),
        (status = 400, description = "The query is wrong"),
        (status = 404, description = "There is no such dataset"),
        (status = 422, description = "There is no such analysis or genetic code"),
    )
)]
pub(crate) async fn suitability(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InQuery(query): InQuery<SuitabilityQuery>,
) -> Result<Json<Suitabilities>> {
    Ok(Json(jobs::suitability(&service, &owner, &query).await?))
}

/// List the genetic codes
///
/// The codes that `genetic_code` accepts, with the amino acid of each codon.
#[utoipa::path(
    get, path = paths::GENETIC_CODES, tag = "Methods", operation_id = "getGeneticCodes",
    responses(
        (status = 200, description = "The genetic codes", body = GeneticCodes),
    )
)]
pub(crate) async fn genetic_codes() -> Json<GeneticCodes> {
    Json(GeneticCodes {
        genetic_codes: GeneticCode::ALL.into_iter().map(CodeTable::from).collect(),
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
    let job = jobs::start(
        &service,
        &owner,
        analysis,
        &body,
        query.retry,
        request_context::id(),
    )
    .await?;
    Ok(Json(job))
}

fn method(service: &Service, analysis: &Analysis) -> Method {
    let engine = service.engine().ok();
    let engine = engine.as_deref();
    let engine = engine.filter(|engine| engine.offers(analysis));
    let engines: Vec<MethodEngine> = analysis
        .engines()
        .into_iter()
        .map(|kind| method_engine(service, analysis, kind, engine))
        .collect();
    Method {
        id: analysis.id.to_owned(),
        name: analysis.name.to_owned(),
        title: analysis.title.to_owned(),
        question: analysis.question.to_owned(),
        description: analysis.description.to_owned(),
        interpretation: analysis.interpretation.to_owned(),
        keywords: analysis
            .keywords
            .iter()
            .map(|word| (*word).to_owned())
            .collect(),
        recommended: analysis.recommended,
        citation: analysis.citation.text.to_owned(),
        doi: analysis.citation.doi.to_owned(),
        group: analysis.group.title().to_owned(),
        status: (engines.iter().any(|e| e.status == Availability::Available))
            .then_some(MethodStatus::Available),
        since: analysis.since.to_string(),
        start_endpoint: format!("{}{}", paths::BASE, paths::start(analysis.id)),
        result_endpoint: format!("{}{}", paths::BASE, paths::result(analysis.id)),
        input: Some(input(analysis)),
        parameters: analysis
            .parameters
            .iter()
            .map(|p| parameter(&engines, engine, p))
            .collect(),
        engines,
        in_screens: hyphy::screen::USUAL.contains(&analysis.id),
        example: Some(example(analysis)),
    }
}

fn availability(available: bool) -> Availability {
    if available {
        Availability::Available
    } else {
        Availability::Unavailable
    }
}

/// An engine of an analysis. `hyphy` is the installed HyPhy, if it offers the analysis.
fn method_engine(
    service: &Service,
    analysis: &Analysis,
    kind: EngineKind,
    hyphy: Option<&Engine>,
) -> MethodEngine {
    let lacks = |parameter: &&Parameter| match kind {
        EngineKind::Hyphy => !hyphy.is_some_and(|hyphy| hyphy.has(analysis, parameter)),
        EngineKind::Native => {
            (analysis.native.as_ref()).is_none_or(|native| native.lacks.contains(&parameter.name))
        }
    };
    let lacking = analysis.parameters.iter().filter(lacks);
    MethodEngine {
        id: kind.word().to_owned(),
        name: match kind {
            EngineKind::Hyphy => "HyPhy".to_owned(),
            EngineKind::Native => "Native".to_owned(),
        },
        status: availability(match kind {
            EngineKind::Hyphy => hyphy.is_some(),
            EngineKind::Native => service.engines().contains(&kind),
        }),
        lacks: lacking.map(|parameter| parameter.name.to_owned()).collect(),
        usual_seconds: analysis.cost(kind).seconds,
        stages: (analysis.stages(kind).iter())
            .map(|stage| stage.title.to_owned())
            .collect(),
    }
}

fn input(analysis: &Analysis) -> MethodInput {
    let input = &analysis.input;
    MethodInput {
        data: match input.data {
            table::Data::Codon => DataInput::Codon,
            table::Data::Nucleotide => DataInput::Nucleotide,
            table::Data::Protein => DataInput::Protein,
            table::Data::ByType => DataInput::ByType,
            table::Data::None => DataInput::None,
        },
        tree: match input.tree {
            table::TreeInput::Required => TreeInput::Required,
            table::TreeInput::Rooted => TreeInput::Rooted,
            table::TreeInput::None => TreeInput::None,
        },
        branches: match input.branches {
            table::BranchInput::None => BranchInput::None,
            table::BranchInput::Tested => BranchInput::Tested,
            table::BranchInput::TestAndReference | table::BranchInput::Foreground => {
                BranchInput::TestAndReference
            }
            table::BranchInput::Sets => BranchInput::Sets,
            table::BranchInput::Compartments => BranchInput::Compartments,
        },
        partitions: input.partitions,
        min_sequences: input.min_sequences,
        usual_seconds: analysis.cost.seconds,
    }
}

fn example(analysis: &Analysis) -> MethodExample {
    let file = |file: table::ExampleFile| ExampleFile {
        name: file.name.to_owned(),
        content: file.content.to_owned(),
    };
    let example = &analysis.example;
    MethodExample {
        alignment: example.alignment.map(file),
        tree: example.tree.map(file),
        request: example.body(),
    }
}

/// A parameter. `hyphy` is the installed HyPhy, if it offers the analysis.
fn parameter(
    engines: &[MethodEngine],
    hyphy: Option<&Engine>,
    parameter: &Parameter,
) -> MethodParameter {
    let missing = hyphy.map_or_else(Vec::new, |hyphy| hyphy.missing_words(parameter));
    let is_missing = |word: &&str| missing.iter().any(|(other, _)| other == word);
    let mut engines = engines.iter();
    let first = engines.find(|engine| engine.status == Availability::Available);
    let lacks = |engine: &MethodEngine| engine.lacks.iter().any(|name| name == parameter.name);
    let role = match parameter.kind {
        Kind::Dataset => ParameterRole::Dataset,
        Kind::GeneticCode => ParameterRole::GeneticCode,
        Kind::Branches { .. } => ParameterRole::Branches,
        Kind::BranchSets => ParameterRole::BranchSets,
        Kind::Compartments => ParameterRole::Compartments,
        _ => ParameterRole::Value,
    };
    let (kind, minimum, maximum) = match parameter.kind {
        Kind::Dataset | Kind::GeneticCode | Kind::YesNo | Kind::Choice(_) => {
            (ParameterType::String, None, None)
        }
        Kind::Branches { .. } | Kind::BranchSets | Kind::Compartments => {
            (ParameterType::Array, None, None)
        }
        #[allow(clippy::cast_precision_loss, reason = "bounds are far below 2^53")]
        Kind::Integer { min, max } => (ParameterType::Integer, Some(min as f64), Some(max as f64)),
        Kind::Number { min, max } => (ParameterType::Number, Some(min), Some(max)),
    };
    MethodParameter {
        name: parameter.name.to_owned(),
        label: Some(parameter.label.to_owned()).filter(|text| !text.is_empty()),
        description: parameter.help.to_owned(),
        required: parameter.required,
        kind,
        role,
        default: Some(parameter.default.to_owned()).filter(|text| !text.is_empty()),
        choices: (parameter.words().into_iter())
            .filter(|word| !is_missing(word))
            .map(str::to_owned)
            .collect(),
        minimum,
        maximum,
        advanced: parameter.advanced,
        available: first.is_some_and(|engine| !lacks(engine)),
        since: parameter.since.to_string(),
    }
}
