//! How the lines of a matrix show its number of sites, if NCHAR is missing or wrong.

use super::format::Format;
use super::token::Scanner;
use crate::text::Lines;

/// The most lines that are looked at.
const MAX_LINES: usize = 200_000;

/// A line of the matrix.
struct Row {
    /// The number of characters of its first word.
    label: usize,
    /// The number of characters after that, without blanks.
    rest: usize,
}

/// The number of sites for reading: NCHAR, unless the lines show that it is the total over all
/// sequences, or that names and sequences are on alternate lines.
pub(super) fn sites(scanner: Scanner<'_>, format: &Format) -> Option<usize> {
    let declared = format.nchar;
    if !format.labels || format.interleave {
        return declared;
    }
    let Some(rows) = rows(scanner) else {
        return declared;
    };
    if let Some(sites) = alternate(&rows) {
        let total = sites * (rows.len() / 2);
        return if declared.is_none() || declared == Some(total) {
            Some(sites)
        } else {
            declared
        };
    }
    let one_line_each = rows.len() > 1 && rows.iter().all(|r| r.rest > 0);
    let total: usize = rows.iter().map(|r| r.rest).sum();
    if one_line_each && declared == Some(total) {
        let sites = rows[0].rest;
        // Without NCHAR, a sequence ends with its line.
        return Some(sites).filter(|s| rows.iter().all(|r| r.rest == *s));
    }
    declared
}

/// The length of the sequences, if a line with a name alone precedes each of them.
fn alternate(rows: &[Row]) -> Option<usize> {
    if rows.len() < 4 || !rows.len().is_multiple_of(2) {
        return None;
    }
    let sites = rows[1].label + rows[1].rest;
    rows.chunks_exact(2)
        .all(|pair| pair[0].rest == 0 && pair[1].label + pair[1].rest == sites)
        .then_some(sites)
}

/// The lines up to the end of the matrix. `None` if there are too many, or if a comment runs over
/// several of them.
fn rows(mut scanner: Scanner<'_>) -> Option<Vec<Row>> {
    scanner.skip_blanks();
    let mut rows = Vec::new();
    for line in Lines::new(&scanner.text[scanner.at..]) {
        let end = memchr::memchr(b';', line.bytes);
        let text = &line.bytes[..end.unwrap_or(line.bytes.len())];
        if text.contains(&b'[') {
            return None;
        }
        let mut words = Scanner::new(text, 0);
        let label = words.label().map_or(0, |w| w.bytes().len());
        let rest = text.get(words.at..).unwrap_or_default();
        let rest = rest.iter().filter(|b| !b.is_ascii_whitespace()).count();
        let last = words.text.trim_ascii();
        if end.is_some() && last.eq_ignore_ascii_case(b"END") {
            break;
        }
        if label > 0 {
            if rows.len() == MAX_LINES {
                return None;
            }
            rows.push(Row { label, rest });
        }
        if end.is_some() {
            break;
        }
    }
    Some(rows)
}
