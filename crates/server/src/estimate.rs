//! Estimates of jobs: the native engine's answers, while HyPhy runs the jobs.

use api::{Trees, TreesQuery, paths};
use axum::{Json, extract::State, http::HeaderMap, response::Response};
use hyphy::comparison::Estimate;
use serde::Deserialize;
use service::results::{self, ResultFile};

use crate::{extract::InQuery, file, problem::Result, readable::ReadableJob, state::AppState};

#[derive(Deserialize)]
pub(crate) struct EstimateQuery {
    threshold: Option<f64>,
}

/// Get the estimate of a job
///
/// While HyPhy runs a job, the native engine computes its answer, if it has the analysis and all of
/// the parameters and is expected to be fast. The answer is preliminary. Returns it in the form of a
/// summary and, as soon as the job has completed, a comparison with HyPhy's result: both engines detect
/// the same sites, or they differ at some, which are listed with the values of both.
#[utoipa::path(
    get, path = paths::JOB_ESTIMATE, tag = "Jobs", operation_id = "getJobEstimate",
    params(
        ("job_id" = String, Path, description = "Id of the job"),
        ("threshold" = Option<f64>, Query, description = "Significance threshold: a probability from 0 to 1, or a Bayes factor of at least 0. The default is the threshold in the job's parameters, or else the usual one of the analysis"),
    ),
    responses(
        (status = 200, description = "The estimate", body = Estimate),
        (status = 400, description = "The query is invalid"),
        (status = 404, description = "There is no such job, or it has no estimate now"),
        (status = 500, description = "An internal error occurred"),
    )
)]
pub(crate) async fn estimate(
    State(service): State<AppState>,
    job: ReadableJob,
    InQuery(query): InQuery<EstimateQuery>,
) -> Result<Json<Estimate>> {
    let job = job.find(&service).await?;
    let estimate = results::estimate(&service, job, query.threshold).await?;
    Ok(Json(estimate))
}

/// Get the estimate of a job as the native engine wrote it
///
/// The JSON has the form of HyPhy's.
#[utoipa::path(
    get, path = paths::JOB_ESTIMATE_RESULT, tag = "Jobs", operation_id = "getJobEstimateResult",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The native engine's result", body = Object),
        (status = 206, description = "The requested range"),
        (status = 304, description = "The result matches the `ETag` in `If-None-Match`"),
        (status = 416, description = "`Range` starts after the end of the result"),
        (status = 404, description = "There is no such job, or it has no estimate now"),
    )
)]
pub(crate) async fn result(
    State(service): State<AppState>,
    job: ReadableJob,
    headers: HeaderMap,
) -> Result<Response> {
    let job = job.find(&service).await?;
    let content = ResultFile::of_estimate(&service, &job).await?;
    let tag = format!("\"{}\"", job.estimate.result_sha256.unwrap_or_default());
    if file::is_known(&headers, &tag) {
        return Ok(file::not_modified(tag));
    }
    let open = move || content.clone().open_here();
    file::answer(&headers, open, "application/json", tag).await
}

/// Get the trees of a job's estimate
///
/// The tree of each partition, with the branch lengths of the last model that the native engine
/// fitted and with the user's names.
#[utoipa::path(
    get, path = paths::JOB_ESTIMATE_TREES, tag = "Jobs", operation_id = "getJobEstimateTrees",
    params(("job_id" = String, Path, description = "Id of the job"), TreesQuery),
    responses(
        (status = 200, description = "The trees", body = Trees),
        (status = 400, description = "The query is wrong"),
        (status = 404, description = "There is no such job, or it has no estimate now"),
        (status = 500, description = "An internal error occurred"),
    )
)]
pub(crate) async fn trees(
    State(service): State<AppState>,
    job: ReadableJob,
    InQuery(query): InQuery<TreesQuery>,
) -> Result<Json<Trees>> {
    let job = job.find(&service).await?;
    let file = ResultFile::of_estimate(&service, &job).await?;
    Ok(Json(results::trees(&service, &job, file, query).await?))
}
