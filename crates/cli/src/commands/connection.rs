//! The service that a command uses.

use std::sync::{Arc, Once};

use tokio::signal::unix::{SignalKind, signal};

use super::own_service::OwnService;
use crate::{
    client::Client,
    exit::{Exit, failure},
};

/// A named service, or one of the command's own.
pub(super) struct Connection {
    pub(super) client: Arc<Client>,
    own: Option<OwnService>,
    token: Option<String>,
    told: Once,
}

impl Connection {
    /// Does the work at a service. If it ends early, jobs on this machine are stopped; others
    /// continue, of which `continues` says so.
    pub(super) async fn with<T>(
        server: Option<&str>,
        token: Option<&str>,
        continues: &str,
        work: impl AsyncFnOnce(&Self) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let mut interrupted = signal(SignalKind::interrupt())?;
        let mut terminated = signal(SignalKind::terminate())?;
        let connection = Self::open(server, token).await?;
        let (result, is_interrupted) = tokio::select! {
            result = work(&connection) => (result, false),
            _ = interrupted.recv() => (Err(failure(Exit::Interrupted, "interrupted")), true),
            _ = terminated.recv() => (Err(failure(Exit::Interrupted, "interrupted")), true),
        };
        match &connection.own {
            Some(_) if result.is_err() => connection.stop_own_jobs().await,
            None if is_interrupted => {
                eprintln!("{continues} on the server; the same command finds it again");
            }
            _ => {}
        }
        result
    }

    /// Stops the jobs of a service of the command's own.
    pub(super) async fn stop_own_jobs(&self) {
        if let Some(own) = &self.own {
            own.stop_jobs(&self.client).await;
        }
    }

    async fn open(server: Option<&str>, token: Option<&str>) -> anyhow::Result<Self> {
        let fault = |e: anyhow::Error| failure(Exit::NoService, format!("{e:#}"));
        let own = match server {
            Some(_) => None,
            None => Some(OwnService::start().await.map_err(fault)?),
        };
        let address = own.as_ref().map(|own| own.address.as_str()).or(server);
        let token = token.map(str::to_owned);
        Ok(Self {
            client: Arc::new(Client::new(address.unwrap_or_default(), token.clone())?),
            own,
            token,
            told: Once::new(),
        })
    }

    /// Says once how the session is found again, if the service has begun one.
    pub(super) fn tell_session(&self, what: &str) {
        let token = self.client.token();
        if let Some(token) = token.filter(|token| Some(token) != self.token.as_ref()) {
            (self.told)
                .call_once(|| eprintln!("session: DATAMONKEY_TOKEN={token} finds {what} again"));
        }
    }
}
