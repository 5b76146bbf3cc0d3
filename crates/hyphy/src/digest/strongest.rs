//! The rows of a table that count as found, in words.

use serde_json::Value;

use super::{Class, Column, ColumnRole, Direction, Table, capital, format_p_value, sites};

/// Maximum number of rows that a sentence names.
const NAMED: usize = 5;

/// A sentence for each class that has rows, with the strongest rows first: `Diversifying: 22
/// (p-value 0.061).` Empty if no row has a class.
pub(crate) fn sentences(table: &Table, classes: &[Class]) -> String {
    let place = |role| table.columns.iter().position(|c| c.role == Some(role));
    let (Some(class), Some(name)) = (
        place(ColumnRole::Class),
        place(ColumnRole::Site).or_else(|| place(ColumnRole::Branch)),
    ) else {
        return String::new();
    };
    let mut text = String::new();
    for own in classes {
        let deciding = |column: &Column| {
            column.direction.is_some() && column.class.as_deref().is_none_or(|c| c == own.name)
        };
        let Some(evidence) = table.columns.iter().position(deciding) else {
            continue;
        };
        let value = |row: &[Value]| sites::number(row, Some(evidence));
        let rows = table.rows.iter();
        let mut rows: Vec<&Vec<Value>> = rows.filter(|row| row[class] == own.name).collect();
        if rows.is_empty() {
            continue;
        }
        let column = &table.columns[evidence];
        rows.sort_by(|a, b| match column.direction {
            Some(Direction::AtLeast) => value(b).total_cmp(&value(a)),
            _ => value(a).total_cmp(&value(b)),
        });
        let named = rows.iter().take(NAMED).enumerate().map(|(at, row)| {
            let label = match &row[name] {
                Value::String(name) => name.clone(),
                other => other.to_string(),
            };
            let of = if at == 0 {
                format!("{} ", column.name)
            } else {
                String::new()
            };
            format!("{label} ({of}{})", format_p_value(row[evidence].as_f64()))
        });
        let named: Vec<String> = named.collect();
        text += &format!(" {}: {}", capital(own.name), named.join(", "));
        if rows.len() > NAMED {
            text += &format!(" and {} more", rows.len() - NAMED);
        }
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(rows: serde_json::Value) -> Table {
        let mut table = Table::of(&[("site", ""), ("p-value", ""), (sites::CLASS, "")]);
        table.columns[1].direction = Some(Direction::AtMost);
        table.rows = serde_json::from_value(rows).unwrap_or_default();
        table
    }

    const CLASSES: [Class; 1] = [Class {
        name: "episodic",
        meaning: "",
        selection: None,
    }];

    #[test]
    fn the_strongest_rows_are_named_first() {
        let table = table(json!([
            [1, 0.9, null],
            [2, 0.05, "episodic"],
            [3, 0.00001, "episodic"],
        ]));
        assert_eq!(
            sentences(&table, &CLASSES),
            " Episodic: 3 (p-value 1.0e-5), 2 (0.05)."
        );
    }

    #[test]
    fn the_others_are_counted() {
        let rows: Vec<_> = (1..=7)
            .map(|site| json!([site, 0.01, "episodic"]))
            .collect();
        let text = sentences(&table(json!(rows)), &CLASSES);
        assert!(text.ends_with("5 (0.01) and 2 more."), "{text}");
        assert_eq!(sentences(&table(json!([[1, 0.9, null]])), &CLASSES), "");
    }
}
