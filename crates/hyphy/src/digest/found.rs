//! The rows of a table that count as found: by class, and in words.

use serde_json::Value;

use super::{
    Class, Column, ColumnRole, Direction, RowClass, Table, capital, format_p_value, sites,
};

/// Maximum number of rows that a sentence names.
const NAMED: usize = 5;

/// The classes with their rows, the strongest first.
pub(crate) fn classes(table: &Table, classes: &[Class]) -> Vec<RowClass> {
    let kind = table.role(ColumnRole::Class);
    let rows_of = |class: &Class, column: Option<usize>| {
        let rows = table.rows.iter().enumerate();
        let own = rows.filter(|(_, row)| kind.is_some_and(|kind| row[kind] == class.name));
        let mut own: Vec<(usize, f64)> = own
            .map(|(at, row)| (at, sites::number(row, column)))
            .collect();
        match column.and_then(|column| table.columns[column].direction) {
            Some(Direction::AtLeast) => own.sort_by(|a, b| b.1.total_cmp(&a.1)),
            Some(Direction::AtMost) => own.sort_by(|a, b| a.1.total_cmp(&b.1)),
            None => {}
        }
        own.into_iter().map(|(at, _)| at).collect()
    };
    let class = |class: &Class| {
        let decides = |column: &Column| {
            column.direction.is_some()
                && column.class.as_deref().is_none_or(|own| own == class.name)
        };
        let column = table.columns.iter().position(decides);
        RowClass {
            name: class.name.to_owned(),
            meaning: class.meaning.to_owned(),
            selection: class.selection,
            column: column.map(|column| table.columns[column].name.clone()),
            rows: rows_of(class, column),
        }
    };
    classes.iter().map(class).collect()
}

/// A sentence for each class that has rows: `Diversifying: 22 (p = 0.061).` Empty if there is
/// none.
pub(crate) fn sentences(table: &Table, classes: &[RowClass]) -> String {
    let mut text = String::new();
    for RowClass {
        name, column, rows, ..
    } in classes
    {
        let (Some(column), false) = (column, rows.is_empty()) else {
            continue;
        };
        let evidence = table.column(column);
        let named = rows.iter().take(NAMED).enumerate().map(|(at, row)| {
            let row = &table.rows[*row];
            let of = if at == 0 {
                let statistic = evidence.and_then(|evidence| {
                    let statistic = table.columns[evidence].statistic.as_ref()?;
                    Some(statistic.replace("p-value", "p"))
                });
                statistic.map_or_else(String::new, |statistic| format!("{statistic} = "))
            } else {
                String::new()
            };
            let value = evidence.and_then(|evidence| row[evidence].as_f64());
            format!("{} ({of}{})", table.label(row), format_p_value(value))
        });
        let named: Vec<String> = named.collect();
        text += &format!(" {}: {}", capital(name), named.join(", "));
        if rows.len() > NAMED {
            text += &format!(" and {} more", rows.len() - NAMED);
        }
        text.push('.');
    }
    text
}

impl Table {
    /// Position of the first column with this role.
    pub(crate) fn role(&self, role: ColumnRole) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.role == Some(role))
    }

    /// What a row is about: a site, a pair of sites, such as `5–9`, or a branch.
    fn label(&self, row: &[Value]) -> String {
        let text = |role| match &row[self.role(role)?] {
            Value::String(name) => Some(name.clone()),
            other => Some(other.to_string()),
        };
        match (text(ColumnRole::Site), text(ColumnRole::OtherSite)) {
            (Some(site), Some(other)) => format!("{site}–{other}"),
            (Some(site), None) => site,
            (None, _) => text(ColumnRole::Branch).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(rows: serde_json::Value) -> Table {
        let mut table = Table::of(&[("site", ""), ("p-value", ""), (sites::CLASS, "")]);
        table.columns[1].direction = Some(Direction::AtMost);
        table.columns[1].statistic = Some("p-value".to_owned());
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
        let found = classes(&table, &CLASSES);
        assert_eq!(found[0].rows, [2, 1]);
        assert_eq!(found[0].column.as_deref(), Some("p-value"));
        assert_eq!(
            sentences(&table, &found),
            " Episodic: 3 (p = 1.0e-5), 2 (0.05)."
        );
    }

    #[test]
    fn pairs_of_sites_are_named_by_both() {
        let mut table = Table::of(&[
            ("Site 1", ""),
            ("Site 2", ""),
            ("P", ""),
            (sites::CLASS, ""),
        ]);
        table.columns[2].direction = Some(Direction::AtLeast);
        table.columns[2].statistic = Some("posterior probability".to_owned());
        table.rows = vec![
            vec![json!(5), json!(9), json!(0.5), json!("episodic")],
            vec![json!(5), json!(7), json!(0.9), json!("episodic")],
        ];
        assert_eq!(
            sentences(&table, &classes(&table, &CLASSES)),
            " Episodic: 5–7 (posterior probability = 0.9), 5–9 (0.5)."
        );
    }

    #[test]
    fn the_others_are_counted() {
        let rows: Vec<_> = (1..=7)
            .map(|site| json!([site, 0.01, "episodic"]))
            .collect();
        let said = |rows| {
            let table = table(rows);
            sentences(&table, &classes(&table, &CLASSES))
        };
        let text = said(json!(rows));
        assert!(text.ends_with("5 (0.01) and 2 more."), "{text}");
        assert_eq!(said(json!([[1, 0.9, null]])), "");
    }
}
