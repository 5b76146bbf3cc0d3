//! Answers to requests with an Idempotency-Key.

use chrono::{DateTime, Utc};

use super::{Result, Store};

/// An answer that was given.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AnswerRow {
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) kind: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Most answers that are kept for an owner, and most bytes of them.
const MOST: i64 = 1000;
const MOST_BYTES: i64 = 16 << 20;

impl Store {
    /// The answer that this owner was given for a key since `from`.
    pub(crate) async fn answer(
        &self,
        owner: &str,
        key: &str,
        from: DateTime<Utc>,
    ) -> Result<Option<AnswerRow>> {
        sqlx::query_as("SELECT * FROM answers WHERE owner = ? AND key = ? AND created > ?")
            .bind(owner)
            .bind(key)
            .bind(from)
            .fetch_optional(&self.readers)
            .await
    }

    /// Keeps an answer, and forgets those from before `from`, and the owner's oldest where there are
    /// too many or too large ones.
    pub(crate) async fn keep_answer(
        &self,
        owner: &str,
        key: &str,
        answer: &AnswerRow,
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
