//! HTTP requests to slurmrestd, each with a token, a time limit and a bounded response.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

use super::{
    read::{Answer, Fault, number},
    tokens::{Token, Tokens},
};

/// Time limits for connecting, and for the whole response.
const CONNECT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum size of a response: about 50,000 jobs.
const MAX_BODY: usize = 256 << 20;

pub(super) struct Client {
    http: reqwest::Client,
    tokens: Arc<Tokens>,
}

/// Why there is no usable response.
#[derive(Debug)]
pub(super) enum CallError {
    /// The request did not arrive, or Slurm reports that it was not carried out.
    NotDone(String),
    /// Slurm rejected the request and reported these errors.
    Refused(Vec<Fault>, StatusCode),
    /// The request may have been carried out.
    Unclear(String),
    /// The request may have been carried out; or, up to 22.05, Slurm rejected its token.
    CutOff(String),
}

impl CallError {
    /// The problem, in a sentence for users.
    pub(super) fn said(&self) -> String {
        match self {
            Self::NotDone(why) | Self::Unclear(why) | Self::CutOff(why) => why.clone(),
            Self::Refused(faults, status) => match faults.first() {
                Some(fault) => fault.said(),
                None => format!("slurmrestd answered {status}"),
            },
        }
    }
}

/// `SLURM_PROTOCOL_AUTHENTICATION_ERROR`, the error for an expired token since 23.11.
const AUTHENTICATION: i64 = 1007;
/// Up to 22.05, a query with a rejected token is an "unspecified error", …
const UNSPECIFIED: i64 = -1;
/// … as is an absent controller, which also has this text, …
const UNABLE_TO_LOAD: &str = "unable to load";
/// … while for a change the connection is closed before an answer.
const ZERO_BYTES: i64 = 5005;
/// The controller could not be reached, so it does not know about the request.
const NOT_CONNECTED: [i64; 2] = [1001, 1800];
/// Slurm's communication errors, and before them the system's, such as a reset connection: the
/// controller may have received the request. Errors of the request itself begin at 2000.
const COMMUNICATION: std::ops::Range<i64> = 1..2000;
/// Another one: the response took too long.
const TIMED_OUT: i64 = 5004;

impl Client {
    /// Must be called within a Tokio runtime, because a task renews the tokens.
    pub(super) fn new(tokens: Tokens) -> Result<Self, String> {
        // Fails only if another one is already installed, which is fine.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let http = reqwest::Client::builder()
            .no_gzip()
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| format!("cannot make an HTTP client: {e}"))?;
        let tokens = Arc::new(tokens);
        tokio::spawn(Tokens::keep_fresh(
            Arc::downgrade(&tokens),
            tokens.lifetime(),
        ));
        Ok(Self { http, tokens })
    }

    /// A call with a JSON response. If its token is rejected, it is repeated once with a new token:
    /// a rejected call has no effect.
    pub(super) async fn call(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<Answer, CallError> {
        let token = self.tokens.present();
        self.call_with(&token, method, url, body).await
    }

    async fn call_with(
        &self,
        token: &Arc<Token>,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<Answer, CallError> {
        let first = self.once(method.clone(), url, body, token).await;
        if !first.as_ref().is_err_and(is_token_refused) {
            return first;
        }
        let renewed = self.renew(token).await?;
        let second = self.once(method, url, body, &renewed).await;
        match second {
            Err(e) if is_token_refused(&e) => Err(away_or_refused(&e)),
            other => other,
        }
    }

    /// A call that changes something. Up to 22.05, the response to a rejected token is the same as
    /// the one from a controller that went away during the request: the connection is closed. The
    /// service therefore requests another change with the same token, of a job that cannot exist. If
    /// that connection is closed, too, both requests were rejected for their token, and the original
    /// change is requested again with a new one. Any other response (there is no such job; there is
    /// no controller) does not tell whether the original change was carried out.
    pub(super) async fn change(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
        no_job: &str,
    ) -> Result<Answer, CallError> {
        let token = self.tokens.present();
        let first = self.call_with(&token, method.clone(), url, body).await;
        if !(is_cut_off(&first) && self.is_rejected(&token, no_job).await) {
            return first;
        }
        let renewed = self.renew(&token).await?;
        let second = self.call_with(&renewed, method, url, body).await;
        match second {
            Err(e @ CallError::CutOff(_)) if self.is_rejected(&renewed, no_job).await => {
                Err(away_or_refused(&e))
            }
            other => other,
        }
    }

    /// Whether Slurm closes the connection of a harmless request with this token. A request with a
    /// token that another task has just renewed would say nothing about this one.
    async fn is_rejected(&self, token: &Arc<Token>, no_job: &str) -> bool {
        is_cut_off(&self.once(Method::DELETE, no_job, None, token).await)
    }

    async fn renew(&self, token: &Arc<Token>) -> Result<Arc<Token>, CallError> {
        let (tokens, token) = (Arc::clone(&self.tokens), Arc::clone(token));
        tokio::task::spawn_blocking(move || tokens.renew(&token))
            .await
            .map_err(|e| CallError::NotDone(e.to_string()))
    }

    async fn once(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
        token: &Arc<Token>,
    ) -> Result<Answer, CallError> {
        let changes = method != Method::GET;
        let mut request = self
            .http
            .request(method, url)
            .header("X-SLURM-USER-NAME", self.tokens.user())
            .header("X-SLURM-USER-TOKEN", token.header());
        if let Some(body) = body {
            request = request.json(body);
        }
        let (status, bytes) = send(request).await?;
        // Parsing a list of many jobs takes a moment.
        let read = tokio::task::spawn_blocking(move || {
            let answer = serde_json::from_slice::<Answer>(&bytes);
            answer.map_err(|e| (e.to_string(), bytes))
        });
        let read = read.await.map_err(|e| CallError::Unclear(e.to_string()))?;
        match read {
            Ok(answer) if status.is_success() && is_good(&answer) => Ok(answer),
            Ok(answer) => Err(refusal(answer.errors, status, changes)),
            Err((why, _)) if status.is_success() => Err(CallError::Unclear(format!(
                "slurmrestd's answer cannot be read: {why}"
            ))),
            // Plain text: no token, no such path, or a proxy between the service and slurmrestd.
            Err((_, bytes)) => {
                let text: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
                let said = format!("slurmrestd answered {status}: {}", text.trim());
                Err(if status.is_server_error() {
                    CallError::Unclear(said)
                } else {
                    CallError::NotDone(said)
                })
            }
        }
    }

    /// A response that is not parsed: the API's own description.
    pub(super) async fn text(&self, url: &str) -> Result<String, CallError> {
        let token = self.tokens.present();
        let request = self
            .http
            .get(url)
            .header("X-SLURM-USER-NAME", self.tokens.user())
            .header("X-SLURM-USER-TOKEN", token.header());
        let (status, bytes) = send(request).await?;
        if status.is_success() {
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        } else {
            Err(CallError::NotDone(format!("{url} answered {status}")))
        }
    }
}

async fn send(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), CallError> {
    let response = request.send().await.map_err(|e| {
        let why = cause(&e);
        if e.is_connect() || e.is_builder() {
            CallError::NotDone(why)
        } else {
            CallError::Unclear(why)
        }
    })?;
    let status = response.status();
    let mut bytes = Vec::new();
    let mut body = response.bytes_stream();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|e| CallError::Unclear(cause(&e)))?;
        if bytes.len() + piece.len() > MAX_BODY {
            return Err(CallError::Unclear(format!(
                "slurmrestd's answer is larger than {MAX_BODY} bytes"
            )));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok((status, bytes))
}

/// The innermost reason, without the address, which the caller knows.
fn cause(e: &reqwest::Error) -> String {
    let mut said = if e.is_timeout() {
        "no answer in time".to_owned()
    } else {
        e.to_string()
    };
    let mut source = std::error::Error::source(e);
    while let Some(inner) = source {
        said = inner.to_string();
        source = inner.source();
    }
    said
}

/// A submission to drained nodes is accepted with an "error" that says so; the job waits.
fn is_good(answer: &Answer) -> bool {
    answer.errors.iter().all(is_harmless) || number(&answer.job_id).is_some_and(|id| id > 0)
}

/// Some responses contain "errors" with number 0, which are not errors.
fn is_harmless(fault: &Fault) -> bool {
    fault.error_number == 0
}

fn is_token_refused(e: &CallError) -> bool {
    match e {
        CallError::Refused(faults, status) => {
            status.as_u16() == 401 || faults.iter().any(is_authentication)
        }
        CallError::NotDone(why) => why.starts_with("slurmrestd answered 401"),
        CallError::Unclear(_) | CallError::CutOff(_) => false,
    }
}

fn is_authentication(fault: &Fault) -> bool {
    [AUTHENTICATION, UNSPECIFIED].contains(&fault.error_number)
        || fault.said().contains(UNABLE_TO_LOAD)
}

fn is_cut_off(answer: &Result<Answer, CallError>) -> bool {
    matches!(answer, Err(CallError::CutOff(_)))
}

fn away_or_refused(e: &CallError) -> CallError {
    CallError::NotDone(format!(
        "slurmctld is unavailable, or slurmrestd rejects the service's tokens ({})",
        e.said()
    ))
}

/// The meaning of the reported errors for a call. `changes`: the call changes something, and must
/// not be repeated unless it certainly had no effect.
fn refusal(faults: Vec<Fault>, status: StatusCode, changes: bool) -> CallError {
    let Some(fault) = faults.iter().find(|fault| !is_harmless(fault)) else {
        return if status.is_server_error() {
            CallError::Unclear(format!("slurmrestd answered {status} without a reason"))
        } else {
            CallError::Refused(faults, status)
        };
    };
    let (number, said) = (fault.error_number, fault.said());
    let unspecified = number == UNSPECIFIED && !said.contains(UNABLE_TO_LOAD);
    if changes && unspecified {
        CallError::Unclear(said)
    } else if is_authentication(fault) {
        CallError::Refused(faults, status)
    } else if number == ZERO_BYTES {
        CallError::CutOff(said)
    } else if NOT_CONNECTED.contains(&number) || said.contains("emporarily unable") {
        CallError::NotDone(said)
    } else if COMMUNICATION.contains(&number) || number == TIMED_OUT {
        CallError::Unclear(said)
    } else {
        CallError::Refused(faults, status)
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
