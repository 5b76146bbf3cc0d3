//! Measures what is asked of Slurm itself. The scheduler answers most questions from Slurm's last
//! reply.

use async_trait::async_trait;

use super::{
    cluster::{Cluster, Submission},
    job::SlurmJob,
};
use crate::{
    Overview, SubmitError, Unreachable,
    measured::{Measured, timed},
};

#[async_trait]
impl<C: Cluster> Cluster for Measured<C> {
    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    fn user(&self) -> &str {
        self.0.user()
    }

    async fn submit(&self, job: &Submission) -> Result<u64, SubmitError> {
        timed(self.kind(), "submit", self.0.submit(job)).await
    }

    async fn queue(&self) -> Result<Vec<SlurmJob>, Unreachable> {
        timed(self.kind(), "queue", self.0.queue()).await
    }

    fn accounting_at_once(&self) -> usize {
        self.0.accounting_at_once()
    }

    async fn accounting(&self, names: &[String], since: i64) -> Result<Vec<SlurmJob>, Unreachable> {
        timed(self.kind(), "accounting", self.0.accounting(names, since)).await
    }

    async fn cancel(&self, id: u64, name: &str) -> Result<(), Unreachable> {
        timed(self.kind(), "cancel", self.0.cancel(id, name)).await
    }

    async fn overview(&self) -> Result<Overview, Unreachable> {
        timed(self.kind(), "overview", self.0.overview()).await
    }

    fn version(&self) -> Option<String> {
        self.0.version()
    }

    fn describe(&self) -> String {
        self.0.describe()
    }
}
