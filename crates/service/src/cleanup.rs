//! Removes sessions that nobody has used for SESSION_MAX_AGE.

use std::sync::Arc;

use store::{ANSWERS_KEPT, clock};

use crate::{
    Service,
    error::Result,
    removal,
    sessions::{lifetime, short},
};

/// Removes expired sessions and their data for as long as the service runs.
pub(crate) async fn clean(service: Arc<Service>) {
    let Some(interval) = service.config.access.cleanup_interval else {
        tracing::info!("SESSION_CLEANUP_INTERVAL is 0: unused sessions are never removed");
        return;
    };
    loop {
        match remove_unused_sessions(&service).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(
                sessions = removed,
                "removed sessions that were unused for SESSION_MAX_AGE, and their data"
            ),
            Err(e) => {
                tracing::error!(error = %e, "failed to look for unused sessions; the service looks again")
            }
        }
        tokio::time::sleep(interval).await;
    }
}

async fn remove_unused_sessions(service: &Service) -> Result<u64> {
    let before = clock::now() - lifetime(service);
    let mut removed = 0;
    loop {
        let some = service.store.sessions_unused_since(before).await?;
        if some.is_empty() {
            break;
        }
        let mut done = 0;
        for session in some {
            // A session that cannot be removed now does not hold up the others.
            match removal::remove_session(service, &session).await {
                Ok(()) => done += 1,
                Err(e) => tracing::error!(
                    owner = short(&session), error = %e,
                    "failed to remove an unused session; it will be tried again"
                ),
            }
        }
        removed += done;
        service
            .cleaned
            .send_modify(|cleaned| cleaned.sessions += done);
        if done == 0 {
            break;
        }
    }
    service
        .cleaned
        .send_modify(|cleaned| cleaned.at = Some(clock::now()));
    let now = clock::now();
    service.store.forget(now - ANSWERS_KEPT, now).await?;
    Ok(removed)
}
