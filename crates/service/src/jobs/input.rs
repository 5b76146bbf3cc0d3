//! What a job's engine reads: made from the uploads when the job is started, and stored until the
//! job is removed.

use hyphy::{
    Analysis,
    input::{Files, Input, Prepared},
    parameters::Parameters,
};
use store::{DatasetRecord, JobRecord};

use crate::{Service, blocking::blocking, datasets, error::Result};

/// Reads and checks the uploads of a job.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) with all problems of the data.
pub(super) async fn read(
    service: &Service,
    analysis: &'static Analysis,
    parameters: &Parameters,
    alignment: Option<&DatasetRecord>,
    tree: Option<&DatasetRecord>,
) -> Result<Input> {
    let hash = |dataset: Option<&DatasetRecord>| dataset.map(|dataset| dataset.sha256.clone());
    let (alignment, tree) = (hash(alignment), hash(tree));
    let (files, limits) = (service.files.clone(), service.config.limits.clone());
    let parameters = parameters.clone();
    let work = move || {
        let read = |sha256: Option<String>| -> Result<_> {
            let bytes = sha256.map(|hash| files.read_blob(&hash)).transpose()?;
            Ok(bytes.map(|bytes| sequence::read(&bytes, &limits)))
        };
        let (alignment, tree) = (read(alignment)?, read(tree)?);
        let files = Files::new(alignment.as_ref(), tree.as_ref());
        Ok(Input::check(analysis, &parameters, &files)?)
    };
    service.with_cpu_permit(work).await
}

/// Stores what a job's engine reads.
pub(super) async fn keep(service: &Service, job: &str, prepared: Prepared) -> Result<()> {
    let (files, job) = (service.files.clone(), job.to_owned());
    blocking(move || Ok(files.keep_input(&job, &prepared)?)).await
}

/// Returns what a job's engine reads. It is made again for a job that an earlier version of the
/// service started, which stored none.
pub(crate) async fn stored(
    service: &Service,
    analysis: &'static Analysis,
    job: &JobRecord,
) -> Result<Prepared> {
    let (files, id) = (service.files.clone(), job.id.clone());
    if let Some(prepared) = blocking(move || Ok(files.read_input(&id)?)).await? {
        return Ok(prepared);
    }
    let find = async |id: Option<&str>| match id {
        Some(id) => datasets::find(service, &job.owner, id).await.map(Some),
        None => Ok(None),
    };
    let alignment = find(job.alignment_id.as_deref()).await?;
    let tree = find(job.tree_id.as_deref()).await?;
    let (alignment, tree) = (alignment.as_ref(), tree.as_ref());
    let input = read(service, analysis, &job.parameters, alignment, tree).await?;
    let (prepared, ..) = input.prepare();
    keep(service, &job.id, prepared.clone()).await?;
    Ok(prepared)
}
