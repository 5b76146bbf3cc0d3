//! Answers to requests with an Idempotency-Key.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Result, Store};

/// An answer that was given.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AnswerRecord {
    /// Hash of the request: the same key with another request is refused.
    pub request: String,
    /// The answer's HTTP status code.
    pub status: u16,
    /// The answer's `Content-Type`.
    pub kind: Option<String>,
    /// The answer's body.
    pub body: Vec<u8>,
}

/// How long an answer is kept.
pub const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(24);

/// Most answers that are kept for an owner, and most bytes of them.
const MOST: i64 = 1000;
const MOST_BYTES: i64 = 16 << 20;

impl Store {
    /// The answer that this owner was given for a key since `from`.
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

    /// Keeps an answer, and forgets those from before `from`, and the owner's oldest where there are
    /// too many or too large ones.
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
