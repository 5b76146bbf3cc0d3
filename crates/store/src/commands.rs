//! The commands that ran jobs.

use sqlx::types::Json;

use super::{Result, Store};

impl Store {
    /// Records the words of the command that runs a job, and the version of HyPhy if HyPhy runs it.
    pub async fn note_command(
        &self,
        job: &str,
        command: &[String],
        hyphy_version: Option<&str>,
    ) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE jobs SET command = ?, hyphy_version = ? WHERE id = ?")
            .bind(Json(command))
            .bind(hyphy_version)
            .bind(job)
            .execute(&mut *write)
            .await?;
        write.commit().await
    }

    /// Returns the words of the command that last ran a job. It is empty for jobs that an earlier version of
    /// the service ran.
    pub async fn command(&self, job: &str) -> Result<Vec<String>> {
        let command: Option<Option<Json<Vec<String>>>> =
            sqlx::query_scalar("SELECT command FROM jobs WHERE id = ?")
                .bind(job)
                .fetch_optional(&self.readers)
                .await?;
        Ok(command.flatten().map_or_else(Vec::new, |Json(words)| words))
    }
}
