//! Requests for many jobs: reading their states, and starting them.

use api::{Batch, BatchItem, JobStates, JobStatusRequest, paths};
use axum::{Json, extract::State};
use hyphy::Analysis;
use serde_json::{Map, Value};

use service::{Error, both, jobs};
use store::JobRecord;

use crate::{
    identity::{OwnedObject, USER_TOKEN},
    problem,
    problem::Result,
    request_context,
    state::AppState,
};

/// Maximum number of jobs per status request.
const MAX_STATUS_IDS: usize = 1000;
/// Maximum number of jobs per batch.
const MAX_BATCH_ITEMS: usize = 100;

/// Get the states of many jobs
///
/// Returns up to 1,000 jobs, in the order of the ids in the request. `missing` lists the ids that
/// the caller has no job for.
#[utoipa::path(
    post, path = paths::JOBS_STATUS, tag = "Jobs", operation_id = "getJobStates",
    request_body = JobStatusRequest,
    responses(
        (status = 200, description = "The jobs", body = JobStates),
        (status = 400, description = "The body is invalid"),
        (status = 422, description = "More than 1,000 ids"),
    )
)]
pub(crate) async fn states(
    State(service): State<AppState>,
    OwnedObject(owner, body): OwnedObject,
) -> Result<Json<JobStates>> {
    let ids = list(&body, "ids", MAX_STATUS_IDS)?;
    let ids: Option<Vec<String>> = ids
        .iter()
        .map(|id| id.as_str().map(str::to_owned))
        .collect();
    let ids =
        ids.ok_or_else(|| Error::bad_field("ids", "Every element of ids must be a string."))?;
    let rows = jobs::find_many(&service, &owner, &ids).await?;
    let known = |id: &String| rows.iter().any(|row| row.id == *id);
    let missing = ids.iter().filter(|id| !known(id)).cloned().collect();
    Ok(Json(JobStates {
        jobs: rows.into_iter().map(JobRecord::into_shown).collect(),
        missing,
    }))
}

/// Start one analysis on many datasets
///
/// Starts up to 100 jobs. `parameters` are the parameters that all items share. Each item adds its
/// own, at least its data. Each item gets its own answer, as if it had been sent alone: an invalid
/// item does not affect the others. `retry_after` in the problem of an item replaces the
/// `Retry-After` header.
#[utoipa::path(
    post, path = paths::JOBS_BATCH, tag = "Jobs", operation_id = "startBatch",
    request_body = api::BatchRequest,
    responses(
        (status = 200, description = "An answer for each item, in their order", body = Batch),
        (status = 400, description = "The body is invalid"),
        (status = 422, description = "There is no such analysis, or there are more than 100 items"),
    )
)]
pub(crate) async fn start(
    State(service): State<AppState>,
    OwnedObject(owner, body): OwnedObject,
) -> Result<Json<Batch>> {
    let template = both(analysis(&body), parameters(&body));
    let batch = both(list(&body, "items", MAX_BATCH_ITEMS), retry(&body));
    let ((analysis, parameters), (inputs, retry)) = both(template, batch)?;
    let unknown = body.keys().filter(|name| !FIELDS.contains(&name.as_str()));
    let warnings = unknown
        .map(|name| format!("The field {name} is unknown and was ignored."))
        .collect();
    let mut items = Vec::new();
    for input in inputs {
        let started = match input {
            Value::Object(own) => {
                let mut all = parameters.clone();
                all.extend(own.clone());
                jobs::start(
                    &service,
                    &owner,
                    analysis,
                    &all,
                    retry,
                    request_context::id(),
                )
                .await
            }
            _ => Err(Error::bad_field(
                "items",
                "Each element of items must be a JSON object: {…}.",
            )),
        };
        items.push(match started {
            Ok(job) => BatchItem {
                status: 200,
                job: Some(job),
                problem: None,
            },
            Err(error) => {
                let problem = problem::from_error(error);
                BatchItem {
                    status: problem.status,
                    job: None,
                    problem: Some(problem),
                }
            }
        });
    }
    Ok(Json(Batch { items, warnings }))
}

/// All fields of a batch. Older clients send their token in the body, too.
const FIELDS: [&str; 5] = ["method", "parameters", "items", "retry", USER_TOKEN];

fn analysis(body: &Map<String, Value>) -> service::Result<&'static Analysis> {
    let method = body.get("method").and_then(Value::as_str);
    let method = method.ok_or_else(|| {
        Error::bad_field(
            "method",
            "method is missing. Set it to the id of an analysis, such as fel.",
        )
    })?;
    hyphy::methods::find(method).ok_or_else(|| {
        let message = format!(
            "method is \"{method}\", but there is no such analysis. GET \
                               /methods lists the analyses."
        );
        Error::invalid_field("method", message)
    })
}

fn parameters(body: &Map<String, Value>) -> service::Result<Map<String, Value>> {
    match body.get("parameters") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(parameters)) => Ok(parameters.clone()),
        Some(_) => {
            let message = "parameters must be a JSON object: {…}.";
            Err(Error::bad_field("parameters", message))
        }
    }
}

/// Reads a boolean in any of the forms that start requests accept.
fn retry(body: &Map<String, Value>) -> service::Result<bool> {
    let word = match body.get("retry") {
        None | Some(Value::Null) => return Ok(false),
        Some(Value::Bool(retry)) => return Ok(*retry),
        Some(other) => other.as_str().unwrap_or_default().trim().to_lowercase(),
    };
    match word.as_str() {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err(Error::invalid_field(
            "retry",
            "retry must be true or false.",
        )),
    }
}

/// Reads a field that must be a list of at most `most` elements.
fn list<'a>(
    body: &'a Map<String, Value>,
    field: &str,
    most: usize,
) -> service::Result<&'a [Value]> {
    let Some(Value::Array(list)) = body.get(field) else {
        let message = format!("{field} is missing or is not a list: [ … ].");
        return Err(Error::bad_field(field, message));
    };
    if list.len() > most {
        let message = format!(
            "{field} has {} elements; the maximum is {most}.",
            list.len()
        );
        return Err(Error::invalid_field(field, message));
    }
    Ok(list)
}
