//! Deletes expired records, and files that nothing refers to.

use std::{sync::Arc, time::Duration};

use store::{ANSWERS_KEPT, FileKind, clock};

use crate::{Service, blocking::blocking, error::Result, files::Swept, leftovers::remove_leftover};

/// How often expired records are deleted.
const FORGET_EVERY: Duration = Duration::from_secs(3600);
/// How often leftovers are removed. A temporary file of this age is never going to be used.
const SWEEP_EVERY: Duration = Duration::from_secs(24 * 3600);
/// How many names are looked up in one query.
const BATCH: usize = 500;

/// Runs both housekeeping tasks for as long as the service runs.
pub(crate) async fn run(service: Arc<Service>) {
    tokio::join!(forget(&service), sweep_daily(&service));
}

async fn forget(service: &Service) {
    loop {
        let now = clock::now();
        if let Err(e) = service.store.forget(now - ANSWERS_KEPT, now).await {
            tracing::error!(error = %e, "failed to remove expired rows of the database; it is tried again in an hour");
        }
        tokio::time::sleep(FORGET_EVERY).await;
    }
}

async fn sweep_daily(service: &Service) {
    loop {
        match sweep(service).await {
            Ok(swept) if swept == Swept::default() => {}
            Ok(swept) => tracing::info!(
                temporary = swept.temporary,
                uploads = swept.uploads,
                results = swept.results,
                of_jobs = swept.of_jobs,
                attempts = swept.attempts,
                "removed files that nothing in the database refers to"
            ),
            Err(e) => {
                tracing::error!(error = %e, "failed to remove files that nothing in the database refers to; it is tried again in a day")
            }
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

/// Removes old temporary files, and files that have no row in the database.
async fn sweep(service: &Service) -> Result<Swept> {
    let files = service.files.clone();
    let temporary = blocking(move || Ok(files.remove_temporary(SWEEP_EVERY)?)).await?;
    let mut swept = Swept {
        temporary,
        ..Swept::default()
    };
    for kind in [
        FileKind::Attempt,
        FileKind::OfAttempt,
        FileKind::OfJob,
        FileKind::Result,
        FileKind::Upload,
    ] {
        let files = service.files.clone();
        // The files are listed before the rows are read. A file that is stored later has its row,
        // or gets it.
        let names = blocking(move || Ok(files.names(kind)?)).await?;
        for batch in names.chunks(BATCH) {
            for name in service.store.without_row(kind, batch).await? {
                if remove_leftover(service, kind, &name).await? {
                    swept.count(kind);
                }
            }
        }
    }
    Ok(swept)
}
