//! Uploaded data.

use chrono::{DateTime, Utc};
use sequence::Report;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A user's description of a dataset.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct DatasetMeta {
    /// Display name; by default the file's name.
    #[serde(default)]
    pub name: String,
    /// Kind of data in the user's words, such as `fasta`. The service does not rely on it: it reads
    /// the content.
    #[serde(rename = "type")]
    pub kind: String,
    /// Free-text notes.
    #[serde(default)]
    pub description: String,
}

/// An uploaded file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Dataset {
    /// Id: hexadecimal, derived from the content and, with tokens, from the owner.
    pub id: String,
    /// The user's description.
    #[serde(flatten)]
    pub meta: DatasetMeta,
    /// The user's tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Size in bytes, as uploaded.
    pub size: u64,
    /// When it was first uploaded.
    pub created: DateTime<Utc>,
    /// When it was last uploaded, or its description last changed.
    pub updated: DateTime<Utc>,
    /// Report on its content; omitted in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// The file as uploaded; only with `include_content=true`. Bytes that are not UTF-8 are
    /// replaced by U+FFFD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// Filter for the list of datasets. A dataset must match every given field.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DatasetFilter {
    /// Part of the name; case-insensitive.
    pub name: Option<String>,
    /// The kind of data, in the user's words.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// One of the user's tags.
    pub tag: Option<String>,
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
    /// The file: an alignment, a tree, or both. Any content is accepted, and the report describes
    /// it.
    #[schema(value_type = Option<String>, format = Binary)]
    pub file: Vec<u8>,
    /// An https URL to fetch the file from, in place of the file. Public addresses only.
    #[schema(format = "uri")]
    pub url: Option<String>,
    /// Description of the dataset, as JSON text.
    pub meta: DatasetMeta,
    /// The session's token, for clients that do not send it in a header.
    pub user_token: Option<String>,
}
