//! The outcome of an import.

use std::fmt;

/// Counts for one kind of object.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) taken: usize,
    /// Objects that already existed.
    pub(super) present: usize,
}

/// What was imported, and what was not and why.
#[derive(Debug, Default)]
pub struct Report {
    pub(super) datasets: Count,
    pub(super) jobs: Count,
    /// How many of the imported jobs have a result.
    pub(super) results: usize,
    pub(super) sessions: usize,
    pub(super) visualizations: Count,
    pub(super) conversations: Count,
    /// One sentence for each object that was left out.
    pub(super) left: Vec<String>,
}

/// How many of these sentences are logged. The database has them all.
const LOGGED: usize = 20;

impl Count {
    pub(super) fn add(&mut self, new: bool) {
        if new {
            self.taken += 1;
        } else {
            self.present += 1;
        }
    }
}

impl Report {
    /// Writes the report to the service's log.
    pub(super) fn log(&self) {
        tracing::info!("{}", self.first_line());
        for sentence in self.left.iter().take(LOGGED) {
            tracing::warn!("import: {sentence}");
        }
        if self.left.len() > LOGGED {
            tracing::warn!(
                "import: {} more objects were skipped; `datamonkey import FOLDER` lists them",
                self.left.len() - LOGGED
            );
        }
    }

    fn first_line(&self) -> String {
        format!(
            "Imported {} datasets, {} jobs ({} with a result), {} sessions, {} visualizations, {} \
             conversations; {} existed already; {} were skipped. The old files were not changed.",
            self.datasets.taken,
            self.jobs.taken,
            self.results,
            self.sessions,
            self.visualizations.taken,
            self.conversations.taken,
            [
                self.datasets,
                self.jobs,
                self.visualizations,
                self.conversations
            ]
            .map(|count| count.present)
            .iter()
            .sum::<usize>(),
            self.left.len(),
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.first_line())?;
        for sentence in &self.left {
            writeln!(f, "  {sentence}")?;
        }
        Ok(())
    }
}
