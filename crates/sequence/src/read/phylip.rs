//! PHYLIP: relaxed or strict names, sequential or interleaved.
//!
//! The file does not say which of the four layouts it has, so they are tried in turn. The number of
//! residues in the header decides.

use super::detect::phylip_header;
use super::fasta::append;
use super::{Contents, name_of, newick, too_many_sequences};
use crate::Limits;
use crate::finding::{Finding, Findings};
use crate::residue::{Raw, RawRow};
use crate::text::{Line, Lines};

/// Width of a name in strict PHYLIP.
const STRICT_NAME: usize = 10;

#[derive(Clone, Copy)]
struct Layout {
    strict: bool,
    interleaved: bool,
}

/// The relaxed layouts come first, because nearly all current programs write them.
const LAYOUTS: [Layout; 4] = [
    Layout {
        strict: false,
        interleaved: false,
    },
    Layout {
        strict: false,
        interleaved: true,
    },
    Layout {
        strict: true,
        interleaved: false,
    },
    Layout {
        strict: true,
        interleaved: true,
    },
];

/// A row as slices of the text.
struct Row<'a> {
    name: &'a [u8],
    line: usize,
    residues: Vec<u8>,
}

/// Reads the file. Returns whether it is interleaved. Trees may follow the sequences.
pub(super) fn read(text: &[u8], limits: &Limits, findings: &mut Findings) -> (Contents, bool) {
    let mut contents = Contents::default();
    let Some((sequences, sites)) = phylip_header(text) else {
        return (contents, false);
    };
    if sequences > limits.max_sequences {
        findings.push(too_many_sequences(limits));
        return (contents, false);
    }
    let tail = Lines::new(text).find(|l| l.bytes.trim_ascii_start().starts_with(b"("));
    let body = &text[..tail.map_or(text.len(), |l| l.start)];
    let fits = |rows: &Option<Vec<Row<'_>>>| {
        rows.as_ref()
            .is_some_and(|r| r.iter().all(|r| r.residues.len() == sites))
    };
    let mut found = None;
    for layout in LAYOUTS {
        let rows = attempt(body, sequences, sites, layout);
        if fits(&rows) {
            found = rows.map(|r| (r, layout.interleaved));
            break;
        }
    }
    let (rows, interleaved) = found.unwrap_or_else(|| {
        findings.push(
            Finding::error(
                "phylip-does-not-fit",
                format!(
                    "The first line declares {sequences} sequences of {sites} residues, but the \
                     rest of the file does not match."
                ),
                "Correct the two numbers, or upload the alignment as FASTA.",
            )
            .at_line(1),
        );
        salvage(body, sequences, limits)
    });
    let rows = rows
        .into_iter()
        .map(|r| RawRow {
            name: name_of(r.name, r.line, limits, findings),
            residues: r.residues,
            line: r.line,
        })
        .collect();
    contents.raw = Some(Raw {
        rows,
        declared: None,
    });
    if let Some(tail) = tail {
        contents.trees = newick::read_all(text, tail.start, limits, findings);
    }
    (contents, interleaved)
}

/// The lines after the header that are not blank.
fn body_lines(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    Lines::new(text)
        .filter(|l| !l.bytes.trim_ascii().is_empty())
        .skip(1)
}

/// Splits a line into a name and the rest.
fn split_name(line: &[u8], strict: bool) -> (&[u8], &[u8]) {
    if strict {
        let (name, rest) = line.split_at(line.len().min(STRICT_NAME));
        return (name.trim_ascii(), rest);
    }
    let line = line.trim_ascii_start();
    let end = line
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(line.len());
    line.split_at(end)
}

/// Reads one layout; `None` if the number of lines or rows does not fit.
fn attempt(text: &[u8], sequences: usize, sites: usize, layout: Layout) -> Option<Vec<Row<'_>>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut turn = 0usize;
    for line in body_lines(text) {
        let open = rows.last().is_some_and(|r| r.residues.len() < sites);
        if rows.len() < sequences && (layout.interleaved || !open) {
            let (name, rest) = split_name(line.bytes, layout.strict);
            let mut residues = Vec::new();
            append(&mut residues, rest);
            rows.push(Row {
                name,
                line: line.number,
                residues,
            });
            continue;
        }
        let row = if layout.interleaved {
            let row = turn % sequences.max(1);
            turn += 1;
            rows.get_mut(row)?
        } else if open {
            rows.last_mut()?
        } else {
            return None;
        };
        // Some programs repeat the names in every block.
        let (name, rest) = split_name(line.bytes, layout.strict);
        let repeated = layout.interleaved && name == row.name && !rest.trim_ascii().is_empty();
        append(&mut row.residues, if repeated { rest } else { line.bytes });
        if row.residues.len() > sites {
            return None;
        }
    }
    (rows.len() == sequences && turn.is_multiple_of(sequences.max(1))).then_some(rows)
}

/// Recovers what is possible from a file that does not match its header: one row per line, or
/// blocks if the number of lines is a multiple of the number of sequences.
fn salvage<'a>(text: &'a [u8], sequences: usize, limits: &Limits) -> (Vec<Row<'a>>, bool) {
    let lines = body_lines(text).count();
    let blocks = sequences > 1 && lines > sequences && lines.is_multiple_of(sequences);
    if blocks {
        let layout = Layout {
            strict: false,
            interleaved: true,
        };
        if let Some(rows) = attempt(text, sequences, usize::MAX, layout) {
            return (rows, true);
        }
    }
    let rows = body_lines(text)
        .take(limits.max_sequences)
        .map(|line| {
            let (name, rest) = split_name(line.bytes, false);
            let mut residues = Vec::new();
            append(&mut residues, rest);
            Row {
                name,
                line: line.number,
                residues,
            }
        })
        .collect();
    (rows, false)
}
