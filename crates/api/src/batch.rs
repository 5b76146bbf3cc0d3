//! Many jobs in one request.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Job, Problem};

/// A request for the states of many jobs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobStatusRequest {
    /// Ids of jobs, at most 1,000.
    #[schema(max_items = 1000)]
    pub ids: Vec<String>,
}

/// States of many jobs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobStates {
    /// The jobs that exist, in the order of their ids in the request.
    pub jobs: Vec<Job>,
    /// Ids that match none of the caller's jobs.
    pub missing: Vec<String>,
}

/// One analysis for many datasets.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BatchRequest {
    /// The analysis, such as `fel`.
    pub method: String,
    /// Its parameters, for all items.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub parameters: serde_json::Map<String, serde_json::Value>,
    /// The fields that differ between the jobs: at least `alignment`, often `tree`. At most 100
    /// items.
    #[schema(value_type = Vec<Object>, max_items = 100)]
    pub items: Vec<serde_json::Map<String, serde_json::Value>>,
    /// Whether to run failed or cancelled jobs again.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub retry: bool,
}

/// The outcome of each item.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// In the order of the request.
    pub items: Vec<BatchItem>,
    /// Unknown fields of the request, which were ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// The outcome of one item: a job, or a problem.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BatchItem {
    /// HTTP status code that a single request for this item would have received.
    pub status: u16,
    /// The job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Job>,
    /// The reason why there is no job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}
