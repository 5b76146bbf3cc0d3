//! The native engine's answer beside HyPhy's.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Analysis, EngineKind,
    digest::{Column, ColumnRole, Table, pluralize},
    summary::Summary,
};

/// The estimate of a job: what the native engine found while HyPhy ran the job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Estimate {
    /// A summary of the native engine's result. It is preliminary: HyPhy's is the job's result.
    pub summary: Summary,
    /// How it compares with HyPhy's result; absent until there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// A comparison of the calls of both engines: of the classes that they put sites into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// Whether both engines put every site into the same class.
    pub agree: bool,
    /// The outcome in one sentence.
    pub statement: String,
    /// The sites that the engines put into different classes, with the values of both.
    pub differences: Table,
}

/// Compares the summaries of both engines' results of a job.
#[must_use]
pub fn compare(analysis: &Analysis, hyphy: &Summary, native: &Summary) -> Comparison {
    let (hyphy, native) = (&hyphy.digest.table, &native.digest.table);
    let shown = shown(analysis, hyphy);
    let mut differences = Table {
        columns: columns(hyphy, &shown),
        rows: Vec::new(),
    };
    let (by_hyphy, by_native) = (Sites::of(hyphy), Sites::of(native));
    let all: BTreeSet<u64> = by_hyphy
        .rows
        .keys()
        .chain(by_native.rows.keys())
        .copied()
        .collect();
    for site in all {
        let (of_hyphy, of_native) = (by_hyphy.row(site), by_native.row(site));
        if by_hyphy.class(of_hyphy) == by_native.class(of_native) {
            continue;
        }
        let mut row = vec![Value::from(site)];
        for name in &shown {
            row.push(cell(hyphy, of_hyphy, name));
            row.push(cell(native, of_native, name));
        }
        differences.rows.push(row);
    }
    let differing = differences.rows.len();
    let statement = match differing {
        0 => "The native engine's preliminary estimate detected the same codons.".to_owned(),
        _ => format!(
            "HyPhy's result differs from the estimate of the native engine at {}.",
            pluralize(differing, "site", "sites")
        ),
    };
    Comparison {
        agree: differing == 0,
        statement,
        differences,
    }
}

/// The names of the columns to show: those that decide about a site, and those that explain it.
fn shown<'a>(analysis: &Analysis, table: &'a Table) -> Vec<&'a str> {
    let explains = analysis.native.as_ref().map_or(&[][..], |it| it.compared);
    let is_shown = |column: &&Column| {
        column.role == Some(ColumnRole::Class)
            || column.direction.is_some()
            || explains.contains(&column.name.as_str())
    };
    let columns = table.columns.iter().filter(is_shown);
    columns.map(|column| column.name.as_str()).collect()
}

/// The site, and each of these columns twice.
fn columns(table: &Table, shown: &[&str]) -> Vec<Column> {
    let site = table.columns.iter();
    let site = site.filter(|column| column.role == Some(ColumnRole::Site));
    let mut columns: Vec<Column> = site.cloned().collect();
    for name in shown {
        for engine in EngineKind::ALL {
            let by = engine.within_sentence();
            let described = format!("{name}, as {by} finds it");
            columns.push(Column {
                name: format!("{name}, {by}"),
                description: described,
                ..Column::default()
            });
        }
    }
    columns
}

fn cell(table: &Table, row: Option<&[Value]>, column: &str) -> Value {
    let place = table.column(column);
    let cell = row.zip(place).and_then(|(row, place)| row.get(place));
    cell.cloned().unwrap_or_default()
}

/// The rows of a table by their sites.
struct Sites<'a> {
    rows: BTreeMap<u64, &'a [Value]>,
    class: Option<usize>,
}

impl<'a> Sites<'a> {
    fn of(table: &'a Table) -> Self {
        let place = |role| {
            let mut columns = table.columns.iter();
            columns.position(|column| column.role == Some(role))
        };
        let site = place(ColumnRole::Site);
        let by_site = |row: &'a Vec<Value>| Some((row.get(site?)?.as_u64()?, row.as_slice()));
        Self {
            rows: table.rows.iter().filter_map(by_site).collect(),
            class: place(ColumnRole::Class),
        }
    }

    fn row(&self, site: u64) -> Option<&'a [Value]> {
        self.rows.get(&site).copied()
    }

    /// The class of a row; empty if it has none.
    fn class(&self, row: Option<&'a [Value]>) -> &'a str {
        let cell = row.and_then(|row| row.get(self.class?));
        cell.and_then(Value::as_str).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{methods, publication::Origin, request, summary::summarise};

    /// A summary of MEME with these rows: p-value, log likelihood by MEME and by FEL.
    fn meme(engine: EngineKind, rows: [[f64; 3]; 3]) -> Summary {
        let analysis = methods::find("meme").unwrap();
        let headers = ["p-value", "MEME LogL", "FEL LogL"].map(|name| [name, ""]);
        let result = json!({
            "analysis": {"engine": engine.word()},
            "MLE": {"headers": headers, "content": {"0": rows}},
            "data partitions": {"0": {"coverage": [[0, 1, 2]]}},
        });
        let parameters = request::defaults(analysis);
        let result = result.to_string();
        summarise(
            analysis,
            &parameters,
            Origin::default(),
            None,
            result.as_bytes(),
        )
        .unwrap()
    }

    #[test]
    fn sites_with_different_calls_are_listed_with_the_values_of_both() {
        let rows = [[0.5, -3.0, -3.1], [0.04, -9.0, -12.0], [0.09, -5.0, -7.0]];
        let mut others = rows;
        others[0][0] = 0.6;
        let hyphy = meme(EngineKind::Hyphy, rows);
        let analysis = methods::find("meme").unwrap();
        let same = compare(analysis, &hyphy, &meme(EngineKind::Native, others));
        assert!(same.agree && same.differences.rows.is_empty());

        others[2] = [0.2, -6.0, -7.0];
        let differs = compare(analysis, &hyphy, &meme(EngineKind::Native, others));
        assert!(!differs.agree);
        assert_eq!(
            differs.statement,
            "HyPhy's result differs from the estimate of the native engine at 1 site."
        );
        let columns = differs.differences.columns.iter();
        let columns: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        let expected = [
            "site",
            "p-value, HyPhy",
            "p-value, the native engine",
            "MEME LogL, HyPhy",
            "MEME LogL, the native engine",
            "FEL LogL, HyPhy",
            "FEL LogL, the native engine",
            "class, HyPhy",
            "class, the native engine",
        ];
        assert_eq!(columns, expected);
        let row = json!([3, 0.09, 0.2, -5.0, -6.0, -7.0, -7.0, "episodic", null]);
        assert_eq!(json!(differs.differences.rows), json!([row]));
    }
}
