//! Calls webhooks about finished jobs, signed according to Standard Webhooks.

use api::Job;
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, Request, StatusCode, header::HeaderValue};
use serde_json::json;
use sha2::Sha256;

use super::Failure;
use crate::{
    Service,
    outgoing::{self, OutgoingError},
};

/// Derives the secret of a job's webhooks: 32 bytes that only this service and the job's owner
/// know.
fn secret(service: &Service, job: &str) -> Vec<u8> {
    service.key.derive(&format!("webhook {job}"))
}

/// Returns the secret in the form that Standard Webhooks libraries accept.
pub(super) fn shown_secret(service: &Service, job: &str) -> String {
    format!("whsec_{}", BASE64_STANDARD.encode(secret(service, job)))
}

/// Calls a webhook about a job.
pub(super) async fn call(service: &Service, id: &str, url: &str, job: &Job) -> Result<(), Failure> {
    let url = outgoing::read(url).map_err(Failure::Permanent)?;
    let now = Utc::now();
    let body = json!({
        "type": format!("job.{}", job.state.word()),
        "timestamp": job.ended.unwrap_or(now),
        "data": job,
    });
    let body = body.to_string();
    let seconds = now.timestamp();
    let signature = sign(
        &secret(service, &job.job_id),
        &format!("{id}.{seconds}.{body}"),
    );
    let mut request = Request::new(Method::POST, url);
    let headers = request.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("webhook-timestamp", HeaderValue::from(seconds));
    for (name, value) in [("webhook-id", id), ("webhook-signature", &signature)] {
        let value = HeaderValue::try_from(value);
        headers.insert(name, value.map_err(|e| Failure::Permanent(e.to_string()))?);
    }
    *request.body_mut() = Some(body.into());
    let answer = outgoing::send(&service.config.outgoing, request).await;
    let answer = answer.map_err(|trouble| match trouble {
        OutgoingError::Refused(why) => Failure::Permanent(why),
        OutgoingError::Failed(why) => Failure::Temporary(why),
    });
    let status = answer?.status();
    match status {
        status if status.is_success() => Ok(()),
        // In Standard Webhooks, this status means that the receiver wants no more calls.
        StatusCode::GONE => Err(Failure::Permanent(
            "The receiver answered 410 Gone.".to_owned(),
        )),
        status => Err(Failure::Temporary(format!(
            "The receiver answered {status}."
        ))),
    }
}

fn sign(secret: &[u8], text: &str) -> String {
    // HMAC takes keys of any length (RFC 2104).
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the libraries of Standard Webhooks use.
    #[test]
    fn signatures_follow_standard_webhooks() {
        let secret = BASE64_STANDARD
            .decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .unwrap_or_default();
        let body = r#"{"test": 2432232314}"#;
        let text = format!("msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{body}");
        assert_eq!(
            sign(&secret, &text),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
