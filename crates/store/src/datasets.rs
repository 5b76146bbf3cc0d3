//! Datasets.

use api::{Dataset, DatasetFilter, DatasetMeta};
use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, SqliteConnection, types::Json};

use super::{
    Page, Result, Store,
    page::{self, containing},
};

/// A dataset as stored in the database.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DatasetRecord {
    /// Its id.
    pub id: String,
    /// The session that it belongs to.
    pub owner: String,
    /// SHA-256 of its content, in hexadecimal: the name of the file.
    pub sha256: String,
    /// Size of its content in bytes.
    pub size: i64,
    /// A human-readable name.
    pub name: String,
    /// Format as specified by the client.
    pub kind: String,
    /// A human-readable description.
    pub description: String,
    /// The report of `sequence` about the content.
    #[sqlx(json)]
    pub report: sequence::Report,
    /// Its owner's tags.
    #[sqlx(json)]
    pub tags: Vec<String>,
    /// When it was uploaded.
    pub created: DateTime<Utc>,
    /// When its name, format, description or tags last changed.
    pub updated: DateTime<Utc>,
}

/// The outcome of adding a dataset.
#[derive(Debug)]
pub enum PutDataset {
    /// The dataset was stored. This is its current row.
    Kept(Box<DatasetRecord>),
    /// The owner's storage quota has no room for it.
    OverQuota {
        /// Bytes that the owner already uses.
        used: u64,
    },
}

/// Maximum number of rows in a list without pages.
const MAX_LIST: i64 = 1000;

impl DatasetRecord {
    /// Converts the row to the API's form, with the report.
    pub fn into_shown(self) -> Dataset {
        Dataset {
            id: self.id,
            meta: DatasetMeta {
                name: self.name,
                kind: self.kind,
                description: self.description,
            },
            size: self.size.unsigned_abs(),
            tags: self.tags,
            created: self.created,
            updated: self.updated,
            report: Some(self.report),
            content: None,
        }
    }
}

impl Store {
    /// Adds a dataset, if its owner's bytes including this dataset do not exceed `most`. An
    /// existing dataset gets the new name, kind, description and report.
    pub async fn put_dataset(&self, row: &DatasetRecord, most: Option<u64>) -> Result<PutDataset> {
        let mut write = self.write().await?;
        let kept: DatasetRecord = sqlx::query_as(
            "INSERT INTO datasets (id, owner, sha256, size, name, kind, description, report, created, updated)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind,
                 description = excluded.description, report = excluded.report,
                 updated = excluded.updated
             RETURNING *",
        )
        .bind(&row.id)
        .bind(&row.owner)
        .bind(&row.sha256)
        .bind(row.size)
        .bind(&row.name)
        .bind(&row.kind)
        .bind(&row.description)
        .bind(Json(&row.report))
        .bind(row.created)
        .bind(row.updated)
        .fetch_one(&mut *write)
        .await?;
        // There is only one writer, so no other dataset is added between adding this one and
        // counting.
        let is_new = kept.created == row.created;
        let used = stored(&mut write, &row.owner).await?;
        if is_new && most.is_some_and(|most| used > most) {
            let used = used.saturating_sub(row.size.unsigned_abs());
            write.roll_back().await?;
            return Ok(PutDataset::OverQuota { used });
        }
        write.commit().await?;
        Ok(PutDataset::Kept(Box::new(kept)))
    }

    /// Returns a dataset of this owner.
    pub async fn dataset(&self, owner: &str, id: &str) -> Result<Option<DatasetRecord>> {
        Ok(
            sqlx::query_as("SELECT * FROM datasets WHERE id = ? AND owner = ?")
                .bind(id)
                .bind(owner)
                .fetch_optional(&self.readers)
                .await?,
        )
    }

    /// Returns a page of this owner's datasets that match the filter.
    pub async fn datasets(
        &self,
        owner: &str,
        filter: &DatasetFilter,
        page: &Page,
    ) -> Result<Vec<DatasetRecord>> {
        let mut query = QueryBuilder::new("SELECT * FROM datasets WHERE owner = ");
        query.push_bind(owner);
        if let Some(part) = &filter.name {
            query.push(" AND name LIKE ").push_bind(containing(part));
            query.push(" ESCAPE '\\'");
        }
        if let Some(kind) = &filter.kind {
            query.push(" AND kind = ").push_bind(kind);
        }
        if let Some(tag) = &filter.tag {
            page::add_tag(&mut query, tag);
        }
        if let Some(from) = filter.created_after {
            query.push(" AND created >= ").push_bind(from);
        }
        if let Some(until) = filter.created_before {
            query.push(" AND created < ").push_bind(until);
        }
        page.add_to(&mut query);
        Ok(query.build_query_as().fetch_all(&self.readers).await?)
    }

    /// Returns the total size in bytes of this owner's datasets and figures.
    pub async fn stored_bytes(&self, owner: &str) -> Result<u64> {
        stored(&mut *self.readers.acquire().await?, owner).await
    }

    /// Returns at most 1,000 datasets of this owner.
    pub async fn some_datasets(&self, owner: &str) -> Result<Vec<DatasetRecord>> {
        Ok(
            sqlx::query_as("SELECT * FROM datasets WHERE owner = ? LIMIT ?")
                .bind(owner)
                .bind(MAX_LIST)
                .fetch_all(&self.readers)
                .await?,
        )
    }

    /// Returns the ids of at most 1,000 jobs of this owner that use a dataset.
    pub async fn jobs_using(&self, owner: &str, dataset: &str) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM jobs WHERE (alignment_id = ?1 OR tree_id = ?1) AND +owner = ?2
             ORDER BY created LIMIT ?3",
        )
        .bind(dataset)
        .bind(owner)
        .bind(MAX_LIST)
        .fetch_all(&self.readers)
        .await?)
    }

    /// Removes a dataset of this owner. Returns the hash of its content, which other datasets may
    /// share.
    pub async fn remove_dataset(&self, owner: &str, id: &str) -> Result<Option<String>> {
        let mut write = self.write().await?;
        let sha256 =
            sqlx::query_scalar("DELETE FROM datasets WHERE id = ? AND owner = ? RETURNING sha256")
                .bind(id)
                .bind(owner)
                .fetch_optional(&mut *write)
                .await?;
        write.commit().await?;
        Ok(sha256)
    }
}

/// Returns the total size in bytes of an owner's datasets and figures.
pub(super) async fn stored(connection: &mut SqliteConnection, owner: &str) -> Result<u64> {
    let sum: i64 = sqlx::query_scalar(
        "SELECT (SELECT coalesce(sum(size), 0) FROM datasets WHERE owner = ?1)
             + (SELECT coalesce(sum(size), 0) FROM visualizations WHERE owner = ?1)",
    )
    .bind(owner)
    .fetch_one(connection)
    .await?;
    Ok(sum.unsigned_abs())
}
