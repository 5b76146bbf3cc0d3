//! Limits and quotas.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All limits of the service, and the caller's usage of the limits per owner.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Limits {
    /// Waiting jobs of an owner.
    pub queued_jobs: Usage,
    /// Running jobs of an owner; further jobs wait.
    pub running_jobs: Usage,
    /// Bytes of an owner's datasets, as uploaded, and figures.
    pub stored_bytes: Usage,
    /// Figures of an owner.
    pub visualizations: Usage,
    /// Size of an upload, in bytes.
    pub max_upload_bytes: u64,
    /// Size of the body of any other request, in bytes.
    pub max_body_bytes: u64,
    /// Size of an upload after decompression, in bytes.
    pub max_unpacked_bytes: usize,
    /// Sequences in an alignment.
    pub max_sequences: usize,
    /// Columns of an alignment.
    pub max_sites: usize,
    /// Length of a name, in bytes.
    pub max_name_length: usize,
    /// Nodes on the path from a tree's root to a leaf.
    pub max_tree_depth: usize,
    /// Analyses with lower limits.
    pub methods: Vec<MethodLimits>,
    /// Sustained requests per second from one address; absent if unlimited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<u32>,
    /// Requests that one address may send at once; absent if unlimited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_at_once: Option<u32>,
    /// Seconds after which an unused session is removed; absent if there are no sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_seconds: Option<u64>,
    /// Whether there is enough disk space for uploads.
    pub takes_uploads: bool,
}

/// A limit and its usage.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// The limit; absent if unlimited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// The caller's usage.
    pub used: u64,
}

/// Limits on the data of one analysis.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MethodLimits {
    /// The analysis, such as `fel`.
    pub method: String,
    /// Sequences, or leaves of the tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_sequences: Option<usize>,
    /// Columns of the alignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_sites: Option<usize>,
}
