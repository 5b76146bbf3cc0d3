//! Bodies that nobody reads.
//!
//! A request that is refused for its token is answered before its body has come. Were the
//! connection closed then, the client could fail in sending and never see why it was refused.

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

/// Most bytes that are read for nothing, and most time that they may take.
const MOST: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(2);

/// Reads what is left of the body of a request that was refused, if it is little.
pub(crate) async fn drain(request: Request, next: Next) -> Response {
    // Who expects 100 Continue has not sent the body, and will not.
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
        // In time or not: the answer is the same.
        timeout(PATIENCE, read(&body)).await.ok();
    }
    response
}

async fn read(body: &Mutex<BodyDataStream>) {
    let mut body = body.lock().await;
    let mut size = 0;
    while let Some(Ok(piece)) = body.next().await {
        size += piece.len();
        if size > MOST {
            return;
        }
    }
}
