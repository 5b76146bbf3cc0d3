//! The state that handlers share.

use std::{
    collections::HashSet,
    ops::Deref,
    sync::{Arc, Mutex},
};

use service::Service;

use crate::{answering::Chat, metrics::Metrics};

/// The service, and state that concerns only requests.
#[derive(Clone)]
pub(crate) struct AppState {
    service: Arc<Service>,
    /// `None` if nothing is measured.
    pub(crate) metrics: Option<Metrics>,
    /// The assistant; `None` if there is none. Its own requests have none, either.
    pub(crate) chat: Option<Arc<Chat>>,
    /// `Idempotency-Key`s of requests in progress, each with its owner.
    pub(crate) busy_keys: Arc<Mutex<HashSet<(String, String)>>>,
}

impl AppState {
    pub(crate) fn new(service: Arc<Service>, metrics: Option<Metrics>) -> Self {
        Self {
            service,
            metrics,
            chat: None,
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
