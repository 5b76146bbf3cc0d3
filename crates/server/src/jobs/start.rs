//! From a start request to a job.

use api::{FieldError, Job};
use hyphy::{
    Analysis,
    request::{self, FieldProblem, Parameters},
};
use serde_json::{Map, Value};

use super::input::Input;
use crate::{
    Service,
    datasets::blocking,
    error::{Error, Result},
    files::hex_sha256,
    store::{DatasetRow, NewJob},
};

/// Which job a request means.
pub(crate) struct Identity {
    /// The job's id.
    pub(crate) id: String,
    parameters: Parameters,
    unknown: Vec<String>,
}

/// Checks a request by itself and says which job it means: the same analysis, parameters and
/// datasets are the same job.
pub(crate) fn identify(analysis: &'static Analysis, body: &Map<String, Value>) -> Result<Identity> {
    let checked = request::check(analysis, body).map_err(problems)?;
    let canonical = serde_json::to_string(&checked.parameters)
        .map_err(|e| Error::Internal(anyhow::Error::new(e).context("parameters as JSON")))?;
    let id = hex_sha256(format!("{}\n{canonical}", analysis.id));
    Ok(Identity {
        id,
        parameters: checked.parameters,
        unknown: checked.unknown,
    })
}

/// Starts the job that a request means, or says how it is doing if it exists. One that failed or
/// was cancelled is tried again if `retry`.
pub(crate) async fn start(
    service: &Service,
    owner: &str,
    analysis: &'static Analysis,
    body: &Map<String, Value>,
    retry: bool,
) -> Result<Job> {
    let Identity {
        id,
        parameters,
        unknown,
    } = identify(analysis, body)?;
    if let Some(job) = service.store.job(owner, &id).await? {
        if retry && let Some(again) = service.retry_job(&id).await? {
            return Ok(again.into_shown());
        }
        return Ok(job.into_shown());
    }
    if let Err(why) = &service.engine {
        return Err(Error::Unavailable(why.clone()));
    }
    let alignment = dataset(service, owner, "alignment", parameters.text("alignment")).await?;
    let tree = match parameters.text("tree") {
        Some(tree) => Some(dataset(service, owner, "tree", Some(tree)).await?),
        None => None,
    };
    let warnings = warnings(analysis, &unknown);
    let job = NewJob {
        id: id.clone(),
        owner: owner.to_owned(),
        method: analysis.id,
        parameters,
        alignment_id: alignment.id.clone(),
        tree_id: tree.as_ref().map(|tree| tree.id.clone()),
        warnings,
    };
    let files = service.files.clone();
    let parameters = job.parameters.clone();
    blocking(move || {
        let alignment = files.read_blob(&alignment.sha256)?;
        let tree = tree.map(|tree| files.read_blob(&tree.sha256)).transpose()?;
        Input::read(analysis, &parameters, &alignment, tree.as_deref()).map_err(Error::invalid)
    })
    .await?;
    // If the same request came twice at once, both get the one job.
    service.add_job(&job).await?;
    let job = service.store.job(owner, &id).await?;
    job.map(crate::store::JobRow::into_shown)
        .ok_or(Error::NoJob { id })
}

async fn dataset(
    service: &Service,
    owner: &str,
    field: &'static str,
    id: Option<&str>,
) -> Result<DatasetRow> {
    let id = id.unwrap_or_default();
    let found = service.store.dataset(owner, id).await?;
    found.ok_or_else(|| Error::NoDataset {
        field: Some(field),
        id: id.to_owned(),
    })
}

fn warnings(analysis: &Analysis, unknown: &[String]) -> Vec<String> {
    const MOST: usize = 20;
    let warnings = unknown.iter().take(MOST).map(|name| {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        format!(
            "{} has no parameter {shown}; it was ignored.",
            analysis.name
        )
    });
    warnings
        .inspect(|warning| tracing::warn!("{warning}"))
        .collect()
}

/// 400 if something is missing, else 422.
fn problems(problems: Vec<FieldProblem>) -> Error {
    let missing = problems.iter().any(|problem| problem.missing);
    let errors = problems
        .into_iter()
        .map(|problem| FieldError {
            field: problem.field,
            message: problem.message,
        })
        .collect();
    if missing {
        Error::missing(errors)
    } else {
        Error::invalid(errors)
    }
}
