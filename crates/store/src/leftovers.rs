//! What is kept in files and belongs to no row any more.

use sqlx::{QueryBuilder, types::Json};

use super::{Result, Store};

/// What a file holds, by whose name it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Uploads, by their hashes.
    Upload,
    /// Results, by their hashes.
    Result,
    /// What belongs to a job alone (its log, fit and partial result), by the job's id.
    OfJob,
    /// Logs that earlier versions kept by the names of attempts.
    OfAttempt,
    /// Folders of attempts, by the names of attempts that are not over.
    Attempt,
}

impl Store {
    /// Those of `names` that no row knows.
    pub async fn without_row(&self, kind: FileKind, names: &[String]) -> Result<Vec<String>> {
        let row = match kind {
            FileKind::Upload => "datasets WHERE sha256 = value",
            FileKind::Result => "jobs WHERE result_sha256 = value",
            FileKind::OfJob => "jobs WHERE id = value",
            FileKind::OfAttempt => "jobs WHERE attempt_name = value",
            FileKind::Attempt => {
                "jobs WHERE attempt_name = value AND state IN ('submitting', 'running')"
            }
        };
        let mut query = QueryBuilder::new("SELECT value FROM json_each(");
        query.push_bind(Json(names));
        query.push(format!(") WHERE NOT EXISTS (SELECT 1 FROM {row})"));
        Ok(query.build_query_scalar().fetch_all(&self.readers).await?)
    }
}
