//! Findings: observations about the user's data.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// Severity of a [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The data cannot be used as they are.
    Error,
    /// The data can be used, but the result may not be what was meant.
    Warning,
    /// Something was cleaned up, or is worth knowing.
    Note,
}

/// One observation about a file, in words for a biologist, with a stable code for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Its severity.
    pub level: Level,
    /// Stable kebab-case identifier, such as `internal-stop-codon`.
    pub code: String,
    /// The sequence or leaf it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// The alignment column it is about, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<usize>,
    /// The line of the file, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The problem, in one sentence.
    pub message: String,
    /// How to fix it.
    pub remedy: String,
}

impl Finding {
    /// A finding that makes the data unusable.
    pub fn error(code: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Level::Error, code, message, remedy)
    }

    /// What was found and what to do about it, in sentences.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("{} {}", self.message, self.remedy)
    }

    /// A finding to consider before using the data.
    pub fn warning(code: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Level::Warning, code, message, remedy)
    }

    /// A finding that needs no action.
    pub fn note(code: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Level::Note, code, message, remedy)
    }

    fn new(
        level: Level,
        code: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            level,
            code: code.to_string(),
            sequence: None,
            site: None,
            line: None,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// Sets the sequence or leaf that it is about.
    #[must_use]
    pub fn in_sequence(mut self, name: impl Into<String>) -> Self {
        self.sequence = Some(name.into());
        self
    }

    /// Sets the column that it is about, counted from 1.
    #[must_use]
    pub fn at_site(mut self, site: usize) -> Self {
        self.site = Some(site);
        self
    }

    /// Sets the line of the file that it is about, counted from 1.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }
}

/// Maximum number of listed findings per code. One final finding counts the rest.
const PER_CODE: usize = 50;

/// A bounded list: a hostile file can contain any number of errors, but the number of findings is
/// limited.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    seen: HashMap<String, (usize, Level)>,
}

impl Findings {
    pub(crate) fn push(&mut self, finding: Finding) {
        let entry = self
            .seen
            .entry(finding.code.clone())
            .or_insert((0, finding.level));
        entry.0 += 1;
        if entry.0 <= PER_CODE {
            self.list.push(finding);
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.list.iter().any(|f| f.level == Level::Error)
    }

    pub(crate) fn into_vec(self) -> Vec<Finding> {
        let Self { mut list, seen } = self;
        let mut more: Vec<_> = seen
            .into_iter()
            .filter(|(_, (n, _))| *n > PER_CODE)
            .collect();
        more.sort_by(|a, b| a.0.cmp(&b.0));
        for (code, (n, level)) in more {
            list.push(Finding::new(
                level,
                &code,
                format!(
                    "{} more findings of this kind are not listed.",
                    n - PER_CODE
                ),
                "Correct the listed ones first, then check again.",
            ));
        }
        list
    }
}
