//! Pages of lists, by keyset: a page begins after an item, wherever that has moved to, and takes
//! the same time however far into the list it is.

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Sqlite};

/// Which part of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// What the list is sorted by.
    pub sort: Sort,
    /// Largest or newest first.
    pub descending: bool,
    /// The item before the first.
    pub after: Option<Cursor>,
    /// Most items.
    pub limit: u32,
}

/// What a list is sorted by; the id decides between equals.
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

/// The place of an item in a sorted list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// What the list is sorted by, of this item.
    pub key: SortKey,
    /// Id of this item.
    pub id: String,
}

/// What an item is sorted by.
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
    /// Adds the conditions, the order and the limit to a query that has a `WHERE` already.
    pub(super) fn add_to(&self, query: &mut QueryBuilder<Sqlite>) {
        self.add_place(query);
        self.add_order(query);
    }

    /// Adds the conditions alone: for each part of a query of several.
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

    /// Adds the order and the limit. One more is asked for than is shown: it says whether there is
    /// a next page.
    pub(super) fn add_order(&self, query: &mut QueryBuilder<Sqlite>) {
        let order = if self.descending { "DESC" } else { "ASC" };
        let column = self.column();
        query.push(format!(" ORDER BY {column} {order}, id {order} LIMIT "));
        query.push_bind(i64::from(self.limit) + 1);
    }

    fn column(&self) -> &'static str {
        match self.sort {
            Sort::Created => "created",
            // Absent for jobs that never changed.
            Sort::Updated => "coalesce(updated, created)",
            Sort::Name => "name",
            Sort::Size => "size",
        }
    }
}

/// `text` anywhere, for `LIKE … ESCAPE '\'`.
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
