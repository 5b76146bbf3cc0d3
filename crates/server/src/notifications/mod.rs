//! Telling people and programs that a job has ended: by webhook, by mail. What is to be told is
//! kept in the database until it was told or given up, so a restart loses nothing.

mod config;
mod mail;
mod webhook;

use std::{sync::Arc, time::Duration};

use api::{Deliveries, Delivery, FieldError};
use chrono::{TimeDelta, Utc};
use futures::future::join_all;
use lettre::message::Mailbox;
use serde_json::{Map, Value};
use tokio::time::timeout;

pub use config::{MailConfig, NotifyConfig};

use crate::{
    Service,
    error::{Error, Result},
    jobs, outgoing,
    store::{DeliveryRow, Outcome},
};

/// Names of the fields of a start request that say who is to be told.
const CALLBACK_URL: &str = "callback_url";
const NOTIFY: &str = "notify";
/// Most that are told of one job.
const MOST: i64 = 10;
/// Deliveries that are tried at the same time.
const AT_ONCE: u32 = 16;
/// Longest time of one try.
const TRY: Duration = Duration::from_secs(30);
/// Between looks for what is due.
const LOOK: Duration = Duration::from_secs(2);
/// Seconds before each next try, after one that failed; then it is given up.
const AGAIN: [i64; 7] = [5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600];

/// Why a try failed.
enum Failure {
    /// It may work later.
    Later(String),
    /// It never will.
    Final(String),
}

/// Who is to be told of a job.
#[derive(Default)]
pub(crate) struct Wanted(Vec<(&'static str, String)>);

/// Reads from a start request who is to be told.
pub(crate) fn wanted(service: &Service, body: &Map<String, Value>) -> Result<Wanted> {
    let (mut wanted, mut errors) = (Wanted::default(), Vec::new());
    for (field, kind) in [(CALLBACK_URL, "webhook"), (NOTIFY, "mail")] {
        let checked = match body.get(field) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) if text.trim().is_empty() => continue,
            Some(Value::String(text)) if kind == "webhook" => {
                outgoing::read(text).map(|url| url.to_string())
            }
            Some(Value::String(_)) if service.config.notify.mail.is_none() => {
                Err("This service sends no mail; leave notify out, or use callback_url.".to_owned())
            }
            Some(Value::String(text)) => text
                .parse::<Mailbox>()
                .map(|mailbox| mailbox.email.to_string())
                .map_err(|e| format!("\"{text}\" is no e-mail address: {e}.")),
            Some(_) => Err(format!("{field} must be text.")),
        };
        match checked {
            Ok(target) => wanted.0.push((kind, target)),
            Err(message) => errors.push(FieldError {
                field: field.to_owned(),
                message,
            }),
        }
    }
    if errors.is_empty() {
        Ok(wanted)
    } else {
        Err(Error::invalid(errors))
    }
}

/// Notes who is to be told of a job.
pub(crate) async fn add(service: &Service, job: &str, wanted: Wanted) -> Result<()> {
    for (kind, target) in wanted.0 {
        if !service.store.add_delivery(job, kind, &target, MOST).await? {
            return Err(Error::Conflict(format!(
                "Already {MOST} are told of this job; it runs, and no more can be added."
            )));
        }
    }
    Ok(())
}

/// Who is told of a job, and how that went.
pub(crate) async fn of(service: &Service, owner: &str, job: &str) -> Result<Deliveries> {
    let job = jobs::find(service, owner, job).await?;
    let rows = service.store.deliveries(&job.id).await?;
    Ok(Deliveries {
        secret: webhook::shown_secret(service, &job.id),
        deliveries: rows.into_iter().map(shown).collect(),
    })
}

fn shown(row: DeliveryRow) -> Delivery {
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

/// Tells whoever is to be told, for as long as the service lives.
pub(crate) async fn deliver(service: Arc<Service>) {
    loop {
        match service.store.due_deliveries(AT_ONCE).await {
            Ok(due) if due.is_empty() => tokio::time::sleep(LOOK).await,
            Ok(due) => {
                join_all(due.into_iter().map(|row| attempt(&service, row))).await;
            }
            Err(e) => {
                tracing::error!(error = %e, "cannot look for whom to tell of jobs");
                tokio::time::sleep(TRY).await;
            }
        }
    }
}

async fn attempt(service: &Service, row: DeliveryRow) {
    let outcome = match timeout(TRY, tell(service, &row)).await {
        Ok(Ok(())) => Outcome::Done,
        Ok(Err(Failure::Final(why))) => Outcome::GivenUp(why),
        Ok(Err(Failure::Later(why))) => later(&row, why),
        Err(_) => later(&row, "It takes too long.".to_owned()),
    };
    if let Outcome::GivenUp(why) | Outcome::Again(why, _) = &outcome {
        tracing::warn!(job = %row.job_id, kind = %row.kind, %why, "could not tell of a job");
    }
    if let Err(e) = service.store.note_delivery(&row.id, &outcome).await {
        tracing::error!(error = %e, "cannot note who was told of a job");
        tokio::time::sleep(LOOK).await;
    }
}

fn later(row: &DeliveryRow, why: String) -> Outcome {
    let tries = usize::try_from(row.tries).unwrap_or_default();
    match AGAIN.get(tries) {
        Some(seconds) => Outcome::Again(why, Utc::now() + TimeDelta::seconds(*seconds)),
        None => Outcome::GivenUp(why),
    }
}

async fn tell(service: &Service, row: &DeliveryRow) -> Result<(), Failure> {
    let job = service.store.job_by_id(&row.job_id).await;
    let job = job.map_err(|e| Failure::Later(e.to_string()))?;
    let job = job.ok_or_else(|| Failure::Final("The job was deleted.".to_owned()))?;
    let job = job.into_shown();
    if row.kind == "webhook" {
        webhook::call(service, &row.id, &row.target, &job).await
    } else {
        let sent = mail::send(&service.config.notify, &row.target, &job).await;
        sent.map_err(Failure::Later)
    }
}
