//! Share links, which let anyone read a job without a token.

use api::{Share, paths};
use axum::{Json, extract::State, http::StatusCode};
use service::{jobs, sharing};

use crate::{extract::InPath, identity::Owner, problem::Result, state::AppState};

/// Share a job
///
/// Creates a link with which anyone can read the job, its result, summary and log, and nothing
/// else, until the link is withdrawn or the job is deleted. Repeated requests return the same link.
#[utoipa::path(
    post, path = paths::JOB_SHARE, tag = "Jobs", operation_id = "shareJob",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The link", body = Share),
        (status = 404, description = "There is no such job"),
    )
)]
pub(crate) async fn share(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Json<Share>> {
    let share_token = sharing::share(&service, &owner, &id).await?;
    let path = format!("{}{}", paths::BASE, paths::of(paths::SHARED, &share_token));
    Ok(Json(Share { share_token, path }))
}

/// Withdraw the share link of a job
///
/// The link stops working. The request also succeeds if the job is not shared.
#[utoipa::path(
    delete, path = paths::JOB_SHARE, tag = "Jobs", operation_id = "withdrawShare",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 204, description = "Withdrawn"),
        (status = 404, description = "There is no such job"),
    )
)]
pub(crate) async fn withdraw(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<StatusCode> {
    jobs::find(&service, &owner, &id).await?;
    sharing::withdraw(&service, &owner, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
