//! Results, logs and fits of jobs.

use std::io::{self, Read};

use hyphy::{
    json::Rewritten,
    methods,
    names::Renamed,
    summary::{self, Summary},
};
use store::JobRecord;

use crate::{
    Service,
    blocking::blocking,
    error::{Error, Result},
    files::Files,
};

/// A result, which can be read any number of times.
#[derive(Clone)]
pub struct ResultFile {
    files: Files,
    sha256: String,
    /// Names to restore; `None` for the file as HyPhy wrote it.
    renamed: Option<Renamed>,
}

impl ResultFile {
    /// The result of a job: as HyPhy wrote it if `raw`, else as valid JSON with the user's names.
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

    /// Opens it, off the threads that answer requests.
    pub async fn open(&self) -> Result<Box<dyn Read + Send>> {
        let file = self.clone();
        blocking(move || Ok(file.open_here()?)).await
    }

    /// Opens it on this thread, which may wait for a disk.
    pub fn open_here(self) -> io::Result<Box<dyn Read + Send>> {
        let file = self.files.open_result(&self.sha256)?;
        Ok(match self.renamed {
            None => Box::new(file),
            Some(renamed) => Box::new(Rewritten::new(file, renamed)),
        })
    }
}

/// The summary of a job's result. `threshold` is that of the job's parameters if it is `None`.
pub async fn summarise(
    service: &Service,
    job: JobRecord,
    threshold: Option<f64>,
) -> Result<Summary> {
    let file = ResultFile::of(service, &job, false).await?;
    let work = move || {
        let analysis = methods::find(&job.method)
            .ok_or_else(|| anyhow::anyhow!("there is no analysis {}", job.method))?;
        let summary = summary::summarise(analysis, &job.parameters, threshold, file.open_here()?);
        Ok(summary.map_err(|why| anyhow::anyhow!("job {}: {why}", job.id))?)
    };
    service.with_cpu_permit(work).await
}

/// Opens the fit that a job has kept.
pub async fn open_fit(service: &Service, job: &JobRecord) -> Result<Box<dyn Read + Send>> {
    let (files, id) = (service.files.clone(), job.id.clone());
    let fit = blocking(move || Ok(files.open_fit(&id)?)).await?;
    let id = job.id.clone();
    Ok(Box::new(fit.ok_or(Error::NoFit { id })?))
}

/// What HyPhy printed in the last attempt at a job, so far.
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
