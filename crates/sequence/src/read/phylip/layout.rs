//! The layouts of PHYLIP files, and reading one of them.

use super::header::{Header, is_counter};
use crate::read::rows::append;
use crate::text::Line;

/// Width of a name in strict PHYLIP.
const STRICT_NAME: usize = 10;

/// Where a name ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameEnd {
    /// At the first blank.
    Blank,
    /// At two blanks, as in PAML.
    TwoBlanks,
    /// After ten characters.
    Ten,
    /// At the last blank, so that names may have single blanks.
    LastBlank,
    /// At the end of its line. All names come first.
    Line,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) name_end: NameEnd,
    pub(super) interleaved: bool,
    /// Whether lines of digits count the residues of a block.
    counters: bool,
}

/// The relaxed layouts come first, because nearly all current programs write them.
const LAYOUTS: [Layout; 10] = [
    layout(NameEnd::Blank, false, false),
    layout(NameEnd::Blank, true, false),
    layout(NameEnd::Ten, false, false),
    layout(NameEnd::Ten, true, false),
    layout(NameEnd::TwoBlanks, false, false),
    layout(NameEnd::TwoBlanks, true, false),
    layout(NameEnd::Blank, true, true),
    layout(NameEnd::Line, true, false),
    layout(NameEnd::Line, true, true),
    layout(NameEnd::LastBlank, false, false),
];

const fn layout(name_end: NameEnd, interleaved: bool, counters: bool) -> Layout {
    Layout {
        name_end,
        interleaved,
        counters,
    }
}

/// A row as slices of the text.
pub(super) struct Row<'a> {
    pub(super) name: &'a [u8],
    pub(super) line: usize,
    pub(super) residues: Vec<u8>,
}

/// Rows that have the declared number of residues.
pub(super) struct Fit<'a> {
    pub(super) rows: Vec<Row<'a>>,
    pub(super) interleaved: bool,
    /// The number of lines that they take.
    pub(super) lines: usize,
}

/// The first layout under which the lines have as many sequences and sites as the header says. One
/// that leaves no line over is preferred.
pub(super) fn fit<'a>(lines: &[Line<'a>], header: &Header) -> Option<Fit<'a>> {
    let mut layouts = LAYOUTS;
    if header.interleaved() {
        layouts.sort_by_key(|l| !l.interleaved);
    }
    let mut shorter = None;
    for layout in layouts {
        let Some(fit) = attempt(lines, header.sequences, header.sites, layout) else {
            continue;
        };
        if fit.lines == lines.len() {
            return Some(fit);
        }
        // What follows must not be a sequence that the header does not count.
        if shorter.is_none() && !continues(lines, &fit, header.sites) {
            shorter = Some(fit);
        }
    }
    shorter
}

/// Whether the line after the rows may belong to the data: it is not apart, and looks like them.
fn continues(lines: &[Line<'_>], fit: &Fit<'_>, sites: usize) -> bool {
    let (Some(next), Some(last)) = (lines.get(fit.lines), lines.get(fit.lines.wrapping_sub(1)))
    else {
        return false;
    };
    let (_, rest) = split_name(next.bytes, NameEnd::Blank);
    let residue = |b: &u8| b.is_ascii_alphabetic() || b"-?.*~!".contains(b);
    let dense = |l: &[u8]| l.iter().filter(|b| !b.is_ascii_whitespace()).count();
    let data = |l: &[u8]| l.iter().all(|b| residue(b) || b.is_ascii_whitespace());
    let row = dense(rest) == sites && data(rest);
    row || (next.number == last.number + 1 && data(rest))
}

/// Splits a line into a name and the rest.
pub(super) fn split_name(line: &[u8], end: NameEnd) -> (&[u8], &[u8]) {
    let (line, length) = match end {
        NameEnd::Ten => (line, line.len().min(STRICT_NAME)),
        NameEnd::Line => (line, line.len()),
        NameEnd::LastBlank => {
            let line = line.trim_ascii();
            let blank = line.iter().rposition(u8::is_ascii_whitespace);
            (line, blank.unwrap_or(line.len()))
        }
        NameEnd::Blank | NameEnd::TwoBlanks => {
            let line = line.trim_ascii_start();
            let length = line.iter().enumerate().position(|(at, b)| {
                let blank = |b: &u8| b.is_ascii_whitespace();
                blank(b) && (end == NameEnd::Blank || line.get(at + 1).is_none_or(blank))
            });
            (line, length.unwrap_or(line.len()))
        }
    };
    let (name, rest) = line.split_at(length);
    (name.trim_ascii(), rest)
}

/// Reads one layout; `None` if the number of rows or residues does not fit.
fn attempt<'a>(
    lines: &[Line<'a>],
    sequences: usize,
    sites: usize,
    layout: Layout,
) -> Option<Fit<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    let (mut turn, mut complete, mut used) = (0usize, 0usize, 0usize);
    for line in lines {
        let all = rows.len() == sequences && complete == sequences;
        if all && turn.is_multiple_of(sequences.max(1)) {
            break;
        }
        used += 1;
        let open = rows.last().is_some_and(|r| r.residues.len() < sites);
        if rows.len() < sequences
            && (layout.interleaved || layout.name_end == NameEnd::Line || !open)
        {
            let (name, rest) = split_name(line.bytes, layout.name_end);
            let mut residues = Vec::new();
            append(&mut residues, rest);
            if residues.len() > sites {
                return None;
            }
            complete += usize::from(residues.len() == sites);
            rows.push(Row {
                name,
                line: line.number,
                residues,
            });
            continue;
        }
        if layout.counters && is_counter(line.bytes) {
            continue;
        }
        let row = if layout.interleaved {
            let row = turn % sequences.max(1);
            turn += 1;
            rows.get_mut(row)?
        } else {
            rows.last_mut()?
        };
        // Some programs repeat the names in every block.
        let (name, rest) = split_name(line.bytes, layout.name_end);
        let repeated = layout.interleaved && name == row.name && !rest.trim_ascii().is_empty();
        append(&mut row.residues, if repeated { rest } else { line.bytes });
        if row.residues.len() > sites {
            return None;
        }
        complete += usize::from(row.residues.len() == sites);
    }
    let fits = rows.len() == sequences && rows.iter().all(|r| r.residues.len() == sites);
    (fits && turn.is_multiple_of(sequences.max(1))).then_some(Fit {
        rows,
        interleaved: layout.interleaved,
        lines: used,
    })
}

/// Recovers what is possible from lines that do not match the header: one row per line, or blocks
/// if the number of lines is a multiple of the number of sequences.
pub(super) fn salvage<'a>(lines: &[Line<'a>], sequences: usize, most: usize) -> Fit<'a> {
    let blocks = sequences > 1 && lines.len() > sequences && lines.len().is_multiple_of(sequences);
    let mut rows: Vec<Row<'a>> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let turn = if blocks { number % sequences } else { number };
        if !blocks && turn == most {
            break;
        }
        let (name, rest) = split_name(line.bytes, NameEnd::Blank);
        match rows.get_mut(turn).filter(|_| blocks) {
            Some(row) => {
                let repeated = name == row.name && !rest.trim_ascii().is_empty();
                append(&mut row.residues, if repeated { rest } else { line.bytes });
            }
            None => {
                let mut residues = Vec::new();
                append(&mut residues, rest);
                rows.push(Row {
                    name,
                    line: line.number,
                    residues,
                });
            }
        }
    }
    Fit {
        rows,
        interleaved: blocks,
        lines: lines.len(),
    }
}
