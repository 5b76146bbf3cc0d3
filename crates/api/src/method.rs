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
    /// What it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<MethodInput>,
    /// Its parameters.
    pub parameters: Vec<MethodParameter>,
}

/// What an analysis takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MethodInput {
    /// Kind of alignment: `codon` (in frame, without internal stop codons), `nucleotide`,
    /// `protein`, `by_type` (what the parameter `data_type` says) or `none`.
    pub data: String,
    /// `required` (the file of the alignment may hold it), `rooted` (its root has two branches) or
    /// `none`.
    pub tree: String,
    /// How branches are chosen: `none`, `tested`, `test_and_reference`, `sets` or `compartments`.
    pub branches: String,
    /// It analyses each part of a partitioned alignment by itself; others take all sites as one.
    pub partitions: bool,
    /// Fewest sequences with which it can run.
    pub min_sequences: usize,
    /// Seconds that it usually takes for 19 sequences of 130 sites on one thread; it grows with
    /// sites and with sequences^1.2. An order of magnitude.
    pub usual_seconds: u32,
}

/// One parameter of an analysis.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MethodParameter {
    /// Name in the request.
    pub name: String,
    /// What forms call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
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
