//! Connections: as many as there is room for, each for as long as its client keeps up.

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

use crate::{connection_count::Open, hosts::LocalAddress, router::router, state::AppState};

/// Connections at the same time; more wait to be accepted.
const MOST: usize = 4096;
/// Before accepting again when that failed: there may be no file descriptors left.
const PAUSE: Duration = Duration::from_millis(100);
/// What is being answered when the service stops may take so long. Watchers of events hold their
/// connections for as long as they like; they come back.
const GRACE: Duration = Duration::from_secs(2);

/// The head of a connection's first request comes within this time, or it is closed.
const FIRST_HEAD: Duration = Duration::from_secs(15);

/// Answers requests on `listener` until `stop` resolves. Running jobs go on without the service;
/// the
/// next one takes them up.
pub async fn serve(
    service: Arc<Service>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let router = router(AppState::new(Arc::clone(&service)));
    let patience = service.config().web.client_timeout;
    let room = Arc::new(Semaphore::new(MOST));
    let open = Arc::new(Open::default());
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
        let limit = &service.config().web.connections;
        let Some(counted) = Open::count(&open, limit, peer.ip()) else {
            tracing::debug!(%peer, "too many connections from one address \
                                    (MAX_CONNECTIONS_PER_ADDRESS)");
            continue;
        };
        let app = Extension(ConnectInfo(peer)).layer(router.clone());
        // A connection that is closed already has none, and asks for nothing.
        let local = stream.local_addr().unwrap_or(peer);
        let app = Extension(LocalAddress(local)).layer(app);
        let asked = Arc::new(AtomicBool::new(false));
        let note = Arc::clone(&asked);
        let app = MapRequest::new(app, move |request: Request<Incoming>| {
            note.store(true, Ordering::Relaxed);
            request
        });
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
            let mut connection = std::pin::pin!(connection);
            let early = timeout(FIRST_HEAD.min(patience), &mut connection).await;
            let ended = match early {
                Ok(ended) => ended,
                Err(_) if asked.load(Ordering::Relaxed) => connection.await,
                // It has asked for nothing.
                Err(_) => Ok(()),
            };
            if let Err(e) = ended {
                tracing::debug!(%peer, error = %e, "connection ended with an error");
            }
            drop((permit, counted));
        });
    }
    drop(listener);
    timeout(GRACE, graceful.shutdown()).await.ok();
    service.close().await;
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
            tracing::warn!(error = %e, "failed to accept a connection");
            None
        }
    }
}
