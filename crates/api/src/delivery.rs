//! Notifications that a job has ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The notifications that were requested for a job.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Deliveries {
    /// Secret that signs the job's webhooks (HMAC-SHA256), in the form that Standard Webhooks
    /// libraries expect: `whsec_` followed by base64.
    pub secret: String,
    /// In the order in which they were requested.
    pub deliveries: Vec<Delivery>,
}

/// A notification that a job has ended.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Id; a webhook's `webhook-id`.
    pub id: String,
    /// `webhook` or `mail`.
    pub kind: String,
    /// URL or e-mail address.
    pub target: String,
    /// `pending` (the job has not ended, or the delivery will be retried), `delivered` or `failed`.
    pub status: String,
    /// Number of delivery attempts.
    pub tries: u64,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it was delivered or abandoned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<DateTime<Utc>>,
}
