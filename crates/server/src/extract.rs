//! Extractors whose rejections are problems that say what would be right.

use api::FieldError;
use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::request::Parts,
};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use service::Error;
use service::quotas::MAX_BODY;

use crate::problem::{ProblemResponse, Result};

/// Reads a whole body, up to the limit for requests that are not uploads.
pub(crate) async fn read_body(body: Body) -> Result<Vec<u8>> {
    let mut body = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        let piece =
            piece.map_err(|e| Error::bad_field("body", format!("The body is invalid: {e}.")))?;
        if bytes.len() + piece.len() > MAX_BODY {
            return Err(Error::BodyTooLarge { limit: MAX_BODY }.into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// A JSON object. Its `Content-Type` is ignored, because some clients do not set it.
pub(crate) struct JsonObject(pub(crate) Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for JsonObject {
    type Rejection = ProblemResponse;

    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let bytes = read_body(request.into_body()).await?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(Error::bad_field("body", "The body must be a JSON object: {…}.").into()),
            Err(e) => Err(Error::bad_field(
                "body",
                format!("The body must be a JSON object, but it is not valid JSON: {e}."),
            )
            .into()),
        }
    }
}

/// Query parameters. All of them are optional.
pub(crate) struct InQuery<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for InQuery<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(query(parts.uri.query().unwrap_or_default())?))
    }
}

/// Parses a query. Parses each parameter separately if that fails, so that the error lists all
/// invalid parameters.
pub(crate) fn query<T: DeserializeOwned>(text: &str) -> service::Result<T> {
    let error = match serde_urlencoded::from_str(text) {
        Ok(query) => return Ok(query),
        Err(e) => e,
    };
    let pairs = text.split('&');
    let wrong = pairs.filter_map(|pair| {
        let why = serde_urlencoded::from_str::<T>(pair).err()?;
        let name = pair.split('=').next().unwrap_or_default();
        Some(FieldError {
            field: name.to_owned(),
            message: format!("{name} is invalid: {why}."),
        })
    });
    let wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() {
        let message = format!("The query is invalid: {error}.");
        return Err(Error::bad_field("query", message));
    }
    Err(Error::missing(wrong))
}

/// Path parameters.
pub(crate) struct InPath<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(e) => Err(Error::bad_field(
                "path",
                format!("The path is invalid: {}.", e.body_text()),
            )
            .into()),
        }
    }
}
