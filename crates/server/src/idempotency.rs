//! `Idempotency-Key`: a POST that is repeated with the same key is carried out once, and its
//! answer is given again (the IETF's draft of that header).

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

/// The header.
const KEY: &str = "idempotency-key";
/// Longest key.
const LONGEST: usize = 255;
/// Largest answer that is kept.
const LARGEST: usize = 4 << 20;

/// A key that is taken while its request is handled.
struct Taken {
    state: AppState,
    name: (String, String),
}

impl Taken {
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

impl Drop for Taken {
    fn drop(&mut self) {
        let busy = self.state.busy_keys.lock();
        busy.unwrap_or_else(PoisonError::into_inner)
            .remove(&self.name);
    }
}

/// Gives the answer of before to a request that is repeated with its key.
pub(crate) async fn once(
    State(service): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response> {
    let Some(key) = request
        .headers()
        .get(KEY)
        .filter(|_| request.method() == Method::POST && !only_reads(request.uri().path()))
    else {
        return Ok(next.run(request).await);
    };
    let key = key.to_str().unwrap_or_default().trim().to_owned();
    if key.is_empty() || key.len() > LONGEST {
        let message = format!("Idempotency-Key must have 1 to {LONGEST} ASCII characters.");
        return Err(Error::bad_field("Idempotency-Key", message).into());
    }
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &service).await?;
    // Who sends no token in the head has none yet, or is an old client that knows of no keys.
    let Some(owner) = caller.owner().map(str::to_owned) else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let Some(_taken) = Taken::new(&service, &owner, &key) else {
        return Err(Error::Busy {
            message: "A request with this Idempotency-Key is still in progress. Retry later."
                .to_owned(),
            retry_after: 1,
        }
        .into());
    };
    let before = answers::find(&service, &owner, &key).await?;
    let path = parts.uri.path_and_query();
    let path = path.map_or("", |path| path.as_str()).to_owned();
    let asked = |fingerprint: &[u8]| hex_sha256([path.as_bytes(), b"\n", fingerprint].concat());
    if parts.uri.path() == paths::DATASETS {
        let request = Request::from_parts(parts, body);
        if let Some(answer) = before {
            // The upload is read, and hashed, though nothing is kept of it.
            let fingerprint =
                form::fingerprint_of(request, service.config().max_upload_bytes).await?;
            return again(answer, &asked(fingerprint.text().as_bytes()));
        }
        let answer = next.run(request).await;
        // A refused upload has no fingerprint. It has left nothing behind, so it may be repeated.
        let fingerprint = answer.extensions().get::<form::Fingerprint>();
        let Some(fingerprint) = fingerprint.map(form::Fingerprint::text) else {
            return Ok(answer);
        };
        return keep(
            &service,
            &owner,
            &key,
            asked(fingerprint.as_bytes()),
            answer,
        )
        .await;
    }
    let bytes = extract::whole(body).await?;
    let asked = asked(&bytes);
    if let Some(answer) = before {
        return again(answer, &asked);
    }
    let request = Request::from_parts(parts, Body::from(bytes));
    let answer = next.run(request).await;
    keep(&service, &owner, &key, asked, answer).await
}

/// Whether a POST changes nothing that asking twice would change twice: a result, states, a token.
pub(crate) fn only_reads(path: &str) -> bool {
    path == paths::JOBS_STATUS || path == paths::SESSION || path.ends_with("-result")
}

/// Keeps an answer that would not be another one if it was asked for again.
async fn keep(
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
    if bytes.len() <= LARGEST {
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let row = AnswerRecord {
            request,
            status: status.as_u16(),
            kind: kind.and_then(|kind| Some(kind.to_str().ok()?.to_owned())),
            body: bytes.to_vec(),
        };
        // It was carried out: who asked is told so, even if a repetition could not be.
        if let Err(e) = answers::keep(service, owner, key, &row).await {
            tracing::warn!(error = %e, "failed to store a response under its Idempotency-Key");
        }
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// The answer of before, if it was to the same request.
fn again(answer: AnswerRecord, asked: &str) -> Result<Response> {
    if answer.request != asked {
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
