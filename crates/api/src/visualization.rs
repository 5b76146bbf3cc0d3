//! Figures of results, created and stored by clients.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

/// A figure: a specification that a library such as Vega-Lite renders. It is stored unchanged.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Visualization {
    /// Id: `viz_`, seconds since 1970, `_`, hexadecimal digits.
    pub viz_id: String,
    /// The job whose result it shows. The figure is deleted with the job.
    pub job_id: String,
    /// The dataset that it shows, if it shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset_id: Option<String>,
    /// Title.
    pub title: String,
    /// Description of the figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The specification.
    #[schema(value_type = Object)]
    pub spec: Map<String, Value>,
    /// Settings of the program that renders it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub config: Option<Map<String, Value>>,
    /// Provenance: `library`, `generated_by`, `prompt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// When it was created.
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

/// A figure to store.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CreateVisualizationRequest {
    /// The job whose result it shows.
    pub job_id: String,
    /// The dataset that it shows, if it shows one.
    pub dataset_id: Option<String>,
    /// Title; at most 10,000 bytes.
    pub title: String,
    /// Description of the figure.
    pub description: Option<String>,
    /// The specification.
    #[schema(value_type = Object)]
    pub spec: Map<String, Value>,
    /// Settings of the program that renders it.
    #[schema(value_type = Option<Object>)]
    pub config: Option<Map<String, Value>>,
    /// Provenance.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

/// Changes to a figure. Absent fields stay unchanged.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UpdateVisualizationRequest {
    /// Title.
    pub title: Option<String>,
    /// Description of the figure.
    pub description: Option<String>,
    /// The specification.
    #[schema(value_type = Option<Object>)]
    pub spec: Option<Map<String, Value>>,
    /// Settings of the program that renders it.
    #[schema(value_type = Option<Object>)]
    pub config: Option<Map<String, Value>>,
    /// Provenance.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

/// Filter for the list of figures. A figure must match every given field.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VisualizationFilter {
    /// The job.
    pub job_id: Option<String>,
    /// The dataset.
    pub dataset_id: Option<String>,
}
