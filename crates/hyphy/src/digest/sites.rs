//! Tables of sites: HyPhy's `MLE`.

use serde_json::{Value, json};

use super::{Column, Table};

/// Name of the column with a site's class.
pub(crate) const CLASS: &str = "class";

/// The `MLE` table: the site's number in the alignment, followed by HyPhy's columns.
pub(crate) fn table(result: &Value) -> Option<Table> {
    by_partition(result, |content| content.as_array())
}

/// The same for rows that are nested more deeply in a partition.
pub(crate) fn by_partition<'a>(
    result: &'a Value,
    rows: impl Fn(&'a Value) -> Option<&'a Vec<Value>>,
) -> Option<Table> {
    let mut table = Table::of(&[("site", "Number of the site in the alignment, from 1")]);
    table.columns.extend(columns(result)?);
    let width = table.columns.len();
    for (partition, content) in result["MLE"]["content"].as_object()? {
        let numbers = site_numbers(result, partition)?;
        let rows = rows(content)?;
        if rows.len() != numbers.len() {
            return None;
        }
        for (number, row) in numbers.into_iter().zip(rows) {
            let mut cells = vec![json!(number)];
            cells.extend(row.as_array()?.iter().cloned());
            // FUBAR's rows are longer than its headers.
            cells.resize(width, Value::Null);
            table.rows.push(cells);
        }
    }
    table.rows.sort_by_key(|row| row[0].as_u64());
    Some(table)
}

/// HyPhy's columns, with HTML removed from their names.
pub(crate) fn columns(result: &Value) -> Option<Vec<Column>> {
    let headers = result["MLE"]["headers"].as_array()?;
    headers
        .iter()
        .map(|header| {
            let text = |index: usize| plain(header[index].as_str().unwrap_or_default());
            (!text(0).is_empty()).then(|| Column::new(text(0), well_spelt(&text(1))))
        })
        .collect()
}

/// A description of HyPhy's without its misspellings, in the spelling of the other descriptions.
fn well_spelt(text: &str) -> String {
    const WORDS: [(&str, &str); 7] = [
        ("susbsitution", "substitution"),
        ("Empiricial", "Empirical"),
        ("Non-synonymous", "Nonsynonymous"),
        ("non-synonymous", "nonsynonymous"),
        (
            "with Ps probability of success",
            "where P[S] is the probability of success",
        ),
        (" -- ", ", "),
        (
            "The (very approximate and rough) estimate",
            "A rough estimate",
        ),
    ];
    WORDS.iter().fold(text.to_owned(), |text, (word, better)| {
        text.replace(word, better)
    })
}

/// Numbers of a partition's sites in the alignment, from 1.
pub(crate) fn site_numbers(result: &Value, partition: &str) -> Option<Vec<u64>> {
    let coverage = result["data partitions"][partition]["coverage"][0].as_array()?;
    coverage
        .iter()
        .map(|site| Some(site.as_u64()? + 1))
        .collect()
}

fn plain(html: &str) -> String {
    // Not every `<` opens a tag: `Prob[alpha<beta]`.
    const HTML: [(&str, &str); 22] = [
        ("<sup>", ""),
        ("</sup>", ""),
        ("<sub>", ""),
        ("</sub>", ""),
        ("<em>", ""),
        ("</em>", ""),
        ("<emph>", ""),
        ("</emph>", ""),
        ("&alpha;", "alpha"),
        ("&beta;", "beta"),
        ("&omega;", "omega"),
        ("&lambda;", "lambda"),
        ("&pi;", "pi"),
        ("&neq;", "≠"),
        ("&ne;", "≠"),
        ("&le;", "≤"),
        ("&ge;", "≥"),
        ("&times;", "×"),
        ("&gt;", ">"),
        ("&lt;", "<"),
        ("&amp;", "&"),
        ("–", "-"),
    ];
    HTML.iter().fold(html.to_owned(), |text, (html, word)| {
        text.replace(html, word)
    })
}

/// Adds a column with the class of each row, and returns the number of rows with a class.
pub(crate) fn classify(
    table: &mut Table,
    description: &str,
    class: impl Fn(&[Value]) -> Option<&'static str>,
) -> usize {
    table.columns.push(Column::new(CLASS, description));
    let mut found = 0;
    for row in &mut table.rows {
        let word = class(row);
        found += usize::from(word.is_some());
        row.push(word.map_or(Value::Null, Value::from));
    }
    found
}

/// Number of rows in this class.
pub(crate) fn in_class(table: &Table, word: &str) -> usize {
    let is = |row: &&Vec<Value>| row.last().and_then(Value::as_str) == Some(word);
    table.rows.iter().filter(is).count()
}

/// A cell as a number; NaN if it is not a number.
pub(crate) fn number(row: &[Value], column: Option<usize>) -> f64 {
    let cell = column.and_then(|column| row.get(column));
    cell.and_then(Value::as_f64).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    #[test]
    fn html_is_removed_from_names() {
        assert_eq!(super::plain("FEL &alpha;"), "FEL alpha");
        assert_eq!(super::plain("p<sup>+</sup> &gt; 0"), "p+ > 0");
        assert_eq!(
            super::plain("Prob[alpha<beta] P [dN/dS < 1]"),
            "Prob[alpha<beta] P [dN/dS < 1]"
        );
        assert_eq!(
            super::plain("P [Site 1 <–> Site 2]"),
            "P [Site 1 <-> Site 2]"
        );
    }
}
