//! The id of the request that is being handled, and its owner, for whatever is logged or answered
//! about it.

use std::sync::{Arc, OnceLock};

use axum::{extract::MatchedPath, extract::Request};
use tower_http::request_id::RequestId;

use service::sessions;

/// The header with the id, in requests and responses.
const HEADER: &str = "x-request-id";
/// Maximum length of a client's id. A UUID has 36 characters.
const MAX_LENGTH: usize = 64;

/// What is known about a request.
#[derive(Debug, Default)]
pub(crate) struct RequestContext {
    id: String,
    owner: OnceLock<String>,
}

tokio::task_local! {
    /// The request that the task is handling.
    static CURRENT: Arc<RequestContext>;
}

impl RequestContext {
    pub(crate) fn of(request: &Request) -> Arc<Self> {
        Arc::new(Self {
            id: id_of(request).to_owned(),
            owner: OnceLock::new(),
        })
    }

    /// Handles the request in this context.
    pub(crate) async fn during<T>(self: Arc<Self>, handling: impl Future<Output = T>) -> T {
        CURRENT.scope(self, handling).await
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The short id of the owner, once the caller was identified.
    pub(crate) fn owner(&self) -> Option<&str> {
        self.owner.get().map(|owner| sessions::short(owner))
    }
}

/// Returns the id of the request that is being handled.
pub(crate) fn id() -> Option<String> {
    CURRENT.try_with(|context| context.id.clone()).ok()
}

/// Notes whose data the request concerns.
pub(crate) fn note_owner(owner: &str) {
    let note = |context: &Arc<RequestContext>| drop(context.owner.set(owner.to_owned()));
    // Only tests call handlers outside of a request.
    CURRENT.try_with(note).ok();
}

/// Removes an id that a client has chosen badly, so that the request gets a new one. An id goes
/// into logs, responses and Slurm's accounting.
pub(crate) async fn drop_malformed_id(mut request: Request) -> Request {
    let mut sent = request.headers().get_all(HEADER).iter();
    let first = sent.next().is_none_or(|id| is_well_formed(id.as_bytes()));
    if !first || sent.next().is_some() {
        request.headers_mut().remove(HEADER);
    }
    request
}

fn is_well_formed(id: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=MAX_LENGTH).contains(&id.len()) && id.iter().all(plain)
}

/// The span of everything that is logged about a request. The path and the query are not in it,
/// because they may contain tokens and ids. Its level is that of errors, so that each message that
/// is logged has it.
pub(crate) fn span(request: &Request) -> tracing::Span {
    let (method, route) = (method(request), route(request));
    tracing::error_span!("request", method, route, request_id = id_of(request))
}

fn id_of(request: &Request) -> &str {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok());
    id.unwrap_or_default()
}

/// The template of the request's path.
pub(crate) fn route(request: &Request) -> &str {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or("none", MatchedPath::as_str)
}

/// The request's method, or `_OTHER` for one that HTTP does not define: clients can invent any
/// number of them.
pub(crate) fn method(request: &Request) -> &'static str {
    const KNOWN: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE",
    ];
    let is_it = |known: &&str| request.method() == *known;
    KNOWN.into_iter().find(is_it).unwrap_or("_OTHER")
}
