//! Error responses: RFC 9457 problem details, together with the published API's fields.

use api::Problem;
use axum::{
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    problem_kinds::{self as kinds, Kind},
    request_context,
};
use service::Error;

/// An error as a response.
#[derive(Debug)]
pub(crate) struct ProblemResponse(Error);

/// The result of a handler.
pub(crate) type Result<T, E = ProblemResponse> = std::result::Result<T, E>;

impl<E: Into<Error>> From<E> for ProblemResponse {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ProblemResponse {
    fn into_response(self) -> Response {
        respond(&from_error(self.0))
    }
}

/// Converts an error to a problem. Internal errors are logged here.
pub(crate) fn from_error(error: Error) -> Problem {
    let detail = error.to_string();
    let kind = match &error {
        Error::BadRequest { .. } => kinds::BAD_REQUEST,
        Error::Invalid { .. } => kinds::INVALID,
        Error::Unauthorized(_) => kinds::UNAUTHORIZED,
        Error::NoDataset { .. } => kinds::NO_DATASET,
        Error::NoJob { .. } => kinds::NO_JOB,
        Error::NoScreen { .. } => kinds::NO_SCREEN,
        Error::NoVisualization { .. } => kinds::NO_VISUALIZATION,
        Error::NoConversation { .. } => kinds::NO_CONVERSATION,
        Error::NoModel => kinds::NO_MODEL,
        Error::NoShare => kinds::NO_SHARE,
        Error::NoFit { .. } => kinds::NO_FIT,
        Error::NoEstimate { .. } => kinds::NO_ESTIMATE,
        Error::NotComplete { .. } => kinds::NOT_COMPLETE,
        Error::JobFailed { .. } => kinds::JOB_FAILED,
        Error::Conflict(_) => kinds::CONFLICT,
        Error::Busy { .. } => kinds::BUSY,
        Error::BodyTooLarge { .. } => kinds::BODY_TOO_LARGE,
        Error::TooLarge { .. } => kinds::TOO_LARGE,
        Error::TooMuchStored { .. } | Error::TooManyFigures { .. } => kinds::TOO_MUCH_STORED,
        Error::DiskFull => kinds::DISK_FULL,
        Error::TooMany { .. } => kinds::TOO_MANY,
        Error::Unavailable(_) => kinds::UNAVAILABLE,
        Error::Internal(_) => kinds::INTERNAL,
    };
    let mut problem = new(&kind, detail);
    problem.retry_after = error.retry_after();
    match error {
        Error::BadRequest { errors, .. } | Error::Invalid { errors, .. } => {
            problem.errors = errors;
        }
        Error::NoDataset {
            field: Some(field), ..
        } => {
            let message = problem.detail.clone();
            problem.errors.push(api::FieldError {
                field: field.to_owned(),
                message,
            });
        }
        Error::NoJob { id }
        | Error::NoFit { id }
        | Error::NoEstimate { id }
        | Error::NotComplete { id }
        | Error::JobFailed { id, .. } => {
            problem.job_id = Some(id);
        }
        Error::Internal(cause) => {
            let incident = Uuid::now_v7().to_string();
            tracing::error!(%incident, cause = format!("{cause:#}"), "a request or a step failed by a fault of the service");
            let detail = format!(
                "An internal error occurred. The service's log has the cause under \
                                the id {incident}."
            );
            problem = new(&kinds::INTERNAL, detail);
            problem.incident = Some(incident);
        }
        _ => {}
    }
    problem
}

pub(crate) fn new(kind: &Kind, detail: String) -> Problem {
    Problem {
        kind: kind.path(),
        title: kind.title.to_owned(),
        status: kind.status,
        error: detail.clone(),
        message: detail.clone(),
        details: detail.clone(),
        detail,
        code: kind.status,
        errors: vec![],
        job_id: None,
        retry_after: None,
        incident: None,
        request_id: request_context::id(),
    }
}

pub(crate) fn respond(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer realm=\"datamonkey\"");
        headers.insert(header::WWW_AUTHENTICATE, scheme);
    }
    response
}

pub(crate) async fn no_such_path(uri: Uri) -> Response {
    let detail = format!(
        "The path {} does not exist. /docs lists all paths.",
        uri.path()
    );
    respond(&new(&kinds::NO_PATH, detail))
}

pub(crate) async fn no_such_method(method: axum::http::Method, uri: Uri) -> Response {
    let detail = format!(
        "{} does not support {method}. /docs lists the supported methods.",
        uri.path()
    );
    respond(&new(&kinds::NO_METHOD, detail))
}
