//! `/visualizations`.

use api::{
    CreateVisualizationRequest, FieldError, UpdateVisualizationRequest, Visualization,
    VisualizationFilter, Visualizations, paths,
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use service::{Error, visualizations};
use store::{Cursor, Sort, SortKey};

use crate::{
    extract::{InPath, JsonObject},
    identity::Owner,
    paging::{self, ListItem, ListQuery, Paging},
    problem::Result,
    state::AppState,
};

/// Get a list of visualizations
///
/// Returns the caller's figures that match all given filters. If there are more than fit on a page,
/// `Link` with `rel="next"` has the address of the next page.
#[utoipa::path(
    get, path = paths::VISUALIZATIONS, tag = "Visualizations", operation_id = "listVisualizations",
    params(VisualizationFilter, Paging),
    responses(
        (status = 200, description = "The figures", body = Visualizations, headers(("Link" = String, description = "The next page, if there is one (RFC 8288, `rel=\"next\"`)"))),
        (status = 400, description = "The query is invalid"),
        (status = 422, description = "`limit`, `sort` or `cursor` is invalid"),
    )
)]
pub(crate) async fn list(
    State(service): State<AppState>,
    Owner(owner): Owner,
    ListQuery { filter, page, .. }: ListQuery<VisualizationFilter, Visualization>,
    uri: Uri,
) -> Result<Response> {
    let rows = visualizations::list(&service, &owner, &filter, &page).await?;
    let body = |visualizations| Visualizations { visualizations };
    Ok(paging::answer(&uri, &page, rows, body))
}

impl ListItem for Visualization {
    const SORTS: &'static [(&'static str, Sort)] =
        &[("created", Sort::Created), ("updated", Sort::Updated)];

    fn position(&self, sort: Sort) -> Cursor {
        let time = match sort {
            Sort::Updated => self.updated_at,
            _ => self.created_at,
        };
        Cursor {
            key: SortKey::Time(time),
            id: self.viz_id.clone(),
        }
    }
}

/// Store a visualization
///
/// Stores a figure of one of the caller's results. The service does not change it, and deletes it
/// together with its job.
#[utoipa::path(
    post, path = paths::VISUALIZATIONS, tag = "Visualizations", operation_id = "createVisualization",
    request_body = CreateVisualizationRequest,
    responses(
        (status = 201, description = "Kept", body = Visualization),
        (status = 400, description = "The body is invalid; `errors` says why"),
        (status = 404, description = "There is no such job or dataset"),
    )
)]
pub(crate) async fn create(
    State(service): State<AppState>,
    Owner(owner): Owner,
    JsonObject(body): JsonObject,
) -> Result<(StatusCode, Json<Visualization>)> {
    let new: CreateVisualizationRequest = read(body, &["job_id", "title", "spec"])?;
    let drawn = visualizations::create(&service, &owner, new).await?;
    Ok((StatusCode::CREATED, Json(drawn)))
}

/// Get a visualization
#[utoipa::path(
    get, path = paths::VISUALIZATION, tag = "Visualizations", operation_id = "getVisualization",
    params(("viz_id" = String, Path, description = "Id of the figure")),
    responses(
        (status = 200, description = "The figure", body = Visualization),
        (status = 404, description = "There is no such figure"),
    )
)]
pub(crate) async fn get(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Json<Visualization>> {
    Ok(Json(visualizations::find(&service, &owner, &id).await?))
}

/// Change a visualization
///
/// Absent fields keep their values.
#[utoipa::path(
    put, path = paths::VISUALIZATION, tag = "Visualizations", operation_id = "updateVisualization",
    params(("viz_id" = String, Path, description = "Id of the figure")),
    request_body = UpdateVisualizationRequest,
    responses(
        (status = 200, description = "The updated figure", body = Visualization),
        (status = 400, description = "The body is invalid; `errors` says why"),
        (status = 404, description = "There is no such figure"),
    )
)]
pub(crate) async fn update(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    JsonObject(body): JsonObject,
) -> Result<Json<Visualization>> {
    let change: UpdateVisualizationRequest = read(body, &[])?;
    let drawn = visualizations::update(&service, &owner, &id, change).await?;
    Ok(Json(drawn))
}

/// Delete a visualization
#[utoipa::path(
    delete, path = paths::VISUALIZATION, tag = "Visualizations", operation_id = "deleteVisualization",
    params(("viz_id" = String, Path, description = "Id of the figure")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such figure"),
    )
)]
pub(crate) async fn delete(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<StatusCode> {
    visualizations::remove(&service, &owner, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Maximum length of a title.
const MAX_TITLE: usize = 10_000;

/// Parses a body. The error lists every invalid field.
fn read<T: DeserializeOwned>(body: Map<String, Value>, required: &[&str]) -> Result<T> {
    const TEXTS: &[&str] = &["job_id", "dataset_id", "title", "description"];
    const OBJECTS: &[&str] = &["spec", "config", "metadata"];
    let wrong = |field: &&str| {
        let value = body.get(*field).filter(|value| !value.is_null());
        let is_required = required.contains(field);
        let message = match value {
            None if is_required => format!("{field} is missing."),
            None => return None,
            Some(Value::String(text)) if *field == "title" && text.len() > MAX_TITLE => {
                format!(
                    "title has {} bytes; the maximum is {MAX_TITLE}.",
                    text.len()
                )
            }
            Some(Value::String(_)) if TEXTS.contains(field) => return None,
            Some(Value::Object(_)) if OBJECTS.contains(field) => return None,
            Some(_) if TEXTS.contains(field) => format!("{field} must be a string."),
            Some(_) => format!("{field} must be a JSON object: {{…}}."),
        };
        let field = (*field).to_owned();
        Some(FieldError { field, message })
    };
    let errors: Vec<_> = TEXTS.iter().chain(OBJECTS).filter_map(wrong).collect();
    if !errors.is_empty() {
        return Err(Error::missing(errors).into());
    }
    let unreadable = |e| Error::bad_field("body", format!("The body is invalid: {e}."));
    Ok(serde_json::from_value(Value::Object(body)).map_err(unreadable)?)
}
