//! A screen with the states of its jobs.

use std::collections::HashMap;

use api::{JobState, Screen, ScreenState, ScreenStep, ScreenStepState};
use chrono::{DateTime, Utc};
use hyphy::methods;
use store::{JobRecord, ScreenRecord, StepRecord, StepState};

use crate::{Service, error::Result, jobs, results};

/// A step with its job.
pub(super) struct StepAndJob {
    pub(super) step: StepRecord,
    /// That of the step, or the one that it holds while it waits.
    pub(super) job: Option<JobRecord>,
}

impl StepAndJob {
    pub(super) fn state(&self) -> ScreenStepState {
        match (self.step.state, self.job.as_ref().map(|job| job.state)) {
            (StepState::Waiting, _) => ScreenStepState::Waiting,
            (StepState::Skipped, _) => ScreenStepState::Skipped,
            (StepState::Refused, _) => ScreenStepState::Refused,
            (StepState::Started, None) => ScreenStepState::Deleted,
            (StepState::Started, Some(JobState::Queued)) => ScreenStepState::Queued,
            (StepState::Started, Some(JobState::Submitting)) => ScreenStepState::Submitting,
            (StepState::Started, Some(JobState::Running)) => ScreenStepState::Running,
            (StepState::Started, Some(JobState::Completed)) => ScreenStepState::Completed,
            (StepState::Started, Some(JobState::Failed)) => ScreenStepState::Failed,
            (StepState::Started, Some(JobState::Cancelled)) => ScreenStepState::Cancelled,
        }
    }

    /// Whether its finding is that of an estimate.
    pub(super) fn is_preliminary(&self) -> bool {
        let job = self.job.as_ref();
        job.is_some_and(|job| job.result_sha256.is_none() && job.estimate.result_sha256.is_some())
    }
}

/// Finds the jobs of a screen's steps.
pub(super) async fn with_jobs(
    service: &Service,
    owner: &str,
    steps: Vec<StepRecord>,
) -> Result<Vec<StepAndJob>> {
    let ids = ids(&steps);
    let jobs = service.store.jobs_of(owner, &ids).await?;
    let jobs = jobs.into_iter().map(|job| (job.id.clone(), job)).collect();
    Ok(joined(steps, &jobs))
}

fn job_of(step: &StepRecord) -> Option<&String> {
    step.job_id.as_ref().or(step.held_job_id.as_ref())
}

fn ids(steps: &[StepRecord]) -> Vec<String> {
    steps
        .iter()
        .filter_map(|step| job_of(step).cloned())
        .collect()
}

fn joined(steps: Vec<StepRecord>, jobs: &HashMap<String, JobRecord>) -> Vec<StepAndJob> {
    let with_job = |step: StepRecord| {
        let job = job_of(&step).and_then(|id| jobs.get(id)).cloned();
        StepAndJob { step, job }
    };
    let mut steps: Vec<StepAndJob> = steps.into_iter().map(with_job).collect();
    note_whole_alignments(&mut steps);
    steps
}

/// Says of the analyses that take no partitions that they analyse the whole alignment, if others
/// analyse the partitions that GARD found.
fn note_whole_alignments(steps: &mut [StepAndJob]) {
    let alignment = |one: &StepAndJob| one.job.as_ref()?.alignment_id.clone();
    let is_gard = |one: &StepAndJob| one.step.method == jobs::GARD;
    let whole = steps.iter().find(|one| is_gard(one)).and_then(alignment);
    let is_partitioned = |one: &StepAndJob| {
        let own = alignment(one);
        !is_gard(one) && whole.is_some() && own.is_some() && own != whole
    };
    if !steps.iter().any(is_partitioned) {
        return;
    }
    for one in steps.iter_mut().filter(|one| !is_gard(one)) {
        if let Some(analysis) = methods::find(&one.step.method)
            && !analysis.input.partitions
        {
            let name = analysis.name;
            one.step.note.get_or_insert_with(|| {
                format!("{name} takes no partitions, so it analyses all sites with one tree.")
            });
        }
    }
}

/// Returns screens of this owner without findings, as lists show them.
pub async fn brief(
    service: &Service,
    owner: &str,
    screens: Vec<ScreenRecord>,
) -> Result<Vec<Screen>> {
    let ids: Vec<String> = screens
        .iter()
        .flat_map(|screen| ids(&screen.steps))
        .collect();
    let jobs = service.store.jobs_of(owner, &ids).await?;
    let jobs = jobs.into_iter().map(|job| (job.id.clone(), job)).collect();
    let shown = screens.into_iter().map(|mut screen| {
        let steps = joined(std::mem::take(&mut screen.steps), &jobs);
        let ended = last_end(&steps);
        let steps = steps.iter().map(|step| shown_step(step, None)).collect();
        with_steps(screen, steps, ended)
    });
    Ok(shown.collect())
}

/// Returns a screen with the findings of its analyses.
pub async fn shown(service: &Service, mut screen: ScreenRecord) -> Result<Screen> {
    let mut steps = Vec::new();
    let stored = std::mem::take(&mut screen.steps);
    let stored = with_jobs(service, &screen.owner, stored).await?;
    for step in &stored {
        let statement = statement(service, step).await;
        steps.push(shown_step(step, statement));
    }
    Ok(with_steps(screen, steps, last_end(&stored)))
}

/// When the last job of these steps ended, so far.
fn last_end(steps: &[StepAndJob]) -> Option<DateTime<Utc>> {
    let jobs = steps.iter().filter_map(|step| step.job.as_ref());
    jobs.filter_map(|job| job.ended).max()
}

fn with_steps(
    screen: ScreenRecord,
    steps: Vec<ScreenStep>,
    last_end: Option<DateTime<Utc>>,
) -> Screen {
    let is_over = steps.iter().all(|step| step.state.is_final());
    Screen {
        screen_id: screen.id,
        name: screen.name,
        tags: screen.tags,
        state: if is_over {
            ScreenState::Completed
        } else {
            ScreenState::Running
        },
        request: screen.request,
        steps,
        created: screen.created,
        updated: screen.updated,
        ended: last_end.filter(|_| is_over),
    }
}

fn shown_step(step: &StepAndJob, statement: Option<String>) -> ScreenStep {
    let state = step.state();
    let preliminary = statement.is_some() && step.is_preliminary();
    let StepAndJob { step, job } = step;
    let name = methods::find(&step.method).map_or(step.method.as_str(), |it| it.name);
    let job = job.clone().map(JobRecord::into_shown);
    ScreenStep {
        method: step.method.clone(),
        name: name.to_owned(),
        state,
        note: step.note.clone(),
        job_id: step.job_id.clone(),
        engine: job.as_ref().map(|job| job.engine.clone()),
        progress: job.as_ref().and_then(|job| job.progress.clone()),
        started: job.as_ref().and_then(|job| job.started),
        // Those of results are in the report.
        warnings: match &job {
            Some(job) if !state.is_final() => job.warnings.clone(),
            _ => Vec::new(),
        },
        estimate: job.as_ref().and_then(|job| job.estimate.clone()),
        error_message: job.and_then(|job| job.error_message),
        statement,
        preliminary,
    }
}

/// The finding of a step in one sentence.
async fn statement(service: &Service, step: &StepAndJob) -> Option<String> {
    let job = step.job.as_ref()?;
    let sha256 = if step.is_preliminary() {
        job.estimate.result_sha256.as_ref()
    } else {
        job.result_sha256.as_ref()
    };
    let key = format!("{} {}", job.id, sha256?);
    if let Some(known) = service.statements.get(&key) {
        return Some(known);
    }
    let summary = results::best_summary(service, job.clone()).await;
    let (summary, _) = summary
        .inspect_err(|e| tracing::warn!(job = %job.id, error = %e, "failed to read the finding of a job for its screen"))
        .ok()??;
    let statement = summary.digest.statement;
    service.statements.add(key, statement.clone());
    Some(statement)
}
