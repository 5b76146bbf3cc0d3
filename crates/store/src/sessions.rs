//! Sessions.

use chrono::{DateTime, Utc};

use super::{Result, Store};

/// A session as it is kept.
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
    /// A session that begins now.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            created: now,
            used: now,
            revoked: None,
            expires: None,
        }
    }
}

/// Sessions removed in one go.
const BATCH: i64 = 100;

impl Store {
    /// A session.
    pub async fn session(&self, id: &str) -> Result<Option<SessionRecord>> {
        Ok(
            sqlx::query_as("SELECT created, used, revoked, expires FROM sessions WHERE id = ?")
                .bind(id)
                .fetch_optional(&self.readers)
                .await?,
        )
    }

    /// Notes that a session is used, and until when a token of it is valid; adds it if it is new.
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

    /// Ends a session for good.
    pub async fn revoke_session(&self, id: &str, now: DateTime<Utc>) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE sessions SET revoked = ? WHERE id = ? AND revoked IS NULL")
            .bind(now)
            .bind(id)
            .execute(&mut *write)
            .await?;
        write.commit().await
    }

    /// Sessions that nobody has used since then and that have no job at work, at most 100.
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
