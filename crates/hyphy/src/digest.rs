//! What an analysis found, in the one form that all analyses share, and what helps to read it from
//! HyPhy's JSON.

pub(crate) mod branches;
pub(crate) mod sites;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::parameters::Parameters;

/// The findings of an analysis.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Digest {
    /// The findings in one sentence.
    pub statement: String,
    /// The threshold for what counts as found; absent if there is none.
    pub threshold: Option<Threshold>,
    /// Number of sites, branches, pairs or breakpoints found; absent for a test of the whole
    /// alignment.
    pub found: Option<u64>,
    /// Tests of the whole alignment.
    pub tests: Vec<Test>,
    /// Estimates for the whole alignment.
    pub rates: Vec<Rate>,
    /// The main table.
    pub table: Table,
}

impl Digest {
    /// A digest with a table, in which `found` rows count as found.
    pub(crate) fn of_rows(
        statement: String,
        threshold: Threshold,
        found: usize,
        table: Table,
    ) -> Self {
        Self {
            statement,
            threshold: Some(threshold),
            found: Some(found as u64),
            table,
            ..Self::default()
        }
    }
}

/// A threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Threshold {
    /// What it applies to: a column of the table, or `p-value`.
    pub of: String,
    /// Its value.
    pub value: f64,
}

/// A likelihood ratio test, or a permutation test, which has no ratio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Test {
    /// The hypothesis that is tested.
    pub name: String,
    /// Likelihood ratio test statistic.
    pub lrt: Option<f64>,
    /// Its p-value.
    pub p_value: Option<f64>,
}

/// An estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rate {
    /// The estimated quantity.
    pub name: String,
    /// Its value; absent if it is not finite.
    pub value: Option<f64>,
    /// Fraction of sites or branches with this rate, 0 to 1, if it belongs to a distribution.
    pub weight: Option<f64>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows: a number, text, or `null` (not finite, or missing) for each column.
    #[schema(value_type = Vec<Vec<Value>>)]
    pub rows: Vec<Vec<Value>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Description of its content.
    pub description: String,
}

impl Column {
    pub(crate) fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
        }
    }
}

impl Table {
    pub(crate) fn of(columns: &[(&str, &str)]) -> Self {
        Self {
            columns: columns.iter().map(|(n, d)| Column::new(*n, *d)).collect(),
            rows: Vec::new(),
        }
    }

    /// Position of the column with this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// Input of a digest.
pub struct DigestInput<'a> {
    /// HyPhy's result.
    pub result: &'a Value,
    /// The job's parameters.
    pub parameters: &'a Parameters,
    /// The requested threshold.
    pub threshold: Option<f64>,
}

impl DigestInput<'_> {
    /// The requested threshold, or else the parameter's value, or else the usual one.
    pub(crate) fn threshold(&self, of: &str, parameter: &str, usual: f64) -> Threshold {
        let own = self.parameters.get(parameter).and_then(Value::as_f64);
        Threshold {
            of: of.to_owned(),
            value: self.threshold.or(own).unwrap_or(usual),
        }
    }

    /// The tests in `test results`, by name.
    pub(crate) fn tests(&self) -> Option<Vec<Test>> {
        let tests = self.result["test results"].as_object()?;
        Some(
            tests
                .iter()
                .map(|(name, result)| test(name, result))
                .collect(),
        )
    }

    /// `test results` as a single test.
    pub(crate) fn test(&self, name: &str) -> Test {
        test(name, &self.result["test results"])
    }
}

fn test(name: &str, value: &Value) -> Test {
    Test {
        name: name.to_owned(),
        lrt: value["LRT"].as_f64(),
        p_value: value["p-value"].as_f64().or(value["p"].as_f64()),
    }
}

/// `1 site`, `2 sites`, `no sites`.
pub(crate) fn pluralize(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}

/// A p-value or similar number in a form suitable for a sentence.
pub(crate) fn format_p_value(number: Option<f64>) -> String {
    match number {
        None => "unknown".to_owned(),
        Some(p) if p != 0.0 && p.abs() < 0.0001 => format!("{p:.1e}"),
        Some(p) => {
            let text = format!("{p:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
}

/// The rate classes of a `Rate Distributions` table: by number, an `omega` (or `rate`) and a
/// `proportion`; or a list of pairs.
pub(crate) fn distribution(name: &str, classes: &Value) -> Vec<Rate> {
    let rate = |value: &Value, weight: &Value| Rate {
        name: name.to_owned(),
        value: value.as_f64(),
        weight: weight.as_f64(),
    };
    match classes {
        Value::Object(classes) => {
            let mut numbered: Vec<_> = classes
                .iter()
                .filter_map(|(key, class)| Some((key.parse::<u32>().ok()?, class)))
                .collect();
            numbered.sort_by_key(|(number, _)| *number);
            numbered
                .into_iter()
                .map(|(_, class)| {
                    let value = [&class["omega"], &class["rate"]]
                        .into_iter()
                        .find(|v| !v.is_null());
                    rate(value.unwrap_or(&Value::Null), &class["proportion"])
                })
                .collect()
        }
        Value::Array(rows) => rows.iter().map(|row| rate(&row[0], &row[1])).collect(),
        _ => Vec::new(),
    }
}
