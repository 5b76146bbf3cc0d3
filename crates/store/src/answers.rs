//! Stored responses to requests with an `Idempotency-Key`.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Result, Store};

/// A stored response.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AnswerRecord {
    /// Hash of the request. The same key with a different request is refused.
    pub request: String,
    /// HTTP status code of the response.
    pub status: u16,
    /// `Content-Type` of the response.
    pub kind: Option<String>,
    /// Body of the response.
    pub body: Vec<u8>,
}

/// How long a response is stored.
pub const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(24);

/// Maximum number and total size of the stored responses of an owner.
const MOST: i64 = 1000;
const MOST_BYTES: i64 = 16 << 20;

impl Store {
    /// Returns the response that this owner has received for a key since `from`.
    pub async fn answer(
        &self,
        owner: &str,
        key: &str,
        from: DateTime<Utc>,
    ) -> Result<Option<AnswerRecord>> {
        Ok(
            sqlx::query_as("SELECT * FROM answers WHERE owner = ? AND key = ? AND created > ?")
                .bind(owner)
                .bind(key)
                .bind(from)
                .fetch_optional(&self.readers)
                .await?,
        )
    }

    /// Stores a response. Deletes those from before `from`, and the owner's oldest if there are too
    /// many or if they are too large.
    pub async fn keep_answer(
        &self,
        owner: &str,
        key: &str,
        answer: &AnswerRecord,
        from: DateTime<Utc>,
    ) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM answers WHERE created <= ?")
            .bind(from)
            .execute(&mut *write)
            .await?;
        sqlx::query(
            "INSERT OR REPLACE INTO answers (owner, key, request, status, kind, body, created)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(owner)
        .bind(key)
        .bind(&answer.request)
        .bind(answer.status)
        .bind(&answer.kind)
        .bind(&answer.body)
        .bind(Utc::now())
        .execute(&mut *write)
        .await?;
        sqlx::query(
            "DELETE FROM answers WHERE owner = ?1 AND key IN (SELECT key FROM (
                 SELECT key, row_number() OVER newest AS number,
                     sum(length(body)) OVER newest AS bytes
                 FROM answers WHERE owner = ?1
                 WINDOW newest AS (ORDER BY created DESC, key ROWS UNBOUNDED PRECEDING))
             WHERE number > ?2 OR bytes > ?3)",
        )
        .bind(owner)
        .bind(MOST)
        .bind(MOST_BYTES)
        .execute(&mut *write)
        .await?;
        write.commit().await
    }
}
