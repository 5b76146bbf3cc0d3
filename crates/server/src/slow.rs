//! Rejects clients that send a body too slowly. Without this limit, a client that sends a byte now
//! and then could occupy a connection for ever.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::time::{Instant, timeout};

use crate::{
    problem::{self, respond},
    problem_kinds as kinds,
    state::AppState,
};

/// A body that is being received, with its timing.
struct PacedBody {
    body: BodyDataStream,
    /// The longest pause, and the allowed delay beyond the minimum rate.
    patience: Duration,
    /// The minimum rate in bytes per second.
    rate: f64,
    received: u64,
    /// Time spent waiting for the client. The service's own processing time does not count.
    waited: Duration,
    timed_out: Arc<AtomicBool>,
}

impl PacedBody {
    async fn next(&mut self) -> Option<Result<Bytes, axum::Error>> {
        if self.timed_out.load(Ordering::Relaxed) {
            return None;
        }
        #[allow(
            clippy::cast_precision_loss,
            reason = "bodies are far below 2^53 bytes"
        )]
        let earned = Duration::from_secs_f64(self.received as f64 / self.rate);
        let left = (self.patience + earned).saturating_sub(self.waited);
        let begin = Instant::now();
        let piece = timeout(left.min(self.patience), self.body.next()).await;
        self.waited += begin.elapsed();
        match piece {
            Ok(Some(Ok(piece))) => {
                self.received += piece.len() as u64;
                Some(Ok(piece))
            }
            Ok(other) => other,
            Err(_) => {
                self.timed_out.store(true, Ordering::Relaxed);
                Some(Err(axum::Error::new("it arrived too slowly")))
            }
        }
    }
}

/// Rejects requests whose bodies arrive too slowly with status 408.
pub(crate) async fn cut_off(
    State(service): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let config = service.config();
    let timed_out = Arc::new(AtomicBool::new(false));
    let (parts, body) = request.into_parts();
    let paced = PacedBody {
        body: body.into_data_stream(),
        patience: config.web.client_timeout,
        rate: f64::from(config.web.client_rate),
        received: 0,
        waited: Duration::ZERO,
        timed_out: Arc::clone(&timed_out),
    };
    let pieces = stream::unfold(paced, |mut paced| async {
        let piece = paced.next().await?;
        Some((piece, paced))
    });
    let request = Request::from_parts(parts, Body::from_stream(pieces));
    let response = next.run(request).await;
    if !timed_out.load(Ordering::Relaxed) {
        return response;
    }
    let detail = format!(
        "The body arrived too slowly: it may pause for at most {} s, and must arrive with at \
         least {} bytes per second \
         on average (CLIENT_TIMEOUT_SECS, CLIENT_MIN_BYTES_PER_SEC).",
        config.web.client_timeout.as_secs(),
        config.web.client_rate,
    );
    respond(&problem::new(&kinds::TOO_SLOW, detail))
}
