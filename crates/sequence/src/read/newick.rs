//! Newick, as HyPhy, PAML, IQ-TREE, RAxML and BEAST write it.
//!
//! One loop and an arena, so nesting uses no stack. The grammar is lenient where programs differ
//! (labels before or after the length, blanks in names, a missing final semicolon), and strict
//! where a guess could change the tree.

mod angles;
mod commas;
mod faults;
mod labels;
mod marks;
mod network;
mod node;
mod notes;
mod parser;
mod support;

use crate::finding::{Finding, Findings};
use crate::text::{Cleaned, counted};
use crate::{Limits, Tree};
pub(crate) use marks::is_mark;
use parser::Parser;
pub(super) use parser::comment_end;
pub(crate) use support::{is_annotation, is_support};

/// Reads one tree, such as `(A:0.1,(B,C)90:2e-3){Foreground};`.
///
/// Supported: names in single or double quotes (doubled for a literal quote), nested comments in
/// brackets, Mesquite's annotations in angle brackets, a leading `[&R]` or `[&U]`, branch lengths of
/// any sign, supports of internal nodes, HyPhy's `{Label}` and PAML's `#1` and `$1` before or after the
/// length, and nodes with any number of children.
///
/// # Errors
/// A finding with the line, if the text is not one complete tree or exceeds a limit. Negative
/// lengths are not an error here; [`check::tree`](crate::check::tree) reports them.
pub fn parse_newick(text: &[u8], limits: &Limits) -> Result<Tree, Finding> {
    let parsed = parse_one(text, 0, limits)?;
    let mut rest = Parser::new(text, parsed.end, limits);
    loop {
        rest.skip_blanks()?;
        match rest.peek() {
            None => return Ok(parsed.tree),
            Some(b';') => rest.at += 1,
            Some(_) => {
                return Err(rest.error(
                    "text-after-tree",
                    "There is more text after the end of the tree.",
                    "Provide one tree, and end it with ';'.",
                ));
            }
        }
    }
}

/// A tree, the position of its end (after its semicolon), and the changes to its names.
pub(super) struct Parsed {
    pub(super) tree: Tree,
    pub(super) end: usize,
    cleaned: Cleaned,
    /// The number of PAML's marks that became labels.
    marks: usize,
    cut_short: bool,
}

/// Reports negative lengths, nodes with a single branch below, calibrations, cleaned names,
/// PAML's labels, and a missing semicolon. `line` is 0 if it is unknown.
pub(super) fn note_tree(parsed: &Parsed, line: usize, findings: &mut Findings) {
    let mut push = |finding: Finding| {
        findings.push(if line > 0 {
            finding.at_line(line)
        } else {
            finding
        });
    };
    let of_branches = [
        crate::check::negative_lengths(&parsed.tree),
        crate::check::single_children(&parsed.tree),
        crate::check::calibrations(&parsed.tree),
    ];
    of_branches.into_iter().flatten().for_each(&mut push);
    if parsed.marks > 0 {
        push(Finding::note(
            "paml-labels",
            format!(
                "The tree has {} in PAML's notation ('#1' for a branch, '$1' for a clade), which \
                 became branch labels.",
                counted(parsed.marks, "label", "labels")
            ),
            "Choose the branches to test by these labels.",
        ));
    }
    if parsed.cut_short {
        push(Finding::note(
            "tree-without-semicolon",
            "The tree has no ';' at its end; it was read up to the next command.",
            "No action is needed.",
        ));
    }
    if parsed.cleaned.latin1 {
        push(Finding::note(
            "name-latin-1",
            "Names in the tree are not valid UTF-8; they were read as Latin-1.",
            "Check the names; save the file as UTF-8 if they are wrong.",
        ));
    }
    if parsed.cleaned.control {
        push(Finding::warning(
            "name-control-character",
            "Names in the tree contain control characters; they were replaced by '\u{FFFD}'.",
            "Remove the invisible characters from the names.",
        ));
    }
}

/// Reads the tree that begins at `start`, up to and including its semicolon.
pub(super) fn parse_one(text: &[u8], start: usize, limits: &Limits) -> Result<Parsed, Finding> {
    parse(Parser::new(text, start, limits))
}

/// Reads a tree of a NEXUS block. Without a semicolon, it ends before the next command.
pub(super) fn parse_in_block(
    text: &[u8],
    start: usize,
    limits: &Limits,
) -> Result<Parsed, Finding> {
    let mut parser = Parser::new(text, start, limits);
    parser.in_block = true;
    parse(parser)
}

fn parse(mut parser: Parser<'_>) -> Result<Parsed, Finding> {
    let read = parser.tree();
    // Decimal commas are also the cause of other errors.
    if let Some(finding) = parser.decimal_commas() {
        return Err(finding);
    }
    read?;
    if let Some(finding) = parser.joined() {
        return Err(finding);
    }
    parser.finish_marks();
    Ok(Parsed {
        end: parser.at,
        cleaned: parser.cleaned,
        marks: parser.marks.count,
        cut_short: parser.cut_short,
        tree: parser.tree,
    })
}
