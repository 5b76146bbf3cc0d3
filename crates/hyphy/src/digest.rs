//! What an analysis found, in the one form that all analyses share, and what helps to read it from
//! HyPhy's JSON.

pub(crate) mod branches;
mod definitions;
pub(crate) mod found;
pub(crate) mod sites;

pub use definitions::{Class, ColumnDefinition, Direction, Evidence, Selection};

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{EngineKind, parameters::Parameters};

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
    /// What to consider before trusting the findings; moved into the summary.
    #[serde(skip)]
    pub warnings: Vec<String>,
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
    /// The parameter that sets it; empty if none does.
    #[serde(skip)]
    pub(crate) parameter: String,
    /// Its value.
    pub value: f64,
    /// Which values pass it.
    pub direction: Direction,
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Description of its content.
    pub description: String,
    /// What it identifies, if it identifies something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ColumnRole>,
    /// Which of its values pass the threshold, if the threshold applies to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// What its values are, if the threshold applies to it: `p-value`, `corrected p-value`,
    /// `posterior probability` or `Bayes factor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistic: Option<String>,
    /// The class of the rows whose values pass the threshold; absent if that depends on other
    /// columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

/// What a column identifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// A site of the alignment, by its number from 1.
    Site,
    /// The second site of a pair.
    OtherSite,
    /// A branch, by the name of the node below it.
    Branch,
    /// The row's class; empty for rows that are not counted as found.
    Class,
}

/// A class of rows, as the column `class` names it, and the rows that belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowClass {
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// The direction of selection, if the class has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
    /// The column whose values decide about it; absent if none does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Positions of its rows in `table.rows`, from 0, with the strongest evidence first.
    pub rows: Vec<usize>,
}

impl Column {
    pub(crate) fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        let name = name.into();
        let role = match name.as_str() {
            "site" | "Site 1" => Some(ColumnRole::Site),
            "Site 2" => Some(ColumnRole::OtherSite),
            "branch" => Some(ColumnRole::Branch),
            sites::CLASS => Some(ColumnRole::Class),
            _ => None,
        };
        Self {
            name,
            description: description.into(),
            role,
            ..Self::default()
        }
    }

    /// Takes over what the analysis's table says about the column.
    pub(crate) fn define(&mut self, definition: &ColumnDefinition) {
        if !definition.definition.is_empty() {
            definition.definition.clone_into(&mut self.description);
        }
        if let Some(evidence) = &definition.evidence {
            self.direction = Some(evidence.direction);
            self.statistic = Some(evidence.statistic.to_owned());
            self.class = evidence.class.map(str::to_owned);
        }
    }
}

impl Table {
    /// Writes the table as CSV (RFC 4180), with the names of its columns in the first row.
    ///
    /// # Errors
    /// `into` cannot be written.
    pub fn write_csv(&self, into: impl io::Write) -> csv::Result<()> {
        let mut writer = csv::Writer::from_writer(into);
        writer.write_record(self.columns.iter().map(|column| column.name.as_str()))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| match cell {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }))?;
        }
        Ok(writer.flush()?)
    }

    pub(crate) fn of(columns: &[(&str, &str)]) -> Self {
        Self {
            columns: columns.iter().map(|(n, d)| Column::new(*n, *d)).collect(),
            rows: Vec::new(),
        }
    }

    /// Removes a column.
    pub(crate) fn remove(&mut self, column: usize) {
        self.columns.remove(column);
        for row in &mut self.rows {
            row.remove(column);
        }
    }

    /// Sorts the rows by a column, largest number first.
    pub(crate) fn sort_largest_first(&mut self, name: &str) {
        let column = self.column(name);
        let value = |row: &[Value]| sites::number(row, column);
        self.rows.sort_by(|a, b| value(b).total_cmp(&value(a)));
    }

    /// Position of the column with this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// Input of a digest.
pub struct DigestInput<'a> {
    /// The result, in the form of HyPhy's.
    pub result: &'a Value,
    /// The engine that wrote it.
    pub engine: EngineKind,
    /// The job's parameters.
    pub parameters: &'a Parameters,
    /// The requested threshold.
    pub threshold: Option<f64>,
    /// The analysis's columns.
    pub columns: &'static [ColumnDefinition],
    /// The analysis's classes.
    pub classes: &'static [Class],
}

impl DigestInput<'_> {
    /// The requested threshold, or else the parameter's value, or else the usual one.
    pub(crate) fn threshold(&self, of: &str, parameter: &str, usual: f64) -> Threshold {
        let own = self.parameters.get(parameter).and_then(Value::as_f64);
        let evidence = self.columns.iter().find_map(|column| column.evidence);
        Threshold {
            direction: evidence.map_or(Direction::AtMost, |evidence| evidence.direction),
            of: of.to_owned(),
            parameter: parameter.to_owned(),
            value: self.threshold.or(own).unwrap_or(usual),
        }
    }

    /// Adds the column with the class of each row, and returns the number of rows with a class.
    pub(crate) fn classify(
        &self,
        table: &mut Table,
        class: impl Fn(&[Value]) -> Option<&'static str>,
    ) -> usize {
        let meaning = |class: &Class| format!("{}: {}", class.name, class.meaning);
        let meanings: Vec<String> = self.classes.iter().map(meaning).collect();
        sites::classify(table, &meanings.join("; "), class)
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

/// The count as a word or number of a sentence such as `at none of 90 sites`.
pub(crate) fn or_none(count: usize) -> String {
    match count {
        0 => "none".to_owned(),
        count => count.to_string(),
    }
}

/// The text with a capital at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
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
