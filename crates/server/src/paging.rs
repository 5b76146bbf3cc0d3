//! Pages of lists: `limit`, `sort` and `cursor` in the query, and `Link: rel="next"` (RFC 8288) in
//! the response.

use std::marker::PhantomData;

use api::FieldError;
use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderValue, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::extract::query;
use service::{Error, both};
use store::{Cursor, Page, Sort, SortKey};

use crate::problem::{ProblemResponse, Result};

/// The maximum and default number of items on a page. Clients that do not know pages have always
/// received this many.
const MAX_LIMIT: u32 = 1000;

/// The requested part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Maximum number of items on the page, from 1 to 1000. The default is 1000.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// Sort order: `created` or `updated`, for datasets also `name` or `size`. A leading `-` means
    /// descending. The default is `-created`, the newest first.
    sort: Option<String>,
    /// Start of the page, from the `Link` header of the previous page.
    cursor: Option<String>,
}

/// A type of item in paged lists.
pub(crate) trait ListItem {
    const SORTS: &'static [(&'static str, Sort)];

    fn position(&self, sort: Sort) -> Cursor;
}

/// The filter and the page of a list request.
pub(crate) struct ListQuery<F, T> {
    pub(crate) filter: F,
    pub(crate) page: Page,
    of: PhantomData<T>,
}

impl<S: Send + Sync, F: DeserializeOwned, T: ListItem> FromRequestParts<S> for ListQuery<F, T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let text = parts.uri.query().unwrap_or_default();
        let paging = query::<Paging>(text).and_then(|paging| paging.page::<T>());
        let (filter, page) = both(query(text), paging)?;
        let of = PhantomData;
        Ok(Self { filter, page, of })
    }
}

impl Paging {
    /// Returns the requested page.
    fn page<T: ListItem>(&self) -> service::Result<Page> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: String| {
            errors.push(FieldError {
                field: field.to_owned(),
                message,
            });
        };
        let limit = self.limit.unwrap_or(MAX_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            wrong(
                "limit",
                format!("limit is {limit}; it must be between 1 and {MAX_LIMIT}."),
            );
        }
        let sort = self.sort.as_deref().unwrap_or("-created");
        let name = sort.strip_prefix('-').unwrap_or(sort);
        let column = T::SORTS.iter().find(|(word, _)| *word == name);
        if column.is_none() {
            let words: Vec<_> = T::SORTS.iter().map(|(word, _)| *word).collect();
            let words = words.join(", ");
            let message = format!(
                "sort is \"{sort}\"; it must be one of {words}, with a leading - for descending \
                 order."
            );
            wrong("sort", message);
        }
        let sort_by = column.map_or(Sort::Created, |(_, sort)| *sort);
        let after = self
            .cursor
            .as_deref()
            .map(|text| decode_cursor(text, sort, sort_by));
        if after == Some(None) {
            let message = "cursor is invalid for this sort order. Take both from the Link header \
                           of the previous page.";
            wrong("cursor", message.to_owned());
        }
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        Ok(Page {
            sort: sort_by,
            descending: sort.starts_with('-'),
            after: after.flatten(),
            limit,
        })
    }
}

/// Responds with a page of `rows`. `rows` may contain one more than fits, which means that there is
/// a next page.
pub(crate) fn answer<T: ListItem, B: Serialize>(
    uri: &Uri,
    page: &Page,
    mut rows: Vec<T>,
    body: impl FnOnce(Vec<T>) -> B,
) -> Response {
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_next);
    let link = next.and_then(|last| {
        link(
            uri,
            &encode_cursor(&last.position(page.sort), &sort_word::<T>(page)),
        )
    });
    let mut response = Json(body(rows)).into_response();
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// Returns the same address with another cursor, and without any token in the query.
fn link(uri: &Uri, cursor: &str) -> Option<HeaderValue> {
    let query = uri.query().unwrap_or_default();
    let other_pairs = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !name.is_empty() && !["cursor", super::identity::USER_TOKEN].contains(&name)
    });
    let cursor = format!("cursor={cursor}");
    let query: Vec<&str> = other_pairs.chain([cursor.as_str()]).collect();
    // The link is relative to the address of this page (RFC 8288, 3.2), so it works behind any
    // proxy.
    HeaderValue::try_from(format!("<?{}>; rel=\"next\"", query.join("&"))).ok()
}

/// Returns the sort order of a page, as clients write it.
fn sort_word<T: ListItem>(page: &Page) -> String {
    let found = T::SORTS.iter().find(|(_, sort)| *sort == page.sort);
    let minus = if page.descending { "-" } else { "" };
    format!("{minus}{}", found.map_or("", |(word, _)| word))
}

/// Encodes a position as a cursor. A cursor contains the sort order, because it is valid only for
/// that order.
fn encode_cursor(position: &Cursor, sort: &str) -> String {
    let key = match &position.key {
        SortKey::Time(time) => time.to_rfc3339(),
        SortKey::Text(text) => text.clone(),
        SortKey::Number(number) => number.to_string(),
    };
    BASE64_URL_SAFE_NO_PAD.encode(format!("{sort}\n{}\n{key}", position.id))
}

fn decode_cursor(cursor: &str, word: &str, sort: Sort) -> Option<Cursor> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let text = text.strip_prefix(word)?.strip_prefix('\n')?;
    let (id, key) = text.split_once('\n')?;
    let key = match sort {
        Sort::Created | Sort::Updated => SortKey::Time(key.parse().ok()?),
        Sort::Name => SortKey::Text(key.to_owned()),
        Sort::Size => SortKey::Number(key.parse().ok()?),
    };
    let id = id.to_owned();
    Some(Cursor { key, id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_a_round_trip() {
        for (key, sort) in [
            (SortKey::Text("a\nb é".to_owned()), Sort::Name),
            (SortKey::Number(-3), Sort::Size),
            (SortKey::Time(chrono::Utc::now()), Sort::Updated),
        ] {
            let id = "ab12".to_owned();
            let position = Cursor { key, id };
            let written = encode_cursor(&position, "-x");
            assert_eq!(decode_cursor(&written, "x", sort), None);
            assert_eq!(decode_cursor(&written, "-x", sort), Some(position));
        }
        assert_eq!(decode_cursor("%%%", "", Sort::Name), None);
        assert_eq!(decode_cursor("YWI", "", Sort::Name), None);
    }
}
