//! The problems of a run's data, by field of the request.

use sequence::{Document, Finding, Level};

use crate::request::FieldProblem;

/// Collects problems and warnings. Each problem is reported once.
#[derive(Default)]
pub(super) struct Problems {
    problems: Vec<FieldProblem>,
    warnings: Vec<Finding>,
}

impl Problems {
    /// Adds findings: those that are errors as problems, those that are warnings for later.
    pub(super) fn add(&mut self, field: &str, findings: &[Finding]) {
        for finding in findings {
            match finding.level {
                Level::Error => self.push(FieldProblem::wrong(field, finding.sentence())),
                Level::Warning => self.warnings.push(finding.clone()),
                Level::Note => {}
            }
        }
    }

    /// The warnings among the findings.
    pub(super) fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Adds the errors of a file that lacks what the field needs.
    pub(super) fn unreadable(&mut self, field: &str, content: &str, document: &Document) {
        let before = self.problems.len();
        self.add(field, &document.findings);
        if self.problems.len() == before {
            let message = format!("The file does not contain {content}.");
            self.push(FieldProblem::wrong(field, message));
        }
    }

    pub(super) fn push(&mut self, problem: FieldProblem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    pub(super) fn extend(&mut self, problems: Vec<FieldProblem>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    pub(super) fn into_result(self) -> Result<(), Vec<FieldProblem>> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self.problems)
        }
    }
}
