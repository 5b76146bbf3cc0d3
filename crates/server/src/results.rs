//! Results and logs.

use std::io::{self, Read};

use api::{Trees, TreesQuery, paths};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use hyphy::Analysis;
use serde::Deserialize;

use service::{
    Error, Service, jobs,
    results::{self, ResultFile},
    ro_crate,
};

use crate::{
    extract::{InPath, InQuery},
    file,
    identity::{OwnedObject, Owner},
    problem::Result,
    readable::ReadableJob,
    state::AppState,
    stream,
};

#[derive(Deserialize)]
pub(crate) struct ById {
    #[serde(default)]
    job_id: String,
}

/// Returns a result by the job's id.
pub(crate) async fn by_id(
    analysis: &'static Analysis,
    State(service): State<AppState>,
    Owner(owner): Owner,
    InQuery(query): InQuery<ById>,
) -> Result<Response> {
    if query.job_id.is_empty() {
        return Err(Error::bad_field(
            "job_id",
            "job_id is missing. Add the job's id to the query: ?job_id=…",
        )
        .into());
    }
    enveloped(&service, &owner, analysis, query.job_id).await
}

/// Returns a result by the request that started the job.
pub(crate) async fn by_request(
    analysis: &'static Analysis,
    State(service): State<AppState>,
    OwnedObject(owner, body): OwnedObject,
) -> Result<Response> {
    let id = jobs::identify(analysis, &body)?.id;
    enveloped(&service, &owner, analysis, id).await
}

/// Returns the engine's JSON inside the published envelope. The bytes change only where they are not
/// valid JSON, and where names were changed for the engine.
async fn enveloped(
    service: &Service,
    owner: &str,
    analysis: &Analysis,
    id: String,
) -> Result<Response> {
    let job = jobs::find(service, owner, &id).await?;
    if job.method != analysis.id {
        return Err(Error::NoJob { id }.into());
    }
    let content = ResultFile::of(service, &job, false).await?;
    let id = &job.id;
    let mut text = format!("{{\"job_id\":\"{id}\",\"jobId\":\"{id}\",\"status\":\"completed\"");
    // The published specification and its first servers use different names for this field.
    let fields = match analysis.result_field {
        "result" => &["result"][..],
        _ => &["result", "results"],
    };
    let mut body: Box<dyn Read + Send> = Box::new(io::empty());
    for field in fields {
        text.push_str(&format!(",\"{field}\":"));
        let begin = io::Cursor::new(std::mem::take(&mut text));
        body = Box::new(body.chain(begin).chain(content.open().await?));
    }
    let body = stream::body(body.chain(&b"}"[..])).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

#[derive(Deserialize)]
pub(crate) struct FileQuery {
    #[serde(default)]
    raw: bool,
}

/// Get the result of a job as the engine wrote it
///
/// Returns the engine's JSON with two changes: bare `inf` and `nan`, which are not valid JSON, become
/// `null`, and names that HyPhy cannot represent become the user's again. With `raw=true`, the
/// bytes are not changed at all.
#[utoipa::path(
    get, path = paths::JOB_RESULT, tag = "Jobs", operation_id = "getJobResult",
    params(
        ("job_id" = String, Path, description = "Id of the job"),
        ("raw" = Option<bool>, Query, description = "Return the file unchanged"),
    ),
    responses(
        (status = 200, description = "The result as JSON, or with `raw` the exact bytes that the engine wrote", content(
            (Object = "application/json"), (String = "application/octet-stream"),
        )),
        (status = 206, description = "The requested range"),
        (status = 304, description = "The result matches the `ETag` in `If-None-Match`"),
        (status = 416, description = "`Range` starts after the end of the result"),
        (status = 400, description = "The query is invalid"),
        (status = 404, description = "There is no such job"),
        (status = 409, description = "The job is not complete"),
        (status = 500, description = "The job failed, or an internal error occurred"),
    )
)]
pub(crate) async fn file(
    State(service): State<AppState>,
    job: ReadableJob,
    InQuery(query): InQuery<FileQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let job = job.find(&service).await?;
    let sha256 = job.result_sha256.as_deref().unwrap_or_default();
    let tag = if query.raw {
        format!("\"{sha256}-raw\"")
    } else {
        format!("\"{sha256}\"")
    };
    if job.result_sha256.is_some() && file::is_known(&headers, &tag) {
        return Ok(file::not_modified(tag));
    }
    let content = ResultFile::of(&service, &job, query.raw).await?;
    let kind = if query.raw {
        "application/octet-stream"
    } else {
        "application/json"
    };
    let open = move || content.clone().open_here();
    file::answer(&headers, open, kind, tag).await
}

/// Get the fitted model of a job
///
/// Returns HyPhy's likelihood function as a batch file, if the job was started with `save_fit` (NRM
/// only).
#[utoipa::path(
    get, path = paths::JOB_FIT, tag = "Jobs", operation_id = "getJobFit",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The fit", body = String, content_type = "text/plain"),
        (status = 404, description = "There is no such job, or it has no fit"),
    )
)]
pub(crate) async fn fit(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Response> {
    let job = jobs::find(&service, &owner, &id).await?;
    let fit = results::open_fit(&service, &job).await?;
    let body = stream::body(fit).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response())
}

/// Get the trees of a job's result
///
/// The tree of each partition, or of each segment that GARD found, with the branch lengths of the
/// last model that HyPhy fitted and with the user's names.
#[utoipa::path(
    get, path = paths::JOB_TREES, tag = "Jobs", operation_id = "getJobTrees",
    params(("job_id" = String, Path, description = "Id of the job"), TreesQuery),
    responses(
        (status = 200, description = "The trees", body = Trees),
        (status = 400, description = "The query is wrong"),
        (status = 404, description = "There is no such job"),
        (status = 409, description = "The job is not complete"),
        (status = 500, description = "The job failed, or a fault of the service"),
    )
)]
pub(crate) async fn trees(
    State(service): State<AppState>,
    job: ReadableJob,
    InQuery(query): InQuery<TreesQuery>,
) -> Result<Json<Trees>> {
    let job = job.find(&service).await?;
    let file = ResultFile::of(&service, &job, false).await?;
    Ok(Json(results::trees(&service, &job, file, query).await?))
}

/// Get the partitions that a GARD job found
///
/// The job's alignment as NEXUS, with a `CHARSET` and a tree for each segment between breakpoints.
/// To analyse the partitions, start an analysis with `partitions_of` in place of `alignment`.
#[utoipa::path(
    get, path = paths::JOB_PARTITIONS, tag = "Jobs", operation_id = "getJobPartitions",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The alignment with its partitions", body = String, content_type = "text/plain"),
        (status = 404, description = "There is no such job, or its alignment was deleted"),
        (status = 409, description = "The job is not complete"),
        (status = 422, description = "The job is not one of GARD"),
        (status = 500, description = "The job failed, or a fault of the service"),
    )
)]
pub(crate) async fn partitions(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Response> {
    let job = jobs::find(&service, &owner, &id).await?;
    let text = jobs::partitions_nexus(&service, &job).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// Get a job as a research object
///
/// Returns a ZIP archive with everything that the result came from and what describes it: the uploads, the files
/// as the engine read them, parameters, command, log, result, summary, table, versions and the publications to
/// cite. `ro-crate-metadata.json` describes it as a Process Run Crate 0.5, a profile of Workflow Run RO-Crate.
#[utoipa::path(
    get, path = paths::JOB_RO_CRATE, tag = "Jobs", operation_id = "getJobRoCrate",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The archive", body = String, content_type = "application/zip", headers(("Content-Disposition" = String, description = "A name for the file"))),
        (status = 404, description = "There is no such job"),
        (status = 409, description = "The job is not complete"),
        (status = 500, description = "The job failed, or a fault of the service"),
    )
)]
pub(crate) async fn ro_crate(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Response> {
    let job = jobs::find(&service, &owner, &id).await?;
    // Ids of imported jobs may be short.
    let short = job.id.get(..8).unwrap_or(&job.id);
    let name = format!("{}-{short}.crate.zip", job.method);
    let archive = ro_crate::of(&service, job).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, stream::body(archive).await?).into_response())
}

/// Get the log of a job
///
/// Returns the engine's output as plain text: the output so far while the job runs, all of it
/// afterwards. If the log exceeds 8 MiB, its middle is omitted.
#[utoipa::path(
    get, path = paths::JOB_LOG, tag = "Jobs", operation_id = "getJobLog",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The log", body = String, content_type = "text/plain"),
        (status = 404, description = "There is no such job"),
    )
)]
pub(crate) async fn log(State(service): State<AppState>, job: ReadableJob) -> Result<Response> {
    let job = job.find(&service).await?;
    let text = results::log(&service, job).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
