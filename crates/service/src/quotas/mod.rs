//! Limits on jobs, stored bytes and shared disk space.

use api::{FieldError, Limits, MethodLimits, Usage};
use hyphy::{Analysis, resources::Size};

use crate::{
    Service,
    error::{Error, Result},
};

/// Largest body of a request that is not an upload, in bytes.
pub const MAX_BODY: usize = 1 << 20;

/// Seconds after which one of the owner's jobs may have finished and made room.
const RETRY_AFTER: u64 = 60;

/// Refuses an upload if the disk has too little room.
pub fn check_disk(service: &Service) -> Result<()> {
    let least = service.config.quotas.min_free_bytes;
    if least > 0 && service.files.free_bytes()? < least {
        return Err(Error::DiskFull);
    }
    Ok(())
}

/// Refuses `more` bytes if the owner's quota has no room for them. Storing them repeats the check,
/// because other uploads may be stored in between.
pub(crate) async fn check_bytes(service: &Service, owner: &str, more: u64) -> Result<()> {
    let used = service.store.stored_bytes(owner).await?;
    match service.config.quotas.stored_bytes {
        Some(limit) if used.saturating_add(more) > limit => {
            Err(Error::TooMuchStored { used, more, limit })
        }
        _ => Ok(()),
    }
}

/// Refuses a job if its owner has too many in the queue. Adding the job repeats the check.
pub(crate) async fn check_queue(service: &Service, owner: &str) -> Result<()> {
    let Some(limit) = service.config.quotas.queued_jobs else {
        return Ok(());
    };
    let (waiting, _) = service.store.unfinished_jobs(owner).await?;
    if waiting >= u64::from(limit) {
        return Err(too_many_waiting(service, waiting));
    }
    Ok(())
}

/// Returns the error for an owner with too many jobs in the queue.
pub(crate) fn too_many_waiting(service: &Service, waiting: u64) -> Error {
    let limit = service.config.quotas.queued_jobs.unwrap_or_default();
    Error::TooMany {
        message: format!(
            "{waiting} of your jobs are waiting; the maximum is {limit} \
             (MAX_QUEUED_JOBS_PER_USER). Start this job after some of them have started, or \
             cancel some."
        ),
        retry_after: RETRY_AFTER,
    }
}

/// Returns an error for each limit of an analysis that the data exceed.
pub(crate) fn too_large(service: &Service, analysis: &Analysis, size: Size) -> Vec<FieldError> {
    let quota = service.config.quotas.data.get(analysis.id);
    let quota = quota.copied().unwrap_or_default();
    let field = if analysis.parameter("alignment").is_some() {
        "alignment"
    } else {
        "tree"
    };
    let checks = [
        ("sequences", size.sequences, quota.sequences),
        ("sites", size.columns, quota.sites),
    ];
    let over = |(what, is, limit): (&str, usize, Option<usize>)| {
        let limit = limit.filter(|limit| is > *limit)?;
        Some(FieldError {
            field: field.to_owned(),
            message: format!(
                "The data have {is} {what}; {} accepts at most {limit} on this server. GET \
                 /limits shows the limits of each analysis.",
                analysis.name
            ),
        })
    };
    checks.into_iter().filter_map(over).collect()
}

/// Returns all limits and an owner's usage.
pub async fn of(service: &Service, owner: &str) -> Result<Limits> {
    let quotas = &service.config.quotas;
    let (waiting, running) = service.store.unfinished_jobs(owner).await?;
    let read = &service.config.limits;
    let used = |limit: Option<u64>, used: u64| Usage { limit, used };
    let mut methods: Vec<MethodLimits> = quotas
        .data
        .iter()
        .map(|(method, quota)| MethodLimits {
            method: (*method).to_owned(),
            max_sequences: quota.sequences,
            max_sites: quota.sites,
        })
        .collect();
    methods.sort_by(|a, b| a.method.cmp(&b.method));
    Ok(Limits {
        queued_jobs: used(quotas.queued_jobs.map(u64::from), waiting),
        running_jobs: used(quotas.running_jobs.map(u64::from), running),
        stored_bytes: used(
            quotas.stored_bytes,
            service.store.stored_bytes(owner).await?,
        ),
        visualizations: used(
            quotas.visualizations.map(u64::from),
            service.store.count_visualizations(owner).await?,
        ),
        max_upload_bytes: service.config.max_upload_bytes,
        max_body_bytes: MAX_BODY as u64,
        max_unpacked_bytes: read.max_bytes,
        max_sequences: read.max_sequences,
        max_sites: read.max_sites,
        max_name_length: read.max_name,
        max_tree_depth: read.max_depth,
        methods,
        requests_per_second: quotas.requests.map(|rate| rate.per_second.get()),
        requests_at_once: quotas.requests.map(|rate| rate.burst.get()),
        session_seconds: service
            .has_sessions()
            .then_some(service.config.access.max_age.as_secs()),
        takes_uploads: check_disk(service).is_ok(),
    })
}
