//! `/datasets`.

use std::io::{self, Read};

use api::{
    AlignmentPart, AlignmentQuery, Dataset, DatasetFilter, DatasetTreesQuery, Datasets, Naming,
    Trees, UploadForm, Uploaded, paths,
};
use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use service::{datasets, naming, removal};
use store::{Cursor, DatasetRecord, Sort, SortKey};

use crate::{
    extract::{InPath, InQuery, JsonObject},
    form,
    identity::{Caller, Owner},
    paging::{self, ListItem, ListQuery, Paging},
    problem::Result,
    state::AppState,
    stream::{self, JsonText},
};

/// Get a list of datasets
///
/// Returns the caller's datasets that match all given filters. If there are more than fit on a
/// page, `Link` with `rel="next"` has the address of the next page.
#[utoipa::path(
    get, path = paths::DATASETS, tag = "Datasets", operation_id = "getDatasetsList",
    params(DatasetFilter, Paging),
    responses(
        (status = 200, description = "The datasets", body = Datasets, headers(("Link" = String, description = "The next page, if there is one (RFC 8288, `rel=\"next\"`)"))),
        (status = 400, description = "The query is invalid"),
        (status = 422, description = "`limit`, `sort` or `cursor` is invalid"),
    )
)]
pub(crate) async fn list(
    State(service): State<AppState>,
    Owner(owner): Owner,
    ListQuery { filter, page, .. }: ListQuery<DatasetFilter, DatasetRecord>,
    uri: Uri,
) -> Result<Response> {
    let rows = datasets::list(&service, &owner, &filter, &page).await?;
    let shown = |row: DatasetRecord| Dataset {
        report: None,
        ..row.into_shown()
    };
    Ok(paging::answer(&uri, &page, rows, |rows| Datasets {
        datasets: rows.into_iter().map(shown).collect(),
    }))
}

impl ListItem for DatasetRecord {
    const SORTS: &'static [(&'static str, Sort)] = &[
        ("created", Sort::Created),
        ("updated", Sort::Updated),
        ("name", Sort::Name),
        ("size", Sort::Size),
    ];

    fn position(&self, sort: Sort) -> Cursor {
        let key = match sort {
            Sort::Created => SortKey::Time(self.created),
            Sort::Updated => SortKey::Time(self.updated),
            Sort::Name => SortKey::Text(self.name.clone()),
            Sort::Size => SortKey::Number(self.size),
        };
        let id = self.id.clone();
        Cursor { key, id }
    }
}

/// Upload a dataset
///
/// Accepts any bytes. The service analyses the content and reports what it found, and never rejects
/// a file for its content. It checks whether data suit an analysis when the analysis is started.
/// Equal bytes have the same id; uploading them again replaces the name, type and description.
#[utoipa::path(
    post, path = paths::DATASETS, tag = "Datasets", operation_id = "PostDataset",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Uploaded", body = Uploaded, headers(
            ("X-Session-Token" = String, description = "A token: of a new session, if the request had none and the service has sessions; of the same session, if the token in the request expires soon"),
        )),
        (status = 400, description = "No multipart form, no file, an empty file, or no `meta` with a `type`"),
        (status = 422, description = "The file at `url` cannot be fetched"),
        (status = 507, description = "The disk has no space for uploads"),
        (status = 413, description = "The file is larger than MAX_UPLOAD_BYTES, or the caller would store more than MAX_BYTES_PER_USER"),
    )
)]
pub(crate) async fn upload(
    State(service): State<AppState>,
    mut caller: Caller,
    request: Request,
) -> Result<Response> {
    let upload = form::read(&service, &mut caller, request).await?;
    // Only a successful upload begins a session.
    let owner = caller.owner_or_new().await?;
    let dataset = upload.incoming.keep(&service, &owner, upload.meta).await?;
    // The fingerprint identifies a repeated request with an Idempotency-Key.
    Ok((Extension(upload.fingerprint), uploaded(dataset)).into_response())
}

fn uploaded(dataset: Dataset) -> (StatusCode, Json<Uploaded>) {
    let uploaded = Uploaded {
        status: "uploaded".to_owned(),
        id: dataset.id.clone(),
        file: dataset.id.clone(),
        datasets: vec![dataset],
    };
    (StatusCode::CREATED, Json(uploaded))
}

#[derive(Deserialize)]
pub(crate) struct GetQuery {
    #[serde(default)]
    include_content: bool,
    names: Option<bool>,
}

/// Get details for a specific dataset
///
/// Returns the dataset's metadata and the report about its content.
#[utoipa::path(
    get, path = paths::DATASET, tag = "Datasets", operation_id = "getDatasetById",
    params(
        ("dataset_id" = String, Path, description = "Id of the dataset"),
        ("include_content" = Option<bool>, Query, description = "Include the file's content in the response"),
        ("names" = Option<bool>, Query, description = "`false` leaves `leaf_names` and `internal_names` of the tree's report empty. Default: `true`"),
    ),
    responses(
        (status = 200, description = "The dataset", body = Dataset),
        (status = 400, description = "The query is invalid"),
        (status = 404, description = "There is no such dataset"),
    )
)]
pub(crate) async fn get(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    InQuery(query): InQuery<GetQuery>,
) -> Result<Response> {
    let row = datasets::find(&service, &owner, &id).await?;
    let file = if query.include_content {
        Some(datasets::open_content(&service, &row).await?)
    } else {
        None
    };
    let mut dataset = row.into_shown();
    let report = dataset
        .report
        .as_mut()
        .filter(|_| query.names == Some(false));
    if let Some(tree) = report.and_then(|report| report.tree.as_mut()) {
        tree.leaf_names.clear();
        tree.internal_names.clear();
    }
    let Some(file) = file else {
        return Ok(Json(dataset).into_response());
    };
    let mut json = serde_json::to_vec(&dataset).map_err(anyhow::Error::new)?;
    // The content is the object's last field. It may be large, so it is streamed.
    json.pop();
    json.extend_from_slice(b",\"content\":\"");
    let body = io::Cursor::new(json)
        .chain(JsonText::new(file))
        .chain(&b"\"}"[..]);
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, stream::body(body).await?).into_response())
}

/// Get the report about a dataset
///
/// Returns the kind of data, their size, and the findings with a remedy for each.
#[utoipa::path(
    get, path = paths::DATASET_REPORT, tag = "Datasets", operation_id = "getDatasetReport",
    params(
        ("dataset_id" = String, Path, description = "Id of the dataset"),
    ),
    responses(
        (status = 200, description = "The report", body = sequence::Report),
        (status = 404, description = "There is no such dataset"),
    )
)]
pub(crate) async fn report(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<Json<sequence::Report>> {
    Ok(Json(datasets::find(&service, &owner, &id).await?.report))
}

/// Get the alignment of a dataset
///
/// The alignment as the service reads it, whatever the file's format. Large alignments are read in
/// parts.
#[utoipa::path(
    get, path = paths::DATASET_ALIGNMENT, tag = "Datasets", operation_id = "getDatasetAlignment",
    params(
        ("dataset_id" = String, Path, description = "Id of the dataset"),
        AlignmentQuery,
    ),
    responses(
        (status = 200, description = "A part of the alignment", body = AlignmentPart),
        (status = 400, description = "The query is wrong"),
        (status = 404, description = "There is no such dataset"),
        (status = 422, description = "The dataset contains no alignment"),
    )
)]
pub(crate) async fn alignment(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    InQuery(query): InQuery<AlignmentQuery>,
) -> Result<Json<AlignmentPart>> {
    let dataset = datasets::find(&service, &owner, &id).await?;
    Ok(Json(datasets::alignment(&service, &dataset, query).await?))
}

/// Get the trees of a dataset
///
/// The trees as the service reads them: nodes with names, lengths, supports and labels.
#[utoipa::path(
    get, path = paths::DATASET_TREES, tag = "Datasets", operation_id = "getDatasetTrees",
    params(
        ("dataset_id" = String, Path, description = "Id of the dataset"),
        DatasetTreesQuery,
    ),
    responses(
        (status = 200, description = "The trees; none if the file contains none", body = Trees),
        (status = 400, description = "The query is wrong"),
        (status = 404, description = "There is no such dataset"),
        (status = 422, description = "`prune` or `alignment` is invalid"),
    )
)]
pub(crate) async fn trees(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    InQuery(query): InQuery<DatasetTreesQuery>,
) -> Result<Json<Trees>> {
    let dataset = datasets::find(&service, &owner, &id).await?;
    Ok(Json(datasets::trees(&service, &dataset, query).await?))
}

/// Infer a tree
///
/// Infers an unrooted tree by neighbour joining, from TN93 distances of nucleotides or Kimura
/// distances of proteins, for 3 to 5,000 sequences. The tree becomes a dataset. The same alignment
/// always gives the same tree.
#[utoipa::path(
    post, path = paths::DATASET_TREE, tag = "Datasets", operation_id = "inferTree",
    params(
        ("dataset_id" = String, Path, description = "Id of the dataset with the alignment"),
    ),
    responses(
        (status = 201, description = "The tree, as a dataset", body = Uploaded),
        (status = 404, description = "There is no such dataset"),
        (status = 413, description = "The caller would store more than MAX_BYTES_PER_USER"),
        (status = 507, description = "The disk has no space"),
        (status = 422, description = "The dataset has no alignment from which a tree can be inferred"),
    )
)]
pub(crate) async fn infer_tree(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
) -> Result<(StatusCode, Json<Uploaded>)> {
    let dataset = datasets::infer_tree(&service, &owner, &id).await?;
    Ok(uploaded(dataset))
}

#[derive(Deserialize)]
pub(crate) struct DeleteQuery {
    #[serde(default)]
    force: bool,
}

/// Name a dataset
///
/// Changes what the caller calls the dataset, and its tags (a JSON merge patch, RFC 7396).
#[utoipa::path(
    patch, path = paths::DATASET, tag = "Datasets", operation_id = "nameDataset",
    params(("dataset_id" = String, Path, description = "Id of the dataset")),
    request_body = Naming,
    responses(
        (status = 200, description = "The dataset", body = Dataset),
        (status = 400, description = "The body is invalid"),
        (status = 404, description = "There is no such dataset"),
        (status = 422, description = "The name or a tag is invalid; `errors` says why"),
    )
)]
pub(crate) async fn name(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    JsonObject(change): JsonObject,
) -> Result<Json<Dataset>> {
    let row = naming::dataset(&service, &owner, &id, &change).await?;
    Ok(Json(row.into_shown()))
}

/// Delete a dataset
///
/// Fails while jobs use the dataset, unless `force` is set, which cancels and deletes these jobs.
#[utoipa::path(
    delete, path = paths::DATASET, tag = "Datasets", operation_id = "deleteDataset",
    params(
        ("dataset_id" = String, Path, description = "Id of the dataset"),
        ("force" = Option<bool>, Query, description = "Cancel and delete the jobs that use it"),
    ),
    responses(
        (status = 400, description = "The query is invalid"),
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is no such dataset"),
        (status = 409, description = "Jobs use it; `detail` lists them"),
    )
)]
pub(crate) async fn delete(
    State(service): State<AppState>,
    Owner(owner): Owner,
    InPath(id): InPath<String>,
    InQuery(query): InQuery<DeleteQuery>,
) -> Result<StatusCode> {
    removal::remove_dataset(&service, &owner, &id, query.force).await?;
    Ok(StatusCode::NO_CONTENT)
}
