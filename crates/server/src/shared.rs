//! Links by which anybody may read a job, without a token of their own.

use api::{Job, Problem, Share, paths};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use hyphy::summary::Summary;

use service::{jobs, sharing};

use crate::{
    extract::{InPath, InQuery},
    identity::Owner,
    problem::Result,
    results::{self, FileQuery},
    state::AppState,
    summary::{self, SummaryQuery},
};

/// Share a job
///
/// Gives it a link by which anybody may read the job, its result, summary and log, and nothing
/// else, until it is withdrawn or the job is deleted. Repeated, it answers the same link.
#[utoipa::path(
    post, path = paths::JOB_SHARE, tag = "Jobs", operation_id = "shareJob",
    params(("job_id" = String, Path, description = "Id of the job"), ("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    responses(
        (status = 200, description = "The link", body = Share),
        (status = 404, description = "There is no such job", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
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

/// Withdraw the link to a job
///
/// Whoever has it reads nothing any more. A job that is not shared stays so.
#[utoipa::path(
    delete, path = paths::JOB_SHARE, tag = "Jobs", operation_id = "withdrawShare",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 204, description = "Withdrawn"),
        (status = 404, description = "There is no such job", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
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

/// Get a shared job
#[utoipa::path(
    get, path = paths::SHARED, tag = "Shared", operation_id = "getSharedJob",
    params(("share_token" = String, Path, description = "The link's token"), ("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    responses(
        (status = 200, description = "The job", body = Job),
        (status = 404, description = "There is no such link, or it was withdrawn", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn job(
    State(service): State<AppState>,
    InPath(token): InPath<String>,
) -> Result<Json<Job>> {
    Ok(Json(sharing::find(&service, &token).await?.into_shown()))
}

/// Get the result of a shared job
///
/// As `GET /jobs/{job_id}/result`.
#[utoipa::path(
    get, path = paths::SHARED_RESULT, tag = "Shared", operation_id = "getSharedResult",
    params(("share_token" = String, Path, description = "The link's token"), ("raw" = Option<bool>, Query, description = "The untouched file"), ("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    responses(
        (status = 200, description = "The result: JSON, or with `raw` the bytes as HyPhy wrote them", content(
            (Object = "application/json"), (String = "application/octet-stream"),
        )),
        (status = 206, description = "The part of it that `Range` asks for"),
        (status = 304, description = "`If-None-Match` has its `ETag`"),
        (status = 416, description = "`Range` begins behind its end", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "The query is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such link, or it was withdrawn", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The job is not complete", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The job failed, or a fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn result(
    State(service): State<AppState>,
    InPath(token): InPath<String>,
    InQuery(query): InQuery<FileQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let job = sharing::find(&service, &token).await?;
    results::answer_file(&service, job, &query, &headers).await
}

/// Get a digest of the result of a shared job
///
/// As `GET /jobs/{job_id}/summary`.
#[utoipa::path(
    get, path = paths::SHARED_SUMMARY, tag = "Shared", operation_id = "getSharedSummary",
    params(
        ("share_token" = String, Path, description = "The link's token"),
        ("threshold" = Option<f64>, Query, description = "Threshold of what counts as found"),
        ("format" = Option<String>, Query, description = "`json` or `csv`, whatever `Accept` says"),
        ("pretty_print" = Option<bool>, Query, description = "Indent the answer"),
    ),
    responses(
        (status = 200, description = "The digest", body = Summary),
        (status = 400, description = "The query is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such link, or it was withdrawn", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The job is not complete", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The job failed, or a fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn digest(
    State(service): State<AppState>,
    InPath(token): InPath<String>,
    InQuery(query): InQuery<SummaryQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let job = sharing::find(&service, &token).await?;
    summary::answer(&service, job, &query, &headers).await
}

/// Get what the engine printed for a shared job
#[utoipa::path(
    get, path = paths::SHARED_LOG, tag = "Shared", operation_id = "getSharedLog",
    params(("share_token" = String, Path, description = "The link's token")),
    responses(
        (status = 200, description = "The log", body = String, content_type = "text/plain"),
        (status = 404, description = "There is no such link, or it was withdrawn", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn log(
    State(service): State<AppState>,
    InPath(token): InPath<String>,
) -> Result<Response> {
    let job = sharing::find(&service, &token).await?;
    results::answer_log(&service, job).await
}
