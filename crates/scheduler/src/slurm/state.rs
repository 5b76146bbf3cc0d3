//! Slurm's job states in one internal form, whatever dialect or command they come from.

/// The meaning of a job's state for the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It waits, possibly to be run again.
    Pending,
    /// It runs, or some of its processes still exist.
    Running,
    /// Its script ended with exit code 0.
    Completed,
    /// Its script failed, or could not be started.
    Failed,
    /// A user cancelled it.
    Cancelled,
    /// It ran longer than its time limit.
    Timeout,
    /// It used more memory than it requested.
    OutOfMemory,
    /// It can no longer finish before its deadline.
    Deadline,
    /// Its node failed or did not start, or it was preempted. Slurm may still run it again.
    Interrupted(Interruption),
}

/// Why a job lost its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// The node failed.
    NodeFail,
    /// The node did not start.
    BootFail,
    /// A job of higher priority took its place.
    Preempted,
}

impl State {
    /// Parses the words of a state: the base state and its flags (`COMPLETING`, `REQUEUED`, …) in
    /// any order, or `sacct`'s `CANCELLED by 1000`. An unknown word means that the job still
    /// exists, never that it failed.
    pub(crate) fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut base, mut flag) = (None, None);
        for word in words {
            let word = word.split_whitespace().next().unwrap_or_default();
            // Narrow columns truncate it to `CANCELLED+`.
            match word.trim_end_matches('+') {
                "PENDING" => base = Some(Self::Pending),
                "RUNNING" | "SUSPENDED" | "STOPPED" | "RESIZING" | "SIGNALING" | "STAGE_OUT" => {
                    base = Some(Self::Running);
                }
                "COMPLETED" => base = Some(Self::Completed),
                "FAILED" => base = Some(Self::Failed),
                "CANCELLED" => base = Some(Self::Cancelled),
                "TIMEOUT" => base = Some(Self::Timeout),
                "OUT_OF_MEMORY" => base = Some(Self::OutOfMemory),
                "DEADLINE" => base = Some(Self::Deadline),
                "NODE_FAIL" => base = Some(Self::Interrupted(Interruption::NodeFail)),
                "BOOT_FAIL" => base = Some(Self::Interrupted(Interruption::BootFail)),
                "PREEMPTED" => base = Some(Self::Interrupted(Interruption::Preempted)),
                // A flag takes precedence over its base state.
                "CONFIGURING" | "REQUEUED" | "REQUEUE_HOLD" | "REQUEUE_FED" | "SPECIAL_EXIT"
                | "REVOKED" | "POWER_UP_NODE" => flag = Some(Self::Pending),
                "COMPLETING" => flag = Some(Self::Running),
                "" | "LAUNCH_FAILED" | "UPDATE_DB" | "RECONFIG_FAIL" | "EXPEDITING" => {}
                unknown => {
                    tracing::warn!(state = %unknown, "Slurm reports a state of a job that the service does not know; it counts as running");
                    flag = flag.or(Some(Self::Running));
                }
            }
        }
        flag.or(base).unwrap_or(Self::Running)
    }

    /// Whether the state is final, unless Slurm runs the job again.
    pub(crate) fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

impl crate::Overview {
    /// Counts all users' jobs.
    pub(crate) fn of(
        states: impl Iterator<Item = State>,
        partitions: Vec<crate::Partition>,
    ) -> Self {
        let mut overview = Self {
            partitions,
            ..Self::default()
        };
        for state in states {
            match state {
                State::Pending => overview.pending += 1,
                State::Running => overview.running += 1,
                _ => {}
            }
        }
        overview
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_words_of_every_dialect_are_parsed() {
        for (words, state) in [
            (vec!["PENDING"], State::Pending),
            (vec!["RUNNING"], State::Running),
            (vec!["CANCELLED by 1000"], State::Cancelled),
            (vec!["CANCELLED+"], State::Cancelled),
            (vec!["RUNNING", "COMPLETING"], State::Running),
            (vec!["COMPLETING", "FAILED"], State::Running),
            (vec!["NODE_FAIL", "REQUEUED"], State::Pending),
            (vec!["OUT_OF_MEMORY"], State::OutOfMemory),
            (
                vec!["PREEMPTED"],
                State::Interrupted(Interruption::Preempted),
            ),
        ] {
            assert_eq!(State::read(words.iter().copied()), state, "{words:?}");
        }
    }

    #[test]
    fn an_unknown_state_word_is_never_a_failure() {
        for words in [vec!["TELEPORTED"], vec!["FAILED", "TELEPORTED"], vec![]] {
            assert_eq!(State::read(words), State::Running);
        }
    }
}
