//! Datasets, jobs and the documentation of analyses as resources.

use api::paths;
use http::Method;
use rmcp::{
    ErrorData,
    model::{
        CacheScope, ListResourceTemplatesResult, ListResourcesResult, ReadResourceResult, Resource,
        ResourceContents, ResourceTemplate,
    },
};
use serde_json::{Value, json};

use crate::{
    bounded,
    caller::{Caller, Request},
};

const SCHEME: &str = "datamonkey://";
const JSON: &str = "application/json";

/// Reads JSON at a path of the API.
pub(super) async fn json_at(caller: &dyn Caller, path: &str) -> Result<Value, ErrorData> {
    let request = Request {
        method: Method::GET,
        path: path.to_owned(),
        body: None,
    };
    let failed = |why: String| ErrorData::internal_error(why, None);
    let answer = caller.call(request).await.map_err(failed)?;
    let value: Value = serde_json::from_str(&answer.text)
        .map_err(|_| failed("The response is not JSON.".to_owned()))?;
    if answer.status.is_success() {
        return Ok(value);
    }
    let detail = value["detail"].as_str().unwrap_or(&answer.text).to_owned();
    Err(ErrorData::resource_not_found(detail, None))
}

/// The newest datasets and jobs of the caller, and all analyses.
pub(super) async fn list(caller: &dyn Caller) -> Result<ListResourcesResult, ErrorData> {
    let datasets = json_at(caller, paths::DATASETS).await?;
    let jobs = json_at(caller, paths::JOBS).await?;
    let methods = json_at(caller, paths::METHODS).await?;
    let items = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut resources = Vec::new();
    let mut put = |kind: &str, id: &Value, name: String, about: String| {
        let uri = format!("{SCHEME}{kind}/{}", text(id));
        let resource = Resource::new(uri, name);
        resources.push(resource.with_description(about).with_mime_type(JSON));
    };
    for set in items(&datasets, "datasets") {
        put(
            "datasets",
            &set["id"],
            text(&set["name"]),
            text(&set["description"]),
        );
    }
    for job in items(&jobs, "jobs") {
        let name = format!("{} ({})", text(&job["method"]), text(&job["state"]));
        put("jobs", &job["job_id"], name, text(&job["name"]));
    }
    for method in items(&methods, "methods") {
        put(
            "methods",
            &method["id"],
            text(&method["name"]),
            text(&method["question"]),
        );
    }
    let mut list = ListResourcesResult::with_all_items(resources);
    // They are the caller's.
    list.cache_scope = Some(CacheScope::Private);
    Ok(list)
}

pub(super) fn templates() -> ListResourceTemplatesResult {
    let template = |kind: &str, about: &str| {
        ResourceTemplate::new(format!("{SCHEME}{kind}/{{id}}"), kind)
            .with_description(about)
            .with_mime_type(JSON)
    };
    ListResourceTemplatesResult::with_all_items(vec![
        template(
            "datasets",
            "What a dataset contains, its problems and their remedies",
        ),
        template(
            "jobs",
            "A job, and the summary of its result once it is completed",
        ),
        template(
            "methods",
            "An analysis: its question, data, parameters and interpretation",
        ),
    ])
}

pub(super) async fn read(caller: &dyn Caller, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let unknown = || {
        let kinds = "datasets, jobs or methods";
        let message =
            format!("There is no resource {uri}. Resources are {SCHEME}{kinds}, each with an id.");
        ErrorData::resource_not_found(message, None)
    };
    let (kind, id) = uri
        .strip_prefix(SCHEME)
        .and_then(|path| path.split_once('/'))
        .filter(|(_, id)| id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        .ok_or_else(unknown)?;
    let value = match kind {
        "datasets" => json_at(caller, &paths::of(paths::DATASET_REPORT, id)).await?,
        "jobs" => {
            let job = json_at(caller, &paths::of(paths::JOB, id)).await?;
            let summary = match job["state"].as_str() {
                Some("completed") => json_at(caller, &paths::of(paths::JOB_SUMMARY, id)).await?,
                _ => Value::Null,
            };
            json!({"job": job, "summary": summary})
        }
        "methods" => method(caller, id).await?.ok_or_else(unknown)?,
        _ => return Err(unknown()),
    };
    let text = bounded::part(&value.to_string(), None, super::LONGEST).unwrap_or_default();
    let contents = ResourceContents::text(text, uri).with_mime_type(JSON);
    let mut result = ReadResourceResult::new(vec![contents]);
    result.cache_scope = Some(CacheScope::Private);
    Ok(result)
}

/// The entry of an analysis in the list of methods.
pub(super) async fn method(caller: &dyn Caller, id: &str) -> Result<Option<Value>, ErrorData> {
    let methods = json_at(caller, paths::METHODS).await?;
    let mut all = methods["methods"].as_array().into_iter().flatten();
    Ok(all.find(|method| method["id"] == id).cloned())
}
