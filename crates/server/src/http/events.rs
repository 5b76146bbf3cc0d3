//! `GET /jobs/{job_id}/events`: what happens to a job, as it happens.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use api::{JobEvent, Problem, paths};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{
        IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::stream;
use tokio::sync::broadcast;

use super::{Shared, identity::Owner};
use crate::{error::Result, jobs, store::EventRow};

const HEARTBEAT: Duration = Duration::from_secs(15);

/// Watch a job
///
/// Server-sent events (`text/event-stream`): `state` when the job's state changes, `progress` as
/// it runs. Begins with all that has happened, or after the event whose id is sent as
/// `Last-Event-ID`. Ends when the job is over; with nothing more to tell, it answers 204, which
/// stops browsers from coming back. A comment is sent every 15 seconds.
#[utoipa::path(
    get, path = paths::JOB_EVENTS, tag = "Jobs", operation_id = "watchJob",
    params(
        ("job_id" = String, Path, description = "Id of the job"),
        ("Last-Event-ID" = Option<i64>, Header, description = "Id of the last event that was seen"),
    ),
    responses(
        (status = 200, description = "The events", body = JobEvent, content_type = "text/event-stream"),
        (status = 204, description = "The job is over and there is nothing after `Last-Event-ID`"),
        (status = 404, description = "There is no such job", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn events(
    State(service): State<Shared>,
    Owner(owner): Owner,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<axum::response::Response> {
    // Listening begins before looking, so that nothing falls between.
    let changes = service.changed.subscribe();
    let job = jobs::find(&service, &owner, &id).await?;
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let seen: i64 = last.unwrap_or(0);
    if job.state.0.is_final()
        && service
            .store
            .last_event(&id)
            .await?
            .is_none_or(|id| id <= seen)
    {
        return Ok(axum::http::StatusCode::NO_CONTENT.into_response());
    }
    let watcher = Watcher {
        service,
        id,
        seen,
        changes,
        ready: VecDeque::new(),
        over: false,
    };
    let stream = stream::unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((Ok::<_, Infallible>(event), watcher))
    });
    let keep_alive = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(stream).keep_alive(keep_alive).into_response())
}

struct Watcher {
    service: Shared,
    id: String,
    seen: i64,
    changes: broadcast::Receiver<String>,
    ready: VecDeque<EventRow>,
    over: bool,
}

impl Watcher {
    /// The next event, when there is one; `None` when there will be no more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(row) = self.ready.pop_front() {
                self.seen = row.id;
                // A job that is tried again goes on after a final state.
                self.over = row.data.state.is_final();
                return Event::default()
                    .id(row.id.to_string())
                    .event(row.kind)
                    .json_data(&row.data.0)
                    .ok();
            }
            match self.service.store.events_after(&self.id, self.seen).await {
                Ok(rows) => self.ready = rows.into(),
                Err(e) => {
                    tracing::error!(error = %e, "cannot read events");
                    return None;
                }
            }
            if self.ready.is_empty() {
                if self.over {
                    return None;
                }
                self.changed().await?;
            }
        }
    }

    /// Waits until something may have happened to the job.
    async fn changed(&mut self) -> Option<()> {
        loop {
            match self.changes.recv().await {
                Ok(id) if id == self.id => return Some(()),
                Ok(_) => {}
                // Too much happened to be told one by one: look.
                Err(broadcast::error::RecvError::Lagged(_)) => return Some(()),
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
