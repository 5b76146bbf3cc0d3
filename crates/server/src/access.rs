//! One line of the log for each request, written when its response has been sent.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use api::paths;
use axum::{body::Body, extract::Request, http::StatusCode, middleware::Next, response::Response};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use metrics::{gauge, histogram};

use crate::request_context::{self, RequestContext};

/// The status of a request whose client left before there was a response, as nginx logs it.
const CLIENT_LEFT: u16 = 499;

/// The metric of how long requests take until the head of their response, in seconds. A response
/// may last as long as its client reads.
pub(crate) const DURATION: &str = "http_server_request_duration_seconds";
/// The metric of requests whose response has not been sent to its end.
pub(crate) const ACTIVE: &str = "http_server_active_requests";
/// What programs ask again and again is logged only at the level `debug`.
const FREQUENT: [&str; 3] = [paths::LIVEZ, paths::READYZ, paths::METRICS];

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
        gauge!(ACTIVE).increment(1);
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
        self.count(response.status().as_u16());
        response.map(|body| Body::new(Followed { body, line: self }))
    }

    fn count(&self, status: u16) {
        histogram!(
            DURATION,
            "http_request_method" => self.method,
            "http_route" => self.route.clone(),
            "http_response_status_code" => status.to_string(),
        )
        .record(self.began.elapsed());
    }

    fn write(&self) {
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    target: "access",
                    parent: None,
                    method = self.method,
                    route = self.route,
                    status = self.status.map_or(CLIENT_LEFT, |status| status.as_u16()),
                    duration_ms = (self.began.elapsed().as_secs_f64() * 1e4).round() / 10.0,
                    bytes = self.bytes,
                    owner = self.context.owner(),
                    request_id = self.context.id(),
                    "request"
                )
            };
        }
        if FREQUENT.contains(&self.route.as_str()) {
            line!(debug);
        } else {
            line!(info);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        gauge!(ACTIVE).decrement(1);
        if self.status.is_none() {
            self.count(CLIENT_LEFT);
        }
        self.write();
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
