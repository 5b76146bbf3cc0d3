//! FASTA, optionally with trees after the sequences, as HyPhy users write it.

use super::{Contents, name_of, too_many_sequences, tree_list};
use crate::Limits;
use crate::finding::{Finding, Findings};
use crate::residue::{Raw, RawRow};
use crate::text::{Line, Lines};

/// Reads sequences up to the first line that begins a tree, and trees from there on.
///
/// The whole header line is the name, as in HyPhy. Lines that begin with `;` are comments.
pub(super) fn read(text: &[u8], limits: &Limits, findings: &mut Findings) -> Contents {
    let mut contents = Contents::default();
    let mut rows: Vec<RawRow> = Vec::new();
    let (mut stray, mut semicolon) = (None, None);
    // HyPhy accepts '#' for '>'. A file uses one of the two.
    let marker = if text.trim_ascii_start().first() == Some(&b'#') {
        b'#'
    } else {
        b'>'
    };
    for line in Lines::new(text) {
        match line.bytes.first() {
            None => {}
            Some(_) if !rows.is_empty() && begins_trees(text, line) => {
                contents.trees = tree_list::read(text, line.start, limits, findings);
                break;
            }
            Some(first) if *first == marker => {
                if rows.len() == limits.max_sequences {
                    findings.push(too_many_sequences(limits));
                    return Contents::default();
                }
                let name = name_of(&line.bytes[1..], line.number, limits, findings);
                rows.push(RawRow {
                    name,
                    residues: Vec::new(),
                    line: line.number,
                });
            }
            Some(b';') => {}
            Some(_) => match rows.last_mut() {
                Some(row) => {
                    semicolon = semicolon.or(append_line(row, line.bytes).then_some(line.number));
                }
                None if line.bytes.trim_ascii().is_empty() => {}
                // Blanks before the first marker.
                None if line.bytes.trim_ascii_start().first() == Some(&marker) => {
                    let name = line.bytes.trim_ascii_start().get(1..).unwrap_or_default();
                    let name = name_of(name, line.number, limits, findings);
                    rows.push(RawRow {
                        name,
                        residues: Vec::new(),
                        line: line.number,
                    });
                }
                None => stray = stray.or(Some(line.number)),
            },
        }
    }
    if let Some(line) = stray {
        findings.push(
            Finding::error(
                "text-before-sequences",
                "There is text before the first sequence name.",
                "A FASTA file begins with '>' and the name of the first sequence.",
            )
            .at_line(line),
        );
    }
    if let Some(line) = semicolon {
        findings.push(
            Finding::note(
                "semicolon-ignored",
                "A ';' at the end of a line of residues was ignored.",
                "No action is needed.",
            )
            .at_line(line),
        );
    }
    contents.raw = Some(Raw {
        rows,
        declared: None,
    });
    contents
}

/// Whether a line begins the trees. Lines of residues have none of the characters that this needs.
fn begins_trees(text: &[u8], line: Line<'_>) -> bool {
    let header = matches!(line.bytes.first(), Some(b'>' | b'(' | b'[' | b'#'));
    let word =
        line.bytes.len() < 30 && line.bytes[..line.bytes.len().min(1)].eq_ignore_ascii_case(b"t");
    let marked = header || word || memchr::memchr3(b'(', b'=', b';', line.bytes).is_some();
    marked && tree_list::starts(text, line)
}

/// Appends the residues of a line, without a `;` at its end. HyPhy users end the sequences with it
/// before a tree. Returns whether there was one.
fn append_line(row: &mut RawRow, line: &[u8]) -> bool {
    let residues = line.strip_suffix(b";");
    append(&mut row.residues, residues.unwrap_or(line));
    residues.is_some()
}

/// Appends the residues of a line, without blanks.
pub(super) fn append(residues: &mut Vec<u8>, line: &[u8]) {
    if line.iter().any(|b| b.is_ascii_whitespace()) {
        residues.extend(line.iter().filter(|b| !b.is_ascii_whitespace()));
    } else {
        residues.extend_from_slice(line);
    }
}
