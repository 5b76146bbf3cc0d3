//! `CHARSET`s of the ASSUMPTIONS and SETS blocks.

use std::collections::HashMap;

use super::Reader;
use crate::finding::Finding;
use crate::{Partition, SiteRange};

/// Maximum number of ranges of all sets. Sets may repeat earlier ones, so the length of their text
/// does not limit it.
const MAX_RANGES: usize = 10_000;

/// Reads the block. Returns whether it was closed.
pub(super) fn block(reader: &mut Reader<'_>) -> bool {
    reader.commands(|reader, command| match command {
        "CHARSET" => charset(reader),
        "EXSET" => reader.excluded_columns(command),
        _ => {}
    })
}

/// `name = 1-300\3 400 500-.`
fn charset(reader: &mut Reader<'_>) {
    let line = reader.scanner.line();
    let mut name = reader.scanner.word();
    if name.as_ref().is_some_and(|n| n.bytes().as_ref() == b"*") {
        name = reader.scanner.word();
    }
    let Some(name) = name else { return };
    let name = super::super::name_of(&name.bytes(), line, &reader.limits, reader.findings);
    while !matches!(reader.scanner.peek(), None | Some(b'=' | b';')) {
        // `(STANDARD)` or `(VECTOR)` after the name.
        reader.scanner.at += 1;
    }
    if !reader.scanner.take(b'=') {
        return;
    }
    let longest = reader.contents.raw.as_ref().map_or(0, |raw| {
        raw.rows.iter().map(|r| r.residues.len()).max().unwrap_or(0)
    });
    let text = reader.scanner.rest_of_command();
    let partitions = &mut reader.contents.partitions;
    let used: usize = partitions.iter().map(|p| p.ranges.len()).sum();
    match ranges(
        text,
        longest,
        MAX_RANGES - used.min(MAX_RANGES),
        partitions,
        &reader.sets,
    ) {
        Some(ranges) => {
            reader
                .sets
                .entry(name.to_ascii_lowercase())
                .or_insert(partitions.len());
            partitions.push(Partition { name, ranges });
        }
        None => reader.findings.push(
            Finding::warning(
                "charset-not-understood",
                format!(
                    "The columns of CHARSET {} were not understood.",
                    crate::text::excerpt(&name)
                ),
                "Write columns as 1-300, 1-300\\3 or 7, with blanks between them.",
            )
            .at_line(line),
        ),
    }
}

/// The ranges, or `None` if a word is neither a range nor the name of an earlier set. `.` is the
/// last column.
fn ranges(
    text: &[u8],
    last: usize,
    most: usize,
    known: &[Partition],
    index: &HashMap<String, usize>,
) -> Option<Vec<SiteRange>> {
    let text = String::from_utf8_lossy(&without_comments(text)).into_owned();
    let spaced = text
        .replace('-', " - ")
        .replace('\\', " \\ ")
        .replace(',', " ");
    let mut words = spaced.split_ascii_whitespace().peekable();
    let number = |word: &str| {
        if word == "." {
            Some(last)
        } else {
            word.parse().ok()
        }
        .filter(|n| *n > 0)
    };
    let mut ranges = Vec::new();
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("ALL") {
            ranges.push(SiteRange {
                first: 1,
                last: last.max(1),
                step: 1,
            });
        } else if let Some(first) = number(word) {
            let mut range = SiteRange {
                first,
                last: first,
                step: 1,
            };
            if words.next_if_eq(&"-").is_some() {
                range.last = number(words.next()?)?;
            }
            if words.next_if_eq(&"\\").is_some() {
                range.step = number(words.next()?)?;
            }
            if range.last < range.first {
                return None;
            }
            ranges.push(range);
        } else {
            let set = index
                .get(&word.to_ascii_lowercase())
                .and_then(|i| known.get(*i))?;
            ranges.extend(set.ranges.iter().copied());
        }
        if ranges.len() > most {
            return None;
        }
    }
    (!ranges.is_empty()).then_some(ranges)
}

fn without_comments(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|t| memchr::memchr(b'[', t)) {
        out.extend_from_slice(&text[at..at + open]);
        at = crate::read::newick::comment_end(text, at + open).unwrap_or(text.len());
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    out
}
