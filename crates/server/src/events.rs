//! `GET /jobs/{job_id}/events` and `GET /jobs/events`: streams of job events.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use api::{ServerSentEvent, paths};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{StreamExt, stream};
use tokio::{
    sync::broadcast,
    time::{Instant, timeout_at},
};

use service::{
    events::{self, Scope},
    jobs, sessions,
};
use store::EventRecord;

use crate::{
    extract::InPath, identity::Owner, metrics_streams::OpenStream, problem::Result, state::AppState,
};

const HEARTBEAT: Duration = Duration::from_secs(15);

/// Watch a job
///
/// Sends server-sent events (`text/event-stream`): `state` when the job's state changes, `progress`
/// while it or its estimate runs, and `estimate` when its estimate is ready. The stream starts with the job's first event, or after the event in
/// `Last-Event-ID`. It ends when the job ends. If there are no more events, the status is 204,
/// which stops browsers from reconnecting. A comment is sent every 15 seconds.
#[utoipa::path(
    get, path = paths::JOB_EVENTS, tag = "Jobs", operation_id = "watchJob",
    params(
        ("job_id" = String, Path, description = "Id of the job"),
        ("Last-Event-ID" = Option<i64>, Header, description = "Id of the last event that the client received"),
    ),
    responses(
        (status = 200, description = "The events", body = ServerSentEvent, content_type = "text/event-stream"),
        (status = 204, description = "The job has ended, and there are no events after `Last-Event-ID`"),
        (status = 404, description = "There is no such job"),
    )
)]
pub(crate) async fn job_events(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    headers: HeaderMap,
) -> Result<axum::response::Response> {
    // Subscribe before reading, so that no event is missed in between.
    let changes = service.changes();
    let job = jobs::find(&service, &owner, &id).await?;
    // Events of a deleted job with the same id do not belong to this job.
    let before = events::last_deletion(&service, &owner, &id).await?;
    let seen = last_event_id(&headers).unwrap_or(0).max(before);
    let last = events::last_of_job(&service, &owner, &id).await?;
    if job.state.is_final() && last.is_none_or(|id| id <= seen) {
        return Ok(axum::http::StatusCode::NO_CONTENT.into_response());
    }
    Ok(answer(service, owner, Scope::Job(id), seen, changes))
}

/// Watch all jobs
///
/// Sends the events of all of the caller's jobs in one stream, in the same form as for a single
/// job. The stream starts with new events, or after the event in `Last-Event-ID` (0: with all
/// stored events). Deleting a job causes a last event, `deleted`; the service keeps the job's
/// events for another day, or for `EVENT_REPLAY_AGE`. The first message is the id from which to
/// continue. The stream ends after an hour, or after `EVENT_STREAM_SECS`; clients reconnect with
/// `Last-Event-ID`.
#[utoipa::path(
    get, path = paths::JOBS_EVENTS, tag = "Jobs", operation_id = "watchJobs",
    params(("Last-Event-ID" = Option<i64>, Header, description = "Id of the last event that the client received")),
    responses(
        (status = 200, description = "The events", body = ServerSentEvent, content_type = "text/event-stream"),
    )
)]
pub(crate) async fn all_events(
    State(service): State<AppState>,
    Owner(owner): Owner,
    headers: HeaderMap,
) -> Result<axum::response::Response> {
    let changes = service.changes();
    // An id that was never issued, for instance by a service with another database, counts as the
    // last id.
    let last = events::last(&service, &owner).await?;
    let seen = last_event_id(&headers).map_or(last, |seen| seen.min(last));
    Ok(answer(service, owner, Scope::All, seen, changes))
}

fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.parse().ok()
}

fn answer(
    service: AppState,
    owner: String,
    scope: Scope,
    seen: i64,
    changes: broadcast::Receiver<String>,
) -> axum::response::Response {
    // A message with an id but no data lets a client that disconnects before the first event
    // continue from here.
    let place = Event::default().id(seen.to_string()).comment("from here");
    let until = Instant::now() + service.config().web.longest_stream;
    let watcher = Watcher {
        service,
        owner,
        scope,
        seen,
        changes,
        ready: VecDeque::new(),
        is_over: false,
        until,
        _counted: OpenStream::new(),
    };
    let events = stream::unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((Ok::<_, Infallible>(event), watcher))
    });
    let stream = stream::iter([Ok(place)]).chain(events);
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    Sse::new(stream).keep_alive(keep_alive).into_response()
}

struct Watcher {
    service: AppState,
    owner: String,
    scope: Scope,
    seen: i64,
    changes: broadcast::Receiver<String>,
    ready: VecDeque<EventRecord>,
    is_over: bool,
    /// When the stream ends. The caller must then present a valid token again.
    until: Instant,
    _counted: OpenStream,
}

impl Watcher {
    /// Returns the next event when there is one, or `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(row) = self.ready.pop_front() {
                self.seen = row.id;
                // A retried job continues after a final state.
                self.is_over = row.data.state.is_final() && matches!(self.scope, Scope::Job(_));
                return Event::default()
                    .id(row.id.to_string())
                    .event(row.kind)
                    .json_data(&row.data)
                    .ok();
            }
            let next = events::after(&self.service, &self.owner, &self.scope, self.seen).await;
            match next {
                Ok(rows) => self.ready = rows.into(),
                Err(e) => {
                    tracing::error!(error = %e, "failed to read the events of a stream; the client reconnects");
                    return None;
                }
            }
            if !self.ready.is_empty() && sessions::is_ended(&self.service, &self.owner).await {
                return None;
            }
            if self.ready.is_empty() {
                if self.is_over {
                    return None;
                }
                let until = self.until;
                timeout_at(until, self.changed()).await.ok()??;
            }
        }
    }

    /// Waits until there may be a new event.
    async fn changed(&mut self) -> Option<()> {
        loop {
            match self.changes.recv().await {
                Ok(id) if matches!(&self.scope, Scope::Job(mine) if *mine != id) => {}
                Ok(_) => return Some(()),
                // The receiver missed some changes. Read the events from the database.
                Err(broadcast::error::RecvError::Lagged(_)) => return Some(()),
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
