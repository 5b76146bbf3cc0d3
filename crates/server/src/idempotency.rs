//! `Idempotency-Key`: the service carries out repeated POSTs with the same key once, and returns
//! the stored response for the others (IETF draft of that header).

use std::sync::PoisonError;

use api::paths;
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use service::{Error, answers};
use store::{AnswerRecord, hash::hex_sha256};

use crate::{extract, form, identity::Caller, problem::Result, state::AppState};

/// The name of the header.
const KEY: &str = "idempotency-key";
/// Maximum length of a key.
const MAX_KEY_LENGTH: usize = 255;
/// Maximum size of a stored response.
const MAX_RESPONSE_BYTES: usize = 4 << 20;

/// A key whose request is in progress.
struct KeyInUse {
    state: AppState,
    name: (String, String),
}

impl KeyInUse {
    fn new(state: &AppState, owner: &str, key: &str) -> Option<Self> {
        let name = (owner.to_owned(), key.to_owned());
        let mut busy = state
            .busy_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        busy.insert(name.clone()).then(|| Self {
            state: state.clone(),
            name,
        })
    }
}

impl Drop for KeyInUse {
    fn drop(&mut self) {
        let busy = self.state.busy_keys.lock();
        busy.unwrap_or_else(PoisonError::into_inner)
            .remove(&self.name);
    }
}

/// Returns the stored response if a request repeats an earlier one with the same key.
pub(crate) async fn replay_repeated(
    State(service): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response> {
    let Some(key) = request
        .headers()
        .get(KEY)
        .filter(|_| request.method() == Method::POST && !is_safe_to_repeat(request.uri().path()))
    else {
        return Ok(next.run(request).await);
    };
    let key = key.to_str().unwrap_or_default().trim().to_owned();
    if key.is_empty() || key.len() > MAX_KEY_LENGTH {
        let message = format!("Idempotency-Key must have 1 to {MAX_KEY_LENGTH} ASCII characters.");
        return Err(Error::bad_field("Idempotency-Key", message).into());
    }
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &service).await?;
    // A client without a token in the head either has no token yet, or is an older client that does
    // not use keys.
    let Some(owner) = caller.owner().map(str::to_owned) else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let Some(_in_use) = KeyInUse::new(&service, &owner, &key) else {
        return Err(Error::Busy {
            message: "A request with this Idempotency-Key is still in progress. Retry later."
                .to_owned(),
            retry_after: 1,
        }
        .into());
    };
    let stored = answers::find(&service, &owner, &key).await?;
    let path = parts.uri.path_and_query();
    let path = path.map_or("", |path| path.as_str()).to_owned();
    let request_hash =
        |fingerprint: &[u8]| hex_sha256([path.as_bytes(), b"\n", fingerprint].concat());
    if parts.uri.path() == paths::DATASETS {
        let request = Request::from_parts(parts, body);
        if let Some(answer) = stored {
            // The upload is read and hashed, but not stored.
            let fingerprint =
                form::fingerprint_of(request, service.config().max_upload_bytes).await?;
            return replay(answer, &request_hash(fingerprint.text().as_bytes()));
        }
        let answer = next.run(request).await;
        // A rejected upload has no fingerprint. It has stored nothing, so it can be repeated.
        let fingerprint = answer.extensions().get::<form::Fingerprint>();
        let Some(fingerprint) = fingerprint.map(form::Fingerprint::text) else {
            return Ok(answer);
        };
        return store(
            &service,
            &owner,
            &key,
            request_hash(fingerprint.as_bytes()),
            answer,
        )
        .await;
    }
    let bytes = extract::read_body(body).await?;
    let request_hash = request_hash(&bytes);
    if let Some(answer) = stored {
        return replay(answer, &request_hash);
    }
    let request = Request::from_parts(parts, Body::from(bytes));
    let answer = next.run(request).await;
    store(&service, &owner, &key, request_hash, answer).await
}

/// Returns whether a POST is safe to repeat without a key: reading a result, states or a token.
pub(crate) fn is_safe_to_repeat(path: &str) -> bool {
    path == paths::JOBS_STATUS || path == paths::SESSION || path.ends_with("-result")
}

/// Stores a response, unless a repeated request should get a new one.
async fn store(
    service: &AppState,
    owner: &str,
    key: &str,
    request: String,
    answer: Response,
) -> Result<Response> {
    let status = answer.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Ok(answer);
    }
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX)
        .await
        .map_err(anyhow::Error::new)?;
    if bytes.len() <= MAX_RESPONSE_BYTES {
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let row = AnswerRecord {
            request,
            status: status.as_u16(),
            kind: kind.and_then(|kind| Some(kind.to_str().ok()?.to_owned())),
            body: bytes.to_vec(),
        };
        // The request was carried out, so the client gets its response even if a repetition could
        // not get it.
        if let Err(e) = answers::keep(service, owner, key, &row).await {
            tracing::warn!(error = %e, "failed to store a response under its Idempotency-Key");
        }
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Returns the stored response if it belongs to the same request.
fn replay(answer: AnswerRecord, request_hash: &str) -> Result<Response> {
    if answer.request != request_hash {
        let message = "This Idempotency-Key was used for a different request. Use a new key for \
                       each request.";
        return Err(Error::invalid_field("Idempotency-Key", message).into());
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    if let Some(Ok(kind)) = answer.kind.map(HeaderValue::try_from) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(response)
}
