//! A short table of what an analysis found, for the terminal.

use comfy_table::{CellAlignment, Table, presets};
use hyphy::result::SiteTable;

/// Most rows shown.
const MOST: usize = 20;

/// The sites whose p-value is at most `threshold`, smallest first.
pub(super) fn selected_sites(table: &SiteTable, threshold: f64) -> Option<String> {
    let (alpha, beta, p) = (
        table.column("alpha")?,
        table.column("beta")?,
        table.column("p-value")?,
    );
    let mut found: Vec<_> = table
        .rows
        .iter()
        .filter(|row| row.values.get(p).is_some_and(|p| *p <= threshold))
        .collect();
    found.sort_by(|a, b| {
        a.values[p]
            .total_cmp(&b.values[p])
            .then(a.codon.cmp(&b.codon))
    });
    let positive = found
        .iter()
        .filter(|row| row.values[beta] > row.values[alpha])
        .count();
    let mut text = format!(
        "{} sites: {positive} under diversifying (positive), {} under purifying (negative) \
         selection at p ≤ {threshold}\n",
        table.rows.len(),
        found.len() - positive,
    );
    if found.is_empty() {
        return Some(text);
    }
    let mut shown = Table::new();
    shown.load_style(presets::UTF8_FULL_CONDENSED);
    shown.set_header(["codon", "α", "β", "p-value", "selection"]);
    for row in found.iter().take(MOST) {
        let diversifying = row.values[beta] > row.values[alpha];
        shown.add_row([
            row.codon.to_string(),
            format!("{:.3}", row.values[alpha]),
            format!("{:.3}", row.values[beta]),
            format!("{:.4}", row.values[p]),
            if diversifying {
                "diversifying"
            } else {
                "purifying"
            }
            .to_owned(),
        ]);
    }
    for column in shown.column_iter_mut().take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    text.push_str(&shown.to_string());
    if found.len() > MOST {
        text.push_str(&format!(
            "\n… and {} more in the result",
            found.len() - MOST
        ));
    }
    text.push('\n');
    Some(text)
}
