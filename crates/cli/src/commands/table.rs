//! Printing the findings of an analysis or a screen to the terminal.

use std::cmp::Reverse;

use comfy_table::{CellAlignment, Table, presets};
use hyphy::{screen::ScreenReport, summary::Summary};
use serde_json::Value;

/// Maximum number of rows and columns shown. The result contains all of them.
const MOST_ROWS: usize = 20;
const MOST_COLUMNS: usize = 9;
const LONGEST: usize = 40;

/// The summary sentence, and the rows of the main table that count as found, or all rows if there
/// are no classes.
pub(super) fn found(summary: &Summary) -> String {
    let (digest, table) = (&summary.digest, &summary.digest.table);
    let mut text = format!("{}\n", digest.statement);
    let class = table.column("class");
    let mut rows: Vec<&Vec<Value>> = table
        .rows
        .iter()
        .filter(|row| class.is_none_or(|class| row.get(class).is_some_and(|c| !c.is_null())))
        .collect();
    if rows.is_empty() {
        return text;
    }
    // There are many conserved sites, and they are rarely of interest.
    let conserved = |row: &&Vec<Value>| class.is_some_and(|class| row[class] == "purifying");
    rows.sort_by_key(conserved);
    // The class column is always shown, even if other columns must be dropped.
    let mut columns: Vec<usize> = (0..table.columns.len())
        .filter(|c| Some(*c) != class)
        .collect();
    columns.truncate(MOST_COLUMNS - usize::from(class.is_some()));
    columns.extend(class);
    let names = columns.iter().map(|c| table.columns[*c].name.clone());
    let cells = rows
        .iter()
        .map(|row| columns.iter().map(|c| row[*c].clone()).collect());
    text.push_str(&drawn(names.collect(), cells.collect(), "result"));
    text
}

/// The answer of a screen, its analyses, and the codons that several of them find.
pub(super) fn report(report: &ScreenReport) -> String {
    let mut text = format!("{}\n", report.answer.join("\n"));
    let analyses = report.analyses.iter().map(|analysis| {
        let mut table = vec![Value::from(analysis.name.clone())];
        table.push(Value::from(analysis.state.clone()));
        table.push(Value::from(analysis.note.clone()));
        table
    });
    let head = ["analysis", "state", "note"].map(str::to_owned);
    text.push_str(&drawn(head.into(), analyses.collect(), "report"));
    let table = report.site_table();
    let mut sites: Vec<_> = table.rows.iter().zip(&report.sites).collect();
    sites.retain(|(_, site)| site.agree > 0);
    // Positive selection first, and what most analyses find.
    sites.sort_by_key(|(_, site)| Reverse((site.positive, site.agree)));
    if !sites.is_empty() {
        let names = table.columns.iter().map(|column| column.name.clone());
        let rows = sites.into_iter().map(|(row, _)| row.clone());
        text.push_str(&drawn(names.collect(), rows.collect(), "report"));
    }
    text
}

/// A table with the first of its rows. `whole` says where the others are.
fn drawn(names: Vec<String>, rows: Vec<Vec<Value>>, whole: &str) -> String {
    let mut shown = Table::new();
    shown.load_style(presets::UTF8_FULL_CONDENSED);
    let numbers: Vec<usize> = (0..names.len())
        .filter(|at| (rows.iter()).all(|row| row[*at].is_number() || row[*at].is_null()))
        .collect();
    shown.set_header(names);
    for row in rows.iter().take(MOST_ROWS) {
        shown.add_row(row.iter().map(cell));
    }
    for at in numbers {
        if let Some(column) = shown.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = shown.to_string();
    if rows.len() > MOST_ROWS {
        let more = rows.len() - MOST_ROWS;
        text.push_str(&format!("\n… and {more} more in the {whole}"));
    }
    text.push('\n');
    text
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => whole.to_string(),
            (None, Some(real)) if real != 0.0 && real.abs() < 0.001 => format!("{real:.1e}"),
            (None, Some(real)) => format!("{real:.3}"),
            (None, None) => number.to_string(),
        },
        Value::String(text) if text.chars().count() > LONGEST => {
            text.chars().take(LONGEST).chain(['…']).collect()
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
