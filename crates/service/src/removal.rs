//! Removes datasets together with the jobs that use them, and all of a session's data.

use store::clock;

use crate::{
    Service, datasets,
    error::{Error, Result},
    jobs, sessions,
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

/// Removes a session's data, and ends it. The data go first, so that a client can try again if that fails.
pub async fn end_session(service: &Service, session: &str) -> Result<()> {
    remove_data_of(service, session).await?;
    sessions::end(service, session).await?;
    // What arrived in the meantime.
    remove_session(service, session).await
}

/// Removes a session with its data.
pub(crate) async fn remove_session(service: &Service, session: &str) -> Result<()> {
    remove_data_of(service, session).await?;
    service.store.remove_session(session, clock::now()).await?;
    Ok(())
}

/// Removes the screens, jobs and datasets of a session. Unfinished jobs are cancelled. Imported jobs may
/// have no datasets, so the jobs are removed by owner, too.
async fn remove_data_of(service: &Service, session: &str) -> Result<()> {
    service.store.remove_screens(session).await?;
    loop {
        let some = service.store.some_jobs(session).await?;
        if some.is_empty() {
            break;
        }
        for job in some {
            jobs::remove(service, session, &job).await?;
        }
    }
    loop {
        let some = service.store.some_datasets(session).await?;
        if some.is_empty() {
            break;
        }
        for dataset in some {
            remove_dataset(service, session, &dataset.id, true).await?;
        }
    }
    Ok(())
}
