//! Printing the findings of an analysis to the terminal.

use comfy_table::{CellAlignment, Table, presets};
use hyphy::summary::Summary;
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
    let mut shown = Table::new();
    shown.load_style(presets::UTF8_FULL_CONDENSED);
    shown.set_header(columns.iter().map(|c| table.columns[*c].name.as_str()));
    for row in rows.iter().take(MOST_ROWS) {
        shown.add_row(columns.iter().map(|c| cell(&row[*c])));
    }
    for (at, column) in columns.iter().enumerate() {
        let numbers = rows
            .iter()
            .all(|row| row[*column].is_number() || row[*column].is_null());
        if let Some(column) = shown.column_mut(at).filter(|_| numbers) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    text.push_str(&shown.to_string());
    if rows.len() > MOST_ROWS {
        text.push_str(&format!(
            "\n… and {} more in the result",
            rows.len() - MOST_ROWS
        ));
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
