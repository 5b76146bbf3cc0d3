//! What the columns and classes of an analysis's table mean, as data.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which values pass a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The threshold and smaller values, such as p-values.
    AtMost,
    /// The threshold and larger values, such as posterior probabilities.
    AtLeast,
}

/// A direction of selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Diversifying selection: amino acids change.
    Positive,
    /// Purifying selection: amino acids are kept.
    Negative,
}

/// What a column of an analysis's table means.
#[derive(Debug)]
pub struct ColumnDefinition {
    /// Its name: HyPhy's, without HTML.
    pub name: &'static str,
    /// Its definition. Empty if HyPhy's description is good.
    pub definition: &'static str,
    /// What its values say about a row.
    pub evidence: Option<Evidence>,
}

const BAYES_FACTOR: &str = "Bayes factor";

impl ColumnDefinition {
    /// A column that does not decide about a row.
    #[must_use]
    pub const fn new(name: &'static str, definition: &'static str) -> Self {
        Self {
            name,
            definition,
            evidence: None,
        }
    }

    /// A column of p-values, whose small values put a row into a class.
    #[must_use]
    pub const fn p_values(name: &'static str, class: Option<&'static str>) -> Self {
        Self::deciding(name, Direction::AtMost, "p-value", class)
    }

    /// A column of p-values after a correction for multiple tests.
    #[must_use]
    pub const fn corrected_p_values(name: &'static str, class: Option<&'static str>) -> Self {
        Self::deciding(name, Direction::AtMost, "corrected p-value", class)
    }

    /// A column of posterior probabilities, whose large values put a row into a class.
    #[must_use]
    pub const fn posterior_probabilities(name: &'static str, class: Option<&'static str>) -> Self {
        Self::deciding(name, Direction::AtLeast, "posterior probability", class)
    }

    /// A column of Bayes factors, whose large values put a row into a class.
    #[must_use]
    pub const fn bayes_factors(name: &'static str, class: Option<&'static str>) -> Self {
        Self::deciding(name, Direction::AtLeast, BAYES_FACTOR, class)
    }

    /// Whether its values are Bayes factors, which have no upper bound.
    pub(crate) fn is_bayes_factor(&self) -> bool {
        self.evidence
            .is_some_and(|evidence| evidence.statistic == BAYES_FACTOR)
    }

    const fn deciding(
        name: &'static str,
        direction: Direction,
        statistic: &'static str,
        class: Option<&'static str>,
    ) -> Self {
        Self {
            name,
            definition: "",
            evidence: Some(Evidence {
                direction,
                statistic,
                class,
            }),
        }
    }
}

/// How the values of a column decide about a row.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// Which values pass the threshold.
    pub direction: Direction,
    /// What the values are, such as `p-value`.
    pub statistic: &'static str,
    /// The class that the row then has; `None` if that depends on other columns.
    pub class: Option<&'static str>,
}

/// A class of rows.
#[derive(Debug)]
pub struct Class {
    /// Its name in the column `class`.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// The direction of selection, if the class has one.
    pub selection: Option<Selection>,
}
