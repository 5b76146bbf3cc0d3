//! What people call their jobs, datasets and screens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A change of a name and tags. Absent fields keep their values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Naming {
    /// The name: at most 200 characters. An empty one, or `null`, removes the name of a job;
    /// datasets and screens must have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The tags, in place of all earlier ones: at most 20 words or phrases of at most 50 characters
    /// each, without commas. `null` removes all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub tags: Option<Vec<String>>,
}
