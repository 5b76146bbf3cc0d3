//! Who is told that a job has ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who is told that a job has ended.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Deliveries {
    /// By which the job's webhooks are signed (HMAC-SHA256), as libraries for Standard Webhooks
    /// take it: `whsec_` and base64.
    pub secret: String,
    /// In the order in which they were asked for.
    pub deliveries: Vec<Delivery>,
}

/// Somebody who is told that a job has ended.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Id; a webhook's `webhook-id`.
    pub id: String,
    /// `webhook` or `mail`.
    pub kind: String,
    /// URL or e-mail address.
    pub target: String,
    /// `pending` (the job is not over, or it will be tried again), `delivered` or `failed`.
    pub status: String,
    /// How often it was tried.
    pub tries: u64,
    /// Why the last try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it was delivered or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<DateTime<Utc>>,
}
