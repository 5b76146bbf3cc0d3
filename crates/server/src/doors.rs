//! `/livez`, `/readyz` and `/metrics`, for the programs that watch the service.

use api::{Readiness, paths};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::openapi::{OpenApi, Server};
use utoipa_axum::{router::OpenApiRouter, routes};

use service::{Error, metrics::measure, readiness};

use crate::{
    extract::InQuery,
    metrics::Metrics,
    problem::{self, ProblemResponse, Result, respond},
    problem_kinds as kinds,
    state::AppState,
};

/// The content type of version 0.0.4 of the format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Returns the doors at the service's own address.
pub(crate) fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(live))
        .routes(routes!(ready))
        .routes(routes!(metrics))
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
        .route(paths::METRICS, get(open_metrics))
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

/// Get the metrics of the service
///
/// For Prometheus, in its text format. They can be read with the token in `METRICS_TOKEN_FILE` as
/// `Authorization: Bearer`, and without one at `METRICS_ADDRESS`.
#[utoipa::path(
    get, path = paths::METRICS, tag = "Health", operation_id = "getMetrics",
    responses(
        (status = 200, description = "The metrics", body = String, content_type = "text/plain"),
        (status = 401, description = "The token of the metrics is required"),
        (status = 404, description = "The service has no metrics, or not at this address"),
    )
)]
async fn metrics(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let metrics = state.metrics.as_ref();
    let Some(metrics) = metrics.filter(|metrics| metrics.has_token()) else {
        let detail = "There are no metrics at this address. The administrator can turn them on \
                      (METRICS_TOKEN_FILE).";
        return respond(&problem::new(&kinds::NO_PATH, detail.to_owned()));
    };
    if !metrics.allows(&headers) {
        let message = "Metrics need the token in METRICS_TOKEN_FILE: send it as Authorization: \
                       Bearer …";
        return ProblemResponse::from(Error::Unauthorized(message.to_owned())).into_response();
    }
    text(&state, metrics).await
}

/// The metrics at an address of their own, for anyone who can reach it.
async fn open_metrics(State(state): State<AppState>) -> Response {
    match &state.metrics {
        Some(metrics) => text(&state, metrics).await,
        None => respond(&problem::new(
            &kinds::NO_PATH,
            "There are no metrics.".to_owned(),
        )),
    }
}

async fn text(state: &AppState, metrics: &Metrics) -> Response {
    measure(state).await;
    ([(header::CONTENT_TYPE, TEXT)], metrics.render()).into_response()
}
