//! Errors as answers: RFC 9457 problem details with the published fields beside them.

use api::Problem;
use axum::{
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use crate::error::Error;

/// Seconds after which asking again for a result makes sense.
const RETRY_SECONDS: &str = "5";

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let detail = self.to_string();
        let (status, slug, title) = match &self {
            Self::BadRequest { .. } => (400, "bad-request", "The request cannot be understood"),
            Self::Invalid { .. } => (422, "invalid-value", "A value cannot be used"),
            Self::Unauthorized(_) => (401, "unauthorized", "A valid token is needed"),
            Self::NoDataset { .. } => (404, "no-dataset", "Dataset not found"),
            Self::NoJob { .. } => (404, "no-job", "Job not found"),
            Self::NoVisualization { .. } => (404, "no-visualization", "Visualization not found"),
            Self::NoShare => (404, "no-share", "Nothing is shared by this link"),
            Self::NoFit { .. } => (404, "no-fit", "No fit kept"),
            Self::NotComplete { .. } => (409, "not-complete", "The job has no result yet"),
            Self::JobFailed { .. } => (500, "job-failed", "The job has no result"),
            Self::Conflict(_) => (409, "conflict", "Something else is in the way"),
            Self::TooLarge { .. } => (413, "too-large", "The file is too large"),
            Self::Unavailable(_) => (503, "unavailable", "Analyses cannot be run now"),
            Self::Internal(_) => (500, "internal", "The service has a fault"),
        };
        let mut problem = new(status, slug, title, detail);
        match self {
            Self::BadRequest { errors, .. } | Self::Invalid { errors, .. } => {
                problem.errors = errors;
            }
            Self::NoDataset {
                field: Some(field), ..
            } => {
                let message = problem.detail.clone();
                problem.errors.push(api::FieldError {
                    field: field.to_owned(),
                    message,
                });
            }
            Self::NoJob { id }
            | Self::NoFit { id }
            | Self::NotComplete { id }
            | Self::JobFailed { id, .. } => {
                problem.job_id = Some(id);
            }
            Self::Internal(cause) => {
                let incident = Uuid::now_v7().to_string();
                tracing::error!(%incident, cause = format!("{cause:#}"), "a fault of the service");
                let said = format!("The service has a fault; its log has it as {incident}.");
                problem = new(status, slug, title, said);
                problem.incident = Some(incident);
            }
            _ => {}
        }
        respond(&problem)
    }
}

fn new(status: u16, slug: &str, title: &str, detail: String) -> Problem {
    Problem {
        kind: format!("/docs/problems/{slug}"),
        title: title.to_owned(),
        status,
        error: detail.clone(),
        message: detail.clone(),
        detail,
        code: status,
        errors: vec![],
        job_id: None,
        incident: None,
    }
}

fn respond(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer realm=\"datamonkey\"");
        headers.insert(header::WWW_AUTHENTICATE, scheme);
    }
    if problem.kind.ends_with("not-complete") {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
    }
    response
}

pub(super) async fn no_such_path(uri: Uri) -> Response {
    let detail = format!(
        "There is nothing at {}. See /docs for what there is.",
        uri.path()
    );
    respond(&new(404, "no-path", "Nothing is here", detail))
}

pub(super) async fn no_such_method(method: axum::http::Method, uri: Uri) -> Response {
    let detail = format!(
        "{} does not take {method}. See /docs for what it takes.",
        uri.path()
    );
    respond(&new(
        405,
        "no-method",
        "The method is not allowed here",
        detail,
    ))
}
