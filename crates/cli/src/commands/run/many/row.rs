//! What the tables say about one alignment.

use std::path::Path;

use api::Job;
use hyphy::{
    digest::{Direction, Rate, Test, Threshold},
    summary::Summary,
};
use serde::{Deserialize, Serialize};

use super::inputs::Input;

/// A line of summary.jsonl. A later run goes by it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) alignment: Option<String>,
    pub(super) tree: Option<String>,
    pub(super) status: Status,
    pub(super) job_id: Option<String>,
    pub(super) statement: Option<String>,
    /// Number of sites, branches, pairs or breakpoints found.
    pub(super) found: Option<u64>,
    pub(super) classes: Vec<Class>,
    pub(super) tests: Vec<Test>,
    pub(super) rates: Vec<Rate>,
    pub(super) threshold: Option<Threshold>,
    /// The value of the table that passes the threshold most clearly, or comes closest to it.
    pub(super) strongest: Option<f64>,
    pub(super) sequences: Option<u64>,
    pub(super) sites: Option<u64>,
    pub(super) engine: Option<String>,
    pub(super) engine_version: Option<String>,
    /// Run time of the job.
    pub(super) seconds: Option<f64>,
    pub(super) warnings: Vec<String>,
    pub(super) error_code: Option<String>,
    pub(super) error: Option<String>,
    /// Identifies the contents of the files and what was asked.
    pub(super) request: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// It has not ended.
    Pending,
    /// Its results are in the folder.
    Completed,
    /// Its job failed.
    Failed,
    /// Its input or parameters were refused.
    Refused,
    /// The service did not answer as it should.
    NoAnswer,
}

impl Status {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::NoAnswer => "no_answer",
        }
    }
}

/// A class of rows of the table, and how many it has.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) rows: usize,
}

impl Row {
    /// A row of an input that has not been analysed.
    pub(super) fn pending(method: &str, input: &Input) -> Self {
        let shown = |file: &Path| file.display().to_string();
        Self {
            name: input.name.clone(),
            method: method.to_owned(),
            alignment: input.alignment.as_deref().map(shown),
            tree: input.tree.as_deref().map(shown),
            status: Status::Pending,
            job_id: None,
            statement: None,
            found: None,
            classes: Vec::new(),
            tests: Vec::new(),
            rates: Vec::new(),
            threshold: None,
            strongest: None,
            sequences: None,
            sites: None,
            engine: None,
            engine_version: None,
            seconds: None,
            warnings: Vec::new(),
            error_code: None,
            error: None,
            request: String::new(),
        }
    }

    /// The same without an answer.
    pub(super) fn without(self, status: Status, error: String) -> Self {
        Self {
            status,
            error: Some(error),
            ..self
        }
    }

    /// The same with what the service says about the job.
    pub(super) fn of_job(self, job: &Job) -> Self {
        Self {
            job_id: Some(job.job_id.clone()),
            engine: Some(job.engine.clone()),
            seconds: job.elapsed_seconds,
            warnings: job.warnings.clone(),
            error_code: job.error_code.map(|code| code.word().to_owned()),
            ..self
        }
    }

    /// The same with its findings.
    pub(super) fn of_summary(mut self, summary: &Summary) -> Self {
        let digest = &summary.digest;
        let classes = summary.classes.iter().map(|class| Class {
            name: class.name.clone(),
            rows: class.rows.len(),
        });
        let known = self.warnings.clone();
        let new = summary.warnings.iter().filter(|it| !known.contains(it));
        self.warnings.extend(new.cloned());
        Self {
            status: Status::Completed,
            statement: Some(digest.statement.clone()),
            found: digest.found,
            classes: classes.collect(),
            tests: digest.tests.clone(),
            rates: digest.rates.clone(),
            threshold: digest.threshold.clone(),
            strongest: strongest(summary),
            sequences: summary.sequences,
            sites: summary.sites,
            engine: Some(summary.engine.word().to_owned()),
            engine_version: summary.engine_version.clone(),
            ..self
        }
    }
}

fn strongest(summary: &Summary) -> Option<f64> {
    let (table, threshold) = (&summary.digest.table, summary.digest.threshold.as_ref()?);
    let columns = table.columns.iter().enumerate();
    let columns = columns.filter(|(_, column)| column.direction == Some(threshold.direction));
    let values =
        columns.flat_map(|(at, _)| table.rows.iter().filter_map(move |row| row[at].as_f64()));
    match threshold.direction {
        Direction::AtMost => values.reduce(f64::min),
        Direction::AtLeast => values.reduce(f64::max),
    }
}

/// A row of summary.csv. Cells have no line breaks, so that tables can be joined by their lines.
#[derive(Serialize)]
pub(super) struct Cells<'a> {
    name: &'a str,
    method: &'a str,
    alignment: Option<&'a str>,
    tree: Option<&'a str>,
    status: &'a str,
    job_id: Option<&'a str>,
    statement: Option<&'a str>,
    found: Option<u64>,
    classes: String,
    test: Option<&'a str>,
    lrt: Option<f64>,
    p_value: Option<f64>,
    threshold_of: Option<&'a str>,
    threshold: Option<f64>,
    strongest: Option<f64>,
    sequences: Option<u64>,
    sites: Option<u64>,
    engine: Option<&'a str>,
    engine_version: Option<&'a str>,
    seconds: Option<f64>,
    warnings: String,
    error_code: Option<&'a str>,
    error: Option<String>,
}

impl<'a> From<&'a Row> for Cells<'a> {
    fn from(row: &'a Row) -> Self {
        let classes = row.classes.iter();
        let classes: Vec<String> = classes
            .map(|it| format!("{}={}", it.name, it.rows))
            .collect();
        let p_value = |test: &Test| test.p_value.unwrap_or(f64::INFINITY);
        let test = (row.tests.iter()).min_by(|a, b| p_value(a).total_cmp(&p_value(b)));
        Self {
            name: &row.name,
            method: &row.method,
            alignment: row.alignment.as_deref(),
            tree: row.tree.as_deref(),
            status: row.status.word(),
            job_id: row.job_id.as_deref(),
            statement: row.statement.as_deref(),
            found: row.found,
            classes: classes.join(";"),
            test: test.map(|test| test.name.as_str()),
            lrt: test.and_then(|test| test.lrt),
            p_value: test.and_then(|test| test.p_value),
            threshold_of: row.threshold.as_ref().map(|it| it.of.as_str()),
            threshold: row.threshold.as_ref().map(|it| it.value),
            strongest: row.strongest,
            sequences: row.sequences,
            sites: row.sites,
            engine: row.engine.as_deref(),
            engine_version: row.engine_version.as_deref(),
            seconds: row.seconds,
            warnings: on_one_line(&row.warnings.join(" ")),
            error_code: row.error_code.as_deref(),
            error: row.error.as_deref().map(on_one_line),
        }
    }
}

pub(super) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
