//! Figures that clients have drawn of results.

use api::{Visualization, VisualizationFilter};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::types::Json;

use super::{Result, Store};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    job_id: String,
    dataset_id: Option<String>,
    title: String,
    description: Option<String>,
    spec: Json<Map<String, Value>>,
    config: Option<Json<Map<String, Value>>>,
    metadata: Option<Json<Map<String, Value>>>,
    created: DateTime<Utc>,
    updated: DateTime<Utc>,
}

impl From<Row> for Visualization {
    fn from(row: Row) -> Self {
        Self {
            viz_id: row.id,
            job_id: row.job_id,
            dataset_id: row.dataset_id,
            title: row.title,
            description: row.description,
            spec: row.spec.0,
            config: row.config.map(|config| config.0),
            metadata: row.metadata.map(|metadata| metadata.0),
            created_at: row.created,
            updated_at: row.updated,
        }
    }
}

/// Most rows of a list.
const MAX_LIST: i64 = 1000;

impl Store {
    /// Keeps a figure: a new one, or what has become of one of this owner.
    pub(crate) async fn put_visualization(&self, owner: &str, drawn: &Visualization) -> Result<()> {
        sqlx::query(
            "INSERT INTO visualizations (id, owner, job_id, dataset_id, title, description, spec,
                 config, metadata, created, updated)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET title = excluded.title,
                 description = excluded.description, spec = excluded.spec,
                 config = excluded.config, metadata = excluded.metadata,
                 updated = excluded.updated WHERE owner = excluded.owner",
        )
        .bind(&drawn.viz_id)
        .bind(owner)
        .bind(&drawn.job_id)
        .bind(&drawn.dataset_id)
        .bind(&drawn.title)
        .bind(&drawn.description)
        .bind(Json(&drawn.spec))
        .bind(drawn.config.as_ref().map(Json))
        .bind(drawn.metadata.as_ref().map(Json))
        .bind(drawn.created_at)
        .bind(drawn.updated_at)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// A figure of this owner.
    pub(crate) async fn visualization(
        &self,
        owner: &str,
        id: &str,
    ) -> Result<Option<Visualization>> {
        let row: Option<Row> =
            sqlx::query_as("SELECT * FROM visualizations WHERE id = ? AND owner = ?")
                .bind(id)
                .bind(owner)
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.map(Visualization::from))
    }

    /// The newest figures of this owner, at most 1,000, that have all the given properties.
    pub(crate) async fn visualizations(
        &self,
        owner: &str,
        filter: &VisualizationFilter,
    ) -> Result<Vec<Visualization>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM visualizations WHERE owner = ?1
                 AND (?2 IS NULL OR job_id = ?2) AND (?3 IS NULL OR dataset_id = ?3)
             ORDER BY created DESC, id DESC LIMIT ?4",
        )
        .bind(owner)
        .bind(&filter.job_id)
        .bind(&filter.dataset_id)
        .bind(MAX_LIST)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(Visualization::from).collect())
    }

    /// Removes a figure of this owner. Returns whether there was one.
    pub(crate) async fn remove_visualization(&self, owner: &str, id: &str) -> Result<bool> {
        let done = sqlx::query("DELETE FROM visualizations WHERE id = ? AND owner = ?")
            .bind(id)
            .bind(owner)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}
