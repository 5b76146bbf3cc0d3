//! Access to Slurm. The queries and the meaning of their answers are the same for every kind of
//! access.

use async_trait::async_trait;

use super::job::SlurmJob;
use crate::{Overview, Resources, SubmitError, Unreachable};

/// The properties of a submitted job.
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    /// The attempt's unique name.
    pub(crate) name: String,
    pub(crate) script: String,
    /// The attempt's directory on the shared file system.
    pub(crate) directory: String,
    /// File for the script's own output. It stays empty unless something is wrong with the node.
    pub(crate) output: String,
    /// For the cluster's administrators.
    pub(crate) comment: String,
    pub(crate) resources: Resources,
}

/// One kind of access to Slurm.
#[async_trait]
pub(crate) trait Cluster: Send + Sync + 'static {
    /// The scheduler's name in the configuration.
    fn kind(&self) -> &'static str;

    /// The user that jobs run as.
    fn user(&self) -> &str;

    /// Submits a job and returns Slurm's job id.
    async fn submit(&self, job: &Submission) -> Result<u64, SubmitError>;

    /// All jobs that the controller still knows, in one query.
    async fn queue(&self) -> Result<Vec<SlurmJob>, Unreachable>;

    /// Maximum number of names for one call of [`Cluster::accounting`].
    fn accounting_at_once(&self) -> usize;

    /// What accounting knows about these names since a time (seconds since 1970).
    async fn accounting(&self, names: &[String], since: i64) -> Result<Vec<SlurmJob>, Unreachable>;

    /// Cancels the job with this id if it has this name.
    async fn cancel(&self, id: u64, name: &str) -> Result<(), Unreachable>;

    /// The numbers of jobs on the cluster, and its partitions.
    async fn overview(&self) -> Result<Overview, Unreachable>;

    /// Slurm's version, once it is known.
    fn version(&self) -> Option<String>;

    /// The kind of access and its address, for users: `Slurm 22.05.8, REST v0.0.38 at http://…`.
    fn describe(&self) -> String;
}
