//! Lists of jobs.

use api::JobState;
use sqlx::{QueryBuilder, Sqlite};

use super::JobRecord;
use crate::{
    Page, Result, Store,
    page::{self, containing},
};

impl Store {
    /// Returns a page of this owner's jobs that match the filter, without held ones.
    pub async fn jobs(
        &self,
        owner: &str,
        filter: &api::JobFilter,
        page: &Page,
    ) -> Result<Vec<JobRecord>> {
        let wanted = |state: &JobState| {
            filter.status.is_none_or(|status| state.status() == status)
                && filter.state.is_none_or(|one| *state == one)
        };
        let any = filter.status.is_none() && filter.state.is_none();
        let states: Vec<Option<JobState>> = if any {
            vec![None]
        } else {
            let wanted = JobState::ALL.into_iter().filter(wanted);
            wanted.map(Some).collect()
        };
        if states.is_empty() {
            return Ok(Vec::new());
        }
        // Query each state separately, so that an index returns each part in order, and merge the
        // parts. With a single query SQLite would read all jobs of the owner even if few are in one
        // of the states.
        let mut query = QueryBuilder::new("");
        for (place, state) in states.into_iter().enumerate() {
            if place > 0 {
                query.push(" UNION ALL ");
            }
            // Merged parts must be ordered by a column of the result.
            query.push("SELECT *, coalesce(updated, created) FROM jobs WHERE ");
            if filter.dataset_id.is_some() {
                // Use the index on datasets, because a dataset has few jobs.
                query.push("+");
            }
            query.push("owner = ").push_bind(owner);
            if let Some(state) = state {
                query.push(" AND state = ").push_bind(state.word());
            }
            query.push(" AND id NOT IN (SELECT id FROM held_jobs)");
            matching(&mut query, filter);
            page.add_place(&mut query);
        }
        page.add_order(&mut query);
        Ok(query.build_query_as().fetch_all(&self.readers).await?)
    }
}

/// Adds the conditions of a filter, except those on the state.
fn matching(query: &mut QueryBuilder<Sqlite>, filter: &api::JobFilter) {
    for (column, value) in [
        ("alignment_id", &filter.alignment_id),
        ("tree_id", &filter.tree_id),
        ("method", &filter.method),
    ] {
        if let Some(value) = value {
            query.push(format!(" AND {column} = "));
            query.push_bind(value.clone());
        }
    }
    if let Some(id) = &filter.dataset_id {
        query.push(" AND (alignment_id = ").push_bind(id.clone());
        query.push(" OR tree_id = ").push_bind(id.clone()).push(")");
    }
    if let Some(part) = &filter.name {
        query.push(" AND name LIKE ").push_bind(containing(part));
        query.push(" ESCAPE '\\'");
    }
    if let Some(tag) = &filter.tag {
        page::add_tag(query, tag);
    }
    if let Some(from) = filter.created_after {
        query.push(" AND created >= ").push_bind(from);
    }
    if let Some(until) = filter.created_before {
        query.push(" AND created < ").push_bind(until);
    }
}
