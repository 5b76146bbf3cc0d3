//! Reads and discards bodies of rejected requests.
//!
//! The service may reject a request for its token before the body has arrived. If it then closed
//! the connection, the client could fail while it sends, and never see the response.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, BodyDataStream},
    extract::Request,
    http::header,
    middleware::Next,
    response::Response,
};
use futures::{StreamExt, stream};
use tokio::{sync::Mutex, time::timeout};

/// The maximum number of bytes to discard, and the maximum time for it.
const MAX_BYTES: usize = 1 << 20;
const TIMEOUT: Duration = Duration::from_secs(2);

/// Discards the rest of a rejected request's body, if it is small.
pub(crate) async fn drain(request: Request, next: Next) -> Response {
    // A client that expects 100 Continue has not sent the body, and will not send it.
    if request.headers().contains_key(header::EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = Arc::new(Mutex::new(body.into_data_stream()));
    let pieces = stream::unfold(Arc::clone(&body), |body| async {
        let piece = body.lock().await.next().await?;
        Some((piece, body))
    });
    let request = Request::from_parts(parts, Body::from_stream(pieces));
    let response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        // The response is the same whether or not this finishes in time.
        timeout(TIMEOUT, discard(&body)).await.ok();
    }
    response
}

async fn discard(body: &Mutex<BodyDataStream>) {
    let mut body = body.lock().await;
    let mut size = 0;
    while let Some(Ok(piece)) = body.next().await {
        size += piece.len();
        if size > MAX_BYTES {
            return;
        }
    }
}
