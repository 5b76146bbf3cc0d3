//! `datamonkey serve`.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    net::SocketAddr,
};

use anyhow::Context;
use config::{Config, LogConfig, Misspelt, Source};
use server::Metrics;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::telemetry;

#[tokio::main]
pub(crate) async fn serve() -> anyhow::Result<()> {
    // Files created from now on are private to the service's user.
    service::keep_files_private();
    scheduler::faults::arm();
    let config = config()?;
    let stop = stopped()?;
    let address = SocketAddr::new(config.web.host, config.web.port);
    // Bound first, so that a second service on the same address does not touch the first one's
    // jobs.
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; set SERVICE_DATAMONKEY_PORT to a free port")
    })?;
    let address = listener.local_addr()?;
    // Before the service is opened, so that what it does at its start is measured, too.
    let metrics = Metrics::start(&config.metrics)?;
    let doors = match config.metrics.address {
        Some(address) => Some(doors(address).await?),
        None => None,
    };
    let service = service::open(config).await?;
    let access = if service.has_sessions() {
        "each session has its own data (tokens)"
    } else {
        "all callers share all data (open mode)"
    };
    tracing::info!("listening on http://{address} — {access}");
    server::serve(service, listener, metrics, doors, stop).await;
    Ok(())
}

/// Listens at the address of the metrics.
async fn doors(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; set METRICS_ADDRESS to a free address and port")
    })?;
    let address = listener.local_addr()?;
    tracing::info!("anyone can read the metrics at http://{address}/metrics");
    Ok(listener)
}

/// Reads the settings, and starts logging.
pub(super) fn config() -> anyhow::Result<Config> {
    let environment = Environment::read()?;
    let variable = |name: &str| environment.find(name).map(|(value, _)| value);
    telemetry::init(&LogConfig::read(variable));
    for misspelt in environment.misspelt() {
        tracing::warn!("{misspelt}");
    }
    Ok(Config::read(variable)?)
}

/// The variables of the process and of the file `.env`, if there is one. Where both have a variable,
/// the process's counts.
pub(super) struct Environment {
    /// The names of the process's own variables.
    own: HashSet<OsString>,
}

impl Environment {
    /// Adds the variables of `.env` to the process, because programs that the service starts, such as
    /// Slurm's, read theirs there.
    pub(super) fn read() -> anyhow::Result<Self> {
        let own = std::env::vars_os().map(|(name, _)| name).collect();
        match dotenvy::dotenv() {
            Err(e) if !e.not_found() => Err(e).context(".env"),
            _ => Ok(Self { own }),
        }
    }

    /// Returns the value of a variable, and where it comes from.
    pub(super) fn find(&self, name: &str) -> Option<(String, Source)> {
        let source = if self.own.contains(OsStr::new(name)) {
            Source::Environment
        } else {
            Source::File
        };
        Some((std::env::var(name).ok()?, source))
    }

    /// Returns the variables that are probably misspelt settings.
    pub(super) fn misspelt(&self) -> Vec<Misspelt> {
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        config::misspelt(names)
    }
}

/// Resolves when the service is asked to stop (Ctrl-C or SIGTERM). Listens from now on: a request
/// to stop that arrives during startup takes effect after it.
fn stopped() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        tracing::info!("stopping; running jobs continue, and the next start takes them over");
    })
}
