//! `/jobs`.

use std::time::Duration;

use api::{Deliveries, Job, JobFilter, Jobs, paths};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, timeout_at},
};

use service::{Error, Service, jobs, notifications};
use store::{Cursor, JobRecord, Sort, SortKey, hash::hex_sha256};

use crate::{
    extract::{InPath, InQuery},
    file,
    identity::Owner,
    paging::{self, ListItem, ListQuery, Paging},
    problem::Result,
    readable::ReadableJob,
    state::AppState,
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

/// Maximum number of seconds to wait for a change.
const LONGEST_WAIT: u64 = 60;

#[derive(Deserialize)]
pub(crate) struct GetQuery {
    #[serde(default)]
    wait: u64,
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
    InQuery(query): InQuery<GetQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    if query.wait > LONGEST_WAIT {
        let message = format!(
            "wait is {}; it must be between 0 and {LONGEST_WAIT} seconds.",
            query.wait
        );
        return Err(Error::invalid_field("wait", message).into());
    }
    let until = Instant::now() + Duration::from_secs(query.wait);
    // Subscribe before reading, so that no change is missed in between.
    let mut changes = service.changes();
    let look = || async { Shown::of(&service, job.find(&service).await?).await };
    let first = look().await?;
    let conditional = headers.contains_key(header::IF_NONE_MATCH);
    let is_news = |now: &Shown| {
        if conditional {
            !file::is_known(&headers, &now.tag)
        } else {
            now.tag != first.tag
        }
    };
    let mut now = first.clone();
    while !is_news(&now) && !now.over && Instant::now() < until {
        timeout_at(until, woken(&mut changes, &first.id, now.waits))
            .await
            .ok();
        // Also after the time has passed: the response has the current state.
        now = look().await?;
    }
    if file::is_known(&headers, &now.tag) {
        return Ok(file::not_modified(now.tag));
    }
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((file::tagged(now.tag), kind, now.body).into_response())
}

/// Changes of other jobs come in bursts. One query serves a whole burst.
const BURST: Duration = Duration::from_millis(300);

/// Returns when the job may have changed: after a change of the job itself or, while it waits, of
/// any other job.
async fn woken(changes: &mut Receiver<String>, id: &str, waits: bool) {
    loop {
        match changes.recv().await {
            Ok(changed) if changed == id => return,
            Ok(_) if !waits => {}
            Ok(_) | Err(RecvError::Lagged(_)) => {
                tokio::time::sleep(BURST).await;
                // The next query sees all changes so far.
                *changes = changes.resubscribe();
                return;
            }
            // The service is stopping, so nothing will change.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// A job in the form in which it is sent.
#[derive(Clone)]
struct Shown {
    id: String,
    body: Vec<u8>,
    tag: String,
    over: bool,
    waits: bool,
}

impl Shown {
    async fn of(service: &Service, job: JobRecord) -> Result<Self> {
        let over = job.state.is_final();
        let queue = jobs::place(service, &job).await?;
        let job = Job {
            queue,
            ..job.into_shown()
        };
        let body = serde_json::to_vec(&job).map_err(anyhow::Error::new)?;
        let tag = format!("\"{}\"", hex_sha256(&body));
        let waits = job.queue.is_some();
        Ok(Self {
            id: job.job_id,
            body,
            tag,
            over,
            waits,
        })
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
