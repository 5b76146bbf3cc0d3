//! The paths of the service, as the router, the client and the tests spell them.

/// What every operation of the API begins with.
pub const BASE: &str = "/api/v1";

/// Health of the service.
pub const HEALTH: &str = "/health";
/// How much anybody may have.
pub const LIMITS: &str = "/limits";
/// The caller's datasets; upload.
pub const DATASETS: &str = "/datasets";
/// One dataset.
pub const DATASET: &str = "/datasets/{dataset_id}";
/// What was found in a dataset.
pub const DATASET_REPORT: &str = "/datasets/{dataset_id}/report";
/// A tree inferred from a dataset's alignment.
pub const DATASET_TREE: &str = "/datasets/{dataset_id}/tree";
/// The caller's jobs.
pub const JOBS: &str = "/jobs";
/// One job.
pub const JOB: &str = "/jobs/{job_id}";
/// What happens to a job, as it happens.
pub const JOB_EVENTS: &str = "/jobs/{job_id}/events";
/// What happens to the caller's jobs, as it happens.
pub const JOBS_EVENTS: &str = "/jobs/events";
/// States of many jobs.
pub const JOBS_STATUS: &str = "/jobs/status";
/// Starting many jobs.
pub const JOBS_BATCH: &str = "/jobs/batch";
/// A job's result, as the engine wrote it.
pub const JOB_RESULT: &str = "/jobs/{job_id}/result";
/// A digest of a job's result.
pub const JOB_SUMMARY: &str = "/jobs/{job_id}/summary";
/// What a job has fitted.
pub const JOB_FIT: &str = "/jobs/{job_id}/fit";
/// What the engine printed.
pub const JOB_LOG: &str = "/jobs/{job_id}/log";
/// The link by which others may read a job.
pub const JOB_SHARE: &str = "/jobs/{job_id}/share";
/// Who is told when a job ends.
pub const JOB_DELIVERIES: &str = "/jobs/{job_id}/deliveries";
/// A job by its link.
pub const SHARED: &str = "/shared/{share_token}";
/// The result of a job by its link.
pub const SHARED_RESULT: &str = "/shared/{share_token}/result";
/// A digest of the result of a job by its link.
pub const SHARED_SUMMARY: &str = "/shared/{share_token}/summary";
/// What the engine printed, by a job's link.
pub const SHARED_LOG: &str = "/shared/{share_token}/log";
/// The caller's figures.
pub const VISUALIZATIONS: &str = "/visualizations";
/// One figure.
pub const VISUALIZATION: &str = "/visualizations/{viz_id}";
/// The caller's session.
pub const SESSION: &str = "/session";
/// The analyses that this server offers.
pub const METHODS: &str = "/methods";

/// Where an analysis is started and monitored.
#[must_use]
pub fn start(method: &str) -> String {
    format!("/methods/{method}-start")
}

/// Where an analysis's result is read.
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
    fn a_path_takes_its_parameter() {
        assert_eq!(super::of(super::JOB_EVENTS, "ab12"), "/jobs/ab12/events");
    }
}
