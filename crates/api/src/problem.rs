//! Error bodies: RFC 9457 problem details that also carry the published fields.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request was not carried out (`application/problem+json`, RFC 9457). The fields `error`,
/// `code`, `message`, `errors` and `job_id` are those of the published API.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Path of a page about this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words; the same for all of its kind.
    pub title: String,
    /// HTTP status code.
    pub status: u16,
    /// What was wrong with this request, and what would be right.
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
    /// Every field that was wrong, when fields were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The job that the request was about, if it was about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// Seconds after which to come back, where coming back makes sense; as `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// For a fault of the service: the id under which its log has the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

/// One field that was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub message: String,
}
