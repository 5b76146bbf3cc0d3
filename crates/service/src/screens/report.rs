//! The report of a screen: the summaries of its jobs, put together by `hyphy::screen`.

use hyphy::{
    methods,
    screen::{self, Part, ScreenReport},
};
use store::{JobRecord, ScreenRecord};

use super::show::{StepAndJob, with_jobs};
use crate::{PROGRAM, Service, error::Result, jobs, results};

/// Returns the report of a screen, with the findings so far.
pub async fn report(service: &Service, screen: ScreenRecord) -> Result<ScreenReport> {
    let alignment = screen.request.alignment.as_deref();
    let mut parts = Vec::new();
    for step in with_jobs(service, &screen.owner, screen.steps).await? {
        parts.extend(part(service, step, alignment).await?);
    }
    let name = screen.name.clone();
    service
        .with_cpu_permit(move || Ok(screen::report(&name, PROGRAM, &parts)))
        .await
}

async fn part(
    service: &Service,
    step: StepAndJob,
    alignment: Option<&str>,
) -> Result<Option<Part>> {
    let Some(analysis) = methods::find(&step.step.method) else {
        return Ok(None);
    };
    let state = step.state();
    let StepAndJob { step, job } = step;
    let mut unreadable = None;
    let found = match job.clone() {
        Some(job) => results::best_summary(service, job)
            .await
            .unwrap_or_else(|e| {
                // The others are reported all the same.
                tracing::error!(job = ?step.job_id, error = %e, "failed to read a result for the report of a screen");
                unreadable =
                    Some("The result cannot be read. The service's log has the cause.".to_owned());
                None
            }),
        None => None,
    };
    let failed = job.as_ref().and_then(|job| job.error_message.clone());
    let (summary, preliminary) = found.map_or((None, false), |(summary, preliminary)| {
        (Some(summary), preliminary)
    });
    Ok(Some(Part {
        analysis,
        state: state.word().to_owned(),
        is_over: state.is_final(),
        job_id: job.as_ref().map(|job| job.id.clone()),
        // The partitions of a GARD job are a dataset of their own.
        partitioned: analysis.id != jobs::GARD
            && (job.as_ref()).is_some_and(|job| job.alignment_id.as_deref() != alignment),
        inferred_tree: job.as_ref().is_some_and(JobRecord::has_inferred_tree),
        parameters: job.map(|job| job.parameters),
        note: failed.or(unreadable).or(step.note),
        summary,
        preliminary,
    }))
}
