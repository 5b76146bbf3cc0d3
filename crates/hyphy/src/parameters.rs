//! The values of an analysis's parameters.

use std::collections::BTreeMap;

use sequence::GeneticCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

    /// The genetic code, if the analysis has one.
    #[must_use]
    pub fn genetic_code(&self) -> Option<GeneticCode> {
        GeneticCode::from_name(self.text("genetic_code")?)
    }
}
