//! Screens and their steps.

use api::{ScreenFilter, ScreenRequest};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, types::Json};

use super::{
    Page, RequestId, Result, Store,
    page::{self, containing},
};
use crate::clock;

/// A screen as stored in the database.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ScreenRecord {
    /// Its id: the hash of the owner's canonical request.
    pub id: String,
    /// The session that it belongs to.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// The user's tags.
    #[sqlx(json)]
    pub tags: Vec<String>,
    /// The canonical request.
    #[sqlx(json)]
    pub request: ScreenRequest,
    /// Id of the request that started it, or last started it again.
    pub request_id: Option<String>,
    /// When it was added.
    pub created: DateTime<Utc>,
    /// When a step last changed.
    pub updated: DateTime<Utc>,
    /// Its steps, in their order.
    #[sqlx(json)]
    pub steps: Vec<StepRecord>,
}

/// An analysis of a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Id of the analysis.
    pub method: String,
    /// Its state.
    pub state: StepState,
    /// Its job, which may have been deleted.
    pub job_id: Option<String>,
    /// While it waits, the job of the whole alignment that it holds: see [`NewJob::held_by`](crate::NewJob::held_by).
    pub held_job_id: Option<String>,
    /// A sentence for people.
    pub note: Option<String>,
}

/// State of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    /// Its job has not been started.
    Waiting,
    /// It has a job.
    Started,
    /// It has no job, on purpose.
    Skipped,
    /// It has no job, because it cannot be started.
    Refused,
}

impl StepState {
    /// As the database spells it.
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Started => "started",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
        }
    }
}

/// A screen with its steps.
const SELECT: &str = "SELECT *, (
         SELECT json_group_array(json_object(
             'method', method, 'state', state, 'job_id', job_id, 'held_job_id', held_job_id,
             'note', note) ORDER BY place)
         FROM screen_steps WHERE screen_id = screens.id) AS steps
     FROM screens WHERE ";

/// How many screens with waiting steps are read at once.
const BATCH: i64 = 100;

impl Store {
    /// Adds a screen with its steps, if it does not exist.
    pub async fn add_screen(&self, screen: &ScreenRecord) -> Result<()> {
        let mut write = self.write().await?;
        let added = sqlx::query(
            "INSERT INTO screens (id, owner, name, request, created, updated, request_id)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&screen.id)
        .bind(&screen.owner)
        .bind(&screen.name)
        .bind(Json(&screen.request))
        .bind(screen.created)
        .bind(screen.updated)
        .bind(&screen.request_id)
        .execute(&mut *write)
        .await?;
        let is_new = added.rows_affected() > 0;
        for (place, step) in (0_i64..).zip(&screen.steps).filter(|_| is_new) {
            sqlx::query(
                "INSERT INTO screen_steps (screen_id, place, method, state, job_id, note)
                 VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(&screen.id)
            .bind(place)
            .bind(&step.method)
            .bind(step.state.word())
            .bind(&step.job_id)
            .bind(&step.note)
            .execute(&mut *write)
            .await?;
        }
        write.commit().await
    }

    /// Returns a screen of this owner.
    pub async fn screen(&self, owner: &str, id: &str) -> Result<Option<ScreenRecord>> {
        let mut query = QueryBuilder::new(SELECT);
        query.push("id = ").push_bind(id);
        query.push(" AND owner = ").push_bind(owner);
        Ok(query.build_query_as().fetch_optional(&self.readers).await?)
    }

    /// Returns a page of this owner's screens that match the filter.
    pub async fn screens(
        &self,
        owner: &str,
        filter: &ScreenFilter,
        page: &Page,
    ) -> Result<Vec<ScreenRecord>> {
        let mut query = QueryBuilder::new(SELECT);
        query.push("owner = ").push_bind(owner);
        if let Some(alignment) = &filter.alignment_id {
            query.push(" AND request ->> 'alignment' = ");
            query.push_bind(alignment);
        }
        if let Some(part) = &filter.name {
            query.push(" AND name LIKE ").push_bind(containing(part));
            query.push(" ESCAPE '\\'");
        }
        if let Some(tag) = &filter.tag {
            page::add_tag(&mut query, tag);
        }
        page.add_to(&mut query);
        Ok(query.build_query_as().fetch_all(&self.readers).await?)
    }

    /// Returns the next screens of any owner that have waiting steps, in the order of their ids.
    pub async fn screens_with_waiting_steps(&self, after: &str) -> Result<Vec<ScreenRecord>> {
        let mut query = QueryBuilder::new(SELECT);
        query.push("id > ").push_bind(after);
        query.push(" AND id IN (SELECT screen_id FROM screen_steps WHERE state = 'waiting')");
        query.push(" ORDER BY id LIMIT ").push_bind(BATCH);
        Ok(query.build_query_as().fetch_all(&self.readers).await?)
    }

    /// Changes a step that waits. Returns whether it did.
    pub async fn change_waiting_step(&self, screen: &str, step: &StepRecord) -> Result<bool> {
        let mut write = self.write().await?;
        let done = sqlx::query(
            "UPDATE screen_steps SET state = ?, job_id = ?, held_job_id = ?, note = ?
             WHERE screen_id = ? AND method = ? AND state = 'waiting'",
        )
        .bind(step.state.word())
        .bind(&step.job_id)
        .bind(&step.held_job_id)
        .bind(&step.note)
        .bind(screen)
        .bind(&step.method)
        .execute(&mut *write)
        .await?;
        touch(&mut write, screen).await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Lets the steps of this owner's screen wait again that were refused, or whose jobs have failed,
    /// were cancelled or were deleted.
    pub async fn reopen_screen(&self, owner: &str, id: &str, request: RequestId) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE screens SET request_id = ? WHERE id = ? AND owner = ?")
            .bind(request)
            .bind(id)
            .bind(owner)
            .execute(&mut *write)
            .await?;
        sqlx::query(
            "UPDATE screen_steps SET state = 'waiting', job_id = NULL, held_job_id = NULL, note = NULL
             WHERE screen_id = (SELECT id FROM screens WHERE id = ? AND owner = ?)
                 AND (state = 'refused' OR state = 'started' AND NOT EXISTS (
                     SELECT 1 FROM jobs WHERE jobs.id = job_id
                         AND jobs.state NOT IN ('failed', 'cancelled')))",
        )
        .bind(id)
        .bind(owner)
        .execute(&mut *write)
        .await?;
        touch(&mut write, id).await?;
        write.commit().await
    }

    /// Skips the steps of this owner's screen that wait.
    pub async fn skip_waiting_steps(&self, owner: &str, id: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE screen_steps SET state = 'skipped', note = 'The screen was deleted.'
             WHERE screen_id = (SELECT id FROM screens WHERE id = ? AND owner = ?)
                 AND state = 'waiting'",
        )
        .bind(id)
        .bind(owner)
        .execute(&mut *write)
        .await?;
        write.commit().await
    }

    /// Removes a screen of this owner. Its jobs stay. Returns whether it existed.
    pub async fn remove_screen(&self, owner: &str, id: &str) -> Result<bool> {
        let mut write = self.write().await?;
        let done = sqlx::query("DELETE FROM screens WHERE id = ? AND owner = ?")
            .bind(id)
            .bind(owner)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Removes all screens of this owner, so that they start nothing more.
    pub async fn remove_screens(&self, owner: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM screens WHERE owner = ?")
            .bind(owner)
            .execute(&mut *write)
            .await?;
        write.commit().await
    }
}

async fn touch(connection: &mut sqlx::SqliteConnection, screen: &str) -> Result<()> {
    sqlx::query("UPDATE screens SET updated = ? WHERE id = ?")
        .bind(clock::now())
        .bind(screen)
        .execute(connection)
        .await?;
    Ok(())
}
