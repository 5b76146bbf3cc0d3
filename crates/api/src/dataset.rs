//! Uploaded data.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What the user says about a dataset.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct DatasetMeta {
    /// Name for people; the file's name if it is not given.
    #[serde(default)]
    pub name: String,
    /// Kind of data in the user's words, such as `fasta`. Never trusted: the content is read.
    #[serde(rename = "type")]
    pub kind: String,
    /// Anything worth knowing.
    #[serde(default)]
    pub description: String,
}

/// An uploaded file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Dataset {
    /// Id: hexadecimal, derived from the content.
    pub id: String,
    /// What the user says about it.
    #[serde(flatten)]
    pub meta: DatasetMeta,
    /// Size in bytes, as uploaded.
    pub size: u64,
    /// When it was first uploaded.
    pub created: DateTime<Utc>,
    /// When it was last uploaded or described anew.
    pub updated: DateTime<Utc>,
    /// What was found in it; left out of lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub report: Option<sequence::Report>,
    /// The file as uploaded; only with `include_content=true`. Bytes that are not UTF-8 are
    /// replaced by U+FFFD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// Which datasets to list: those that have all the given properties.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DatasetFilter {
    /// Part of the name, in upper or lower case.
    pub name: Option<String>,
    /// The kind of data, in the user's words.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// First uploaded at this time or later (RFC 3339).
    pub created_after: Option<DateTime<Utc>>,
    /// First uploaded before this time (RFC 3339).
    pub created_before: Option<DateTime<Utc>>,
}

/// A list of datasets.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Datasets {
    /// Newest first.
    pub datasets: Vec<Dataset>,
}

/// The answer to an upload.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Uploaded {
    /// Always `uploaded`.
    pub status: String,
    /// Id of the dataset.
    pub id: String,
    /// The same as `id`.
    pub file: String,
    /// The dataset, alone.
    pub datasets: Vec<Dataset>,
}

/// An upload (`multipart/form-data`, RFC 7578).
#[derive(Debug, ToSchema)]
pub struct UploadForm {
    /// The file: an alignment, a tree, or both. Any bytes are taken; what they are is reported.
    #[schema(value_type = Option<String>, format = Binary)]
    pub file: Vec<u8>,
    /// In place of the file: an https address that it is fetched from. Public addresses only.
    #[schema(format = "uri")]
    pub url: Option<String>,
    /// What it is, as JSON text.
    pub meta: DatasetMeta,
    /// Token identifying the user, for clients that do not send it in the head.
    pub user_token: Option<String>,
}
