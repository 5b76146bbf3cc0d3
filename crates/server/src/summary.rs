//! Summaries of results.

use api::paths;
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use hyphy::summary;
use serde::Deserialize;

use service::results;

use crate::{extract::InQuery, problem::Result, readable::ReadableJob, state::AppState};

#[derive(Deserialize)]
pub(crate) struct SummaryQuery {
    threshold: Option<f64>,
    #[serde(default)]
    format: Option<Format>,
    rows: Option<bool>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Format {
    Json,
    Csv,
}

/// Get a summary of a job's result
///
/// Returns the findings in one form for all analyses: a sentence, tests with their p-values,
/// estimates, the fitted models, and the main table (sites, branches, pairs of sites, segments, …).
/// Its column `class` says which rows count as found at the threshold. With `Accept: text/csv` or
/// `format=csv`, the response is only the table, as CSV (RFC 4180).
#[utoipa::path(
    get, path = paths::JOB_SUMMARY, tag = "Jobs", operation_id = "getJobSummary",
    params(
        ("job_id" = String, Path, description = "Id of the job"),
        ("threshold" = Option<f64>, Query, description = "Significance threshold: a probability from 0 to 1, or a Bayes factor of at least 0. The default is the threshold in the job's parameters, or else the usual one of the analysis"),
        ("format" = Option<String>, Query, description = "`json` or `csv`; overrides `Accept`"),
        ("rows" = Option<bool>, Query, description = "`false` empties all lists, the table and `methods` of JSON, for lists of jobs, which show the finding. Default: `true`"),
    ),
    responses(
        (status = 200, description = "The summary", body = summary::Summary),
        (status = 400, description = "The query is invalid"),
        (status = 404, description = "There is no such job"),
        (status = 409, description = "The job is not complete"),
        (status = 500, description = "The job failed, or an internal error occurred"),
    )
)]
pub(crate) async fn summary(
    State(service): State<AppState>,
    job: ReadableJob,
    InQuery(query): InQuery<SummaryQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let job = job.find(&service).await?;
    let mut summary = results::summarise(&service, job, query.threshold).await?;
    match query.format {
        Some(Format::Csv) => csv(&summary.digest.table),
        None if accepts_csv(&headers) => csv(&summary.digest.table),
        _ => {
            if query.rows == Some(false) {
                leave_words(&mut summary);
            }
            Ok(Json(summary).into_response())
        }
    }
}

/// Empties what a list of jobs does not show: it asks for the summaries of many.
fn leave_words(summary: &mut summary::Summary) {
    let summary::Summary { digest, .. } = summary;
    digest.table.rows.clear();
    digest.table.columns.clear();
    digest.rates.clear();
    digest.tests.clear();
    summary.classes.clear();
    summary.warnings.clear();
    summary.models.clear();
    summary.references.clear();
    summary.methods.clear();
}

/// Whether a client prefers CSV.
pub(crate) fn accepts_csv(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT);
    let accepts = accepts.and_then(|value| value.to_str().ok());
    accepts.is_some_and(|types| types.trim_start().starts_with("text/csv"))
}

/// Responds with a table as CSV.
pub(crate) fn csv(table: &hyphy::digest::Table) -> Result<Response> {
    let mut text = Vec::new();
    table.write_csv(&mut text).map_err(anyhow::Error::from)?;
    let kind = [(
        header::CONTENT_TYPE,
        "text/csv; charset=utf-8; header=present",
    )];
    Ok((kind, text).into_response())
}
