//! Slurm's information about a job, in one internal form.

use super::state::State;

/// A job as the controller or the accounting database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlurmJob {
    /// Slurm's job id. Ids restart at 1 when Slurm's state is wiped.
    pub(crate) id: u64,
    /// Its name. The service's names are unique.
    pub(crate) name: String,
    pub(crate) state: State,
    /// The words from which `state` was parsed, for users.
    pub(crate) state_words: String,
    /// Slurm's reason for the state, such as `NonZeroExitCode`; may be empty.
    pub(crate) reason: String,
    /// Whether a user cancelled it. When the controller's state is wiped, accounting reports the
    /// running jobs as cancelled, but by no user.
    pub(crate) by_somebody: bool,
    /// Exit code of its script, if Slurm reports one.
    pub(crate) exit_code: Option<i32>,
    /// Signal that ended its script, if any.
    pub(crate) signal: Option<i32>,
    /// Seconds since 1970; `None` if it has not happened.
    pub(crate) submitted: Option<i64>,
    pub(crate) started: Option<i64>,
    pub(crate) ended: Option<i64>,
    /// The nodes that it runs or ran on.
    pub(crate) nodes: String,
}

/// Maximum difference between the clocks of the service and the controller, in seconds.
const CLOCKS_DIFFER: i64 = 3600;

impl SlurmJob {
    /// Whether this is the attempt with that name, whose script was written at `written`.
    pub(crate) fn is(&self, name: &str, written: i64) -> bool {
        self.name == name
            && self
                .submitted
                .is_none_or(|submitted| submitted >= written - CLOCKS_DIFFER)
    }

    /// Slurm's facts for the end of a sentence.
    pub(crate) fn facts(&self) -> String {
        let mut facts = format!("Slurm job {}, {}", self.id, self.state_words);
        if !self.reason.is_empty() && self.reason != "None" {
            facts += &format!(", {}", self.reason);
        }
        if !self.nodes.is_empty() {
            facts += &format!(", on {}", self.nodes);
        }
        facts
    }
}
