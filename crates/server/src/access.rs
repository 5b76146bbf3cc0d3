//! One line of the log for each request, written when its response has been sent.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use axum::{body::Body, extract::Request, http::StatusCode, middleware::Next, response::Response};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::request_context::{self, RequestContext};

/// The status of a request whose client left before there was a response, as nginx logs it.
const CLIENT_LEFT: u16 = 499;

/// Handles a request, and logs it when its response has been sent.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let line = Line::new(&request);
    let handling = next.run(request);
    let response = Arc::clone(&line.context).during(handling).await;
    line.follow(response)
}

/// What the log says about a request. Dropping it writes the line, also if the client has left.
struct Line {
    context: Arc<RequestContext>,
    method: &'static str,
    route: String,
    began: Instant,
    status: Option<StatusCode>,
    bytes: u64,
}

impl Line {
    fn new(request: &Request) -> Self {
        Self {
            context: RequestContext::of(request),
            method: request_context::method(request),
            route: request_context::route(request).to_owned(),
            began: Instant::now(),
            status: None,
            bytes: 0,
        }
    }

    fn follow(mut self, response: Response) -> Response {
        self.status = Some(response.status());
        response.map(|body| Body::new(Followed { body, line: self }))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let duration_ms = (self.began.elapsed().as_secs_f64() * 1e4).round() / 10.0;
        let status = self.status.map_or(CLIENT_LEFT, |status| status.as_u16());
        tracing::info!(
            target: "access",
            parent: None,
            method = self.method,
            route = self.route,
            status,
            duration_ms,
            bytes = self.bytes,
            owner = self.context.owner(),
            request_id = self.context.id(),
            "request"
        );
    }
}

/// The body of a response, whose bytes are counted.
struct Followed {
    body: Body,
    line: Line,
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            self.line.bytes += data.len() as u64;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
