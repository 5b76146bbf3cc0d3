//! `/jobs`.

use api::{Deliveries, Job, JobFilter, Jobs, Naming, paths};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, Uri},
    response::Response,
};

use service::{Service, jobs, naming, notifications};
use store::{Cursor, JobRecord, Sort, SortKey};

use crate::{
    extract::{InPath, JsonObject},
    identity::Owner,
    paging::{self, ListItem, ListQuery, Paging},
    problem::Result,
    readable::ReadableJob,
    state::AppState,
    wait::{Version, Wait, Watched},
};

/// Get a list of jobs
///
/// Returns the caller's jobs that match all given filters. If there are more than fit on a page,
/// `Link` with `rel="next"` has the address of the next page.
#[utoipa::path(
    get, path = paths::JOBS, tag = "Jobs", operation_id = "getJobsList",
    params(JobFilter, Paging),
    responses(
        (status = 200, description = "The jobs", body = Jobs, headers(("Link" = String, description = "The next page, if there is one (RFC 8288, `rel=\"next\"`)"))),
        (status = 400, description = "The query is invalid"),
        (status = 422, description = "`limit`, `sort` or `cursor` is invalid"),
    )
)]
pub(crate) async fn list(
    State(service): State<AppState>,
    Owner(owner): Owner,
    ListQuery { filter, page, .. }: ListQuery<JobFilter, JobRecord>,
    uri: Uri,
) -> Result<Response> {
    let rows = jobs::list(&service, &owner, &filter, &page).await?;
    Ok(paging::answer(&uri, &page, rows, |rows| Jobs {
        jobs: rows.into_iter().map(JobRecord::into_shown).collect(),
    }))
}

impl ListItem for JobRecord {
    const SORTS: &'static [(&'static str, Sort)] =
        &[("created", Sort::Created), ("updated", Sort::Updated)];

    fn position(&self, sort: Sort) -> Cursor {
        let time = match sort {
            Sort::Updated => self.changed(),
            _ => self.created,
        };
        Cursor {
            key: SortKey::Time(time),
            id: self.id.clone(),
        }
    }
}

/// Get details for a specific job
///
/// Returns the job's state, stage, fraction and elapsed time. With `wait`, the response is sent as
/// soon as the job differs from `If-None-Match` (or, without that header, from its state at the
/// time of the request), when the job ends, or after the given number of seconds.
#[utoipa::path(
    get, path = paths::JOB, tag = "Jobs", operation_id = "getJobById",
    params(
        ("job_id" = String, Path, description = "Id of the job"),
        ("wait" = Option<u64>, Query, description = "Seconds to wait for a change, 0 to 60", maximum = 60),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` of the version that the client has"),
    ),
    responses(
        (status = 200, description = "The job, with a strong `ETag` that changes whenever the job does", body = Job),
        (status = 304, description = "The job has not changed since the version in `If-None-Match`"),
        (status = 400, description = "The query is invalid"),
        (status = 422, description = "`wait` is longer than 60"),
        (status = 404, description = "There is no such job"),
    )
)]
pub(crate) async fn get(
    State(service): State<AppState>,
    job: ReadableJob,
    wait: Wait,
) -> Result<Response> {
    wait.answer(&service, &job).await
}

impl Watched for ReadableJob {
    async fn look(&self, service: &Service) -> service::Result<Version> {
        let job = self.find(service).await?;
        let over = job.state.is_final();
        let queue = jobs::place(service, &job).await?;
        let job = Job {
            queue,
            ..job.into_shown()
        };
        Version::of(&job, vec![job.job_id.clone()], over, job.queue.is_some())
    }
}

/// Get the notifications of a job
///
/// Returns the recipients that `callback_url` and `notify` named when the job was started, and the
/// outcome for each. The service retries after 5 s, 30 s, 2 min, 10 min, 1 h, 6 h and 24 h.
#[utoipa::path(
    get, path = paths::JOB_DELIVERIES, tag = "Jobs", operation_id = "getJobDeliveries",
    params(
        ("job_id" = String, Path, description = "Id of the job"),
    ),
    responses(
        (status = 200, description = "The recipients and what happened to each notification", body = Deliveries),
        (status = 404, description = "There is no such job"),
    )
)]
pub(crate) async fn deliveries(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Json<Deliveries>> {
    let job = jobs::find(&service, &owner, &id).await?;
    Ok(Json(notifications::of(&service, &owner, &job).await?))
}

/// Name a job
///
/// Changes what the caller calls the job, and its tags (a JSON merge patch, RFC 7396). The name is
/// part of links that share the job; tags are not.
#[utoipa::path(
    patch, path = paths::JOB, tag = "Jobs", operation_id = "nameJob",
    params(("job_id" = String, Path, description = "Id of the job")),
    request_body = Naming,
    responses(
        (status = 200, description = "The job", body = Job),
        (status = 400, description = "The body is invalid"),
        (status = 404, description = "There is no such job"),
        (status = 422, description = "The name or a tag is invalid; `errors` says why"),
    )
)]
pub(crate) async fn name(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    JsonObject(change): JsonObject,
) -> Result<Json<Job>> {
    let job = naming::job(&service, &owner, &id, &change).await?;
    Ok(Json(job.into_shown()))
}

/// Cancel a job
///
/// Cancels the job if it is waiting or running, and keeps it: its state becomes `cancelled`. A job that has
/// ended stays as it is. To run it again, start the same analysis with `retry`.
#[utoipa::path(
    post, path = paths::JOB_CANCEL, tag = "Jobs", operation_id = "cancelJob",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The job, which has ended", body = Job),
        (status = 404, description = "There is no such job"),
        (status = 409, description = "The job is being cancelled; retry later"),
    )
)]
pub(crate) async fn cancel(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Json<Job>> {
    let job = jobs::cancel(&service, &owner, &id).await?;
    Ok(Json(job.into_shown()))
}

/// Delete a job
///
/// Cancels the job first if it is waiting or running. Removes its result and log; its datasets are
/// kept.
#[utoipa::path(
    delete, path = paths::JOB, tag = "Jobs", operation_id = "deleteJob",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such job"),
        (status = 409, description = "The job is being cancelled; retry later"),
    )
)]
pub(crate) async fn delete(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<StatusCode> {
    jobs::remove(&service, &owner, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
