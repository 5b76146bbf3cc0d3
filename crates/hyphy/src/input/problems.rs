//! The problems of a run's data, by field of the request.

use sequence::{Document, Finding, Level};

use crate::request::FieldProblem;

/// Collects problems. Each is reported once.
#[derive(Default)]
pub(super) struct Problems(Vec<FieldProblem>);

impl Problems {
    /// Adds those findings that are errors.
    pub(super) fn add(&mut self, field: &str, findings: &[Finding]) {
        for finding in findings.iter().filter(|f| f.level == Level::Error) {
            self.push(FieldProblem::wrong(field, finding.sentence()));
        }
    }

    /// Adds the errors of a file that lacks what the field needs.
    pub(super) fn unreadable(&mut self, field: &str, content: &str, document: &Document) {
        let before = self.0.len();
        self.add(field, &document.findings);
        if self.0.len() == before {
            let message = format!("The file does not contain {content}.");
            self.push(FieldProblem::wrong(field, message));
        }
    }

    pub(super) fn push(&mut self, problem: FieldProblem) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    pub(super) fn extend(&mut self, problems: Vec<FieldProblem>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_result(self) -> Result<(), Vec<FieldProblem>> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.0)
        }
    }
}
