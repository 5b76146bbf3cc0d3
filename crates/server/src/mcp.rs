//! `/mcp`: the service as an MCP server over streamable HTTP.

use std::sync::Arc;

use assistant::{
    Caller,
    mcp::{Callers, Extensions, McpServer, McpService, http_service},
};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header, request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::{identity::Owner, internal::Internal, problem::ProblemResponse, state::AppState};

/// Its path.
pub(crate) const PATH: &str = "/mcp";

/// The caller of each MCP request is the sender of the HTTP request.
struct BySender(Internal);

impl Callers for BySender {
    fn of(&self, extensions: &Extensions) -> Arc<dyn Caller> {
        let parts = extensions.get::<request::Parts>();
        let headers = parts.map(|parts| parts.headers.clone());
        self.0.caller(&headers.unwrap_or_default())
    }
}

pub(crate) fn routes(state: &AppState, document: &Value, internal: Internal) -> Router<AppState> {
    let server = McpServer::new(document, BySender(internal), false);
    let longest = state.config().limits.max_bytes;
    let service: McpService = http_service(server, longest);
    let identify = middleware::from_fn_with_state(state.clone(), identified);
    Router::new().route_service(PATH, service).layer(identify)
}

/// Rejects requests without a valid token if the service has sessions: an MCP client could not keep the token of a new
/// session.
async fn identified(State(state): State<AppState>, request: Request, next: Next) -> Response {
    use axum::extract::FromRequestParts;

    let (mut parts, body) = request.into_parts();
    match Owner::from_request_parts(&mut parts, &state).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: ProblemResponse) -> Response {
    let mut response = refusal.into_response();
    let bearer = HeaderValue::from_static("Bearer");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, bearer);
    response
}
