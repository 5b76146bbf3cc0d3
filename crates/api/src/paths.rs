//! The paths of the API, shared by the router, the client and the tests.

/// Prefix of every operation.
pub const BASE: &str = "/api/v1";

/// Whether the service responds. This and the next two are not below [`BASE`].
pub const LIVEZ: &str = "/livez";
/// Whether the service can take and run jobs.
pub const READYZ: &str = "/readyz";
/// Metrics of the service.
pub const METRICS: &str = "/metrics";
/// Health of the service.
pub const HEALTH: &str = "/health";
/// Limits and quotas.
pub const LIMITS: &str = "/limits";
/// The caller's datasets; upload.
pub const DATASETS: &str = "/datasets";
/// One dataset.
pub const DATASET: &str = "/datasets/{dataset_id}";
/// Report on a dataset.
pub const DATASET_REPORT: &str = "/datasets/{dataset_id}/report";
/// The alignment of a dataset, as the service reads it.
pub const DATASET_ALIGNMENT: &str = "/datasets/{dataset_id}/alignment";
/// The trees of a dataset, as the service reads them.
pub const DATASET_TREES: &str = "/datasets/{dataset_id}/trees";
/// The genetic codes.
pub const GENETIC_CODES: &str = "/genetic-codes";
/// A tree inferred from a dataset's alignment.
pub const DATASET_TREE: &str = "/datasets/{dataset_id}/tree";
/// The caller's jobs.
pub const JOBS: &str = "/jobs";
/// One job.
pub const JOB: &str = "/jobs/{job_id}";
/// Cancels a job.
pub const JOB_CANCEL: &str = "/jobs/{job_id}/cancel";
/// Live events of a job.
pub const JOB_EVENTS: &str = "/jobs/{job_id}/events";
/// Live events of all of the caller's jobs.
pub const JOBS_EVENTS: &str = "/jobs/events";
/// States of many jobs.
pub const JOBS_STATUS: &str = "/jobs/status";
/// Start many jobs.
pub const JOBS_BATCH: &str = "/jobs/batch";
/// A job's result, as the engine wrote it.
pub const JOB_RESULT: &str = "/jobs/{job_id}/result";
/// Summary of a job's result.
pub const JOB_SUMMARY: &str = "/jobs/{job_id}/summary";
/// The trees of a job's result.
pub const JOB_TREES: &str = "/jobs/{job_id}/trees";
/// The estimate of a job: a summary of the native engine's answer.
pub const JOB_ESTIMATE: &str = "/jobs/{job_id}/estimate";
/// The estimate as the native engine wrote it.
pub const JOB_ESTIMATE_RESULT: &str = "/jobs/{job_id}/estimate/result";
/// The trees of an estimate.
pub const JOB_ESTIMATE_TREES: &str = "/jobs/{job_id}/estimate/trees";
/// The partitions that a GARD job found.
pub const JOB_PARTITIONS: &str = "/jobs/{job_id}/partitions";
/// A job as a research object.
pub const JOB_RO_CRATE: &str = "/jobs/{job_id}/ro-crate";
/// The model that a job fitted.
pub const JOB_FIT: &str = "/jobs/{job_id}/fit";
/// Output of the engine.
pub const JOB_LOG: &str = "/jobs/{job_id}/log";
/// Share link of a job.
pub const JOB_SHARE: &str = "/jobs/{job_id}/share";
/// Notifications about the end of a job.
pub const JOB_DELIVERIES: &str = "/jobs/{job_id}/deliveries";
/// A job, by its share link.
pub const SHARED: &str = "/shared/{share_token}";
/// The result of a job, by its share link.
pub const SHARED_RESULT: &str = "/shared/{share_token}/result";
/// Summary of a job's result, by its share link.
pub const SHARED_SUMMARY: &str = "/shared/{share_token}/summary";
/// The trees of a job's result, by its share link.
pub const SHARED_TREES: &str = "/shared/{share_token}/trees";
/// The estimate of a job, by its share link.
pub const SHARED_ESTIMATE: &str = "/shared/{share_token}/estimate";
/// The estimate as the native engine wrote it, by the job's share link.
pub const SHARED_ESTIMATE_RESULT: &str = "/shared/{share_token}/estimate/result";
/// The trees of an estimate, by the job's share link.
pub const SHARED_ESTIMATE_TREES: &str = "/shared/{share_token}/estimate/trees";
/// Output of the engine, by the job's share link.
pub const SHARED_LOG: &str = "/shared/{share_token}/log";
/// The caller's figures.
pub const VISUALIZATIONS: &str = "/visualizations";
/// One figure.
pub const VISUALIZATION: &str = "/visualizations/{viz_id}";
/// The caller's screens; start one.
pub const SCREENS: &str = "/screens";
/// One screen.
pub const SCREEN: &str = "/screens/{screen_id}";
/// The report of a screen.
pub const SCREEN_REPORT: &str = "/screens/{screen_id}/report";
/// The caller's conversations with the assistant; begin one.
pub const CHAT: &str = "/chat";
/// One conversation.
pub const CONVERSATION: &str = "/chat/{conversation_id}";
/// The messages of a conversation; send one.
pub const CONVERSATION_MESSAGES: &str = "/chat/{conversation_id}/messages";
/// The caller's session.
pub const SESSION: &str = "/session";
/// The analyses that this server offers.
pub const METHODS: &str = "/methods";

/// Whether datasets suit the analyses.
pub const METHODS_SUITABILITY: &str = "/methods/suitability";

/// Path to start and monitor an analysis.
#[must_use]
pub fn start(method: &str) -> String {
    format!("/methods/{method}-start")
}

/// Path to read an analysis's result.
#[must_use]
pub fn result(method: &str) -> String {
    format!("/methods/{method}-result")
}

/// A path with its one parameter filled in.
#[must_use]
pub fn of(path: &str, id: &str) -> String {
    match (path.find('{'), path.find('}')) {
        (Some(open), Some(close)) => format!("{}{id}{}", &path[..open], &path[close + 1..]),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_parameter_is_filled_into_the_path() {
        assert_eq!(super::of(super::JOB_EVENTS, "ab12"), "/jobs/ab12/events");
    }
}
