//! `?pretty_print=true`: the same JSON, indented.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::file;

/// Indents JSON answers on demand. Works on bytes: no number is read and written anew.
pub(super) async fn pretty_print(request: Request, next: Next) -> Response {
    let wanted = is_wanted(request.uri());
    let response = next.run(request).await;
    if !wanted || !is_json(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => {
            let mut pretty = Vec::with_capacity(bytes.len() * 2);
            let mut formatter = jsonxf::Formatter::pretty_printer();
            if formatter
                .format_stream(&mut &bytes[..], &mut pretty)
                .is_err()
            {
                pretty = bytes.into();
            }
            pretty.push(b'\n');
            parts.headers.remove(header::CONTENT_LENGTH);
            file::weaken_tag(&mut parts.headers);
            Response::from_parts(parts, Body::from(pretty))
        }
        Err(e) => crate::error::Error::Internal(anyhow::Error::new(e)).into_response(),
    }
}

fn is_wanted(uri: &Uri) -> bool {
    let pairs = uri.query().unwrap_or_default().split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .any(|pair| pair == ("pretty_print", "true"))
}

fn is_json(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            kind.starts_with("application/json") || kind.starts_with("application/problem+json")
        })
}
