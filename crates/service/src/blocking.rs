//! Runs blocking work away from the threads that serve requests.

use crate::error::{Error, Result};

/// Runs work that computes or waits for a disk on a separate thread.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => Err(Error::Internal(
            anyhow::Error::new(e).context("a task that works on a file was aborted"),
        )),
    }
}
