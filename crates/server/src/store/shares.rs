//! Links by which others may read a job.

use chrono::Utc;

use super::{JobRow, Result, Store};

impl Store {
    /// Gives a job of this owner a link, unless it has one, and returns the one that it has;
    /// `None` if there is no such job.
    pub(crate) async fn share_job(
        &self,
        owner: &str,
        id: &str,
        token: &str,
    ) -> Result<Option<String>> {
        // A conflict updates to what is there, so that it is returned.
        sqlx::query_scalar(
            "INSERT INTO shares (job_id, token, created)
                 SELECT id, ?, ? FROM jobs WHERE id = ? AND owner = ?
             ON CONFLICT (job_id) DO UPDATE SET token = token RETURNING token",
        )
        .bind(token)
        .bind(Utc::now())
        .bind(id)
        .bind(owner)
        .fetch_optional(&self.writer)
        .await
    }

    /// Withdraws the link of a job of this owner, if it has one.
    pub(crate) async fn withdraw_share(&self, owner: &str, id: &str) -> Result<()> {
        sqlx::query(
            "DELETE FROM shares WHERE job_id IN (SELECT id FROM jobs WHERE id = ? AND owner = ?)",
        )
        .bind(id)
        .bind(owner)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The job that a link is for.
    pub(crate) async fn shared_job(&self, token: &str) -> Result<Option<JobRow>> {
        sqlx::query_as("SELECT * FROM jobs WHERE id = (SELECT job_id FROM shares WHERE token = ?)")
            .bind(token)
            .fetch_optional(&self.readers)
            .await
    }
}
