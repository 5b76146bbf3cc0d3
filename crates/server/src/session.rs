//! `/session`.

use api::{Session, paths};
use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;

use service::{Error, Service, removal, sessions};

use crate::{
    extract::InQuery,
    identity::{Caller, Owner},
    problem::Result,
    state::AppState,
};

/// Get the caller's session
///
/// Returns the time until which the session and its data are kept. Every use of a session renews
/// it.
#[utoipa::path(
    get, path = paths::SESSION, tag = "Sessions", operation_id = "getSession",
    responses(
        (status = 200, description = "The session", body = Session),
    )
)]
pub(crate) async fn get(
    State(service): State<AppState>,
    Owner(owner): Owner,
) -> Result<Json<Session>> {
    if owner == sessions::OPEN {
        return Ok(Json(Session {
            access: service.access().to_owned(),
            subject: None,
            created: None,
            used: None,
            expires: None,
            token: None,
        }));
    }
    shown(&service, &owner, None).await.map(Json)
}

/// Begin a session, or get a fresh token
///
/// With a token, returns a new token for the same session. Without a token, begins a new session.
/// Uploading without a token also begins a session.
#[utoipa::path(
    post, path = paths::SESSION, tag = "Sessions", operation_id = "beginSession",
    responses(
        (status = 201, description = "The session, with a token", body = Session),
        (status = 409, description = "The service has no sessions: all callers share one owner"),
    )
)]
pub(crate) async fn begin(
    State(service): State<AppState>,
    caller: Caller,
) -> Result<(StatusCode, Json<Session>)> {
    exist(&service)?;
    let owner = caller.owner_or_new().await?;
    let token = sessions::token(&service, &owner).await?;
    let session = shown(&service, &owner, Some(token)).await?;
    Ok((StatusCode::CREATED, Json(session)))
}

#[derive(Deserialize)]
pub(crate) struct EndQuery {
    #[serde(default)]
    delete_data: bool,
}

/// End the session
///
/// Invalidates all tokens of the session, for instance because another person has seen one. The
/// data become inaccessible, and are removed after they have been unused for SESSION_MAX_AGE. With
/// `delete_data`, all jobs are cancelled and all data are removed before the session ends.
#[utoipa::path(
    delete, path = paths::SESSION, tag = "Sessions", operation_id = "endSession",
    params(
        ("delete_data" = Option<bool>, Query, description = "Cancel the jobs and remove all data now"),
    ),
    responses(
        (status = 400, description = "The query is invalid"),
        (status = 204, description = "Ended"),
        (status = 409, description = "The service has no sessions: all callers share one owner"),
    )
)]
pub(crate) async fn end(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InQuery(query): InQuery<EndQuery>,
) -> Result<StatusCode> {
    exist(&service)?;
    if query.delete_data {
        removal::end_session(&service, &owner).await?;
    } else {
        sessions::end(&service, &owner).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

fn exist(service: &Service) -> Result<()> {
    if service.has_sessions() {
        return Ok(());
    }
    Err(Error::Conflict(
        "This service has no sessions, because it runs in open mode: everyone who can reach it \
         shares all data."
            .to_owned(),
    )
    .into())
}

async fn shown(service: &Service, owner: &str, token: Option<String>) -> Result<Session> {
    let (row, expires) = sessions::find(service, owner).await?;
    Ok(Session {
        access: service.access().to_owned(),
        subject: Some(owner.to_owned()),
        created: Some(row.created),
        used: Some(row.used),
        expires: Some(expires),
        token,
    })
}
