//! How much anybody may have.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All limits of the service, and how much the caller has used of those that are per owner.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Limits {
    /// Jobs of an owner that wait.
    pub queued_jobs: Use,
    /// Jobs of an owner that run at the same time; more wait.
    pub running_jobs: Use,
    /// Bytes of an owner's datasets, as uploaded, and figures.
    pub stored_bytes: Use,
    /// Figures of an owner.
    pub visualizations: Use,
    /// Bytes of the largest upload.
    pub max_upload_bytes: u64,
    /// Bytes of the largest body of other requests.
    pub max_body_bytes: u64,
    /// Bytes of the largest upload once unpacked.
    pub max_unpacked_bytes: usize,
    /// Most sequences of an alignment that is read.
    pub max_sequences: usize,
    /// Most columns of an alignment that is read.
    pub max_sites: usize,
    /// Bytes of the longest name.
    pub max_name_length: usize,
    /// Most nodes on the way from the root of a tree to a leaf.
    pub max_tree_depth: usize,
    /// Analyses that take less than that.
    pub methods: Vec<MethodLimits>,
    /// Requests a second from one address in the long run; absent: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_second: Option<u32>,
    /// Requests from one address at once; absent: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_at_once: Option<u32>,
    /// Seconds for which a session is kept that is not used; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_seconds: Option<u64>,
    /// Whether there is room on the disk for uploads.
    pub takes_uploads: bool,
}

/// A limit, and how much of it is used.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Use {
    /// The most; absent: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// The caller's.
    pub used: u64,
}

/// Largest data of an analysis.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MethodLimits {
    /// The analysis, such as `fel`.
    pub method: String,
    /// Most sequences, or leaves of the tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_sequences: Option<usize>,
    /// Most columns of the alignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_sites: Option<usize>,
}
