//! Identifies callers by the tokens in their requests, and sends new tokens in responses.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use serde_json::{Map, Value};

use service::{Error, sessions};

pub(crate) use api::USER_TOKEN;

use crate::{
    extract::JsonObject,
    problem::{ProblemResponse, Result},
    request_context,
    state::AppState,
};

/// The response header with a new token.
pub(crate) const SESSION_TOKEN: &str = "x-session-token";
/// The owner of the data that a request concerns.
pub(crate) struct Owner(pub(crate) String);

impl FromRequestParts<AppState> for Owner {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, service: &AppState) -> Result<Self> {
        match Caller::from_request_parts(parts, service).await?.owner {
            Some(owner) => Ok(Self(owner)),
            None => Err(no_token().into()),
        }
    }
}

fn no_token() -> Error {
    Error::Unauthorized(
        "The request has no token. Send the token from the X-Session-Token header of your first \
         upload as Authorization: Bearer …"
            .to_owned(),
    )
}

/// The caller of a request, if the service can identify them.
pub(crate) struct Caller {
    service: AppState,
    new_token: NewToken,
    owner: Option<String>,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, service: &AppState) -> Result<Self> {
        let new_token = parts
            .extensions
            .get::<NewToken>()
            .cloned()
            .unwrap_or_default();
        let mut caller = Self {
            service: service.clone(),
            new_token,
            owner: None,
        };
        if !service.has_sessions() {
            caller.is(sessions::OPEN.to_owned());
        } else if let Some(token) = token(parts)? {
            caller.identify(&token).await?;
        }
        Ok(caller)
    }
}

impl Caller {
    /// Returns the owner, if the head of the request identifies one.
    pub(crate) fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// Accepts a token from the body of the request.
    pub(crate) async fn identify(&mut self, token: &str) -> service::Result<()> {
        if self.owner.is_none() {
            let caller = sessions::identify(&self.service, token).await?;
            self.is(caller.subject);
            self.new_token.set(caller.fresh_token);
        }
        Ok(())
    }

    /// Returns the owner, and begins a new session if there is none.
    pub(crate) async fn owner_or_new(mut self) -> Result<String> {
        if let Some(owner) = self.owner {
            return Ok(owner);
        }
        let caller = sessions::begin(&self.service).await?;
        self.new_token.set(caller.fresh_token);
        self.is(caller.subject.clone());
        Ok(caller.subject)
    }

    fn is(&mut self, owner: String) {
        request_context::note_owner(&owner);
        self.owner = Some(owner);
    }
}

/// A JSON object and its owner. Older clients send their token in the object.
pub(crate) struct OwnedObject(pub(crate) String, pub(crate) Map<String, Value>);

impl FromRequest<AppState> for OwnedObject {
    type Rejection = ProblemResponse;

    async fn from_request(request: Request, service: &AppState) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        let mut caller = Caller::from_request_parts(&mut parts, service).await?;
        let body = JsonObject::from_request(Request::from_parts(parts, body), service).await;
        // A caller without a token does not learn what is wrong with the body.
        let token = body.as_ref().ok().and_then(|body| body.0.get(USER_TOKEN));
        if let Some(Value::String(token)) = token {
            caller.identify(token).await?;
        }
        let owner = caller.owner.ok_or_else(no_token)?;
        Ok(Self(owner, body?.0))
    }
}

/// Returns the token of a request, from `Authorization: Bearer` (RFC 6750), the header
/// `user_token`, or the query parameter of that name.
fn token(parts: &Parts) -> service::Result<Option<String>> {
    if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
        let bearer = value.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty())
                .then(|| token.trim().to_owned())
        });
        let malformed = || {
            Error::Unauthorized(
                "The Authorization header is not Bearer followed by a token. Send Authorization: \
                 Bearer …"
                    .to_owned(),
            )
        };
        return bearer.map(Some).ok_or_else(malformed);
    }
    if let Some(value) = parts.headers.get(USER_TOKEN) {
        let text = value.to_str().unwrap_or_default().trim();
        return Ok(Some(text.to_owned()));
    }
    let query = parts.uri.query().unwrap_or_default();
    let found = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == USER_TOKEN);
    Ok(found.map(|(_, token)| token.to_owned()))
}

/// Holds a new token for the response while a request is handled.
#[derive(Clone, Default)]
struct NewToken(Arc<OnceLock<String>>);

impl NewToken {
    fn set(&self, token: Option<String>) {
        if let Some(token) = token {
            // A request begins or renews at most one session.
            self.0.set(token).ok();
        }
    }
}

/// Adds the new token to the response, if there is one.
pub(crate) async fn offer_token(mut request: Request, next: Next) -> Response {
    let new_token = NewToken::default();
    request.extensions_mut().insert(new_token.clone());
    let mut response = next.run(request).await;
    if let Some(token) = new_token.0.get()
        && let Ok(value) = HeaderValue::from_str(token)
    {
        let headers = response.headers_mut();
        headers.insert(SESSION_TOKEN, value);
        headers.append(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("X-Session-Token"),
        );
    }
    response
}
