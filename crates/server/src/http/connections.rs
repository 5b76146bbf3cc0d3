//! Connections: as many as there is room for, each for as long as its client keeps up.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, extract::ConnectInfo};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_io_timeout::TimeoutStream;
use tower::Layer;

use super::router::router;
use crate::Service;

/// Connections at the same time; more wait to be accepted.
const MOST: usize = 4096;
/// Before accepting again when that failed: there may be no file descriptors left.
const PAUSE: Duration = Duration::from_millis(100);
/// What is being answered when the service stops may take so long. Watchers of events hold their
/// connections for as long as they like; they come back.
const GRACE: Duration = Duration::from_secs(2);

/// Answers requests until `stop` resolves.
pub(crate) async fn answer(
    service: &Arc<Service>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) {
    let router = router(Arc::clone(service));
    let patience = service.config.client_timeout;
    let room = Arc::new(Semaphore::new(MOST));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = &mut stop => break,
        };
        let Some((stream, peer, permit)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let app = Extension(ConnectInfo(peer)).layer(router.clone());
        let mut stream = TimeoutStream::new(stream);
        // Reading is bounded where a head or a body is being read: who watches events says nothing.
        stream.set_write_timeout(Some(patience));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience)
            .serve_connection(
                TokioIo::new(Box::pin(stream)),
                TowerToHyperService::new(app),
            );
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(e) = connection.await {
                tracing::debug!(%peer, error = %e, "a connection ended");
            }
            drop(permit);
        });
    }
    drop(listener);
    tokio::time::timeout(GRACE, graceful.shutdown()).await.ok();
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are small; waiting for more to send would only delay them.
            stream.set_nodelay(true).ok();
            Some((stream, peer, permit))
        }
        Err(e) => {
            tracing::warn!(error = %e, "cannot accept a connection");
            None
        }
    }
}
