//! A page about each kind of problem (RFC 9457, 4.1: a `type` that can be looked up).

use axum::{
    http::Uri,
    response::{Html, IntoResponse, Response},
};

use crate::{
    extract::InPath,
    problem::no_such_path,
    problem_kinds::{ALL, Kind},
};

/// The page about a kind of problem.
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
    // Every word is our own: nothing has to be escaped.
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <h1>{title}</h1><p>HTTP status {status}</p><p>{help}</p>\
         <p><a href=\"/docs\">Reference</a></p></html>"
    ))
    .into_response()
}
