//! Figures that clients have drawn of results.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

/// A figure: a specification that a library such as Vega-Lite draws. It is kept as it came.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Visualization {
    /// Id: `viz_`, seconds since 1970, `_`, hexadecimal digits.
    pub viz_id: String,
    /// The job whose result it shows. Deleted with it.
    pub job_id: String,
    /// The dataset that it shows, if it shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset_id: Option<String>,
    /// Title.
    pub title: String,
    /// What is to be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The specification.
    #[schema(value_type = Object)]
    pub spec: Map<String, Value>,
    /// Settings of whatever draws it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub config: Option<Map<String, Value>>,
    /// How it came about: `library`, `generated_by`, `prompt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A list of figures.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Visualizations {
    /// Newest first.
    pub visualizations: Vec<Visualization>,
}

/// A figure to be kept.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CreateVisualizationRequest {
    /// The job whose result it shows.
    pub job_id: String,
    /// The dataset that it shows, if it shows one.
    pub dataset_id: Option<String>,
    /// Title; at most 10,000 bytes.
    pub title: String,
    /// What is to be seen.
    pub description: Option<String>,
    /// The specification.
    #[schema(value_type = Object)]
    pub spec: Map<String, Value>,
    /// Settings of whatever draws it.
    #[schema(value_type = Option<Object>)]
    pub config: Option<Map<String, Value>>,
    /// How it came about.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

/// What is to be changed of a figure; what is absent stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UpdateVisualizationRequest {
    /// Title.
    pub title: Option<String>,
    /// What is to be seen.
    pub description: Option<String>,
    /// The specification.
    #[schema(value_type = Option<Object>)]
    pub spec: Option<Map<String, Value>>,
    /// Settings of whatever draws it.
    #[schema(value_type = Option<Object>)]
    pub config: Option<Map<String, Value>>,
    /// How it came about.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

/// Which figures to list: those that have all the given properties.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VisualizationFilter {
    /// The job.
    pub job_id: Option<String>,
    /// The dataset.
    pub dataset_id: Option<String>,
}
