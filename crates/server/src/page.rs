//! The web page: the build of `web/`, embedded in the program.
//!
//! All of the page's addresses return the same document, whose script shows the right view. Unknown
//! addresses return 404: to browsers with the same document, which says so, and to programs with a
//! problem.

use std::collections::BTreeMap;

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use tower_http::compression::CompressionLayer;

use crate::{extract::InPath, problem, state::AppState};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// The page's addresses, each with the name of its view. The page reads the same file.
const ADDRESSES: &str = include_str!("../../../web/src/addresses.json");

fn addresses() -> Vec<String> {
    let views: BTreeMap<String, String> = serde_json::from_str(ADDRESSES).unwrap_or_default();
    views.into_keys().collect()
}

/// Allows nothing from other sites and nothing inline. Figures become files by way of `blob:` and
/// `data:`.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);
/// The names of built files contain their hash.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The icon is in the header and beside the page's title.
const FOR_A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

pub(crate) fn routes() -> Router<AppState> {
    addresses()
        .iter()
        .fold(Router::new(), |router, address| {
            router.route(address, get(document))
        })
        .route("/icon.svg", get(|| async { file("icon.svg", FOR_A_DAY) }))
        .route("/assets/{name}", get(asset))
        .route("/{*unknown}", any(not_found))
        .layer(CompressionLayer::new())
}

async fn document() -> Response {
    match Dist::get("index.html") {
        Some(found) => answer("index.html", found, REVALIDATE),
        None => without_page(),
    }
}

/// Shows the page to people who mistype an address. Paths for programs return problems.
async fn not_found(method: Method, headers: HeaderMap, uri: Uri) -> Response {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    let asks = method == Method::GET && accept.is_some_and(|value| value.contains("text/html"));
    let of_programs = ["/api", "/docs", "/assets", "/openapi"];
    if !asks
        || of_programs
            .iter()
            .any(|start| uri.path().starts_with(start))
    {
        return problem::no_such_path(uri).await;
    }
    (StatusCode::NOT_FOUND, document().await).into_response()
}

async fn asset(InPath(name): InPath<String>, uri: Uri) -> Response {
    match Dist::get(&format!("assets/{name}")) {
        Some(found) => answer(&name, found, IMMUTABLE),
        None => problem::no_such_path(uri).await,
    }
}

fn file(name: &str, caching: HeaderValue) -> Response {
    match Dist::get(name) {
        Some(found) => answer(name, found, caching),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(name: &str, found: EmbeddedFile, caching: HeaderValue) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type(name)),
        (header::CACHE_CONTROL, caching),
    ];
    // Only what browsers show as a document has a policy.
    let policy = [(header::CONTENT_SECURITY_POLICY, POLICY)];
    let is_document = name.ends_with(".html") || name.ends_with(".svg");
    (headers, is_document.then_some(policy), found.data).into_response()
}

fn media_type(name: &str) -> HeaderValue {
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    HeaderValue::from_static(kind)
}

/// The response of `/` if the program was built without the page.
fn without_page() -> Response {
    let text = format!(
        "service-datamonkey {} was built without its web page (web/dist was empty).\n\n\
         API reference: /docs\nOpenAPI: /openapi.json\n",
        env!("CARGO_PKG_VERSION"),
    );
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_has_its_addresses() {
        let addresses = super::addresses();
        assert!(
            addresses.contains(&"/data/{id}".to_owned()),
            "{addresses:?}"
        );
    }
}
