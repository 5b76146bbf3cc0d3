//! Pages of other origins: which may use the API.
//!
//! Without CORS a browser keeps answers from them, but sends their requests all the same. In open
//! mode any page that somebody has open could start and delete jobs so; its requests that change
//! something are refused.

use axum::{
    extract::{Request, State},
    http::{HeaderName, Method, header},
    middleware::Next,
    response::Response,
};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders};

use super::{
    Shared,
    problem::{self, respond},
    problem_kinds as kinds,
};

/// What pages of other origins are told. Nothing here depends on cookies.
pub(super) fn cors(origins: &[String]) -> CorsLayer {
    let origin = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| origin.parse().ok()))
    };
    if origins.is_empty() {
        return CorsLayer::new();
    }
    let exposed = [
        "etag",
        "link",
        "retry-after",
        "x-session-token",
        "idempotency-replayed",
    ];
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods(AllowMethods::list([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
        ]))
        .allow_headers(AllowHeaders::any())
        .expose_headers(ExposeHeaders::list(exposed.map(HeaderName::from_static)))
        .max_age(std::time::Duration::from_secs(3600))
}

/// Refuses what a page of another origin asks to be changed, unless it is one that may.
pub(super) async fn guard(State(service): State<Shared>, request: Request, next: Next) -> Response {
    match refused(&request, &service.config.cors_origins) {
        None => next.run(request).await,
        Some(origin) => {
            let detail = format!(
                "A page of another origin ({origin}) asked for this. The administrator can allow it (CORS_ALLOWED_ORIGINS)."
            );
            respond(&problem::new(&kinds::ORIGIN, detail))
        }
    }
}

/// The origin of a request that is refused.
fn refused(request: &Request, allowed: &[String]) -> Option<String> {
    let of = |name| request.headers().get(name)?.to_str().ok();
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    // Browsers send it, and pages cannot change it (Fetch Metadata, W3C).
    let elsewhere = matches!(of("sec-fetch-site"), Some("cross-site" | "same-site"));
    let origin = of(header::ORIGIN.as_str()).unwrap_or("unknown");
    let may = allowed.iter().any(|one| one == "*" || one == origin);
    (!safe && elsewhere && !may).then(|| origin.to_owned())
}
