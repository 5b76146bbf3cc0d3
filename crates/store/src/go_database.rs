//! The database of the second Go version, opened read-only.
//!
//! Its schema has changed from release to release. Missing columns count as empty. Times may be
//! text or seconds since 1970.

use std::{collections::BTreeMap, path::Path};

use api::{ChatConversation, ChatEntry, Visualization};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::de::DeserializeOwned;
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow},
};

use super::Result;

/// The data in a Go service's database that can be imported.
#[derive(Debug)]
pub struct GoData {
    /// Sessions, with their creation times.
    pub sessions: Vec<(String, Option<DateTime<Utc>>)>,
    /// Datasets. Their contents are in files.
    pub datasets: Vec<GoDataset>,
    /// Jobs. Their results are in files.
    pub jobs: Vec<GoJob>,
    /// Visualizations with their owners.
    pub visualizations: Vec<(Option<String>, Visualization)>,
    /// Conversations.
    pub conversations: Vec<GoConversation>,
}

/// A dataset as the Go service described it.
#[derive(Debug)]
pub struct GoDataset {
    /// Its id, which is also the name of its file.
    pub id: String,
    /// The session that it belongs to; `None` if the release had no sessions.
    pub owner: Option<String>,
    /// A human-readable name.
    pub name: String,
    /// Format as specified by the client.
    pub kind: String,
    /// A human-readable description.
    pub description: String,
    /// When it was uploaded.
    pub created: Option<DateTime<Utc>>,
    /// When its description last changed.
    pub updated: Option<DateTime<Utc>>,
}

/// A job as the Go service described it.
#[derive(Debug)]
pub struct GoJob {
    /// Its id.
    pub id: String,
    /// The session that it belongs to; `None` if the release had no sessions.
    pub owner: Option<String>,
    /// Id of the analysis.
    pub method: Option<String>,
    /// Dataset of the alignment.
    pub alignment: Option<String>,
    /// Dataset of the tree.
    pub tree: Option<String>,
    /// Its state in the Go service's words.
    pub status: Option<String>,
    /// When it was started.
    pub created: Option<DateTime<Utc>>,
    /// When its state last changed.
    pub updated: Option<DateTime<Utc>>,
}

/// A conversation as the Go service kept it.
#[derive(Debug)]
pub struct GoConversation {
    /// The session that it belongs to; `None` if the release had no sessions.
    pub owner: Option<String>,
    /// What describes it.
    pub conversation: ChatConversation,
    /// What was said, oldest first.
    pub entries: Vec<ChatEntry>,
}

/// Reads a database file without changing it.
///
/// # Errors
/// Fails if the file is not a database, or cannot be read.
pub async fn read_go_database(path: &Path) -> Result<GoData> {
    let old = GoDatabase::open(path).await?;
    Ok(GoData {
        sessions: old.sessions().await?,
        datasets: old.datasets().await?,
        jobs: old.jobs().await?,
        visualizations: old.visualizations().await?,
        conversations: old.conversations().await?,
    })
}

/// An open database of the Go service.
struct GoDatabase(SqlitePool);

impl GoDatabase {
    /// Opens the database.
    async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let pool = SqlitePoolOptions::new().max_connections(1);
        Ok(Self(pool.connect_with(options).await?))
    }

    async fn rows(&self, table: &str) -> Result<Vec<SqliteRow>> {
        let there: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
                .bind(table)
                .fetch_optional(&self.0)
                .await?;
        if there.is_none() {
            return Ok(Vec::new());
        }
        // The table name is one of the literals below.
        let query = sqlx::AssertSqlSafe(format!("SELECT * FROM {table}"));
        Ok(sqlx::query(query).fetch_all(&self.0).await?)
    }

    /// Returns the sessions with their creation times.
    async fn sessions(&self) -> Result<Vec<(String, Option<DateTime<Utc>>)>> {
        let rows = self.rows("sessions").await?;
        let session = |row: &SqliteRow| Some((text(row, "subject")?, time(row, "created_at")));
        Ok(rows.iter().filter_map(session).collect())
    }

    async fn datasets(&self) -> Result<Vec<GoDataset>> {
        let rows = self.rows("datasets").await?;
        let dataset = |row: &SqliteRow| {
            Some(GoDataset {
                id: text(row, "id")?,
                owner: text(row, "user_id"),
                name: text(row, "metadata_name").unwrap_or_default(),
                kind: text(row, "metadata_type").unwrap_or_default(),
                description: text(row, "metadata_description").unwrap_or_default(),
                created: time(row, "metadata_created"),
                updated: time(row, "metadata_updated"),
            })
        };
        Ok(rows.iter().filter_map(dataset).collect())
    }

    async fn jobs(&self) -> Result<Vec<GoJob>> {
        let rows = self.rows("jobs").await?;
        let job = |row: &SqliteRow| {
            Some(GoJob {
                id: text(row, "job_id")?,
                owner: text(row, "user_id"),
                method: text(row, "method_type"),
                alignment: text(row, "alignment_id"),
                tree: text(row, "tree_id"),
                status: text(row, "status"),
                created: time(row, "created_at"),
                updated: time(row, "updated_at"),
            })
        };
        Ok(rows.iter().filter_map(job).collect())
    }

    /// Returns the visualizations with their owners.
    async fn visualizations(&self) -> Result<Vec<(Option<String>, Visualization)>> {
        let rows = self.rows("visualizations").await?;
        let drawn = |row: &SqliteRow| {
            let created = time(row, "created_at").unwrap_or_else(Utc::now);
            let drawn = Visualization {
                viz_id: text(row, "viz_id").or_else(|| text(row, "id"))?,
                job_id: text(row, "job_id")?,
                dataset_id: text(row, "dataset_id"),
                title: text(row, "title").unwrap_or_default(),
                description: text(row, "description"),
                spec: json(row, "spec")?,
                config: json(row, "config"),
                metadata: json(row, "metadata"),
                created_at: created,
                updated_at: time(row, "updated_at").unwrap_or(created),
            };
            Some((text(row, "user_id"), drawn))
        };
        Ok(rows.iter().filter_map(drawn).collect())
    }

    async fn conversations(&self) -> Result<Vec<GoConversation>> {
        let mut said: BTreeMap<String, Vec<(i64, ChatEntry)>> = BTreeMap::new();
        for row in &self.rows("messages").await? {
            let (Some(conversation), Some(content)) =
                (text(row, "conversation_id"), text(row, "content"))
            else {
                continue;
            };
            let at = whole(row, "timestamp");
            let entry = match text(row, "role").as_deref() {
                Some("user") => ChatEntry::User { content, at },
                Some("assistant") => ChatEntry::Assistant {
                    content,
                    calls: Vec::new(),
                    at,
                },
                _ => continue,
            };
            said.entry(conversation).or_default().push((at, entry));
        }
        let rows = self.rows("conversations").await?;
        let conversation = |row: &SqliteRow| {
            let id = text(row, "id")?;
            let mut entries = said.remove(&id).unwrap_or_default();
            // Entries of the same time keep their order.
            entries.sort_by_key(|(at, _)| *at);
            Some(GoConversation {
                owner: text(row, "subject"),
                conversation: ChatConversation {
                    id,
                    title: text(row, "title"),
                    created: whole(row, "created"),
                    updated: whole(row, "updated"),
                    messages: None,
                },
                entries: entries.into_iter().map(|(_, entry)| entry).collect(),
            })
        };
        Ok(rows.iter().filter_map(conversation).collect())
    }
}

/// Returns the text in a column, if it is not empty.
fn text(row: &SqliteRow, column: &str) -> Option<String> {
    let text: Option<String> = row.try_get_unchecked(column).ok()?;
    text.filter(|text| !text.is_empty())
}

/// Returns the whole number in a column; 0 if there is none.
fn whole(row: &SqliteRow, column: &str) -> i64 {
    let number = text(row, column).and_then(|text| text.parse().ok());
    number.unwrap_or_default()
}

fn time(row: &SqliteRow, column: &str) -> Option<DateTime<Utc>> {
    parse_time(&text(row, column)?)
}

fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(seconds) = text.parse() {
        return DateTime::from_timestamp(seconds, 0);
    }
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    // Formats of CURRENT_TIMESTAMP and of Go's driver: `2025-03-01 10:00:00.5+00:00`.
    let driver = || DateTime::parse_from_str(text, "%F %T%.f%:z").map(|time| time.to_utc());
    let plain = || NaiveDateTime::parse_from_str(text, "%F %T%.f").map(|time| time.and_utc());
    zoned.or_else(|_| driver()).or_else(|_| plain()).ok()
}

fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Option<T> {
    serde_json::from_str(&text(row, column)?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::parse_time;

    #[test]
    fn times_in_every_past_format_are_parsed() {
        for text in [
            "1740823200",
            "2025-03-01T10:00:00Z",
            "2025-03-01 10:00:00",
            "2025-03-01 11:00:00+01:00",
            "2025-03-01T11:00:00.000000+01:00",
        ] {
            assert_eq!(
                parse_time(text).unwrap().timestamp(),
                1_740_823_200,
                "{text}"
            );
        }
        assert_eq!(parse_time("yesterday"), None);
    }
}
