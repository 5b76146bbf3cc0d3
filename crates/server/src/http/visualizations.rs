//! `/visualizations`.

use api::{
    CreateVisualizationRequest, Problem, UpdateVisualizationRequest, Visualization,
    VisualizationFilter, Visualizations, paths,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::Utc;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    Shared,
    extract::{InQuery, JsonObject},
    identity::Owner,
};
use crate::{
    Service, datasets,
    error::{Error, Result},
    jobs,
};

/// Get a list of visualizations
///
/// The caller's figures that have all the given properties, newest first, at most 1,000.
#[utoipa::path(
    get, path = paths::VISUALIZATIONS, tag = "Visualizations", operation_id = "listVisualizations",
    params(VisualizationFilter, ("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    responses(
        (status = 200, description = "The figures", body = Visualizations),
        (status = 400, description = "The query is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(service): State<Shared>,
    Owner(owner): Owner,
    InQuery(filter): InQuery<VisualizationFilter>,
) -> Result<Json<Visualizations>> {
    let visualizations = service.store.visualizations(&owner, &filter).await?;
    Ok(Json(Visualizations { visualizations }))
}

/// Keep a visualization
///
/// Of a result of the caller's. It is kept as it came, and deleted with its job.
#[utoipa::path(
    post, path = paths::VISUALIZATIONS, tag = "Visualizations", operation_id = "createVisualization",
    params(("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    request_body = CreateVisualizationRequest,
    responses(
        (status = 201, description = "Kept", body = Visualization),
        (status = 400, description = "The body is not what it has to be; `errors` says why", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such job or dataset", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create(
    State(service): State<Shared>,
    Owner(owner): Owner,
    JsonObject(body): JsonObject,
) -> Result<(StatusCode, Json<Visualization>)> {
    let new: CreateVisualizationRequest = read(body)?;
    jobs::find(&service, &owner, &new.job_id).await?;
    if let Some(dataset) = &new.dataset_id {
        datasets::find(&service, &owner, dataset).await?;
    }
    let now = Utc::now();
    let unique = Uuid::new_v4().simple().to_string();
    let drawn = Visualization {
        viz_id: format!("viz_{}_{}", now.timestamp(), &unique[..16]),
        job_id: new.job_id,
        dataset_id: new.dataset_id,
        title: new.title,
        description: new.description,
        spec: new.spec,
        config: new.config,
        metadata: new.metadata,
        created_at: now,
        updated_at: now,
    };
    service.store.put_visualization(&owner, &drawn).await?;
    Ok((StatusCode::CREATED, Json(drawn)))
}

/// Get a visualization
#[utoipa::path(
    get, path = paths::VISUALIZATION, tag = "Visualizations", operation_id = "getVisualization",
    params(("viz_id" = String, Path, description = "Id of the figure"), ("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    responses(
        (status = 200, description = "The figure", body = Visualization),
        (status = 404, description = "There is no such figure", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(service): State<Shared>,
    Owner(owner): Owner,
    Path(id): Path<String>,
) -> Result<Json<Visualization>> {
    find(&service, &owner, id).await.map(Json)
}

/// Change a visualization
///
/// What is absent stays as it is.
#[utoipa::path(
    put, path = paths::VISUALIZATION, tag = "Visualizations", operation_id = "updateVisualization",
    params(("viz_id" = String, Path, description = "Id of the figure"), ("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    request_body = UpdateVisualizationRequest,
    responses(
        (status = 200, description = "The figure as it is now", body = Visualization),
        (status = 400, description = "The body is not what it has to be; `errors` says why", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such figure", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn update(
    State(service): State<Shared>,
    Owner(owner): Owner,
    Path(id): Path<String>,
    JsonObject(body): JsonObject,
) -> Result<Json<Visualization>> {
    let change: UpdateVisualizationRequest = read(body)?;
    let mut drawn = find(&service, &owner, id).await?;
    drawn.title = change.title.unwrap_or(drawn.title);
    drawn.description = change.description.or(drawn.description);
    drawn.spec = change.spec.unwrap_or(drawn.spec);
    drawn.config = change.config.or(drawn.config);
    drawn.metadata = change.metadata.or(drawn.metadata);
    drawn.updated_at = Utc::now();
    service.store.put_visualization(&owner, &drawn).await?;
    Ok(Json(drawn))
}

/// Delete a visualization
#[utoipa::path(
    delete, path = paths::VISUALIZATION, tag = "Visualizations", operation_id = "deleteVisualization",
    params(("viz_id" = String, Path, description = "Id of the figure")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such figure", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete(
    State(service): State<Shared>,
    Owner(owner): Owner,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    if service.store.remove_visualization(&owner, &id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NoVisualization { id })
    }
}

async fn find(service: &Service, owner: &str, id: String) -> Result<Visualization> {
    let found = service.store.visualization(owner, &id).await?;
    found.ok_or(Error::NoVisualization { id })
}

/// A body of this form; the first field that does not fit is named.
fn read<T: DeserializeOwned>(body: Map<String, Value>) -> Result<T> {
    serde_path_to_error::deserialize(Value::Object(body)).map_err(|e| {
        let path = e.path().to_string();
        let field = if path == "." { "body" } else { &path };
        Error::bad_field(field, format!("{field}: {}.", e.inner()))
    })
}
