//! The stages of an analysis.

use selection::Stage as NativeStage;

/// A part of an analysis that the log announces.
#[derive(Debug)]
pub struct Stage {
    /// Beginning of the line that announces it.
    pub marker: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Its usual percentage of the total run time.
    pub share: u8,
    /// The text before `done/total`, `done of total`, or the letter of an amino acid in the
    /// progress line.
    pub counter: Option<&'static str>,
    /// The native engine's name for it, if it is a stage of the native engine.
    pub native: Option<NativeStage>,
}

impl Stage {
    /// A stage without a counter.
    #[must_use]
    pub const fn new(marker: &'static str, title: &'static str, share: u8) -> Self {
        Self {
            marker,
            title,
            share,
            counter: None,
            native: None,
        }
    }

    /// A stage of the native engine.
    #[must_use]
    pub const fn of_native(self, stage: NativeStage) -> Self {
        Self {
            native: Some(stage),
            ..self
        }
    }

    /// A stage with a counter.
    #[must_use]
    pub const fn counted(self, counter: &'static str) -> Self {
        Self {
            counter: Some(counter),
            ..self
        }
    }
}
