//! Responses with files: entity tags, conditional requests and range requests (RFC 9110, 13 and
//! 14).

use std::io::{self, Read};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_range_header::parse_range_header;

use service::blocking;

use crate::{
    problem::Result,
    problem::{self, respond},
    problem_kinds as kinds, stream,
};

fn text<'a>(request: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    request.get(name)?.to_str().ok()
}

fn common(tag: String) -> [(HeaderName, String); 4] {
    [
        (header::ETAG, tag),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        // The file never changes, but it is private to its owner.
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
    ]
}

/// Returns whether the client already has the file with this tag.
pub(crate) fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let mut known = text(request, &header::IF_NONE_MATCH)
        .into_iter()
        .flat_map(|known| known.split(','))
        .map(|known| known.trim().trim_start_matches("W/"));
    known.any(|known| known == "*" || known == tag)
}

/// Responds that the client's copy is current.
pub(crate) fn not_modified(tag: String) -> Response {
    (StatusCode::NOT_MODIFIED, common(tag)).into_response()
}

/// Returns headers for an object that can change, so that clients revalidate it.
pub(crate) fn tagged(tag: String) -> [(HeaderName, String); 2] {
    [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ]
}

/// Responds with the file or the requested range of it. `tag` identifies the content, and `open`
/// opens the file.
pub(crate) async fn answer(
    request: &HeaderMap,
    open: impl Fn() -> io::Result<Box<dyn Read + Send>> + Clone + Send + Sync + 'static,
    kind: &'static str,
    tag: String,
) -> Result<Response> {
    let open = async || {
        let open = open.clone();
        blocking(move || Ok(open()?)).await
    };
    let fresh = text(request, &header::IF_RANGE).is_none_or(|known| known == tag);
    let common = common(tag);
    let kind = [(header::CONTENT_TYPE, kind.to_owned())];
    let ranges = text(request, &header::RANGE)
        .filter(|_| fresh)
        .and_then(|range| parse_range_header(range).ok());
    let Some(ranges) = ranges else {
        // For a range in an unknown form, the whole file is a correct response.
        let body = stream::body(open().await?).await?;
        return Ok((common, kind, body).into_response());
    };
    let size = stream::length(open().await?).await?;
    let mut ranges = match ranges.validate(size) {
        Ok(ranges) => ranges.into_iter(),
        Err(_) => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            let detail = format!("Range starts after the end of the file, which has {size} bytes.");
            let problem = respond(&problem::new(&kinds::RANGE, detail));
            return Ok((common, whole, problem).into_response());
        }
    };
    let (Some(range), None) = (ranges.next(), ranges.next()) else {
        // For several ranges, the whole file is a correct response.
        let body = stream::body(open().await?).await?;
        return Ok((common, kind, body).into_response());
    };
    let (first, last) = (*range.start(), *range.end());
    let length = last - first + 1;
    let part = stream::part(open().await?, first, length).await?;
    let place = [
        (
            header::CONTENT_RANGE,
            format!("bytes {first}-{last}/{size}"),
        ),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    let body = stream::body(part).await?;
    Ok((StatusCode::PARTIAL_CONTENT, common, kind, place, body).into_response())
}

/// Makes the tag of a compressed response weak, because the bytes differ from the file's.
pub(crate) async fn weaken(mut response: Response) -> Response {
    if response.headers().contains_key(header::CONTENT_ENCODING) {
        weaken_tag(response.headers_mut());
    }
    response
}

/// Marks the tag as weak: the bytes are not exactly those that it identifies.
pub(crate) fn weaken_tag(headers: &mut HeaderMap) {
    let weak = headers.get(header::ETAG).and_then(|tag| {
        let tag = tag.to_str().ok().filter(|tag| !tag.starts_with("W/"))?;
        HeaderValue::from_str(&format!("W/{tag}")).ok()
    });
    if let Some(weak) = weak {
        headers.insert(header::ETAG, weak);
    }
}
