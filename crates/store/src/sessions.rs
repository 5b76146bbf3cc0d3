//! Sessions.

use chrono::{DateTime, Utc};

use super::{Result, Store};

/// A session as stored in the database.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRecord {
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When it was last used.
    pub used: DateTime<Utc>,
    /// When its tokens were revoked.
    pub revoked: Option<DateTime<Utc>>,
    /// When its last token expires.
    pub expires: Option<DateTime<Utc>>,
}

impl SessionRecord {
    /// Creates a session that begins now.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            created: now,
            used: now,
            revoked: None,
            expires: None,
        }
    }
}

/// Maximum number of sessions in one batch.
const BATCH: i64 = 100;

impl Store {
    /// Returns a session.
    pub async fn session(&self, id: &str) -> Result<Option<SessionRecord>> {
        Ok(
            sqlx::query_as("SELECT created, used, revoked, expires FROM sessions WHERE id = ?")
                .bind(id)
                .fetch_optional(&self.readers)
                .await?,
        )
    }

    /// Records the use of a session and the expiry time of its token. Adds the session if it is
    /// new.
    pub async fn use_session(
        &self,
        id: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO sessions (id, created, used, expires) VALUES (?1, ?2, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET
                 used = CASE WHEN revoked IS NULL THEN excluded.used ELSE used END,
                 expires = max(coalesce(expires, ''), excluded.expires)",
        )
        .bind(id)
        .bind(now)
        .bind(expires)
        .execute(&mut *write)
        .await?;
        write.commit().await
    }

    /// Ends a session permanently.
    pub async fn revoke_session(&self, id: &str, now: DateTime<Utc>) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE sessions SET revoked = ? WHERE id = ? AND revoked IS NULL")
            .bind(now)
            .bind(id)
            .execute(&mut *write)
            .await?;
        write.commit().await
    }

    /// Returns at most 100 sessions that have not been used since then and have no unfinished job.
    pub async fn sessions_unused_since(&self, then: DateTime<Utc>) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM sessions WHERE used < ? AND emptied IS NULL AND NOT EXISTS (
                 SELECT 1 FROM jobs WHERE owner = sessions.id
                     AND state IN ('queued', 'submitting', 'running'))
             ORDER BY used LIMIT ?",
        )
        .bind(then)
        .bind(BATCH)
        .fetch_all(&self.readers)
        .await?)
    }
}
