//! Progress of an analysis, read from its output.

use serde::{Deserialize, Serialize};

use crate::table::Stage;

/// Progress of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Name of the current stage.
    pub stage: String,
    /// Number of the current stage, from 1; 0 before the first.
    pub stage_number: usize,
    /// Number of stages.
    pub stages: usize,
    /// Completed fraction of the whole, 0 to 1. It never decreases.
    pub fraction: f64,
    /// What is being counted, such as `17/86`.
    pub counted: Option<String>,
}

/// Reads the progress of one run.
#[derive(Debug)]
pub struct Reader {
    stages: &'static [Stage],
    /// Number of stages announced so far. The current stage is the last of them.
    entered: usize,
    part: f64,
    counted: Option<String>,
    fraction: f64,
    unfinished_line: Vec<u8>,
}

const STARTING: &str = "Starting";
/// Longest incomplete line that is kept. Markers are at the beginning of a line.
const MAX_LINE: usize = 200;

impl Reader {
    /// The progress of a run with these stages that has printed nothing yet.
    #[must_use]
    pub fn new(stages: &'static [Stage]) -> Self {
        Self {
            stages,
            entered: 0,
            part: 0.0,
            counted: None,
            fraction: 0.0,
            unfinished_line: Vec::new(),
        }
    }

    /// Processes the next piece of the log.
    pub fn log(&mut self, piece: &[u8]) {
        for &byte in piece {
            if byte == b'\n' {
                let line = std::mem::take(&mut self.unfinished_line);
                self.line(&String::from_utf8_lossy(&line));
            } else if self.unfinished_line.len() < MAX_LINE {
                self.unfinished_line.push(byte);
            }
        }
    }

    fn line(&mut self, line: &str) {
        let found = self
            .stages
            .iter()
            .position(|stage| line.starts_with(stage.marker));
        if let Some(stage) = found {
            self.enter(stage + 1);
        }
    }

    fn enter(&mut self, number: usize) {
        if number > self.entered {
            self.entered = number;
            self.part = 0.0;
            self.counted = None;
        }
    }

    /// Processes the line that the program last drew on its terminal.
    pub fn terminal(&mut self, line: &str) {
        let found = self.stages.iter().enumerate().find_map(|(index, stage)| {
            let rest = line.split_once(stage.counter?)?.1;
            Some((index, counted(rest)?))
        });
        let Some((index, (done, total))) = found else {
            return;
        };
        // The terminal may still show the end of an earlier stage.
        if total > 0 && index + 1 >= self.entered {
            self.enter(index + 1);
            // The item in progress is not complete.
            self.part = f64::from(done.min(total).saturating_sub(1)) / f64::from(total);
            self.counted = Some(format!("{done}/{total}"));
        }
    }

    /// The current progress.
    pub fn now(&mut self) -> Progress {
        let stages = self.stages;
        let present = self
            .entered
            .checked_sub(1)
            .and_then(|index| stages.get(index));
        let before = stages.iter().take(self.entered.saturating_sub(1));
        let done: f64 = before.map(|stage| f64::from(stage.share)).sum::<f64>()
            + present.map_or(0.0, |stage| f64::from(stage.share) * self.part);
        self.fraction = self.fraction.max(done / 100.0).min(1.0);
        Progress {
            stage: present.map_or(STARTING, |stage| stage.title).to_owned(),
            stage_number: self.entered,
            stages: stages.len(),
            fraction: self.fraction,
            counted: self.counted.clone(),
        }
    }
}

/// `done/total …`, `done of total …`, or the letter of an amino acid (one of twenty).
fn counted(text: &str) -> Option<(u32, u32)> {
    const AMINO_ACIDS: &str = "ACDEFGHIKLMNPQRSTVWY";
    let mut letters = text.chars();
    if let (Some(letter), Some(']')) = (letters.next(), letters.next()) {
        let place = AMINO_ACIDS.find(letter)?;
        return Some((u32::try_from(place).ok()? + 1, 20));
    }
    let mut words = text.split_whitespace();
    let first = words.next()?;
    if let Some((done, total)) = first.split_once('/') {
        return Some((done.parse().ok()?, total.parse().ok()?));
    }
    let total = words
        .next()
        .filter(|word| *word == "of")
        .and(words.next())?;
    Some((
        first.parse().ok()?,
        total.trim_end_matches('.').parse().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn fel_goes_through_its_stages_and_counts_its_sites() {
        let mut reader = Reader::new(crate::methods::find("fel").unwrap().stages);
        assert_eq!(reader.now().stage, "Starting");
        reader.log(b">code => Universal\n### Obtaining branch lengths and nucl");
        assert_eq!(reader.now().stage_number, 0);
        reader.log(b"eotide substitution biases under the nucleotide GTR model\n");
        assert_eq!(reader.now().stage, "Nucleotide model");
        reader.log(b"### Improving branch lengths, nucleotide substitution biases\n");
        assert_eq!(
            (reader.now().stage_number, reader.now().fraction),
            (3, 0.10)
        );
        reader.terminal("Working on site pattern 44/86 in partition 1");
        let now = reader.now();
        assert_eq!(now.stage, "Testing sites");
        assert_eq!(now.counted.as_deref(), Some("44/86"));
        assert!((now.fraction - 0.625).abs() < 1e-9, "{}", now.fraction);
        reader.terminal("Working on site pattern 1/10 in partition 2");
        assert!((reader.now().fraction - 0.625).abs() < 1e-9);
    }

    /// GARD counts single breakpoints, and then nothing.
    #[test]
    fn the_counter_of_a_stage_says_nothing_about_the_next() {
        let mut reader = Reader::new(crate::methods::find("gard").unwrap().stages);
        let last = "[GARD] Breakpoint         65 of 65. Best cAIC = 2189.7 with no breakpoints.";
        reader.terminal(last);
        assert_eq!(reader.now().counted.as_deref(), Some("65/65"));
        reader.log(b"### Performing multi breakpoint analysis using a genetic algorithm\n");
        reader.terminal(last);
        let now = reader.now();
        assert_eq!(
            (now.stage.as_str(), now.counted),
            ("Multiple breakpoints", None)
        );
        assert!((now.fraction - 0.4).abs() < 1e-9, "{}", now.fraction);
    }

    #[test]
    fn all_progress_counters_are_parsed() {
        assert_eq!(counted("17/86 in partition 1"), Some((17, 86)));
        assert_eq!(counted("10 of 65. Best cAIC = 12"), Some((10, 65)));
        assert_eq!(counted("C] Computing the phylogenetic"), Some((2, 20)));
        assert_eq!(counted("of the"), None);
        assert_eq!(counted(""), None);
    }

    #[test]
    fn the_stages_of_every_analysis_add_up_to_100_percent() {
        for analysis in crate::methods::ALL {
            for engine in analysis.engines() {
                let shares = analysis.stages(engine).iter();
                let whole: u32 = shares.map(|stage| u32::from(stage.share)).sum();
                assert_eq!(whole, 100, "{} by {}", analysis.id, engine.word());
            }
        }
    }
}
