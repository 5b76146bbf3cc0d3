//! PHYLIP, as PHYLIP, PAML, RAxML and others write it: relaxed or strict names, sequential or
//! interleaved, names on their own lines or all of them first.
//!
//! The file does not say which of these layouts it has, so they are tried in turn. The number of
//! residues in the header decides.

mod header;
mod layout;

use super::{Contents, name_of, too_many_sequences, tree_list};
use crate::Limits;
use crate::finding::{Finding, Findings};
use crate::residue::{Raw, RawRow};
use crate::text::{Line, Lines, counted};
use header::Header;
pub(super) use header::header;
use layout::{Fit, fit, salvage};

/// The most lines. They are kept in memory, because several layouts are tried.
const MAX_LINES: usize = 5_000_000;

/// Reads the file. Returns whether it is interleaved. Trees may follow the sequences, below a line
/// with their number, and so may notes.
pub(super) fn read(text: &[u8], limits: &Limits, findings: &mut Findings) -> (Contents, bool) {
    let mut contents = Contents::default();
    let Some(header) = header(text) else {
        return (contents, false);
    };
    if header.sequences > limits.max_sequences {
        findings.push(too_many_sequences(limits));
        return (contents, false);
    }
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut trees = None;
    for line in Lines::new(text).filter(|l| !l.bytes.trim_ascii().is_empty()) {
        if !lines.is_empty() && begins_trees(text, line) {
            trees = Some(line.start);
            break;
        }
        if lines.len() == MAX_LINES {
            findings.push(Finding::error(
                "too-many-lines",
                format!("The file has more than {MAX_LINES} lines."),
                "Write each sequence on one line, or upload the alignment as FASTA.",
            ));
            return (contents, false);
        }
        lines.push(line);
    }
    // PAML has the number of trees above them.
    if let (Some(start), [_, .., last]) = (&mut trees, &lines[..])
        && tree_list::count(last.bytes).is_some()
    {
        *start = last.start;
        lines.pop();
    }
    let mut body = lines.get(1..).unwrap_or_default();
    if header.site_classes() {
        body = &body[header::class_lines(body)..];
        findings.push(
            Finding::note(
                "site-classes-ignored",
                "The option G of the first line divides the sites into classes, which are not used.",
                "No action is needed.",
            )
            .at_line(1),
        );
    }
    let found = fit(body, &header).unwrap_or_else(|| {
        let salvaged = salvage(body, header.sequences, limits.max_sequences);
        findings.push(does_not_fit(&header, &salvaged));
        salvaged
    });
    if let Some(line) = body.get(found.lines) {
        findings.push(passed_over(body, *line));
    }
    let interleaved = found.interleaved;
    let rows = found
        .rows
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
    if let Some(start) = trees {
        contents.trees = tree_list::read(text, start, limits, findings);
    }
    (contents, interleaved)
}

/// The sequences are not as many, or not as long, as the first line says.
fn does_not_fit(header: &Header, salvaged: &Fit) -> Finding {
    let length = salvaged.rows.first().map_or(0, |row| row.residues.len());
    let alike = salvaged.rows.iter().all(|row| row.residues.len() == length);
    let (found, remedy) = if alike && length > 0 {
        (
            format!(
                "{} of {length} residues follow",
                counted(salvaged.rows.len(), "sequence", "sequences")
            ),
            "If these are all sequences, write their numbers in the first line. Otherwise, upload the \
             complete file.",
        )
    } else {
        (
            "the rest of the file does not match".to_owned(),
            "Compare the two numbers with the sequences, or upload the alignment as FASTA.",
        )
    };
    Finding::error(
        "phylip-does-not-fit",
        format!(
            "The first line declares {} of {} residues, but {found}.",
            counted(header.sequences, "sequence", "sequences"),
            header.sites
        ),
        remedy,
    )
    .at_line(1)
}

/// Whether a line begins the trees.
fn begins_trees(text: &[u8], line: Line<'_>) -> bool {
    let begin = line.bytes.trim_ascii_start();
    let word = begin.len() < 30 && begin.first().is_some_and(|b| b.eq_ignore_ascii_case(&b't'));
    let may = word
        || matches!(begin.first(), Some(b'(' | b'[' | b'>' | b'#'))
        || memchr::memchr3(b'(', b'=', b';', begin).is_some();
    may && tree_list::starts(text, line)
}

/// The finding about text after the sequences.
fn passed_over(body: &[Line<'_>], line: Line<'_>) -> Finding {
    let more = body
        .iter()
        .any(|l| l.number >= line.number && header(l.bytes).is_some());
    let finding = if more {
        Finding::warning(
            "several-alignments",
            "The file has more than one alignment; the first was read.",
            "Upload the alignments as separate files.",
        )
    } else {
        Finding::note(
            "text-after-sequences",
            "There is text after the sequences; it was passed over.",
            "No action is needed.",
        )
    };
    finding.at_line(line.number)
}
