//! The estimate of a job, as the job's row holds it.

use api::{EstimateStatus, JobEstimate, Progress};

/// The state of an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EstimateState {
    /// There is none, and there will be none.
    Absent,
    /// It waits for its turn.
    Waiting,
    /// Its attempt is being submitted, or runs.
    Running,
    /// It can be read.
    Ready,
}

impl EstimateState {
    const ALL: [Self; 4] = [Self::Absent, Self::Waiting, Self::Running, Self::Ready];

    /// The state as the database spells it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Ready => "ready",
        }
    }
}

/// [`EstimateState`] as the database spells it.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
struct StateWord(String);

impl TryFrom<StateWord> for EstimateState {
    type Error = String;

    fn try_from(StateWord(word): StateWord) -> std::result::Result<Self, String> {
        let found = Self::ALL.into_iter().find(|state| state.word() == word);
        found.ok_or_else(|| format!("the database has an estimate in state {word}"))
    }
}

/// The estimate of a job, as stored in the database.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EstimateRecord {
    /// Its state.
    #[sqlx(rename = "estimate_state", try_from = "StateWord")]
    pub state: EstimateState,
    /// Name of its attempt.
    #[sqlx(rename = "estimate_attempt")]
    pub attempt_name: Option<String>,
    /// The scheduler's handle of its attempt.
    #[sqlx(rename = "estimate_handle")]
    pub handle: Option<String>,
    /// Its progress.
    #[sqlx(rename = "estimate_progress", json(nullable))]
    pub progress: Option<Progress>,
    /// SHA-256 of its result, in hexadecimal: the name of the file.
    #[sqlx(rename = "estimate_sha256")]
    pub result_sha256: Option<String>,
}

impl EstimateRecord {
    /// Converts it to the API's form. An estimate that waits is not shown.
    pub(crate) fn shown(&self) -> Option<JobEstimate> {
        let status = match self.state {
            EstimateState::Absent | EstimateState::Waiting => return None,
            EstimateState::Running => EstimateStatus::Running,
            EstimateState::Ready => EstimateStatus::Ready,
        };
        let progress = self.progress.clone();
        Some(JobEstimate { status, progress })
    }
}
