//! The analyses that a server offers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The analyses that this server offers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Methods {
    /// Most frequently used first.
    pub methods: Vec<Method>,
}

/// One analysis.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Method {
    /// Id, such as `fel`.
    pub id: String,
    /// Short name.
    pub name: String,
    /// Full name.
    pub title: String,
    /// The question that it answers.
    pub question: String,
    /// What it does.
    pub description: String,
    /// The publication to cite.
    pub citation: String,
    /// Digital object identifier of the citation.
    pub doi: String,
    /// `available`, or `unavailable` if this server's engine does not support it.
    pub status: String,
    /// First version of HyPhy that supports it, as the program reports its version.
    pub since: String,
    /// Path to start it.
    pub start_endpoint: String,
    /// Path to read its result.
    pub result_endpoint: String,
    /// The data it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<MethodInput>,
    /// Its parameters.
    pub parameters: Vec<MethodParameter>,
}

/// The data that an analysis takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MethodInput {
    /// Kind of alignment: `codon` (in frame, without internal stop codons), `nucleotide`,
    /// `protein`, `by_type` (what the parameter `data_type` says) or `none`.
    pub data: String,
    /// `required` (the alignment's file may contain it), `rooted` (its root has two branches) or
    /// `none`.
    pub tree: String,
    /// How branches are chosen: `none`, `tested`, `test_and_reference`, `sets` or `compartments`.
    pub branches: String,
    /// Whether it analyses each partition of an alignment separately. Other analyses treat all
    /// sites as one.
    pub partitions: bool,
    /// Minimum number of sequences.
    pub min_sequences: usize,
    /// Usual run time in seconds for 19 sequences of 130 sites on one thread. It grows with sites
    /// and with sequences^1.2. An order of magnitude.
    pub usual_seconds: u32,
}

/// One parameter of an analysis.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MethodParameter {
    /// Name in the request.
    pub name: String,
    /// Label in forms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it does.
    pub description: String,
    /// Whether it is required.
    pub required: bool,
    /// `string`, `integer`, `number` or `array`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Default value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Accepted words.
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Smallest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    /// Largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    /// Whether it is rarely needed.
    pub advanced: bool,
    /// Whether this server's engine supports it.
    pub available: bool,
    /// First version of HyPhy that supports it, as the program reports its version.
    pub since: String,
}
