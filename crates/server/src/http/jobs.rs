//! `/jobs`.

use api::{Job, JobFilter, Jobs, Problem, paths};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};

use super::{Shared, extract::InQuery, identity::Owner};
use crate::{error::Result, jobs, store::JobRow};

/// Get a list of jobs
///
/// The caller's jobs that have all the given properties, newest first, at most 1,000.
#[utoipa::path(
    get, path = paths::JOBS, tag = "Jobs", operation_id = "getJobsList",
    params(JobFilter, ("pretty_print" = Option<bool>, Query, description = "Indent the answer")),
    responses(
        (status = 200, description = "The jobs", body = Jobs),
        (status = 400, description = "The query is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(service): State<Shared>,
    Owner(owner): Owner,
    InQuery(filter): InQuery<JobFilter>,
) -> Result<Json<Jobs>> {
    let rows = service.store.jobs(&owner, &filter).await?;
    Ok(Json(Jobs {
        jobs: rows.into_iter().map(JobRow::into_shown).collect(),
    }))
}

/// Get details for a specific job
///
/// State, stage, fraction and elapsed time.
#[utoipa::path(
    get, path = paths::JOB, tag = "Jobs", operation_id = "getJobById",
    params(
        ("job_id" = String, Path, description = "Id of the job"),
        ("pretty_print" = Option<bool>, Query, description = "Indent the answer"),
    ),
    responses(
        (status = 200, description = "The job", body = Job),
        (status = 404, description = "There is no such job", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(service): State<Shared>,
    Owner(owner): Owner,
    Path(id): Path<String>,
) -> Result<Json<Job>> {
    let job = jobs::find(&service, &owner, &id).await?;
    Ok(Json(job.into_shown()))
}

/// Delete a job
///
/// One that is waiting or running is cancelled first. Its result and log are removed; its
/// datasets stay.
#[utoipa::path(
    delete, path = paths::JOB, tag = "Jobs", operation_id = "deleteJob",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such job", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is being cancelled; try again", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete(
    State(service): State<Shared>,
    Owner(owner): Owner,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    jobs::remove(&service, &owner, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
