//! `GET /health`.

use api::{Health, Status, paths};
use axum::{Json, extract::State, http::StatusCode};

use service::health;

use crate::state::AppState;

/// Check health of the service
///
/// Returns 200 if analyses can run, otherwise 503 with the failing part and a remedy.
#[utoipa::path(
    get, path = paths::HEALTH, tag = "Health", operation_id = "getHealth",
    responses(
        (status = 200, description = "Everything works", body = Health),
        (status = 503, description = "At least one part does not work", body = Health),
    )
)]
pub(crate) async fn health(State(service): State<AppState>) -> (StatusCode, Json<Health>) {
    let details = health::check(&service).await;
    let parts = [details.job_scheduler, details.database, details.engine];
    let healthy = parts.iter().all(|part| *part == Status::Healthy);
    let code = if healthy {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        code,
        Json(Health {
            status: if healthy {
                Status::Healthy
            } else {
                Status::Unhealthy
            },
            details,
        }),
    )
}
