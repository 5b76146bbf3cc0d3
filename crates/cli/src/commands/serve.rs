//! `datamonkey serve`.

use std::net::SocketAddr;

use anyhow::Context;
use config::{Config, LogConfig};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::telemetry;

#[tokio::main]
pub(crate) async fn serve() -> anyhow::Result<()> {
    // What is made from now on is its owner's alone.
    service::keep_files_private();
    scheduler::faults::arm();
    let config = config()?;
    let stop = stopped()?;
    let address = SocketAddr::new(config.web.host, config.web.port);
    // Taken first: a second service on the same address must not touch the first one's jobs.
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; set SERVICE_DATAMONKEY_PORT to a free port")
    })?;
    let address = listener.local_addr()?;
    let service = service::open(config).await?;
    let access = if service.has_sessions() {
        "each session has data of its own (tokens)"
    } else {
        "everybody who reaches it shares all data (open mode)"
    };
    tracing::info!("listening on http://{address} — {access}");
    server::serve(service, listener, stop).await;
    Ok(())
}

/// Reads the settings, and starts the log.
pub(super) fn config() -> anyhow::Result<Config> {
    read_dotenv()?;
    telemetry::init(&LogConfig::read(variable));
    Ok(Config::read(variable)?)
}

/// The value of an environment variable.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Adds the variables of `.env`, if there is such a file, to the environment.
pub(super) fn read_dotenv() -> anyhow::Result<()> {
    match dotenvy::dotenv() {
        Err(e) if !e.not_found() => Err(e).context(".env"),
        _ => Ok(()),
    }
}

/// Resolves when the service is asked to stop (Ctrl-C, or SIGTERM). Listens from now on: a stop
/// while the service is starting is heeded once it has.
fn stopped() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        tracing::info!("stopping; running jobs go on and are taken up at the next start");
    })
}
