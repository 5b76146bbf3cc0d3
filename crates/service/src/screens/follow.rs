//! The task that starts the steps of screens as soon as they can start.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::{sync::broadcast, time::sleep};

use super::{
    advance::{Waits, advance},
    hold::Tried,
};
use crate::{Service, error::Result};

/// How long to sleep at most. New screens and the ends of jobs wake the task; the timeout covers
/// missed ones.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How long to sleep while there is an obstacle, such as a full queue.
const PAUSE: Duration = Duration::from_secs(5);

/// Advances screens for as long as the service runs. The first pass resumes where the
/// service stopped.
pub(crate) async fn follow(service: Arc<Service>) {
    let mut changes = service.changes();
    let mut tried = Tried::new();
    loop {
        let waits = look(&service, &mut tried).await.unwrap_or_else(|e| {
            tracing::error!(error = %e, "failed to look for screens with waiting steps; the service looks again");
            Waits {
                obstacle: true,
                ..Waits::default()
            }
        });
        let most = if waits.obstacle { PAUSE } else { LOOK_AGAIN };
        tokio::select! {
            () = service.screens.notified() => {}
            () = changed(&mut changes, &waits.jobs) => {}
            () = sleep(most) => {}
        }
    }
}

/// Advances all screens that have waiting steps.
async fn look(service: &Service, tried: &mut Tried) -> Result<Waits> {
    let mut waits = Waits::default();
    let mut after = String::new();
    let mut seen = HashSet::new();
    loop {
        let some = service.store.screens_with_waiting_steps(&after).await?;
        let Some(last) = some.last() else {
            tried.retain(|(screen, _)| seen.contains(screen));
            return Ok(waits);
        };
        after.clone_from(&last.id);
        for screen in some {
            let id = screen.id.clone();
            seen.insert(id.clone());
            // A screen that cannot go on now does not hold up the others.
            if let Err(e) = advance(service, screen, &mut waits, tried).await {
                tracing::error!(screen = %id, error = %e, "a screen cannot go on now; it is tried again");
                waits.obstacle = true;
            }
        }
    }
}

/// Waits until one of these jobs changes, or may have changed.
async fn changed(changes: &mut broadcast::Receiver<String>, jobs: &HashSet<String>) {
    loop {
        match changes.recv().await {
            Ok(id) if !jobs.contains(&id) => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            // The service is stopping.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
