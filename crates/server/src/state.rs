//! The state that handlers share.

use std::{
    collections::HashSet,
    ops::Deref,
    sync::{Arc, Mutex},
};

use service::Service;

/// The service, and state that concerns only requests.
#[derive(Clone)]
pub(crate) struct AppState {
    service: Arc<Service>,
    /// `Idempotency-Key`s of requests in progress, each with its owner.
    pub(crate) busy_keys: Arc<Mutex<HashSet<(String, String)>>>,
}

impl AppState {
    pub(crate) fn new(service: Arc<Service>) -> Self {
        Self {
            service,
            busy_keys: Arc::default(),
        }
    }
}

impl Deref for AppState {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.service
    }
}
