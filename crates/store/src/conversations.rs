//! Conversations with the assistant.

use api::{ChatConversation, ChatEntry};
use sqlx::types::Json;

use super::{Result, Store};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    title: Option<String>,
    created: i64,
    updated: i64,
}

impl From<Row> for ChatConversation {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            title: row.title,
            created: row.created,
            updated: row.updated,
            messages: None,
        }
    }
}

impl Store {
    /// Adds a conversation unless its owner has this many. Returns whether it was added.
    pub async fn add_conversation(
        &self,
        owner: &str,
        conversation: &ChatConversation,
        most: u32,
    ) -> Result<bool> {
        let mut write = self.write().await?;
        let added = sqlx::query(
            "INSERT INTO conversations (id, owner, title, created, updated)
             SELECT ?1, ?2, ?3, ?4, ?5
             WHERE (SELECT count(*) FROM conversations WHERE owner = ?2) < ?6",
        )
        .bind(&conversation.id)
        .bind(owner)
        .bind(&conversation.title)
        .bind(conversation.created)
        .bind(conversation.updated)
        .bind(most)
        .execute(&mut *write)
        .await?
        .rows_affected();
        write.commit().await?;
        Ok(added == 1)
    }

    /// Returns the conversations of an owner without their messages, the last used first.
    pub async fn conversations(&self, owner: &str) -> Result<Vec<ChatConversation>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, title, created, updated FROM conversations WHERE owner = ?
             ORDER BY updated DESC, id",
        )
        .bind(owner)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Returns a conversation of an owner, and its entries.
    pub async fn conversation(
        &self,
        owner: &str,
        id: &str,
    ) -> Result<Option<(ChatConversation, Vec<ChatEntry>)>> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, title, created, updated FROM conversations WHERE owner = ? AND id = ?",
        )
        .bind(owner)
        .bind(id)
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let entries: Vec<Json<ChatEntry>> = sqlx::query_scalar(
            "SELECT entry FROM conversation_entries WHERE conversation = ? ORDER BY position",
        )
        .bind(id)
        .fetch_all(&self.readers)
        .await?;
        let entries = entries.into_iter().map(|Json(entry)| entry).collect();
        Ok(Some((row.into(), entries)))
    }

    /// Adds entries to a conversation of an owner, and gives it a title if it has none. Returns whether there is such
    /// a conversation.
    pub async fn extend_conversation(
        &self,
        owner: &str,
        id: &str,
        title: &str,
        entries: &[ChatEntry],
        now: i64,
    ) -> Result<bool> {
        let mut write = self.write().await?;
        let found = sqlx::query(
            "UPDATE conversations SET updated = ?, title = coalesce(title, nullif(?, ''))
             WHERE owner = ? AND id = ?",
        )
        .bind(now)
        .bind(title)
        .bind(owner)
        .bind(id)
        .execute(&mut *write)
        .await?
        .rows_affected();
        if found == 0 {
            write.roll_back().await?;
            return Ok(false);
        }
        for entry in entries {
            sqlx::query(
                "INSERT INTO conversation_entries (conversation, position, entry)
                 SELECT ?1, coalesce(max(position), 0) + 1, ?2
                 FROM conversation_entries WHERE conversation = ?1",
            )
            .bind(id)
            .bind(Json(entry))
            .execute(&mut *write)
            .await?;
        }
        write.commit().await?;
        Ok(true)
    }

    /// Removes a conversation of an owner. Returns whether there was one.
    pub async fn remove_conversation(&self, owner: &str, id: &str) -> Result<bool> {
        let mut write = self.write().await?;
        let removed = sqlx::query("DELETE FROM conversations WHERE owner = ? AND id = ?")
            .bind(owner)
            .bind(id)
            .execute(&mut *write)
            .await?
            .rows_affected();
        if removed == 1 {
            sqlx::query("DELETE FROM conversation_entries WHERE conversation = ?")
                .bind(id)
                .execute(&mut *write)
                .await?;
        }
        write.commit().await?;
        Ok(removed == 1)
    }
}
