//! The values of an analysis's parameters.

use std::collections::BTreeMap;

use sequence::{GeneticCode, Prune};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a value of the parameter `prune` means, in any letter case.
#[must_use]
pub fn prune(word: &str) -> Option<Prune> {
    match word.to_ascii_lowercase().as_str() {
        "tree" | "yes" | "true" => Some(Prune::Tree),
        "alignment" => Some(Prune::Alignment),
        "both" => Some(Prune::Both),
        _ => None,
    }
}

/// The values of all parameters of an analysis, including defaults.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters(pub(crate) BTreeMap<String, Value>);

impl Parameters {
    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text of a parameter that holds text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Sets the text of a parameter.
    pub(crate) fn set(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), Value::from(text));
    }

    /// The items of a parameter that holds a list; empty if there is none.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<&str> {
        let items = self.get(name).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The same parameters with more starting points for the searches of an analysis that has this
    /// parameter: five times as many, within HyPhy's limit of a tenth of `grid_size`.
    #[must_use]
    pub fn with_more_starting_points(&self) -> Self {
        const TIMES: u64 = 5;
        let mut parameters = self.clone();
        let number = |name: &str| self.get(name).and_then(Value::as_u64);
        if let Some(points) = number("starting_points") {
            let most = number("grid_size").map_or(u64::MAX, |size| (size / 10).max(1));
            let more = (points * TIMES).min(most).max(points);
            parameters
                .0
                .insert("starting_points".to_owned(), Value::from(more));
        }
        parameters
    }

    /// Which taxa to remove that only the alignment or only the tree has, if any.
    #[must_use]
    pub fn prune(&self) -> Option<Prune> {
        prune(self.text("prune")?)
    }

    /// The genetic code, if the analysis has one.
    #[must_use]
    pub fn genetic_code(&self) -> Option<GeneticCode> {
        GeneticCode::from_name(self.text("genetic_code")?)
    }
}
