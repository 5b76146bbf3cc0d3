//! The analyses that a server offers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::FieldError;

/// The analyses that this server offers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Methods {
    /// Most frequently used first.
    pub methods: Vec<Method>,
    /// The general questions by which lists show methods, in display order.
    pub groups: Vec<String>,
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
    /// What a finding means, and what it does not.
    pub interpretation: String,
    /// Other words by which people look for it.
    pub keywords: Vec<String>,
    /// Whether it is a good first analysis of data that suit it.
    pub recommended: bool,
    /// The publication to cite.
    pub citation: String,
    /// Digital object identifier of the citation.
    pub doi: String,
    /// The general question under which lists show it. Methods of one group follow the order of
    /// `groups`.
    pub group: String,
    /// `available` if this server can run it by any of its engines. Omitted otherwise: the published API
    /// has no word for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<MethodStatus>,
    /// The engines that have it, the default first.
    pub engines: Vec<MethodEngine>,
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
    /// Whether a screen runs it, unless the request names other methods.
    #[serde(default)]
    pub in_screens: bool,
    /// A small request that runs within seconds to minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<MethodExample>,
}

/// An engine that has an analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MethodEngine {
    /// Its word in the request's field `engine`: `hyphy` or `native`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether this server can run the analysis by it.
    pub status: Availability,
    /// Names of parameters that it does not support. They must have their default values.
    pub lacks: Vec<String>,
    /// Usual run time in seconds for 20 sequences and 50 different variable sites on one thread, with
    /// default options.
    pub usual_seconds: u32,
    /// The stages of a run, in order, as `progress.stage` of a job names them.
    pub stages: Vec<String>,
}

/// The status of an analysis that the server can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MethodStatus {
    /// It can be started.
    Available,
}

/// Whether a server can run an analysis by an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// It can.
    Available,
    /// It cannot: the engine is missing, or does not support the analysis.
    Unavailable,
}

/// A small request with its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MethodExample {
    /// The alignment's file; absent if the analysis takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment: Option<ExampleFile>,
    /// The tree's file; absent if the analysis takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<ExampleFile>,
    /// The other fields of the request. Add the ids of the uploaded files as `alignment` and
    /// `tree`.
    #[schema(value_type = Object)]
    pub request: serde_json::Value,
}

/// A file of an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExampleFile {
    /// Its name.
    pub name: String,
    /// Its content.
    pub content: String,
}

/// The data that an analysis takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MethodInput {
    /// Kind of alignment.
    pub data: DataInput,
    /// Whether it takes a tree.
    pub tree: TreeInput,
    /// How branches are chosen.
    pub branches: BranchInput,
    /// Whether it analyses each partition of an alignment separately. Other analyses treat all
    /// sites as one.
    pub partitions: bool,
    /// Minimum number of sequences.
    pub min_sequences: usize,
    /// Usual run time in seconds for 20 sequences and 50 different variable sites on one thread, with
    /// default options. `/methods/suitability` estimates that of datasets.
    pub usual_seconds: u32,
}

/// The kind of alignment that an analysis takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataInput {
    /// Codons in frame, without internal stop codons.
    Codon,
    /// Nucleotides, in frame or not.
    Nucleotide,
    /// Amino acids.
    Protein,
    /// What the parameter `data_type` says.
    ByType,
    /// No alignment.
    None,
}

/// Whether an analysis takes a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TreeInput {
    /// A tree; the alignment's file may contain it.
    Required,
    /// A tree whose root has two branches.
    Rooted,
    /// No tree.
    None,
}

/// How the branches of an analysis are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BranchInput {
    /// No branches are chosen.
    None,
    /// `branches`: the branches to test.
    Tested,
    /// `test_branches` and, if the method has it, `reference_branches`.
    TestAndReference,
    /// `branch_sets`: any number of sets.
    Sets,
    /// `compartment_definitions`: groups of leaves.
    Compartments,
}

/// The JSON type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ParameterType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A list.
    Array,
}

/// What a parameter means, beyond its JSON type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterRole {
    /// Id of a dataset.
    Dataset,
    /// Name of a genetic code; see `/genetic-codes`.
    GeneticCode,
    /// Branches of the tree.
    Branches,
    /// Sets of branches.
    BranchSets,
    /// Groups of leaves.
    Compartments,
    /// Any other value.
    Value,
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
    /// JSON type of its value.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// What it means.
    pub role: ParameterRole,
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
    /// Whether the first available engine of the method supports it.
    pub available: bool,
    /// First version of HyPhy that supports it, as the program reports its version.
    pub since: String,
}

/// Which datasets to check against which analyses.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuitabilityQuery {
    /// Dataset with the alignment.
    pub alignment: Option<String>,
    /// Dataset with the tree. Not needed if the alignment's file contains one.
    pub tree: Option<String>,
    /// The analysis, such as `fel`; by default every analysis.
    pub method: Option<String>,
    /// Name of the genetic code of codons. By default, the Universal code, or else the first under
    /// which the alignment has no stop codons within sequences.
    pub genetic_code: Option<String>,
    /// Taxa to remove first, as in the parameter `prune` of a start: `Tree`, `Alignment` or `Both`.
    pub prune: Option<String>,
    /// Parameters that are already chosen, as the JSON object of a start, such as `{"ci": true}`.
    /// The expected time depends on them. Values that are not valid count as not given.
    pub parameters: Option<String>,
}

/// Whether datasets suit the analyses.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Suitabilities {
    /// In the order of the list of methods.
    pub methods: Vec<MethodSuitability>,
}

/// Whether datasets suit an analysis, before all its parameters are chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MethodSuitability {
    /// The analysis, such as `fel`.
    pub method: String,
    /// Why it cannot run on the datasets, by the field of the request; empty if it can.
    pub problems: Vec<FieldError>,
    /// What to consider before it runs.
    pub warnings: Vec<String>,
    /// The value of the parameter `data_type` that fits the alignment; absent if the analysis has
    /// no such parameter or no value fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// HyPhy's usual run time in seconds on one thread, with the given parameters and defaults for
    /// the others: an order of magnitude.
    pub expected_seconds: f64,
    /// The same for the native engine; absent if it does not have the analysis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_seconds: Option<f64>,
}
