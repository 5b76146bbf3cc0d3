//! `/screens`.

use api::{Naming, Screen, ScreenFilter, ScreenRequest, ScreenState, Screens, paths};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use hyphy::screen::{ScreenReport, markdown};
use serde::Deserialize;
use service::{Service, naming, screens};
use store::{Cursor, ScreenRecord, Sort, SortKey};

use crate::{
    extract::{InPath, InQuery, JsonObject},
    identity::{OwnedObject, Owner},
    paging::{self, ListItem, ListQuery, Paging},
    problem::Result,
    request_context,
    state::AppState,
    summary,
    wait::{Version, Wait, Watched},
};

#[derive(Deserialize)]
pub(crate) struct CreateQuery {
    #[serde(default)]
    retry: bool,
}

/// Screen a gene
///
/// Runs the usual set of analyses on an alignment of codons. If the data suit GARD, it runs first,
/// and the analyses that take partitions analyse those that it finds. The others start at once. All
/// are ordinary jobs: those that exist already are used. An analysis that cannot be started is
/// refused, and the screen continues. The same request means the same screen.
#[utoipa::path(
    post, path = paths::SCREENS, tag = "Screens", operation_id = "startScreen",
    params(("retry" = Option<bool>, Query, description = "If the screen exists, start its analyses again that were refused, have failed, or were cancelled or deleted")),
    request_body = ScreenRequest,
    responses(
        (status = 202, description = "The screen; its analyses start as soon as they can", body = Screen),
        (status = 400, description = "The body is invalid, or a field is missing"),
        (status = 404, description = "There is no such dataset or GARD job"),
        (status = 422, description = "A value is invalid, or no analysis can run on the data"),
    )
)]
pub(crate) async fn create(
    State(service): State<AppState>,
    InQuery(query): InQuery<CreateQuery>,
    OwnedObject(owner, body): OwnedObject,
) -> Result<(StatusCode, Json<Screen>)> {
    let screen =
        screens::create(&service, &owner, &body, query.retry, request_context::id()).await?;
    let shown = screens::shown(&service, screen).await?;
    Ok((StatusCode::ACCEPTED, Json(shown)))
}

/// Get a list of screens
///
/// Returns the caller's screens that match the filter, without the findings. If there are more than fit on a page, `Link`
/// with `rel="next"` has the address of the next page.
#[utoipa::path(
    get, path = paths::SCREENS, tag = "Screens", operation_id = "getScreensList",
    params(ScreenFilter, Paging),
    responses(
        (status = 200, description = "The screens", body = Screens, headers(("Link" = String, description = "The next page, if there is one (RFC 8288, `rel=\"next\"`)"))),
        (status = 400, description = "The query is invalid"),
        (status = 422, description = "`limit`, `sort` or `cursor` is invalid"),
    )
)]
pub(crate) async fn list(
    State(service): State<AppState>,
    Owner(owner): Owner,
    ListQuery { filter, page, .. }: ListQuery<ScreenFilter, ScreenRecord>,
    uri: Uri,
) -> Result<Response> {
    let rows = screens::list(&service, &owner, &filter, &page).await?;
    let mut shown = screens::brief(&service, &owner, rows.clone()).await?;
    Ok(paging::answer(&uri, &page, rows, |rows| {
        shown.truncate(rows.len());
        Screens { screens: shown }
    }))
}

impl ListItem for ScreenRecord {
    const SORTS: &'static [(&'static str, Sort)] =
        &[("created", Sort::Created), ("updated", Sort::Updated)];

    fn position(&self, sort: Sort) -> Cursor {
        let time = match sort {
            Sort::Updated => self.updated,
            _ => self.created,
        };
        Cursor {
            key: SortKey::Time(time),
            id: self.id.clone(),
        }
    }
}

/// Get a screen
///
/// Returns the state of each analysis, with its job and its finding in one sentence. With `wait`, the
/// response is sent as soon as the screen differs from `If-None-Match` (or, without that header, from
/// its state at the time of the request), when it is completed, or after the given number of seconds.
#[utoipa::path(
    get, path = paths::SCREEN, tag = "Screens", operation_id = "getScreen",
    params(
        ("screen_id" = String, Path, description = "Id of the screen"),
        ("wait" = Option<u64>, Query, description = "Seconds to wait for a change, 0 to 60", maximum = 60),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` of the version that the client has"),
    ),
    responses(
        (status = 200, description = "The screen, with a strong `ETag` that changes whenever the screen does", body = Screen),
        (status = 304, description = "The screen has not changed since the version in `If-None-Match`"),
        (status = 400, description = "The query is invalid"),
        (status = 422, description = "`wait` is longer than 60"),
        (status = 404, description = "There is no such screen"),
    )
)]
pub(crate) async fn get(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    wait: Wait,
) -> Result<Response> {
    wait.answer(&service, &OwnScreen { owner, id }).await
}

/// Name and tag a screen
///
/// Changes what the caller calls the screen, and its tags (a JSON merge patch, RFC 7396).
#[utoipa::path(
    patch, path = paths::SCREEN, tag = "Screens", operation_id = "nameScreen",
    params(("screen_id" = String, Path, description = "Id of the screen")),
    request_body = Naming,
    responses(
        (status = 200, description = "The screen", body = Screen),
        (status = 400, description = "The body is invalid"),
        (status = 404, description = "There is no such screen"),
        (status = 422, description = "The name or a tag is invalid; `errors` says why"),
    )
)]
pub(crate) async fn name(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    JsonObject(change): JsonObject,
) -> Result<Json<Screen>> {
    let screen = naming::screen(&service, &owner, &id, &change).await?;
    Ok(Json(screens::shown(&service, screen).await?))
}

/// A screen of the caller.
struct OwnScreen {
    owner: String,
    id: String,
}

impl Watched for OwnScreen {
    async fn look(&self, service: &Service) -> service::Result<Version> {
        let screen = screens::find(service, &self.owner, &self.id).await?;
        let shown = screens::shown(service, screen).await?;
        let jobs = shown.steps.iter().filter_map(|step| step.job_id.clone());
        let of = std::iter::once(self.id.clone()).chain(jobs).collect();
        let over = shown.state == ScreenState::Completed;
        Version::of(&shown, of, over, false)
    }
}

#[derive(Deserialize)]
pub(crate) struct ReportQuery {
    #[serde(default)]
    format: Option<Format>,
    rows: Option<bool>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Format {
    Json,
    Csv,
    Md,
}

/// Get the report of a screen
///
/// What all analyses say together, so far: the answer for the gene in sentences; for each codon, what
/// every analysis finds and how many agree; the selected branches; what was run and how; a paragraph
/// for a Methods section, and the publications to cite. While HyPhy runs an analysis, its estimate
/// takes the place of its result, and is marked as preliminary. With `Accept: text/csv` or
/// `format=csv`, the response is only the table of codons, as CSV (RFC 4180); with `format=md`, the
/// report as Markdown.
#[utoipa::path(
    get, path = paths::SCREEN_REPORT, tag = "Screens", operation_id = "getScreenReport",
    params(
        ("screen_id" = String, Path, description = "Id of the screen"),
        ("format" = Option<String>, Query, description = "`json`, `csv` or `md`; overrides `Accept`"),
        ("rows" = Option<bool>, Query, description = "`false` leaves out the rows of `sites` from JSON, for lists of screens. Default: `true`"),
    ),
    responses(
        (status = 200, description = "The report", body = ScreenReport),
        (status = 400, description = "The query is invalid"),
        (status = 404, description = "There is no such screen"),
        (status = 500, description = "An internal error occurred"),
    )
)]
pub(crate) async fn report(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    InQuery(query): InQuery<ReportQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let screen = screens::find(&service, &owner, &id).await?;
    let mut report = screens::report(&service, screen).await?;
    match query.format {
        Some(Format::Csv) => summary::csv(&report.site_table()),
        Some(Format::Md) => {
            let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
            Ok((kind, markdown(&report)).into_response())
        }
        None if summary::accepts_csv(&headers) => summary::csv(&report.site_table()),
        _ => {
            if query.rows == Some(false) {
                report.sites.clear();
            }
            Ok(Json(report).into_response())
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct DeleteQuery {
    #[serde(default)]
    jobs: bool,
}

/// Delete a screen
///
/// Nothing more is started. The jobs of the screen stay, unless `jobs=true` says to cancel and delete
/// them, too.
#[utoipa::path(
    delete, path = paths::SCREEN, tag = "Screens", operation_id = "deleteScreen",
    params(
        ("screen_id" = String, Path, description = "Id of the screen"),
        ("jobs" = Option<bool>, Query, description = "Delete its jobs, too"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "The query is invalid"),
        (status = 404, description = "There is no such screen"),
        (status = 409, description = "A job is being cancelled; retry later"),
    )
)]
pub(crate) async fn delete(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    InQuery(query): InQuery<DeleteQuery>,
) -> Result<StatusCode> {
    screens::remove(&service, &owner, &id, query.jobs).await?;
    Ok(StatusCode::NO_CONTENT)
}
