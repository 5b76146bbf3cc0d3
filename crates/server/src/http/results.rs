//! Results and logs.

use api::{Problem, paths};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use hyphy::Analysis;
use serde::Deserialize;

use super::{
    Shared,
    extract::{InPath, InQuery},
    file,
    identity::{OwnedObject, Owner},
};
use crate::{
    Service,
    datasets::blocking,
    error::{Error, Result},
    jobs,
    store::JobRow,
};

#[derive(Deserialize)]
pub(super) struct ById {
    #[serde(default)]
    job_id: String,
}

/// A result by its job's id.
pub(super) async fn by_id(
    analysis: &'static Analysis,
    State(service): State<Shared>,
    Owner(owner): Owner,
    InQuery(query): InQuery<ById>,
) -> Result<Response> {
    if query.job_id.is_empty() {
        return Err(Error::bad_field(
            "job_id",
            "job_id is missing. Give the id of the job: ?job_id=…",
        ));
    }
    enveloped(&service, &owner, analysis, query.job_id).await
}

/// A result by the request that started its job.
pub(super) async fn by_request(
    analysis: &'static Analysis,
    State(service): State<Shared>,
    OwnedObject(owner, body): OwnedObject,
) -> Result<Response> {
    let id = jobs::identify(analysis, &body)?.id;
    enveloped(&service, &owner, analysis, id).await
}

/// HyPhy's JSON inside the published envelope, byte for byte but for what is not JSON and for
/// names that were changed for the engine.
async fn enveloped(
    service: &Service,
    owner: &str,
    analysis: &Analysis,
    id: String,
) -> Result<Response> {
    let job = service.store.job(owner, &id).await?;
    let Some(job) = job.filter(|job| job.method == analysis.id) else {
        return Err(Error::NoJob { id });
    };
    let bytes = shown(service, &job).await?;
    let id = &job.id;
    let mut body = format!("{{\"job_id\":\"{id}\",\"jobId\":\"{id}\",\"status\":\"completed\"");
    // The specification and its first servers disagree on the name of the field.
    let fields = match analysis.result_field {
        "result" => &["result"][..],
        _ => &["result", "results"],
    };
    for field in fields {
        body.push_str(&format!(",\"{field}\":"));
        body.push_str(&String::from_utf8_lossy(&bytes));
    }
    body.push('}');
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// A result as it is shown: valid JSON, with the user's names.
pub(super) async fn shown(service: &Service, job: &JobRow) -> Result<Vec<u8>> {
    let bytes = read(service, job).await?;
    let renamed = service.store.renamed(&job.owner, &job.id).await?;
    blocking(move || Ok(renamed.restore(&hyphy::json::valid(&bytes)).into_owned())).await
}

async fn read(service: &Service, job: &JobRow) -> Result<Vec<u8>> {
    if let Some(sha256) = job.result_sha256.clone() {
        let files = service.files.clone();
        return blocking(move || Ok(files.read_result(&sha256)?)).await;
    }
    let id = job.id.clone();
    if job.state.0.is_final() {
        let message = job.error_message.clone().unwrap_or_default();
        return Err(Error::JobFailed { id, message });
    }
    Err(Error::NotComplete { id })
}

#[derive(Deserialize)]
pub(super) struct FileQuery {
    #[serde(default)]
    raw: bool,
}

/// Get a job's result as the engine wrote it
///
/// HyPhy's JSON, byte for byte, but that bare `inf` and `nan`, which are not JSON, are `null`, and
/// that names which HyPhy cannot carry are the user's again; with `raw=true` not even that.
#[utoipa::path(
    get, path = paths::JOB_RESULT, tag = "Jobs", operation_id = "getJobResult",
    params(
        ("job_id" = String, Path, description = "Id of the job"),
        ("raw" = Option<bool>, Query, description = "The untouched file"),
        ("pretty_print" = Option<bool>, Query, description = "Indent the answer"),
    ),
    responses(
        (status = 200, description = "The result: JSON, or with `raw` the bytes as HyPhy wrote them", content(
            (Object = "application/json"), (String = "application/octet-stream"),
        )),
        (status = 206, description = "The part of it that `Range` asks for"),
        (status = 304, description = "`If-None-Match` has its `ETag`"),
        (status = 416, description = "`Range` begins behind its end", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "The query is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such job", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The job is not complete", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The job failed, or a fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn file(
    State(service): State<Shared>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    InQuery(query): InQuery<FileQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let job = jobs::find(&service, &owner, &id).await?;
    answer_file(&service, job, &query, &headers).await
}

/// The result of a job whose reader has been looked at.
pub(super) async fn answer_file(
    service: &Service,
    job: JobRow,
    query: &FileQuery,
    headers: &HeaderMap,
) -> Result<Response> {
    let sha256 = job.result_sha256.as_deref().unwrap_or_default();
    let tag = if query.raw {
        format!("\"{sha256}-raw\"")
    } else {
        format!("\"{sha256}\"")
    };
    if job.result_sha256.is_some() && file::is_known(headers, &tag) {
        return Ok(file::not_modified(tag));
    }
    let (bytes, kind) = if query.raw {
        (read(service, &job).await?, "application/octet-stream")
    } else {
        (shown(service, &job).await?, "application/json")
    };
    Ok(file::answer(headers, bytes, kind, tag))
}

/// Get what a job has fitted
///
/// HyPhy's likelihood function, as a batch file, where the job was started with `save_fit` (NRM).
#[utoipa::path(
    get, path = paths::JOB_FIT, tag = "Jobs", operation_id = "getJobFit",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The fit", body = String, content_type = "text/plain"),
        (status = 404, description = "There is no such job, or it kept no fit", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn fit(
    State(service): State<Shared>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Response> {
    let job = jobs::find(&service, &owner, &id).await?;
    let files = service.files.clone();
    let fit = blocking(move || Ok(files.read_fit(&job.id)?)).await?;
    let bytes = fit.ok_or(Error::NoFit { id })?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], bytes).into_response())
}

/// Get what the engine printed
///
/// Plain text: so far while the job runs, all of it when it is over. Beyond 8 MiB, its middle is
/// left out.
#[utoipa::path(
    get, path = paths::JOB_LOG, tag = "Jobs", operation_id = "getJobLog",
    params(("job_id" = String, Path, description = "Id of the job")),
    responses(
        (status = 200, description = "The log", body = String, content_type = "text/plain"),
        (status = 404, description = "There is no such job", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn log(
    State(service): State<Shared>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Response> {
    let job = jobs::find(&service, &owner, &id).await?;
    answer_log(&service, job).await
}

/// The log of a job whose reader has been looked at.
pub(super) async fn answer_log(service: &Service, job: JobRow) -> Result<Response> {
    let bytes = match job.attempt_name {
        Some(attempt) => {
            let files = service.files.clone();
            blocking(move || Ok(files.read_log(&attempt, &job.id)?)).await?
        }
        None => Vec::new(),
    };
    let text = hyphy::failure::without_escapes(&String::from_utf8_lossy(&bytes));
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
