//! The engines that run analyses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An engine: a program that runs analyses.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// HyPhy, the reference.
    #[default]
    Hyphy,
    /// This project's own implementation of some analyses.
    Native,
}

impl EngineKind {
    /// All engines, the default first.
    pub const ALL: [Self; 2] = [Self::Hyphy, Self::Native];

    /// Its word in requests.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hyphy => "hyphy",
            Self::Native => "native",
        }
    }

    /// The engine with this word, in any letter case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.word().eq_ignore_ascii_case(word))
    }

    /// Its name at the beginning of a sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hyphy => "HyPhy",
            Self::Native => "The native engine",
        }
    }

    /// Its name within a sentence.
    #[must_use]
    pub const fn within_sentence(self) -> &'static str {
        match self {
            Self::Hyphy => "HyPhy",
            Self::Native => "the native engine",
        }
    }

    /// The engine that wrote a result.
    #[must_use]
    pub fn of_result(result: &serde_json::Value) -> Self {
        let word = result["analysis"]["engine"].as_str();
        word.and_then(Self::from_word).unwrap_or_default()
    }
}
