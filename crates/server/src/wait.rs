//! `wait`: responses that are sent when something has changed.

use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use service::{Error, Service};
use store::hash::hex_sha256;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, timeout_at},
};

use crate::{
    extract::InQuery,
    file,
    problem::{ProblemResponse, Result},
};

/// Maximum number of seconds to wait for a change.
const LONGEST_WAIT: u64 = 60;
/// Changes of other jobs come in bursts. One query serves a whole burst.
const BURST: Duration = Duration::from_millis(300);

#[derive(Deserialize)]
struct WaitQuery {
    #[serde(default)]
    wait: u64,
}

/// How long a request waits for a change, and of which version.
pub(crate) struct Wait {
    seconds: u64,
    headers: HeaderMap,
}

impl<S: Send + Sync> FromRequestParts<S> for Wait {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let InQuery(WaitQuery { wait }) = InQuery::from_request_parts(parts, state).await?;
        if wait > LONGEST_WAIT {
            let message =
                format!("wait is {wait}; it must be between 0 and {LONGEST_WAIT} seconds.");
            return Err(Error::invalid_field("wait", message).into());
        }
        Ok(Self {
            seconds: wait,
            headers: parts.headers.clone(),
        })
    }
}

/// What a response shows, in the form in which it is sent.
#[derive(Clone)]
pub(crate) struct Version {
    body: Vec<u8>,
    tag: String,
    /// The ids whose changes change it.
    of: Vec<String>,
    /// Whether it does not change any more.
    over: bool,
    /// Whether changes of any other job change it, too.
    of_any: bool,
}

impl Version {
    pub(crate) fn of(
        shown: &impl Serialize,
        of: Vec<String>,
        over: bool,
        of_any: bool,
    ) -> service::Result<Self> {
        let body = serde_json::to_vec(shown).map_err(anyhow::Error::new)?;
        Ok(Self {
            tag: format!("\"{}\"", hex_sha256(&body)),
            body,
            of,
            over,
            of_any,
        })
    }
}

/// What a request can wait for.
pub(crate) trait Watched: Sync {
    /// Returns its current version.
    fn look(&self, service: &Service) -> impl Future<Output = service::Result<Version>> + Send;
}

impl Wait {
    /// Answers as soon as what is shown differs from `If-None-Match` or, without that header, from
    /// what was shown first; when it is over; or after the time has passed.
    pub(crate) async fn answer(self, service: &Service, of: &impl Watched) -> Result<Response> {
        let headers = &self.headers;
        let until = Instant::now() + Duration::from_secs(self.seconds);
        // Subscribe before reading, so that no change is missed in between.
        let mut changes = service.changes();
        let first = of.look(service).await?;
        let conditional = headers.contains_key(header::IF_NONE_MATCH);
        let is_news = |now: &Version| {
            if conditional {
                !file::is_known(headers, &now.tag)
            } else {
                now.tag != first.tag
            }
        };
        let mut now = first.clone();
        while !is_news(&now) && !now.over && Instant::now() < until {
            timeout_at(until, woken(&mut changes, &now)).await.ok();
            // Also after the time has passed: the response has the current state.
            now = of.look(service).await?;
        }
        if file::is_known(headers, &now.tag) {
            return Ok(file::not_modified(now.tag));
        }
        let kind = [(header::CONTENT_TYPE, "application/json")];
        Ok((file::tagged(now.tag), kind, now.body).into_response())
    }
}

/// Returns when it may have changed: after a change of its own or, if others matter, of any job.
async fn woken(changes: &mut Receiver<String>, version: &Version) {
    loop {
        match changes.recv().await {
            Ok(changed) if version.of.contains(&changed) => return,
            Ok(_) if !version.of_any => {}
            Ok(_) | Err(RecvError::Lagged(_)) => {
                tokio::time::sleep(BURST).await;
                // The next query sees all changes so far.
                *changes = changes.resubscribe();
                return;
            }
            // The service is stopping, so nothing will change.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
