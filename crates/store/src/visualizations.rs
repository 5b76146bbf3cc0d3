//! Figures that clients have drawn from results.

use api::{Visualization, VisualizationFilter};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::{QueryBuilder, SqliteConnection, types::Json};

use super::{Page, Result, Store, datasets::stored};

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

/// The storage quotas of an owner; `None` means unlimited.
#[derive(Debug, Clone, Copy, Default)]
pub struct StorageLimits {
    /// Maximum number of figures.
    pub visualizations: Option<u32>,
    /// Maximum total size in bytes of datasets and figures.
    pub bytes: Option<u64>,
}

/// Why a figure was not stored.
#[derive(Debug, thiserror::Error)]
pub enum OverQuota {
    /// The owner has the maximum number of figures.
    #[error("there are {limit} visualizations, the most that the owner may have")]
    Visualizations {
        /// The maximum number.
        limit: u32,
    },
    /// The owner's storage quota has no room for the figure.
    #[error("{used} bytes are stored, and {more} more would exceed {limit}")]
    Bytes {
        /// Bytes that the owner already uses.
        used: u64,
        /// Bytes that would be added.
        more: u64,
        /// The limit in bytes.
        limit: u64,
    },
}

/// Returns the size of a figure that counts towards the quota.
fn size(drawn: &Visualization) -> u64 {
    let json = |map: &Map<String, Value>| serde_json::to_vec(map).map_or(0, |json| json.len());
    let maps = [
        Some(&drawn.spec),
        drawn.config.as_ref(),
        drawn.metadata.as_ref(),
    ];
    let maps: usize = maps.into_iter().flatten().map(json).sum();
    let texts = drawn.title.len() + drawn.description.as_ref().map_or(0, String::len);
    (maps + texts) as u64
}

impl Store {
    /// Adds a figure, or updates one of this owner. The change is rolled back if it exceeds the
    /// owner's quotas.
    pub async fn put_visualization(
        &self,
        owner: &str,
        drawn: &Visualization,
        most: StorageLimits,
    ) -> Result<std::result::Result<(), OverQuota>> {
        let mut write = self.write().await?;
        let before = stored(&mut write, owner).await?;
        let size = size(drawn);
        sqlx::query(
            "INSERT INTO visualizations (id, owner, job_id, dataset_id, title, description, spec,
                 config, metadata, created, updated, size)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET title = excluded.title,
                 description = excluded.description, spec = excluded.spec,
                 config = excluded.config, metadata = excluded.metadata,
                 updated = excluded.updated, size = excluded.size WHERE owner = excluded.owner",
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
        .bind(i64::try_from(size).unwrap_or(i64::MAX))
        .execute(&mut *write)
        .await?;
        // There is only one writer, so no other figure is added between adding this one and
        // counting.
        let (now, count) = (
            stored(&mut write, owner).await?,
            count(&mut write, owner).await?,
        );
        if let Some(limit) = most.bytes.filter(|most| now > before && now > *most) {
            write.roll_back().await?;
            return Ok(Err(OverQuota::Bytes {
                used: before,
                more: now - before,
                limit,
            }));
        }
        if let Some(limit) = most.visualizations.filter(|most| count > u64::from(*most)) {
            write.roll_back().await?;
            return Ok(Err(OverQuota::Visualizations { limit }));
        }
        write.commit().await?;
        Ok(Ok(()))
    }

    /// Returns the number of this owner's figures.
    pub async fn count_visualizations(&self, owner: &str) -> Result<u64> {
        count(&mut *self.readers.acquire().await?, owner).await
    }

    /// Returns a figure of this owner.
    pub async fn visualization(&self, owner: &str, id: &str) -> Result<Option<Visualization>> {
        let row: Option<Row> =
            sqlx::query_as("SELECT * FROM visualizations WHERE id = ? AND owner = ?")
                .bind(id)
                .bind(owner)
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.map(Visualization::from))
    }

    /// Returns a page of this owner's figures that match the filter.
    pub async fn visualizations(
        &self,
        owner: &str,
        filter: &VisualizationFilter,
        page: &Page,
    ) -> Result<Vec<Visualization>> {
        let mut query = QueryBuilder::new("SELECT * FROM visualizations WHERE owner = ");
        query.push_bind(owner);
        for (column, value) in [
            ("job_id", &filter.job_id),
            ("dataset_id", &filter.dataset_id),
        ] {
            if let Some(value) = value {
                query.push(format!(" AND {column} = ")).push_bind(value);
            }
        }
        page.add_to(&mut query);
        let rows: Vec<Row> = query.build_query_as().fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(Visualization::from).collect())
    }

    /// Removes a figure of this owner. Returns whether it existed.
    pub async fn remove_visualization(&self, owner: &str, id: &str) -> Result<bool> {
        let mut write = self.write().await?;
        let done = sqlx::query("DELETE FROM visualizations WHERE id = ? AND owner = ?")
            .bind(id)
            .bind(owner)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}

async fn count(connection: &mut SqliteConnection, owner: &str) -> Result<u64> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM visualizations WHERE owner = ?")
        .bind(owner)
        .fetch_one(connection)
        .await?;
    Ok(count.unsigned_abs())
}
