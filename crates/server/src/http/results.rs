//! Results and logs.

use std::io::{self, Read};

use api::{Problem, paths};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use hyphy::{Analysis, json::Rewritten, names::Renamed};
use serde::Deserialize;

use super::{
    Shared,
    extract::{InPath, InQuery},
    file,
    identity::{OwnedObject, Owner},
    stream,
};
use crate::{
    Service,
    datasets::blocking,
    error::{Error, Result},
    files::Files,
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
    let content = Content::of(service, &job, false).await?;
    let id = &job.id;
    let mut text = format!("{{\"job_id\":\"{id}\",\"jobId\":\"{id}\",\"status\":\"completed\"");
    // The specification and its first servers disagree on the name of the field.
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

/// A result that can be read as often as is wanted.
#[derive(Clone)]
pub(super) struct Content {
    files: Files,
    sha256: String,
    /// Names to be put back; `None` for the file as HyPhy wrote it.
    shown_with: Option<Renamed>,
}

impl Content {
    /// The result of a job: as the engine wrote it if `raw`, else as it is shown: valid JSON, with
    /// the user's names.
    pub(super) async fn of(service: &Service, job: &JobRow, raw: bool) -> Result<Self> {
        let Some(sha256) = job.result_sha256.clone() else {
            let id = job.id.clone();
            return Err(if job.state.0.is_final() {
                let message = job.error_message.clone().unwrap_or_default();
                Error::JobFailed { id, message }
            } else {
                Error::NotComplete { id }
            });
        };
        let shown_with = if raw {
            None
        } else {
            Some(service.store.renamed(&job.owner, &job.id).await?)
        };
        Ok(Self {
            files: service.files.clone(),
            sha256,
            shown_with,
        })
    }

    /// Begins to read it.
    pub(super) async fn open(&self) -> Result<Box<dyn Read + Send>> {
        let content = self.clone();
        blocking(move || Ok(content.open_here()?)).await
    }

    /// The same, on a thread that may wait for a disk.
    pub(super) fn open_here(self) -> io::Result<Box<dyn Read + Send>> {
        let file = self.files.open_result(&self.sha256)?;
        Ok(match self.shown_with {
            None => Box::new(file),
            Some(renamed) => Box::new(Rewritten::new(file, renamed)),
        })
    }
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
    let content = Content::of(service, &job, query.raw).await?;
    let kind = if query.raw {
        "application/octet-stream"
    } else {
        "application/json"
    };
    let open = move || content.clone().open_here();
    file::answer(headers, open, kind, tag).await
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
    let fit = blocking(move || Ok(files.open_fit(&job.id)?)).await?;
    let body = stream::body(fit.ok_or(Error::NoFit { id })?).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response())
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
