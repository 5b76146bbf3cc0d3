//! `?pretty_print=true` indents JSON responses.

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{Uri, header},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use futures::StreamExt;
use jsonxf::Formatter;

use super::file;

/// Maximum length of a body that is indented as a whole, which allows a Content-Length.
const SHORT: u64 = 256 << 10;

/// Indents JSON responses on request, piece by piece. It works on bytes, so numbers keep their
/// form.
pub(crate) async fn pretty_print(request: Request, next: Next) -> Response {
    let wanted = is_requested(request.uri());
    let response = next.run(request).await;
    if !wanted || !is_json(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    file::weaken_tag(&mut parts.headers);
    let is_short = body.size_hint().upper().is_some_and(|size| size <= SHORT);
    let mut formatter = Formatter::pretty_printer();
    let pieces = body
        .into_data_stream()
        .map(move |piece| Ok::<_, axum::Error>(indented(&mut formatter, &piece?)))
        .chain(futures::stream::iter([Ok(Bytes::from_static(b"\n"))]));
    let body = Body::from_stream(pieces);
    if !is_short {
        return Response::from_parts(parts, body);
    }
    let whole = axum::body::to_bytes(body, usize::MAX).await;
    Response::from_parts(parts, whole.map_or_else(|_| Body::empty(), Body::from))
}

/// Indents the next piece, in the context of the previous ones.
fn indented(formatter: &mut Formatter, piece: &[u8]) -> Bytes {
    let mut pretty = Vec::with_capacity(piece.len() * 2);
    // Writing to memory does not fail.
    formatter.format_buf(piece, &mut pretty).ok();
    Bytes::from(pretty)
}

fn is_requested(uri: &Uri) -> bool {
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
