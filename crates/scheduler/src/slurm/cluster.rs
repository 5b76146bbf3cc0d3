//! A way to ask Slurm. What is asked and what the answers mean is the same for all ways.

use async_trait::async_trait;

use super::job::SlurmJob;
use crate::{Overview, Resources, SubmitError, Unreachable};

/// What a job is submitted with.
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    /// The attempt's unique name.
    pub(crate) name: String,
    pub(crate) script: String,
    /// The attempt's directory on the shared file system.
    pub(crate) directory: String,
    /// What the script itself prints: nothing, unless something is wrong with the node.
    pub(crate) output: String,
    pub(crate) resources: Resources,
}

/// Slurm, asked in one way.
#[async_trait]
pub(crate) trait Cluster: Send + Sync + 'static {
    /// The scheduler's name in the configuration.
    fn kind(&self) -> &'static str;

    /// The user as whom jobs run.
    fn user(&self) -> &str;

    /// Submits a job and returns Slurm's number for it.
    async fn submit(&self, job: &Submission) -> Result<u64, SubmitError>;

    /// Every job that the controller still knows, in one question.
    async fn queue(&self) -> Result<Vec<SlurmJob>, Unreachable>;

    /// How many names [`Cluster::accounting`] takes at once.
    fn accounting_at_once(&self) -> usize;

    /// What accounting knows of these names since a time (seconds since 1970).
    async fn accounting(&self, names: &[String], since: i64) -> Result<Vec<SlurmJob>, Unreachable>;

    /// Cancels the job of this number if it has this name.
    async fn cancel(&self, id: u64, name: &str) -> Result<(), Unreachable>;

    /// How full the cluster is, and its partitions.
    async fn overview(&self) -> Result<Overview, Unreachable>;

    /// Slurm's version, once it has said it.
    fn version(&self) -> Option<String>;

    /// What is asked, and where, for people: `Slurm 22.05.8, REST v0.0.38 at http://…`.
    fn describe(&self) -> String;
}
