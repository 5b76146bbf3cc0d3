//! Links by which anybody may read a job, without a token of their own.

use api::{Job, Problem, Share, paths};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use hyphy::summary::Summary;

use super::{
    Shared,
    extract::{InPath, InQuery},
    identity::Owner,
    results::{self, FileQuery},
    summary::{self, SummaryQuery},
};
use crate::{
    Service,
    error::{Error, Result},
    files::hex,
    store::JobRow,
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
pub(super) async fn share(
    State(service): State<Shared>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Json<Share>> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(anyhow::Error::new)?;
    // Made anew from the key each time, so that a copy of the database opens no link.
    let token = |nonce: &str| hex(&service.key.derive(&format!("share\n{id}\n{nonce}")));
    let nonce = hex(&random);
    let link = service.store.share_job(&owner, &id, &nonce, token).await?;
    let share_token = link.ok_or(Error::NoJob { id })?;
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
pub(super) async fn withdraw(
    State(service): State<Shared>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<StatusCode> {
    crate::jobs::find(&service, &owner, &id).await?;
    service.store.withdraw_share(&owner, &id).await?;
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
pub(super) async fn job(
    State(service): State<Shared>,
    InPath(token): InPath<String>,
) -> Result<Json<Job>> {
    Ok(Json(find(&service, &token).await?.into_shown()))
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
pub(super) async fn result(
    State(service): State<Shared>,
    InPath(token): InPath<String>,
    InQuery(query): InQuery<FileQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let job = find(&service, &token).await?;
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
pub(super) async fn digest(
    State(service): State<Shared>,
    InPath(token): InPath<String>,
    InQuery(query): InQuery<SummaryQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let job = find(&service, &token).await?;
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
pub(super) async fn log(
    State(service): State<Shared>,
    InPath(token): InPath<String>,
) -> Result<Response> {
    let job = find(&service, &token).await?;
    results::answer_log(&service, job).await
}

async fn find(service: &Service, token: &str) -> Result<JobRow> {
    let job = service.store.shared_job(token).await?;
    job.ok_or(Error::NoShare)
}
