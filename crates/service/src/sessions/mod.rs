//! Sessions: who may see what.
//!
//! In open mode everybody shares one owner. Otherwise each session is an owner of its own: it is
//! made by the first upload that comes without a token, and lives as long as it is used.
//!
//! Architecture invariant: a token that is not valid is refused. It never becomes another session.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use store::SessionRecord;

use crate::{
    Service,
    error::{Error, Result},
};

/// Owner of everything in open mode.
pub const OPEN: &str = "open";
/// A session's use is noted this often.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A caller with a valid token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The session.
    pub subject: String,
    /// A token to go on with, when the one that was sent has little time left.
    pub fresh_token: Option<String>,
}

/// Who calls with this token.
pub async fn identify(service: &Service, token: &str) -> Result<Caller> {
    let refused = |why: &str| {
        Error::Unauthorized(format!(
            "The token {why}. Send the one that X-Session-Token gave you, as Authorization: \
             Bearer …, or upload without a token to begin a new session."
        ))
    };
    let claims = service.key.verify(token).map_err(refused)?;
    let now = Utc::now();
    let expires = time(claims.exp);
    let session = service.store.session(&claims.sub).await?;
    let is_noted = session.as_ref().is_some_and(|session| {
        let is_used = session.revoked.is_some() || now - session.used < NOTED_EVERY;
        is_used && session.expires.is_some_and(|until| until >= expires)
    });
    if !is_noted {
        // Whoever has the key may issue tokens, so the session need not be known.
        // A note that cannot be made keeps nobody from reading: what writes fails by itself.
        let noted = service.store.use_session(&claims.sub, now, expires).await;
        if let Err(e) = noted {
            tracing::warn!(error = %e, "cannot note that a session is used");
        }
    }
    if session.is_some_and(|session| session.revoked.is_some()) {
        return Err(refused("belongs to a session that was ended"));
    }
    let left = claims.exp - now.timestamp();
    let fresh_token = if left < lifetime(service).num_seconds() / 4 {
        // The one that was sent is good for a while.
        self::token(service, &claims.sub).await.ok()
    } else {
        None
    };
    Ok(Caller {
        subject: claims.sub,
        fresh_token,
    })
}

/// Begins a session. Its token is a fresh one.
pub async fn begin(service: &Service) -> Result<Caller> {
    let subject = Uuid::new_v4().to_string();
    let token = token(service, &subject).await?;
    tracing::info!(session = %subject, "a session begins");
    Ok(Caller {
        subject,
        fresh_token: Some(token),
    })
}

/// A new token for a session. Until when it is valid is noted: so long its end would be.
pub async fn token(service: &Service, subject: &str) -> Result<String> {
    let (token, expires) = service.key.sign(subject, lifetime(service))?;
    let now = Utc::now();
    service
        .store
        .use_session(subject, now, time(expires))
        .await?;
    Ok(token)
}

/// A time in seconds since 1970, until the end of the year 9999: as text, times are in order so far.
fn time(seconds: i64) -> DateTime<Utc> {
    const LAST: i64 = 253_402_300_799;
    DateTime::from_timestamp(seconds.clamp(0, LAST), 0).unwrap_or_default()
}

/// Ends a session: none of its tokens is taken any more.
pub async fn end(service: &Service, subject: &str) -> Result<()> {
    service.store.revoke_session(subject, Utc::now()).await?;
    tracing::info!(session = %subject, "a session was ended");
    Ok(())
}

/// The session, and when it ends if it is not used any more.
pub async fn look(service: &Service, subject: &str) -> Result<(SessionRecord, DateTime<Utc>)> {
    let row = service.store.session(subject).await?;
    // One whose first use could not be noted, for want of room, begins now.
    let row = row.unwrap_or_else(|| SessionRecord::new(Utc::now()));
    let expires = row.used + lifetime(service);
    Ok((row, expires))
}

pub(crate) fn lifetime(service: &Service) -> TimeDelta {
    // A duration that chrono cannot hold is as good as for ever: a hundred years.
    TimeDelta::from_std(service.config.access.max_age).unwrap_or(TimeDelta::days(36_500))
}

/// Whether a session's tokens are taken no more.
pub async fn is_ended(service: &Service, subject: &str) -> bool {
    if !service.has_sessions() {
        return false;
    }
    let session = service.store.session(subject).await;
    !matches!(session, Ok(Some(session)) if session.revoked.is_none())
}
