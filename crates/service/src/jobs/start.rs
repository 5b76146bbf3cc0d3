//! Turns a start request into a job.

use api::{Job, JobState};
use hyphy::{
    Analysis, EngineKind, input::Prepared, parameters::Parameters, request,
    resources::usual_seconds,
};
use scheduler::fail_point;
use serde_json::{Map, Value};

use super::{estimates, input, partitions};
use store::{AddJob, JobRecord, NewJob, RequestId, StepOfScreen, hash::hex_sha256};

use crate::{
    Service, datasets,
    error::{Error, Result, both},
    notifications, quotas,
};

/// The job that a request refers to.
pub struct Identity {
    /// The job's id.
    pub id: String,
    engine: EngineKind,
    parameters: Parameters,
    ignored: Vec<String>,
}

/// Validates a request without reading data, and determines which job it means. The same analysis,
/// engine, parameters and datasets mean the same job.
pub fn identify(analysis: &'static Analysis, body: &Map<String, Value>) -> Result<Identity> {
    let checked = request::check(analysis, body)?;
    let canonical = serde_json::to_string(&checked.parameters)
        .map_err(|e| Error::Internal(anyhow::Error::new(e).context("parameters as JSON")))?;
    // HyPhy was the only engine of earlier versions. Its jobs keep their ids.
    let by = match checked.engine {
        EngineKind::Hyphy => String::new(),
        other => format!("\n{}", other.word()),
    };
    let id = hex_sha256(format!("{}\n{canonical}{by}", analysis.id));
    Ok(Identity {
        id,
        engine: checked.engine,
        parameters: checked.parameters,
        ignored: checked.ignored,
    })
}

/// Starts the job that a request means, or returns it if it exists. If `retry` is set, a failed or
/// cancelled job runs again. The job notes which request started it.
pub async fn start(
    service: &Service,
    owner: &str,
    analysis: &'static Analysis,
    body: &Map<String, Value>,
    retry: bool,
    request: RequestId,
) -> Result<Job> {
    let resolved = partitions::resolved(service, owner, analysis, body).await?;
    let body = resolved.as_ref().unwrap_or(body);
    let wanted = notifications::wanted(service, body);
    let (identity, wanted) = both(identify(analysis, body), wanted)?;
    let job = find_or_add(service, owner, analysis, identity, retry, request).await?;
    notifications::add(service, owner, &job.job_id, wanted).await?;
    Ok(job)
}

async fn find_or_add(
    service: &Service,
    owner: &str,
    analysis: &'static Analysis,
    identity: Identity,
    retry: bool,
    request_id: RequestId,
) -> Result<Job> {
    let id = identity.id.clone();
    let mut known = service.store.job(owner, &id).await?;
    let mut retry = retry;
    if known
        .as_ref()
        .is_some_and(|job| job.state == JobState::Queued)
        && service.store.let_go(&id).await?
    {
        service.queue.notify_one();
        // The screen may have given it up at the same time.
        known = service.store.job(owner, &id).await?;
        retry = true;
    }
    if let Some(job) = known {
        return if retry && is_without_result(&job) {
            try_again(service, owner, &id, request_id).await
        } else {
            Ok(job.into_shown())
        };
    }
    // This check is repeated when the job is added. Checking first avoids reading data for a
    // request that will be refused.
    quotas::check_queue(service, owner).await?;
    let (job, prepared) = new_job(service, owner, analysis, identity, request_id).await?;
    let most = service.config.quotas.queued_jobs;
    if let AddJob::QueueFull(waiting) = add(service, &job, prepared, most).await? {
        return Err(quotas::too_many_waiting(service, waiting));
    }
    fail_point!("job-added");
    Ok(super::find(service, owner, &id).await?.into_shown())
}

/// Adds the job that a request means if it is new and gets an estimate, and lets a step of a screen hold
/// it. Returns whether it did.
pub(crate) async fn hold(
    service: &Service,
    owner: &str,
    analysis: &'static Analysis,
    body: &Map<String, Value>,
    step: &StepOfScreen,
    request: RequestId,
) -> Result<bool> {
    let identity = identify(analysis, body)?;
    if service.store.job(owner, &identity.id).await?.is_some() {
        return Ok(false);
    }
    let (mut job, prepared) = new_job(service, owner, analysis, identity, request).await?;
    if !job.estimate {
        return Ok(false);
    }
    job.held_by = Some(step.clone());
    Ok(add(service, &job, prepared, None).await? == AddJob::Added)
}

/// Reads the data of a job, and checks that it can run.
async fn new_job(
    service: &Service,
    owner: &str,
    analysis: &'static Analysis,
    identity: Identity,
    request_id: RequestId,
) -> Result<(NewJob, Prepared)> {
    let Identity {
        id,
        engine,
        parameters,
        ignored,
    } = identity;
    check_engine(service, analysis, engine, &parameters)?;
    let alignment =
        datasets::find_in_field(service, owner, "alignment", parameters.text("alignment")).await?;
    let mut tree = datasets::find_in_field(service, owner, "tree", parameters.text("tree")).await?;
    let (of_alignment, of_tree) = (alignment.as_ref(), tree.as_ref());
    let input = input::read(service, analysis, &parameters, of_alignment, of_tree).await?;
    let large = quotas::too_large(service, analysis, input.size());
    if !large.is_empty() {
        return Err(Error::invalid(large));
    }
    let (prepared, renamed, departures) = input.prepare();
    let mut warnings = ignored;
    warnings.extend(departures);
    if let (Some(newick), Some(alignment)) = (input.inferred_tree(), &alignment) {
        let inferred = datasets::keep_tree_of(service, owner, alignment, newick).await?;
        warnings.push(
            "No tree was given: one was inferred from the alignment by neighbour joining, and \
             stored as the job's tree."
                .to_owned(),
        );
        tree = service.store.dataset(owner, &inferred.id).await?;
    }
    if !warnings.is_empty() {
        // Not the warnings themselves, which quote names of the user's.
        let warnings = warnings.len();
        tracing::info!(job = %id, warnings, "the job departs from its request; it lists its warnings");
    }
    let expected_seconds = usual_seconds(analysis, engine, &parameters, prepared.size);
    let job = NewJob {
        expected_seconds,
        estimate: estimates::is_wanted(service, analysis, engine, &parameters, prepared.size),
        id: id.clone(),
        owner: owner.to_owned(),
        method: analysis.id,
        engine,
        parameters,
        alignment_id: alignment.map(|alignment| alignment.id),
        tree_id: tree.map(|tree| tree.id),
        warnings,
        renamed,
        request_id,
        held_by: None,
    };
    Ok((job, prepared))
}

/// Stores a job's input and adds it to the queue, if fewer than `most` of its owner's jobs are there. If the
/// same request arrives twice at once, both mean the same job.
async fn add(
    service: &Service,
    job: &NewJob,
    prepared: Prepared,
    most: Option<u32>,
) -> Result<AddJob> {
    // Until the job has a row, its input looks like a leftover.
    let _kept = service.contents.keep(&job.id).await;
    input::keep(service, &job.id, prepared).await?;
    Ok(service.add_job(job, most).await?)
}

/// Checks that the engine is there and has what the request needs. What the native engine lacks is
/// part of the analysis's table, so [`request::check`] has refused it.
fn check_engine(
    service: &Service,
    analysis: &Analysis,
    engine: EngineKind,
    parameters: &Parameters,
) -> Result<()> {
    match engine {
        EngineKind::Hyphy => {
            let hyphy = service.engine.get().map_err(Error::Unavailable)?;
            let lacks = hyphy.lacks(analysis, parameters);
            if lacks.is_empty() {
                Ok(())
            } else {
                Err(lacks.into())
            }
        }
        EngineKind::Native => service.native().map(drop).map_err(Error::Unavailable),
    }
}

fn is_without_result(job: &JobRecord) -> bool {
    matches!(job.state, JobState::Failed | JobState::Cancelled)
}

async fn try_again(service: &Service, owner: &str, id: &str, request: RequestId) -> Result<Job> {
    if let Some(again) = service.retry_job(owner, id, request).await? {
        return Ok(again.into_shown());
    }
    let job = super::find(service, owner, id).await?;
    if is_without_result(&job) {
        // The retry failed because the owner's queue is full.
        let (waiting, _) = service.store.unfinished_jobs(owner).await?;
        return Err(quotas::too_many_waiting(service, waiting));
    }
    Ok(job.into_shown())
}
