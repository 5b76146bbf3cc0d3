//! Sessions, which determine who may see what.
//!
//! In open mode all callers share one owner. Otherwise each session is a separate owner. The first
//! upload without a token begins a session, and the session exists for as long as it is used.
//!
//! Architecture invariant: an invalid token is refused. It never begins a new session.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use store::{SessionRecord, clock};

use crate::{
    Service,
    error::{Error, Result},
};

/// The owner of everything in open mode.
pub const OPEN: &str = "open";
/// How often the use of a session is recorded.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A caller with a valid token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The session.
    pub subject: String,
    /// A replacement token, if the one in the request expires soon.
    pub fresh_token: Option<String>,
}

/// Returns the beginning of an owner's id, which tells owners apart in the log.
#[must_use]
pub fn short(owner: &str) -> &str {
    owner.get(..8).unwrap_or(owner)
}

/// Identifies the caller by a token.
pub async fn identify(service: &Service, token: &str) -> Result<Caller> {
    let refused = |why: &str| {
        Error::Unauthorized(format!(
            "The token {why}. Send the token from your X-Session-Token header as Authorization: \
             Bearer …, or upload without a token to begin a new session."
        ))
    };
    let claims = service.key.verify(token).map_err(refused)?;
    let now = clock::now();
    let expires = time(claims.exp);
    let session = service.store.session(&claims.sub).await?;
    let is_noted = session.as_ref().is_some_and(|session| {
        let is_used = session.revoked.is_some() || now - session.used < NOTED_EVERY;
        is_used && session.expires.is_some_and(|until| until >= expires)
    });
    if !is_noted {
        // Anyone with the key may issue tokens, so the session may be unknown. If the use cannot be
        // recorded, reading still works; writing would fail anyway.
        let noted = service.store.use_session(&claims.sub, now, expires).await;
        if let Err(e) = noted {
            tracing::warn!(error = %e, "failed to record the use of a session");
        }
    }
    if session.is_some_and(|session| session.revoked.is_some()) {
        return Err(refused("belongs to a session that has ended"));
    }
    let left = claims.exp - now.timestamp();
    let fresh_token = if left < lifetime(service).num_seconds() / 4 {
        // If this fails, the caller's token is still valid for a while.
        self::token(service, &claims.sub).await.ok()
    } else {
        None
    };
    Ok(Caller {
        subject: claims.sub,
        fresh_token,
    })
}

/// Begins a session and returns its first token.
pub async fn begin(service: &Service) -> Result<Caller> {
    let subject = Uuid::new_v4().to_string();
    let token = token(service, &subject).await?;
    tracing::info!(owner = short(&subject), "a session began");
    Ok(Caller {
        subject,
        fresh_token: Some(token),
    })
}

/// Issues a token for a session, and records its expiry time. If the session ends early, its end
/// must be remembered until then.
pub async fn token(service: &Service, subject: &str) -> Result<String> {
    let (token, expires) = service.key.sign(subject, lifetime(service))?;
    let now = clock::now();
    service
        .store
        .use_session(subject, now, time(expires))
        .await?;
    Ok(token)
}

/// Converts seconds since 1970 to a time, at most the end of the year 9999. Up to that year, times
/// sort correctly as text.
fn time(seconds: i64) -> DateTime<Utc> {
    const LAST: i64 = 253_402_300_799;
    DateTime::from_timestamp(seconds.clamp(0, LAST), 0).unwrap_or_default()
}

/// Ends a session. Its tokens are refused from now on.
pub async fn end(service: &Service, subject: &str) -> Result<()> {
    service.store.revoke_session(subject, clock::now()).await?;
    tracing::info!(owner = short(subject), "a session ended");
    Ok(())
}

/// Returns the session, and when it expires if it is not used any more.
pub async fn find(service: &Service, subject: &str) -> Result<(SessionRecord, DateTime<Utc>)> {
    let row = service.store.session(subject).await?;
    // If the disk was too full to record the session's first use, it begins now.
    let row = row.unwrap_or_else(|| SessionRecord::new(clock::now()));
    let expires = row.used + lifetime(service);
    Ok((row, expires))
}

pub(crate) fn lifetime(service: &Service) -> TimeDelta {
    clock::delta(service.config.access.max_age)
}

/// Returns whether a session was ended, so that its tokens are refused.
pub async fn is_ended(service: &Service, subject: &str) -> bool {
    if !service.has_sessions() {
        return false;
    }
    let session = service.store.session(subject).await;
    !matches!(session, Ok(Some(session)) if session.revoked.is_none())
}
