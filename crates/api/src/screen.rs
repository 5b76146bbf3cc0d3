//! Screens: the usual set of analyses of an alignment, started by one request.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::{JobEstimate, Progress};

/// Whether a screen looks for recombination first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Recombination {
    /// If the data suit GARD, it runs first.
    #[default]
    Auto,
    /// GARD does not run.
    Skip,
}

/// A request for a screen. Everything but the data has a default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScreenRequest {
    /// Dataset with the alignment of codons. Required without `partitions_of`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alignment: Option<String>,
    /// Dataset with the tree. Without it, the one in the alignment's file is used, or one is
    /// inferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
    /// Id of a GARD job, in place of `alignment`: its alignment is analysed with the partitions that
    /// GARD found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions_of: Option<String>,
    /// Name of the screen. The default is the name of the alignment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Genetic code. The default is the Universal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genetic_code: Option<String>,
    /// Branches to test, for the analyses that test chosen branches. Empty means all.
    pub branches: Vec<String>,
    /// Whether to look for recombination first.
    pub recombination: Recombination,
    /// The analyses. The default is gard, fel, meme, fubar, busted and absrel.
    pub methods: Vec<String>,
    /// The engine of the analyses that it has: `hyphy` (the default) or `native`. HyPhy runs the
    /// others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Other parameters, by analysis: `{"fel": {"pvalue": 0.05}}`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
}

/// Whether there is anything left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScreenState {
    /// Some analyses wait or run.
    Running,
    /// Every analysis has ended, was skipped or was refused.
    Completed,
}

/// State of a screen's analysis: that of its job, if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScreenStepState {
    /// It has not been started yet: it waits for GARD, or for what `note` says.
    Waiting,
    /// It is not part of this screen; `note` says why.
    Skipped,
    /// It cannot be started; `note` says why.
    Refused,
    /// Its job was deleted.
    Deleted,
    /// Its job waits.
    Queued,
    /// Its job is being submitted.
    Submitting,
    /// Its job runs.
    Running,
    /// Its job has a result.
    Completed,
    /// Its job failed; `error_message` says why.
    Failed,
    /// Its job was cancelled.
    Cancelled,
}

impl ScreenStepState {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(
            self,
            Self::Waiting | Self::Queued | Self::Submitting | Self::Running
        )
    }

    /// The value on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
            Self::Deleted => "deleted",
            Self::Queued => "queued",
            Self::Submitting => "submitting",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// An analysis of a screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScreenStep {
    /// The analysis, such as `fel`.
    pub method: String,
    /// Its name, such as `FEL`.
    pub name: String,
    /// Its state.
    pub state: ScreenStepState,
    /// Why it waits, was skipped or was refused, or what to know about its data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its job; absent until it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// The engine that runs it: `hyphy` or `native`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Progress of its job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// When its job began to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<DateTime<Utc>>,
    /// What to know about the run of a job that has not ended, such as that it had to begin again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The estimate of its job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<JobEstimate>,
    /// Why its job has no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The finding in one sentence; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// Whether the statement is that of the estimate: HyPhy's result will replace it.
    #[serde(default)]
    pub preliminary: bool,
}

/// A screen: the usual set of analyses of an alignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Screen {
    /// Id: 64 hexadecimal digits, derived from the request.
    pub screen_id: String,
    /// Name.
    pub name: String,
    /// The user's tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether there is anything left to do.
    pub state: ScreenState,
    /// The request, with all defaults.
    pub request: ScreenRequest,
    /// The analyses, in the order in which they are started.
    pub steps: Vec<ScreenStep>,
    /// When it was requested.
    pub created: DateTime<Utc>,
    /// When an analysis was last started, skipped or refused, or the screen was named.
    pub updated: DateTime<Utc>,
    /// When the last of its analyses ended. Absent while the screen is running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<DateTime<Utc>>,
}

/// Filter for the list of screens.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ScreenFilter {
    /// Dataset with the alignment.
    pub alignment_id: Option<String>,
    /// Part of the name; case-insensitive.
    pub name: Option<String>,
    /// One of the user's tags.
    pub tag: Option<String>,
}

/// A list of screens.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Screens {
    /// Newest first.
    pub screens: Vec<Screen>,
}
