//! Forgetting what is kept for a while only, whether sessions are removed or not.

use std::{sync::Arc, time::Duration};

use chrono::Utc;

use crate::{Service, http};

const EVERY: Duration = Duration::from_secs(3600);

/// Tidies up, for as long as the service lives.
pub(crate) async fn tidy(service: Arc<Service>) {
    loop {
        let now = Utc::now();
        if let Err(e) = service.store.forget(now - http::ANSWERS_KEPT, now).await {
            tracing::error!(error = %e, "cannot forget what is over");
        }
        tokio::time::sleep(EVERY).await;
    }
}
