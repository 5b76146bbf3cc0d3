//! The operations of share links. They equal the read-only operations of jobs, with a share token
//! in place of the job's id.

use api::paths;
use serde_json::{Value, json};
use utoipa::openapi::{OpenApi, PathItem};

/// Path of the shared operation, path of the job's, operation id and summary.
const SHARED: [(&str, &str, &str, &str); 8] = [
    (
        paths::SHARED,
        paths::JOB,
        "getSharedJob",
        "Get a shared job",
    ),
    (
        paths::SHARED_RESULT,
        paths::JOB_RESULT,
        "getSharedResult",
        "Get the result of a shared job",
    ),
    (
        paths::SHARED_SUMMARY,
        paths::JOB_SUMMARY,
        "getSharedSummary",
        "Get a summary of the result of a shared job",
    ),
    (
        paths::SHARED_TREES,
        paths::JOB_TREES,
        "getSharedTrees",
        "Get the trees of the result of a shared job",
    ),
    (
        paths::SHARED_ESTIMATE,
        paths::JOB_ESTIMATE,
        "getSharedEstimate",
        "Get the estimate of a shared job",
    ),
    (
        paths::SHARED_ESTIMATE_RESULT,
        paths::JOB_ESTIMATE_RESULT,
        "getSharedEstimateResult",
        "Get the estimate of a shared job as the native engine wrote it",
    ),
    (
        paths::SHARED_ESTIMATE_TREES,
        paths::JOB_ESTIMATE_TREES,
        "getSharedEstimateTrees",
        "Get the trees of the estimate of a shared job",
    ),
    (
        paths::SHARED_LOG,
        paths::JOB_LOG,
        "getSharedLog",
        "Get the log of a shared job",
    ),
];

/// Adds the operations.
pub(crate) fn add(document: &mut OpenApi) {
    for (path, own, id, summary) in SHARED {
        let get = document
            .paths
            .paths
            .get(own)
            .and_then(|item| item.get.as_ref());
        let shared = get.and_then(|get| shared(serde_json::to_value(get).ok()?, own, id, summary));
        // Cannot fail: the operations are derived from existing ones, and a test compares the paths
        // with the router's.
        document
            .paths
            .paths
            .extend(shared.map(|item| (path.to_owned(), item)));
    }
}

fn shared(mut operation: Value, own: &str, id: &str, summary: &str) -> Option<PathItem> {
    operation["tags"] = json!(["Shared"]);
    operation["operationId"] = id.into();
    operation["summary"] = summary.into();
    operation["description"] = format!("Like `GET {own}`, but without a token.").into();
    for parameter in operation["parameters"].as_array_mut()? {
        if parameter["in"] == "path" {
            parameter["name"] = "share_token".into();
            parameter["description"] = "The link's token".into();
        }
    }
    operation["responses"]["404"]["description"] =
        "There is no such link, or it was withdrawn".into();
    serde_json::from_value(json!({"get": operation})).ok()
}
