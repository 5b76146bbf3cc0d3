//! Decides which pages of other origins may use the API.
//!
//! Without CORS, browsers withhold responses from such pages, but still send their requests. In
//! open mode, any page open in a user's browser could start and delete jobs this way. The service
//! therefore rejects their requests if they change something.

use axum::{
    extract::{Request, State},
    http::{HeaderName, Method},
    middleware::Next,
    response::Response,
};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders};

use config::Config;

use crate::{
    problem::{self, respond},
    problem_kinds as kinds,
    state::AppState,
};

/// Request headers that clients send. `*` is not enough, because it excludes Authorization (Fetch,
/// 3.3.5).
const SENT: [&str; 12] = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "if-range",
    "last-event-id",
    "range",
    "user_token",
    "x-request-id",
    "x-requested-with",
    "x-slurm-user-token",
];
/// Response headers that clients read.
const READ: [&str; 12] = [
    "accept-ranges",
    "allow",
    "content-disposition",
    "content-range",
    "etag",
    "idempotency-replayed",
    "link",
    "location",
    "retry-after",
    "www-authenticate",
    "x-request-id",
    "x-session-token",
];

/// Returns the CORS headers for pages of other origins. Nothing here depends on cookies.
pub(crate) fn cors(origins: &[String]) -> CorsLayer {
    let origin = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| origin.parse().ok()))
    };
    if origins.is_empty() {
        return CorsLayer::new();
    }
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods(AllowMethods::list([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
        ]))
        .allow_headers(AllowHeaders::list(SENT.map(HeaderName::from_static)))
        .expose_headers(ExposeHeaders::list(READ.map(HeaderName::from_static)))
        .max_age(std::time::Duration::from_secs(3600))
}

/// Rejects requests from pages of other origins that change something, unless the origin is
/// allowed.
pub(crate) async fn guard(
    State(service): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    match rejected_origin(&request, service.config()) {
        None => next.run(request).await,
        Some(origin) => {
            let detail = format!(
                "This request came from a page of another origin ({origin}). The administrator \
                 can allow that origin (CORS_ALLOWED_ORIGINS)."
            );
            respond(&problem::new(&kinds::ORIGIN, detail))
        }
    }
}

/// Returns the origin of a request to reject.
fn rejected_origin(request: &Request, config: &Config) -> Option<String> {
    let of = |name| request.headers().get(name)?.to_str().ok();
    let origin = of("origin");
    let is_cross_origin = match (of("sec-fetch-site"), origin) {
        // Browsers set this header, and pages cannot change it (Fetch Metadata, W3C).
        (Some(site), _) => matches!(site, "cross-site" | "same-site"),
        // Older browsers, and all browsers over plain HTTP, send only Origin. A page cannot send
        // X-Forwarded-Host without a preflight request, which the service rejects.
        (None, Some(origin)) => {
            let hosts = [of("host"), of("x-forwarded-host")];
            let host = origin.split_once("://").map(|(_, host)| host);
            let is_own = host.is_some() && hosts.contains(&host);
            !is_own && config.notifications.public_url.as_deref() != Some(origin)
        }
        (None, None) => false,
    };
    let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let origin = origin.unwrap_or("unknown");
    let mut allowed = config.web.cors_origins.iter();
    let is_allowed = allowed.any(|one| one == "*" || one == origin);
    (!is_safe && is_cross_origin && !is_allowed).then(|| origin.to_owned())
}
