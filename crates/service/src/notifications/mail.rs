//! Sends mail about finished jobs.

use api::{Job, JobState};
use config::NotificationConfig;
use lettre::{AsyncTransport, Message, message::Mailbox};

/// Sends an email about a job.
pub(super) async fn send(config: &NotificationConfig, to: &str, job: &Job) -> Result<(), String> {
    let mail = config.mail.as_ref();
    let mail = mail.ok_or("This service no longer sends mail (SMTP_URL).")?;
    let to: Mailbox = to.parse().map_err(|e| format!("{to}: {e}"))?;
    let method = hyphy::methods::find(&job.method).map_or("", |analysis| analysis.name);
    let (word, text) = match job.state {
        JobState::Completed => ("has completed", "You can read its result.".to_owned()),
        JobState::Cancelled => ("was cancelled", "It has no result.".to_owned()),
        _ => ("has failed", job.error_message.clone().unwrap_or_default()),
    };
    let place = match &config.public_url {
        Some(url) => format!("{url}/jobs/{}", job.job_id),
        None => format!("Its id is {}.", job.job_id),
    };
    let text = format!("Your {method} analysis {word}.\n\n{text}\n\n{place}\n");
    let message = Message::builder()
        .from(mail.from.clone())
        .to(to)
        .subject(format!("{method} {word}"))
        .body(text)
        .map_err(|e| e.to_string())?;
    let transport = mail.transport().map_err(|e| e.to_string())?;
    transport.send(message).await.map_err(|e| e.to_string())?;
    Ok(())
}
