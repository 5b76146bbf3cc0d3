//! Reading requests so that every refusal is a problem that says what would be right.

use axum::{
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::request::Parts,
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::Error;

/// A JSON object, whatever its `Content-Type`: clients forget it.
pub(super) struct JsonObject(pub(super) Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for JsonObject {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|e| Error::bad_field("body", format!("The body cannot be read: {e}.")))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(Error::bad_field(
                "body",
                "The body must be a JSON object: {…}.",
            )),
            Err(e) => Err(Error::bad_field(
                "body",
                format!("The body must be a JSON object, and is not JSON: {e}."),
            )),
        }
    }
}

/// Parameters of the query.
pub(super) struct InQuery<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for InQuery<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(e) => Err(Error::bad_field(
                "query",
                format!("The query is wrong: {}.", e.body_text()),
            )),
        }
    }
}
