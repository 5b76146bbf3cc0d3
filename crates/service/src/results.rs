//! Results, logs and fits of jobs.

use std::io::{self, Read};

use api::{Trees, TreesQuery};
use hyphy::{
    Analysis,
    comparison::{Estimate, compare},
    json::Rewritten,
    methods,
    names::Renamed,
    publication::Origin,
    summary::{self, Summary},
};
use store::JobRecord;

use crate::{
    PROGRAM, Service,
    blocking::blocking,
    datasets,
    error::{Error, Result},
    files::Files,
};

/// A result that can be read any number of times.
#[derive(Clone)]
pub struct ResultFile {
    files: Files,
    sha256: String,
    /// Names to restore; `None` for the file as HyPhy wrote it.
    renamed: Option<Renamed>,
}

impl ResultFile {
    /// Returns the result of a job. If `raw` is set, it is exactly what HyPhy wrote, otherwise
    /// valid JSON with the user's names.
    pub async fn of(service: &Service, job: &JobRecord, raw: bool) -> Result<Self> {
        let Some(sha256) = job.result_sha256.clone() else {
            let id = job.id.clone();
            return Err(if job.state.is_final() {
                let message = job.error_message.clone().unwrap_or_default();
                Error::JobFailed { id, message }
            } else {
                Error::NotComplete { id }
            });
        };
        let renamed = if raw {
            None
        } else {
            Some(service.store.renamed(&job.owner, &job.id).await?)
        };
        Ok(Self {
            files: service.files.clone(),
            sha256,
            renamed,
        })
    }

    /// Returns the estimate of a job, with the user's names.
    pub async fn of_estimate(service: &Service, job: &JobRecord) -> Result<Self> {
        let Some(sha256) = job.estimate.result_sha256.clone() else {
            let id = job.id.clone();
            return Err(Error::NoEstimate { id });
        };
        let renamed = service.store.renamed(&job.owner, &job.id).await?;
        Ok(Self {
            files: service.files.clone(),
            sha256,
            renamed: Some(renamed),
        })
    }

    /// Opens the result on a separate thread.
    pub async fn open(&self) -> Result<Box<dyn Read + Send>> {
        let file = self.clone();
        blocking(move || Ok(file.open_here()?)).await
    }

    /// Opens the result on the current thread, which may block.
    pub fn open_here(self) -> io::Result<Box<dyn Read + Send>> {
        let file = self.files.open_result(&self.sha256)?;
        Ok(match self.renamed {
            None => Box::new(file),
            Some(renamed) => Box::new(Rewritten::new(file, renamed)),
        })
    }
}

/// Summarises a job's result. If `threshold` is `None`, the one in the job's parameters applies.
pub async fn summarise(
    service: &Service,
    job: JobRecord,
    threshold: Option<f64>,
) -> Result<Summary> {
    let file = ResultFile::of(service, &job, false).await?;
    summarise_file(service, job, file, threshold).await
}

/// Summarises a job's result or, while there is none, its estimate, and tells whether it is the
/// estimate. `None` if there is neither.
pub async fn best_summary(service: &Service, job: JobRecord) -> Result<Option<(Summary, bool)>> {
    let preliminary = job.result_sha256.is_none();
    let file = if preliminary {
        ResultFile::of_estimate(service, &job).await
    } else {
        ResultFile::of(service, &job, false).await
    };
    match file {
        Ok(file) => {
            let summary = summarise_file(service, job, file, None).await?;
            Ok(Some((summary, preliminary)))
        }
        Err(Error::NoEstimate { .. }) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Summarises a job's estimate, and compares it with the result if the job has completed.
pub async fn estimate(
    service: &Service,
    job: JobRecord,
    threshold: Option<f64>,
) -> Result<Estimate> {
    let file = ResultFile::of_estimate(service, &job).await?;
    let result = match job.result_sha256 {
        Some(_) => Some(summarise(service, job.clone(), threshold).await?),
        None => None,
    };
    let analysis = methods::find(&job.method);
    let summary = summarise_file(service, job, file, threshold).await?;
    let comparison = analysis.zip(result.as_ref());
    let comparison = comparison.map(|(analysis, result)| compare(analysis, result, &summary));
    Ok(Estimate {
        summary,
        comparison,
    })
}

async fn summarise_file(
    service: &Service,
    job: JobRecord,
    file: ResultFile,
    threshold: Option<f64>,
) -> Result<Summary> {
    let work = move || {
        let analysis = methods::find(&job.method)
            .ok_or_else(|| anyhow::anyhow!("there is no analysis {}", job.method))?;
        if let Some(threshold) = threshold {
            check_threshold(analysis, threshold)?;
        }
        let origin = Origin {
            program: PROGRAM,
            inferred_tree: job.has_inferred_tree(),
            hyphy_version: job.hyphy_version.as_deref(),
        };
        let parameters = &job.parameters;
        let result = file.open_here()?;
        let summary = summary::summarise(analysis, parameters, origin, threshold, result);
        let mut summary = summary.map_err(|why| anyhow::anyhow!("job {}: {why}", job.id))?;
        summary.warnings.extend(job.warnings);
        Ok(summary)
    };
    service.with_cpu_permit(work).await
}

fn check_threshold(analysis: &Analysis, threshold: f64) -> Result<()> {
    let most = analysis.largest_threshold();
    if threshold >= 0.0 && most.is_none_or(|most| threshold <= most) {
        return Ok(());
    }
    let range = most.map_or("0 or more".to_owned(), |most| format!("from 0 to {most}"));
    let message = format!(
        "threshold must be {range} for {}, not {threshold}.",
        analysis.name
    );
    Err(Error::bad_field("threshold", message))
}

/// Returns the trees of a job's result or estimate.
pub async fn trees(
    service: &Service,
    job: &JobRecord,
    file: ResultFile,
    query: TreesQuery,
) -> Result<Trees> {
    let id = job.id.clone();
    let work = move || {
        let trees = hyphy::trees::read(file.open_here()?)
            .map_err(|why| anyhow::anyhow!("job {id}: {why}"))?;
        Ok(datasets::some_of(&trees, &query))
    };
    service.with_cpu_permit(work).await
}

/// Opens the fit of a job.
pub async fn open_fit(service: &Service, job: &JobRecord) -> Result<Box<dyn Read + Send>> {
    let (files, id) = (service.files.clone(), job.id.clone());
    let fit = blocking(move || Ok(files.open_fit(&id)?)).await?;
    let id = job.id.clone();
    Ok(Box::new(fit.ok_or(Error::NoFit { id })?))
}

/// Returns what HyPhy has printed so far in a job's last attempt.
pub async fn log(service: &Service, job: JobRecord) -> Result<String> {
    let Some(attempt) = job.attempt_name else {
        return Ok(String::new());
    };
    let files = service.files.clone();
    let bytes = blocking(move || Ok(files.read_log(&attempt, &job.id)?)).await?;
    Ok(hyphy::failure::without_escapes(&String::from_utf8_lossy(
        &bytes,
    )))
}
