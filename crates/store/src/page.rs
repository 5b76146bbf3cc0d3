//! Pages of lists (keyset pagination). A page begins after a given item, even if that item has
//! moved. Reading a page takes the same time at any position in the list.

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Sqlite};

/// Selects a part of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// What the list is sorted by.
    pub sort: Sort,
    /// Whether the largest or newest items come first.
    pub descending: bool,
    /// The item that the page follows.
    pub after: Option<Cursor>,
    /// Maximum number of items.
    pub limit: u32,
}

/// The sort key of a list. The id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// When the item was created.
    Created,
    /// When the item last changed.
    Updated,
    /// The name.
    Name,
    /// The size in bytes.
    Size,
}

/// The position of an item in a sorted list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The item's sort key.
    pub key: SortKey,
    /// The item's id.
    pub id: String,
}

/// The value of an item's sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKey {
    /// A time.
    Time(DateTime<Utc>),
    /// A name.
    Text(String),
    /// A size in bytes.
    Number(i64),
}

impl Page {
    /// Adds the conditions, the order and the limit to a query that already has a `WHERE`.
    pub(super) fn add_to(&self, query: &mut QueryBuilder<Sqlite>) {
        self.add_place(query);
        self.add_order(query);
    }

    /// Adds only the conditions, for each part of a query with several parts.
    pub(super) fn add_place(&self, query: &mut QueryBuilder<Sqlite>) {
        let Some(Cursor { key, id }) = &self.after else {
            return;
        };
        let compare = if self.descending { "<" } else { ">" };
        query.push(format!(" AND ({}, id) {compare} (", self.column()));
        match key {
            SortKey::Time(time) => query.push_bind(*time),
            SortKey::Text(text) => query.push_bind(text.clone()),
            SortKey::Number(number) => query.push_bind(*number),
        };
        query.push(", ").push_bind(id.clone()).push(")");
    }

    /// Adds the order and the limit. The limit is one item larger than the page, which shows
    /// whether there is a next page.
    pub(super) fn add_order(&self, query: &mut QueryBuilder<Sqlite>) {
        let order = if self.descending { "DESC" } else { "ASC" };
        let column = self.column();
        query.push(format!(" ORDER BY {column} {order}, id {order} LIMIT "));
        query.push_bind(i64::from(self.limit) + 1);
    }

    fn column(&self) -> &'static str {
        match self.sort {
            Sort::Created => "created",
            // This is NULL for jobs that have never changed.
            Sort::Updated => "coalesce(updated, created)",
            Sort::Name => "name",
            Sort::Size => "size",
        }
    }
}

/// Adds the condition that an item has a tag.
pub(super) fn add_tag(query: &mut QueryBuilder<Sqlite>, tag: &str) {
    query.push(" AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ");
    query.push_bind(tag.to_owned()).push(")");
}

/// Returns a pattern for `LIKE … ESCAPE '\'` that matches `text` anywhere.
pub(super) fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern + "%"
}
