//! What Slurm says about a job, in one internal form.

use super::state::State;

/// A job as the controller or the accounting database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlurmJob {
    /// Slurm's number for it. Numbers restart at 1 when Slurm's state is wiped.
    pub(crate) id: u64,
    /// Its name: ours are unique.
    pub(crate) name: String,
    pub(crate) state: State,
    /// The words that `state` was read from, for people.
    pub(crate) state_words: String,
    /// Slurm's reason for the state, such as `NonZeroExitCode`; may be empty.
    pub(crate) reason: String,
    /// Whether somebody cancelled it. When the controller's state is wiped, accounting calls the
    /// jobs that ran cancelled, by nobody.
    pub(crate) by_somebody: bool,
    /// Exit code of its script, if Slurm says one.
    pub(crate) exit_code: Option<i32>,
    /// Signal that ended its script, if one did.
    pub(crate) signal: Option<i32>,
    /// Seconds since 1970; `None` when it has not happened.
    pub(crate) submitted: Option<i64>,
    pub(crate) started: Option<i64>,
    pub(crate) ended: Option<i64>,
    /// The nodes that it runs or ran on.
    pub(crate) nodes: String,
}

/// Clocks of the service and of the controller may differ by this many seconds.
const CLOCKS_DIFFER: i64 = 3600;

impl SlurmJob {
    /// Whether this is the attempt of that name, whose script was written at `written`.
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
