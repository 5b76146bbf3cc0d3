//! Finds stored files that no row refers to any more.

use sqlx::{QueryBuilder, types::Json};

use super::{Result, Store};

/// The kinds of stored files, and how each kind is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Uploads, named by their hashes.
    Upload,
    /// Results, named by their hashes.
    Result,
    /// Files that belong to one job (its log, fit and partial result), named by the job's id.
    OfJob,
    /// Logs that earlier versions stored under the names of attempts.
    OfAttempt,
    /// Folders of attempts, named by attempts that are in progress.
    Attempt,
}

impl Store {
    /// Returns those of `names` that no row refers to.
    pub async fn without_row(&self, kind: FileKind, names: &[String]) -> Result<Vec<String>> {
        let rows: &[&str] = match kind {
            FileKind::Upload => &["datasets WHERE sha256 = value"],
            FileKind::Result => &[
                "jobs WHERE result_sha256 = value",
                "jobs WHERE estimate_sha256 = value",
            ],
            FileKind::OfJob => &["jobs WHERE id = value"],
            FileKind::OfAttempt => &["jobs WHERE attempt_name = value"],
            FileKind::Attempt => &[
                "jobs WHERE attempt_name = value AND state IN ('submitting', 'running')",
                "jobs WHERE estimate_attempt = value AND estimate_state = 'running'",
            ],
        };
        let mut query = QueryBuilder::new("SELECT value FROM json_each(");
        query.push_bind(Json(names));
        query.push(") WHERE true");
        for row in rows {
            query.push(format!(" AND NOT EXISTS (SELECT 1 FROM {row})"));
        }
        Ok(query.build_query_scalar().fetch_all(&self.readers).await?)
    }
}
