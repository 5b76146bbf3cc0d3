//! `/livez`, `/readyz` and `/metrics`, for the programs that watch the service.

use api::{Readiness, paths};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    routing::get,
};
use serde::Deserialize;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::{OpenApi, Server};
use utoipa_axum::{router::OpenApiRouter, routes};

use service::readiness;

use crate::{extract::InQuery, metrics, problem::Result, state::AppState};

/// Returns the doors at the service's own address.
pub(crate) fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(live))
        .routes(routes!(ready))
        .routes(routes!(metrics::with_token))
}

/// Adds the doors to the OpenAPI document. Their paths do not begin with that of the API.
pub(crate) fn add(document: &mut OpenApi) {
    let doors = documented().into_openapi();
    let paths: Vec<String> = doors.paths.paths.keys().cloned().collect();
    document.merge(doors);
    for path in paths {
        if let Some(item) = document.paths.paths.get_mut(&path) {
            item.servers = Some(vec![Server::new("/")]);
        }
    }
}

/// Returns the same doors for an address of their own, where the metrics need no token.
pub(crate) fn without_token(state: AppState) -> Router {
    Router::new()
        .route(paths::LIVEZ, get(live))
        .route(paths::READYZ, get(ready))
        .route(paths::METRICS, get(metrics::open))
        .layer(uncached())
        .with_state(state)
}

/// No cache may answer for the service.
pub(crate) fn uncached() -> SetResponseHeaderLayer<HeaderValue> {
    let value = HeaderValue::from_static("no-store");
    SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, value)
}

/// Check whether the service responds
///
/// Returns 200 whatever else works. If there is no response, restart the service.
#[utoipa::path(
    get, path = paths::LIVEZ, tag = "Health", operation_id = "getLiveness",
    responses(
        (status = 200, description = "`ok`", body = String, content_type = "text/plain"),
    )
)]
async fn live() -> &'static str {
    "ok\n"
}

#[derive(Deserialize)]
struct ReadyQuery {
    /// The presence counts: `?verbose` is enough.
    verbose: Option<String>,
}

/// Check whether the service can take and run jobs
///
/// Returns 200 if the database and the folders can be written, there is space, and the scheduler and
/// HyPhy can be used, otherwise 503 with the reasons.
#[utoipa::path(
    get, path = paths::READYZ, tag = "Health", operation_id = "getReadiness",
    params(("verbose" = Option<String>, Query, description = "List all checks; `?verbose` is enough")),
    responses(
        (status = 200, description = "It can", body = Readiness),
        (status = 400, description = "The query is invalid"),
        (status = 503, description = "It cannot; `checks` says why", body = Readiness),
    )
)]
async fn ready(
    State(state): State<AppState>,
    InQuery(query): InQuery<ReadyQuery>,
) -> Result<(StatusCode, Json<Readiness>)> {
    let readiness = readiness::check(&state, query.verbose.is_some()).await;
    let status = if readiness.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Ok((status, Json(readiness)))
}
