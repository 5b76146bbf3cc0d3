//! Held jobs: those that a waiting step of a screen will run on the whole alignment, or not at all. They
//! are queued, so their estimates are computed, but they do not run, and neither lists nor counts have them.

use sqlx::SqliteConnection;

use super::{Result, Store};

/// A step of a screen.
#[derive(Debug, Clone)]
pub struct StepOfScreen {
    /// Id of the screen.
    pub screen: String,
    /// Id of the analysis.
    pub method: String,
}

impl Store {
    /// Lets a job run that steps of screens hold. Returns whether there were any.
    pub async fn let_go(&self, job: &str) -> Result<bool> {
        let mut write = self.write().await?;
        let done = sqlx::query("UPDATE screen_steps SET held_job_id = NULL WHERE held_job_id = ?")
            .bind(job)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Lets a step hold a new job. Returns whether the step still waits.
pub(crate) async fn hold(
    connection: &mut SqliteConnection,
    step: &StepOfScreen,
    job: &str,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE screen_steps SET held_job_id = ?
         WHERE screen_id = ? AND method = ? AND state = 'waiting'",
    )
    .bind(job)
    .bind(&step.screen)
    .bind(&step.method)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Whether a step holds a job, and no other step does.
pub(crate) async fn is_only_holder(
    connection: &mut SqliteConnection,
    step: &StepOfScreen,
    job: &str,
) -> Result<bool> {
    let holders: Vec<(String, String)> = sqlx::query_as(
        "SELECT screen_id, method FROM screen_steps WHERE held_job_id = ? AND state = 'waiting'",
    )
    .bind(job)
    .fetch_all(connection)
    .await?;
    let is_it =
        |(screen, method): &(String, String)| (screen, method) == (&step.screen, &step.method);
    Ok(holders.len() == 1 && holders.iter().all(is_it))
}
