//! The analyses that a server offers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The analyses that this server offers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Methods {
    /// The most used first.
    pub methods: Vec<Method>,
}

/// One analysis.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Method {
    /// Id, such as `fel`.
    pub id: String,
    /// Short name.
    pub name: String,
    /// The name in full.
    pub title: String,
    /// The question that it answers.
    pub question: String,
    /// What it does.
    pub description: String,
    /// What to cite.
    pub citation: String,
    /// Digital object identifier of the citation.
    pub doi: String,
    /// `available`, or `unavailable` if the engine of this server does not have it.
    pub status: String,
    /// First version of HyPhy that has it, as the program calls itself.
    pub since: String,
    /// Path where it is started.
    pub start_endpoint: String,
    /// Path where its result is read.
    pub result_endpoint: String,
    /// Its parameters.
    pub parameters: Vec<MethodParameter>,
}

/// One parameter of an analysis.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MethodParameter {
    /// Name in the request.
    pub name: String,
    /// What it does.
    pub description: String,
    /// It has to be given.
    pub required: bool,
    /// `string`, `integer`, `number` or `array`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Value when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Words that it takes.
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Smallest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    /// Largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    /// Seldom needed.
    pub advanced: bool,
    /// The engine of this server has it.
    pub available: bool,
    /// First version of HyPhy that has it, as the program calls itself.
    pub since: String,
}
