//! Removes datasets together with the jobs that use them.

use crate::{
    Service, datasets,
    error::{Error, Result},
    jobs,
};

/// Removes a dataset if no job uses it. If `force` is set, its jobs are removed first.
pub async fn remove_dataset(service: &Service, owner: &str, id: &str, force: bool) -> Result<()> {
    datasets::find(service, owner, id).await?;
    let mut jobs = service.store.jobs_using(owner, id).await?;
    while force && !jobs.is_empty() {
        for job in &jobs {
            jobs::remove(service, owner, job).await?;
        }
        jobs = service.store.jobs_using(owner, id).await?;
    }
    if !jobs.is_empty() {
        return Err(Error::Conflict(format!(
            "The dataset is used by {} of your jobs: {}. Delete them first, or all together with ?force=true.",
            jobs.len(),
            jobs.join(", ")
        )));
    }
    if let Some(sha256) = service.store.remove_dataset(owner, id).await? {
        datasets::forget(service, &sha256).await;
    }
    Ok(())
}
