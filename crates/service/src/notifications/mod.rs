//! Notifies people and programs by mail and webhook that a job has ended. Each notification stays
//! in the database until it was delivered or given up, so a restart loses none.

mod mail;
mod webhook;

use std::{collections::HashSet, sync::Arc, time::Duration};

use api::{Deliveries, Delivery, FieldError};
use chrono::TimeDelta;
use lettre::message::Mailbox;
use serde_json::{Map, Value};
use tokio::{
    task::{JoinError, JoinSet},
    time::timeout,
};

use store::{DeliveryLimits, DeliveryOutcome, DeliveryRecord, JobRecord, NewDelivery, clock};

use crate::{
    Service,
    error::{Error, Result},
    metrics, outgoing,
};

/// The fields of a start request that name the recipients.
const CALLBACK_URL: &str = "callback_url";
const NOTIFY: &str = "notify";
/// Maximum number of recipients per job.
const MAX_PER_JOB: i64 = 10;
/// How many deliveries are tried concurrently.
const LIMITS: DeliveryLimits = DeliveryLimits {
    total: 64,
    per_owner: 24,
    per_host: 8,
};
/// Timeout of one try.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often to look for deliveries that are due.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
const POLL_PAUSE: Duration = Duration::from_millis(100);
/// Seconds between a failed try and the next one. After the last one the delivery is given up.
const RETRY_DELAYS: [i64; 7] = [5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600];

/// Why a try failed.
enum Failure {
    /// It may work later.
    Temporary(String),
    /// It never will.
    Permanent(String),
}

/// The requested recipients of a job, each with its kind, address and host.
#[derive(Default)]
pub(crate) struct Recipients(Vec<(&'static str, String, String)>);

/// Reads the recipients from a start request.
pub(crate) fn wanted(service: &Service, body: &Map<String, Value>) -> Result<Recipients> {
    let (mut recipients, mut errors) = (Recipients::default(), Vec::new());
    for (field, kind) in [(CALLBACK_URL, "webhook"), (NOTIFY, "mail")] {
        let checked = match body.get(field) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) if text.trim().is_empty() => continue,
            Some(Value::String(text)) if kind == "webhook" => {
                outgoing::read_public(&service.config.outgoing, text).map(|url| {
                    let host = url.host_str().unwrap_or_default().to_owned();
                    (url.to_string(), host)
                })
            }
            Some(Value::String(_)) if service.config.notifications.mail.is_none() => {
                Err("This service does not send mail. Omit notify, or use callback_url.".to_owned())
            }
            Some(Value::String(text)) => text
                .parse::<Mailbox>()
                // All mail goes through one server.
                .map(|mailbox| (mailbox.email.to_string(), "mail".to_owned()))
                .map_err(|e| format!("\"{text}\" is not an e-mail address: {e}.")),
            Some(_) => Err(format!("{field} must be a string.")),
        };
        match checked {
            Ok((target, host)) => recipients.0.push((kind, target, host)),
            Err(message) => errors.push(FieldError {
                field: field.to_owned(),
                message,
            }),
        }
    }
    if errors.is_empty() {
        Ok(recipients)
    } else {
        Err(Error::invalid(errors))
    }
}

/// Stores the recipients of a job.
pub(crate) async fn add(
    service: &Service,
    owner: &str,
    job: &str,
    recipients: Recipients,
) -> Result<()> {
    for (kind, target, host) in &recipients.0 {
        let delivery = NewDelivery { kind, target, host };
        let added = service
            .store
            .add_delivery(owner, job, &delivery, MAX_PER_JOB);
        if !added.await? {
            return Err(Error::Conflict(format!(
                "This job already has {MAX_PER_JOB} recipients, the maximum. The job was started, \
                 but no more recipients can be added."
            )));
        }
    }
    Ok(())
}

/// Returns the deliveries of a job and their outcomes.
pub async fn of(service: &Service, owner: &str, job: &JobRecord) -> Result<Deliveries> {
    let rows = service.store.deliveries(owner, &job.id).await?;
    Ok(Deliveries {
        secret: webhook::shown_secret(service, &job.id),
        deliveries: rows.into_iter().map(shown).collect(),
    })
}

fn shown(row: DeliveryRecord) -> Delivery {
    Delivery {
        id: row.id,
        kind: row.kind,
        target: row.target,
        status: match (row.done, row.error.is_some()) {
            (None, _) => "pending",
            (Some(_), false) => "delivered",
            (Some(_), true) => "failed",
        }
        .to_owned(),
        tries: row.tries.unsigned_abs(),
        error: row.error,
        done: row.done,
    }
}

/// Delivers notifications for as long as the service runs. A slow delivery does not hold up the
/// others.
pub(crate) async fn deliver(service: Arc<Service>) {
    let mut in_progress: JoinSet<String> = JoinSet::new();
    let mut ids_in_progress = HashSet::new();
    loop {
        match service.store.due_deliveries(LIMITS).await {
            Ok(due) => {
                for row in due {
                    if !ids_in_progress.insert(row.id.clone()) {
                        continue;
                    }
                    let service = Arc::clone(&service);
                    in_progress.spawn(async move {
                        let id = row.id.clone();
                        try_delivery(&service, row).await;
                        id
                    });
                }
            }
            Err(e) => {
                tracing::error!(error = %e, "failed to look for notifications to deliver; the service looks again")
            }
        }
        // Look again when a delivery finishes, but pause first, because others may finish, too.
        tokio::time::sleep(POLL_PAUSE).await;
        if let Ok(Some(Ok(id))) = timeout(POLL_INTERVAL, next(&mut in_progress)).await {
            ids_in_progress.remove(&id);
        }
        while let Some(Ok(id)) = in_progress.try_join_next() {
            ids_in_progress.remove(&id);
        }
    }
}

/// Waits for the next delivery to finish. If none is being tried, it waits forever.
async fn next(in_progress: &mut JoinSet<String>) -> Option<Result<String, JoinError>> {
    if in_progress.is_empty() {
        std::future::pending().await
    } else {
        in_progress.join_next().await
    }
}

async fn try_delivery(service: &Service, row: DeliveryRecord) {
    let outcome = match timeout(TIMEOUT, send(service, &row)).await {
        Ok(Ok(())) => DeliveryOutcome::Done,
        Ok(Err(Failure::Permanent(why))) => DeliveryOutcome::GivenUp(why),
        Ok(Err(Failure::Temporary(why))) => retry_later(&row, why),
        Err(_) => retry_later(&row, "The connection timed out.".to_owned()),
    };
    if let DeliveryOutcome::GivenUp(why) | DeliveryOutcome::Again(why, _) = &outcome {
        // Servers repeat the address in their answers.
        let why = why.replace(&row.target, "the recipient");
        tracing::warn!(
            job = %row.job_id, kind = %row.kind, tries = row.tries, %why,
            "failed to deliver the notification of a job"
        );
    }
    metrics::count_notification(&row.kind, &outcome);
    if let Err(e) = service.store.note_delivery(&row.id, &outcome).await {
        tracing::error!(error = %e, "failed to record the outcome of a notification; it may be sent again");
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

fn retry_later(row: &DeliveryRecord, why: String) -> DeliveryOutcome {
    let tries = usize::try_from(row.tries).unwrap_or_default();
    match RETRY_DELAYS.get(tries) {
        Some(seconds) => DeliveryOutcome::Again(why, clock::now() + TimeDelta::seconds(*seconds)),
        None => DeliveryOutcome::GivenUp(why),
    }
}

async fn send(service: &Service, row: &DeliveryRecord) -> Result<(), Failure> {
    let job = match &row.payload {
        Some(job) => job.clone(),
        None => {
            let job = service.store.job_by_id(&row.job_id).await;
            let job = job.map_err(|e| Failure::Temporary(e.to_string()))?;
            // The job was deleted just now. The next try finds the copy that the deletion stored.
            let gone = || Failure::Temporary("The job was deleted in the meantime.".to_owned());
            job.ok_or_else(gone)?.into_shown()
        }
    };
    if row.kind == "webhook" {
        webhook::call(service, &row.id, &row.target, &job).await
    } else {
        let sent = mail::send(&service.config.notifications, &row.target, &job).await;
        sent.map_err(Failure::Temporary)
    }
}
