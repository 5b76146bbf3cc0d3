//! Accepts connections up to a limit, and closes those whose clients are too slow.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Extension, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_io_timeout::TimeoutStream;
use tower::{Layer, util::MapRequest};

use service::Service;

use crate::{
    connection_count::{OpenConnections, shortened},
    doors,
    hosts::LocalAddress,
    metrics::Metrics,
    router::router,
    state::AppState,
};

/// Maximum number of open connections. Further clients wait until the service accepts them.
const MAX_CONNECTIONS: usize = 4096;
/// Delay before the next attempt if accepting fails, for instance because there are no file
/// descriptors left.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);
/// Time for pending responses when the service stops. Clients that watch events would keep their
/// connections open; they reconnect.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// Time within which the head of a connection's first request must arrive.
const FIRST_HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// Serves requests on `listener` until `stop` resolves. Running jobs continue without the service,
/// and the next service recovers them. At `doors`, programs that watch the service read its health and
/// `metrics`.
pub async fn serve(
    service: Arc<Service>,
    listener: TcpListener,
    metrics: Option<Metrics>,
    doors: Option<TcpListener>,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let state = AppState::new(Arc::clone(&service), metrics);
    let watched = doors.map(|doors| {
        let routes = doors::without_token(state.clone());
        tokio::spawn(axum::serve(doors, routes).into_future())
    });
    let router = router(state);
    let patience = service.config().web.client_timeout;
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let open = Arc::new(OpenConnections::default());
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &permits) => accepted,
            () = &mut stop => break,
        };
        let Some((stream, peer, permit)) = accepted else {
            tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
            continue;
        };
        let limit = &service.config().web.connections;
        let Some(counted) = OpenConnections::count(&open, limit, peer.ip()) else {
            tracing::debug!(
                peer = shortened(peer.ip()),
                "closed a connection of an address that has too many (MAX_CONNECTIONS_PER_ADDRESS)"
            );
            continue;
        };
        let app = Extension(ConnectInfo(peer)).layer(router.clone());
        // A connection that is already closed has no address, and will not send a request.
        let local = stream.local_addr().unwrap_or(peer);
        let app = Extension(LocalAddress(local)).layer(app);
        let has_requested = Arc::new(AtomicBool::new(false));
        let note = Arc::clone(&has_requested);
        let app = MapRequest::new(app, move |request: Request<Incoming>| {
            note.store(true, Ordering::Relaxed);
            request
        });
        let mut stream = TimeoutStream::new(stream);
        // There is no general read timeout, because a client that watches events sends nothing.
        // Heads and bodies have their own.
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
            let mut connection = std::pin::pin!(connection);
            let early = timeout(FIRST_HEAD_TIMEOUT.min(patience), &mut connection).await;
            let ended = match early {
                Ok(ended) => ended,
                Err(_) if has_requested.load(Ordering::Relaxed) => connection.await,
                // The client has not sent a request in time.
                Err(_) => Ok(()),
            };
            if let Err(e) = ended {
                tracing::debug!(peer = shortened(peer.ip()), error = %e, "a connection ended early");
            }
            drop((permit, counted));
        });
    }
    drop(listener);
    timeout(SHUTDOWN_TIMEOUT, graceful.shutdown()).await.ok();
    if let Some(watched) = watched {
        watched.abort();
    }
    service.close().await;
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Responses are small, and waiting for more data would only delay them.
            stream.set_nodelay(true).ok();
            Some((stream, peer, permit))
        }
        Err(e) => {
            tracing::warn!(error = %e, "failed to accept a connection; the service tries again");
            None
        }
    }
}
