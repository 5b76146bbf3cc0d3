//! Error bodies: RFC 9457 problem details that also carry the published fields.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The reason why a request failed (`application/problem+json`, RFC 9457). The fields `error`,
/// `code`, `message`, `errors` and `job_id` are those of the published API.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Path of a page about this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words; the same for every problem of this kind.
    pub title: String,
    /// HTTP status code.
    pub status: u16,
    /// What was wrong with this request, and how to fix it.
    pub detail: String,
    /// The same as `detail`.
    pub error: String,
    /// The same as `detail`.
    pub message: String,
    /// The same as `detail`.
    #[serde(default)]
    pub details: String,
    /// The same as `status`.
    pub code: u16,
    /// Every invalid field, if the error is about fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The job that the request was about, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// Seconds after which to repeat the request, as in `Retry-After`; absent if repeating it does
    /// not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// For an internal error: the id under which the log has the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// Id of the request, as in `X-Request-Id`. The service's log has it in every line about the
    /// request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The detail or, one in a line, the invalid fields.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.errors.is_empty() {
            return f.write_str(&self.detail);
        }
        write!(f, "{}:", self.title)?;
        for error in &self.errors {
            write!(f, "\n  {}: {}", error.field, error.message)?;
        }
        Ok(())
    }
}

/// One invalid field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field.
    pub field: String,
    /// What is wrong with it and how to fix it.
    pub message: String,
}
