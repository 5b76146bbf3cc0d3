//! Parsing the responses of every dialect into the internal form.
//!
//! Over the versions, a state became a list of words, numbers became `{"set","infinite","number"}`,
//! and an exit code became a record. Each value is parsed in all of its forms.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{
    Partition,
    slurm::{job::SlurmJob, state::State},
};

/// Any response, with all fields that the service uses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    #[serde(deserialize_with = "lenient")]
    pub(super) errors: Vec<Fault>,
    pub(super) jobs: Vec<Job>,
    pub(super) partitions: Vec<RestPartition>,
    pub(super) job_id: Value,
    pub(super) meta: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fault {
    /// Before v0.0.40, sometimes `error_code` or `errno`.
    #[serde(alias = "error_code")]
    pub(super) error_number: i64,
    pub(super) error: Value,
    pub(super) description: Value,
}

/// A job of `/slurm` or `/slurmdb`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Job {
    job_id: Value,
    name: String,
    job_state: Value,
    state: Value,
    state_reason: Value,
    exit_code: Value,
    submit_time: Value,
    start_time: Value,
    end_time: Value,
    time: Value,
    nodes: Value,
    kill_request_user: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RestPartition {
    name: String,
    state: Value,
    partition: Value,
    total_nodes: Value,
    nodes: Value,
}

/// 22.05 repeats keys in its errors. Unreadable errors are ignored.
fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Fault>, D::Error> {
    let values = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
    let faults = values.into_iter().map(|value| {
        let number = |name: &str| value.get(name).and_then(number);
        Fault {
            error_number: number("error_number")
                .or(number("error_code"))
                .or(number("errno"))
                .unwrap_or_default(),
            error: value.get("error").cloned().unwrap_or_default(),
            description: value.get("description").cloned().unwrap_or_default(),
        }
    });
    Ok(faults.collect())
}

impl Fault {
    /// Slurm's message, for users.
    pub(super) fn said(&self) -> String {
        let words = [&self.description, &self.error];
        let mut said: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
        said.retain(|word| !word.is_empty());
        said.dedup();
        let said = if said.is_empty() {
            "no reason given".to_owned()
        } else {
            said.join(": ")
        };
        format!("{said} (error {})", self.error_number)
    }
}

/// A number, plain or as an object; `None` if it is not set.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::Object(object) if object.get("set") == Some(&Value::Bool(true)) => {
            object.get("number").and_then(Value::as_i64)
        }
        _ => None,
    }
}

/// A word, or a list of words.
fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::String(word) => vec![word.as_str()],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

impl Job {
    /// The job in the internal form; `None` without an id and a name.
    pub(super) fn into_internal(self) -> Option<SlurmJob> {
        let id = u64::try_from(number(&self.job_id)?).ok()?;
        // slurmdbd reports the parts of the state in an object.
        let (state, reason) = match &self.state {
            Value::Object(state) => (
                state.get("current").unwrap_or(&Value::Null),
                state.get("reason").unwrap_or(&Value::Null),
            ),
            _ => (&self.job_state, &self.state_reason),
        };
        let words = words(state);
        let time = |own: &Value, name: &str| {
            let seconds = number(own).or_else(|| number(self.time.get(name)?));
            seconds.filter(|seconds| *seconds > 0)
        };
        let (exit_code, signal) = exit(&self.exit_code);
        Some(SlurmJob {
            id,
            state: State::read(words.iter().copied()),
            state_words: words.join("+"),
            by_somebody: self
                .kill_request_user
                .as_str()
                .is_some_and(|user| !user.is_empty()),
            reason: reason.as_str().unwrap_or_default().to_owned(),
            exit_code,
            signal,
            submitted: time(&self.submit_time, "submission"),
            started: time(&self.start_time, "start"),
            ended: time(&self.end_time, "end"),
            nodes: self.nodes.as_str().unwrap_or_default().to_owned(),
            name: self.name,
        })
    }
}

/// Exit code and signal, from a wait status or from the record that replaced it.
fn exit(value: &Value) -> (Option<i32>, Option<i32>) {
    let small = |number: i64| i32::try_from(number).ok();
    match value {
        Value::Object(record) => {
            let code = record.get("return_code").and_then(number).and_then(small);
            let signal = record.get("signal").and_then(|signal| {
                let id = signal.get("id").or(signal.get("signal_id"));
                id.and_then(number).and_then(small).filter(|id| *id > 0)
            });
            (code, signal)
        }
        value => match number(value) {
            Some(status) => match small(status & 0x7f).filter(|signal| *signal > 0) {
                None => (small(status >> 8 & 0xff), None),
                signal => (None, signal),
            },
            None => (None, None),
        },
    }
}

impl RestPartition {
    pub(super) fn into_internal(self) -> Partition {
        let newer = self.partition.get("state").unwrap_or(&Value::Null);
        let up = [&self.state, newer]
            .iter()
            .any(|state| words(state).contains(&"UP"));
        // A separate number before v0.0.39, part of a record since.
        let nodes = number(&self.total_nodes).or_else(|| number(self.nodes.get("total")?));
        Partition {
            name: self.name,
            up,
            nodes: nodes.and_then(|nodes| u64::try_from(nodes).ok()),
        }
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
