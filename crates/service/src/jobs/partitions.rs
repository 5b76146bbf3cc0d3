//! The partitions that a GARD job found, as a file and as the alignment of another job.

use api::DatasetMeta;
use hyphy::Analysis;
use serde_json::{Map, Value};
use store::JobRecord;

use crate::{
    Service, datasets,
    error::{Error, Result},
    results::ResultFile,
};

/// The field of a start request that names a GARD job in place of an alignment.
pub(crate) const FIELD: &str = "partitions_of";
/// The only analysis that finds partitions.
pub(crate) const GARD: &str = "gard";

/// Returns the alignment of a GARD job with its partitions and their trees, as NEXUS.
///
/// # Errors
/// The job is not complete, is not one of GARD, or its alignment was deleted.
pub async fn nexus(service: &Service, job: &JobRecord) -> Result<String> {
    if job.method != GARD {
        return Err(Error::invalid_field(
            FIELD,
            format!(
                "Job {} is not one of GARD. Only GARD finds partitions.",
                job.id
            ),
        ));
    }
    let result = ResultFile::of(service, job, false).await?;
    let id = job.alignment_id.clone().unwrap_or_default();
    let alignment = datasets::find(service, &job.owner, &id).await?;
    let document = datasets::parsed(service, &alignment).await?;
    let job = job.id.clone();
    let work = move || {
        let alignment = document
            .alignment
            .as_ref()
            .ok_or_else(|| anyhow::anyhow!("job {job}: its dataset contains no alignment"))?;
        let written = hyphy::partitions::nexus(alignment, result.open_here()?);
        Ok(written.map_err(|why| anyhow::anyhow!("job {job}: {why}"))?)
    };
    service.with_cpu_permit(work).await
}

/// Replaces a reference to a GARD job by an alignment with its partitions, which is stored as a
/// dataset. Returns `None` if the request has no such reference.
pub(super) async fn resolved(
    service: &Service,
    owner: &str,
    analysis: &Analysis,
    body: &Map<String, Value>,
) -> Result<Option<Map<String, Value>>> {
    let Some(reference) = body.get(FIELD) else {
        return Ok(None);
    };
    let refused = |message: &str| Err(Error::invalid_field(FIELD, message));
    let Some(id) = reference.as_str() else {
        return refused("partitions_of must be the id of a GARD job");
    };
    if !analysis.input.partitions {
        let name = analysis.name;
        return refused(&format!(
            "{name} takes no partitions. Give an alignment instead."
        ));
    }
    if body.contains_key("alignment") || body.contains_key("tree") {
        return refused(
            "partitions_of brings its own alignment and trees. Leave these fields out.",
        );
    }
    let job = service.store.job(owner, id).await?;
    let job = job.ok_or_else(|| Error::NoJob { id: id.to_owned() })?;
    let text = nexus(service, &job).await?;
    let data = job.alignment_id.as_deref().unwrap_or_default();
    let data = datasets::find(service, owner, data).await?.name;
    let meta = DatasetMeta {
        name: format!("{data}, partitions by GARD"),
        kind: "nexus".to_owned(),
        description: format!("The alignment of job {id} with the partitions that GARD found."),
    };
    let dataset = datasets::keep_text(service, owner, meta, text).await?;
    let mut body = body.clone();
    body.remove(FIELD);
    body.insert("alignment".to_owned(), Value::from(dataset.id));
    Ok(Some(body))
}
