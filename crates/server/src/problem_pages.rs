//! One page for each kind of problem (RFC 9457, 4.1: a `type` that resolves).

use axum::{
    http::Uri,
    response::{Html, IntoResponse, Response},
};

use crate::{
    extract::InPath,
    problem::no_such_path,
    problem_kinds::{ALL, Kind},
};

/// Returns the page for a kind of problem.
pub(crate) async fn page(uri: Uri, InPath(slug): InPath<String>) -> Response {
    let Some(kind) = ALL.iter().find(|kind| kind.slug == slug) else {
        return no_such_path(uri).await;
    };
    let Kind {
        status,
        title,
        help,
        ..
    } = kind;
    // All texts are constants of this crate, so nothing needs escaping.
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <h1>{title}</h1><p>HTTP status {status}</p><p>{help}</p>\
         <p><a href=\"/docs\">Reference</a></p></html>"
    ))
    .into_response()
}
