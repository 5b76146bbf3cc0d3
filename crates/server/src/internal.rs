//! Requests that the service makes to itself for an assistant, with the rights of the assistant's user. They take the
//! way of all requests, so they have the same checks, limits and words.

use std::sync::Arc;

use api::paths;
use assistant::{Answer, Caller, Request};
use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderName, header, request},
};
use tower::ServiceExt;

/// The largest response that is read. Assistants get a part of it.
const MAX_RESPONSE: usize = 64 << 20;

/// The operations of the API without the outer doors: no connection, rate limit or origin is involved.
#[derive(Clone)]
pub(crate) struct Internal(pub(crate) Router);

impl Internal {
    /// The caller who sent a request with these headers.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Arc<dyn Caller> {
        let names = [
            header::AUTHORIZATION,
            HeaderName::from_static(api::USER_TOKEN),
        ];
        let kept = names
            .into_iter()
            .filter_map(|name| Some((name.clone(), headers.get(&name)?.clone())));
        Arc::new(InternalCaller {
            internal: self.clone(),
            headers: kept.collect(),
        })
    }
}

struct InternalCaller {
    internal: Internal,
    /// What identifies the user.
    headers: HeaderMap,
}

#[async_trait]
impl Caller for InternalCaller {
    async fn call(&self, request: Request) -> Result<Answer, String> {
        let Request { method, path, body } = request;
        let mut head = request::Builder::new()
            .method(method)
            .uri(format!("{}{path}", paths::BASE));
        if let Some(headers) = head.headers_mut() {
            headers.extend(self.headers.clone());
        }
        let body = match body {
            None => Body::empty(),
            Some((kind, content)) => {
                head = head.header(header::CONTENT_TYPE, kind);
                Body::from(content)
            }
        };
        let request = head
            .body(body)
            .map_err(|_| "The arguments make no valid request.")?;
        let Ok(response) = self.internal.0.clone().oneshot(request).await;
        let status = response.status();
        let content = to_bytes(response.into_body(), MAX_RESPONSE).await;
        let content = content.map_err(|e| {
            tracing::warn!(error = %e, "failed to read a response for an assistant");
            "The response is too large for an assistant."
        })?;
        Ok(Answer {
            status,
            text: String::from_utf8_lossy(&content).into_owned(),
        })
    }
}
