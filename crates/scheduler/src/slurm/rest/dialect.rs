//! The dialects of Slurm's REST API, from v0.0.36 to the newest, and the form of requests in each.
//! `read.rs` parses the responses of all of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::RestConfig;
use crate::{PATH, slurm::cluster::Submission};

/// A version of the API: the `38` of `v0.0.38`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dialect(pub(super) u32);

/// The newest version that has been tested. Newer ones are used in the same way.
pub(super) const NEWEST_SEEN: Dialect = Dialect(45);
const OLDEST: Dialect = Dialect(36);

/// Since this version, `environment` is a list and numbers are objects.
const LISTS: Dialect = Dialect(39);
/// Since this version, the script is a property of the job.
const SCRIPT_IN_JOB: Dialect = Dialect(40);

impl std::fmt::Display for Dialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "v0.0.{}", self.0)
    }
}

impl Dialect {
    /// Parses `v0.0.38`.
    pub(super) fn read(word: &str) -> Option<Self> {
        let number = word.strip_prefix("v0.0.")?.parse().ok()?;
        (number >= OLDEST.0).then_some(Self(number))
    }

    /// The best version in an OpenAPI document: the newest that has been tested, or else the
    /// newest.
    pub(super) fn best(document: &str) -> Option<Self> {
        #[derive(serde::Deserialize)]
        struct Document {
            paths: BTreeMap<String, serde::de::IgnoredAny>,
        }
        let document: Document = serde_json::from_str(document).ok()?;
        let versions = document.paths.keys().filter_map(|path| {
            let rest = path.split_once("/slurm/")?.1;
            Self::read(rest.split('/').next()?)
        });
        let mut offered: Vec<Self> = versions.collect();
        offered.sort_unstable();
        let seen = offered.iter().rev().find(|found| **found <= NEWEST_SEEN);
        seen.or(offered.last()).copied()
    }

    /// The body that submits a job.
    pub(super) fn submission(self, job: &Submission, config: &RestConfig) -> Value {
        let number = |value: u64| {
            if self >= LISTS {
                json!({"set": true, "infinite": false, "number": value})
            } else {
                json!(value)
            }
        };
        let mut description = Map::new();
        let mut set = |name: &str, value: Value| drop(description.insert(name.to_owned(), value));
        set("name", json!(job.name));
        let partition = job.resources.partition.as_ref();
        set("partition", json!(partition.unwrap_or(&config.partition)));
        set("current_working_directory", json!(job.directory));
        set("standard_output", json!(job.output));
        set("comment", json!(job.comment));
        set("tasks", json!(job.resources.processes));
        set("cpus_per_task", json!(job.resources.threads));
        set(
            "environment",
            if self >= LISTS {
                json!([format!("PATH={PATH}")])
            } else {
                json!({"PATH": PATH})
            },
        );
        if let Some(bytes) = job.resources.memory_bytes {
            set("memory_per_node", number(bytes.div_ceil(1 << 20)));
        }
        if let Some(minutes) = job.resources.slurm_minutes() {
            set("time_limit", number(minutes));
        }
        let extra = [
            ("account", &config.options.account),
            ("qos", &config.options.qos),
            ("constraints", &config.options.constraint),
        ];
        for (name, value) in extra {
            if let Some(value) = value {
                set(name, json!(value));
            }
        }
        description.extend(config.job_options.clone());
        if self >= SCRIPT_IN_JOB {
            description.insert("script".to_owned(), json!(job.script));
            json!({"job": description})
        } else {
            json!({"script": job.script, "job": description})
        }
    }
}

#[cfg(test)]
#[path = "dialect_tests.rs"]
mod tests;
