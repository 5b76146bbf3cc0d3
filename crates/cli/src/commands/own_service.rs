//! The service that runs analyses on this machine, if no other is named.

use api::JobState;
use config::Config;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::client::Client;

/// A private service on a free port, with a temporary folder.
pub(super) struct OwnService {
    pub(super) address: String,
    _folder: TempDir,
}

impl OwnService {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("datamonkey-").tempdir()?;
        let here = folder.path().to_string_lossy().into_owned();
        // Settings of a service on this machine do not apply to this one, except those for the
        // engine.
        let config = Config::read(|name| match name {
            "DATAMONKEY_DATA" => Some(here.clone()),
            // Nobody would look at one.
            "ESTIMATE_MAX_SECS" => Some("0".to_owned()),
            "HYPHY_PATH" | "DATAMONKEY_ENGINE" | "LOCAL_MAX_THREADS" => std::env::var(name).ok(),
            _ => None,
        })?;
        let listener = TcpListener::bind((config.web.host, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let service = service::open(config).await?;
        tokio::spawn(server::serve(
            service,
            listener,
            None,
            None,
            std::future::pending(),
        ));
        Ok(Self {
            address,
            _folder: folder,
        })
    }

    pub(super) async fn stop_jobs(&self, client: &Client) {
        if let Err(e) = client
            .delete_jobs(&[JobState::Queued, JobState::Submitting, JobState::Running])
            .await
        {
            eprintln!("could not stop the jobs: {e:#}");
        }
    }
}
