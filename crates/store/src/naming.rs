//! What people call their jobs, datasets and screens.

use sqlx::types::Json;

use super::{DatasetRecord, JobRecord, Result, ScreenRecord, Store, events};
use crate::clock;

/// A change of a name and tags. Fields that are `None` do not change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Naming {
    /// The new name; empty to remove it.
    pub name: Option<String>,
    /// The new tags.
    pub tags: Option<Vec<String>>,
}

impl Store {
    /// Changes the name and the tags of a job of this owner. Returns the changed job, or `None` if
    /// there is no such job.
    pub async fn name_job(
        &self,
        owner: &str,
        id: &str,
        naming: &Naming,
    ) -> Result<Option<JobRecord>> {
        let mut write = self.write().await?;
        let row: Option<JobRecord> = sqlx::query_as(
            "UPDATE jobs SET name = nullif(coalesce(?, name), ''), tags = coalesce(?, tags), updated = ?
             WHERE id = ? AND owner = ? RETURNING *",
        )
        .bind(&naming.name)
        .bind(naming.tags.as_ref().map(Json))
        .bind(clock::now())
        .bind(id)
        .bind(owner)
        .fetch_optional(&mut *write)
        .await?;
        if let Some(row) = &row {
            events::add(&mut write, owner, "named", &row.event()).await?;
        }
        write.commit().await?;
        Ok(row)
    }

    /// Changes the name and the tags of a dataset of this owner. Returns the changed dataset, or
    /// `None` if there is no such dataset.
    pub async fn name_dataset(
        &self,
        owner: &str,
        id: &str,
        naming: &Naming,
    ) -> Result<Option<DatasetRecord>> {
        let mut write = self.write().await?;
        let row = sqlx::query_as(
            "UPDATE datasets SET name = coalesce(?, name), tags = coalesce(?, tags), updated = ?
             WHERE id = ? AND owner = ? RETURNING *",
        )
        .bind(&naming.name)
        .bind(naming.tags.as_ref().map(Json))
        .bind(clock::now())
        .bind(id)
        .bind(owner)
        .fetch_optional(&mut *write)
        .await?;
        write.commit().await?;
        Ok(row)
    }

    /// Changes the name and the tags of a screen of this owner. Returns the changed screen, or `None`
    /// if there is no such screen.
    pub async fn name_screen(
        &self,
        owner: &str,
        id: &str,
        naming: &Naming,
    ) -> Result<Option<ScreenRecord>> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE screens SET name = coalesce(?, name), tags = coalesce(?, tags), updated = ?
             WHERE id = ? AND owner = ?",
        )
        .bind(&naming.name)
        .bind(naming.tags.as_ref().map(Json))
        .bind(clock::now())
        .bind(id)
        .bind(owner)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        self.screen(owner, id).await
    }
}
