//! Newick, as HyPhy, PAML, IQ-TREE, RAxML and BEAST write it.
//!
//! One loop and an arena, so nesting uses no stack. The grammar is lenient where programs differ
//! (labels before or after the length, blanks in names, a missing final semicolon), and strict
//! where a guess could change the tree.

mod node;
mod parser;

use crate::finding::{Finding, Findings};
use crate::text::{Cleaned, line_at};
use crate::{Limits, NamedTree, Tree};
pub(crate) use node::is_support;
use parser::Parser;
pub(super) use parser::comment_end;

/// Reads one tree, such as `(A:0.1,(B,C)90:2e-3){Foreground};`.
///
/// Supported: names in single or double quotes (doubled for a literal quote), nested comments in
/// brackets, a leading `[&R]` or `[&U]`, branch lengths of any sign, supports of internal nodes,
/// HyPhy's `{Label}` before or after the length, and nodes with any number of children.
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
}

/// Reads all trees from `start` on.
pub(super) fn read_all(
    text: &[u8],
    start: usize,
    limits: &Limits,
    findings: &mut Findings,
) -> Vec<NamedTree> {
    let mut trees: Vec<NamedTree> = Vec::new();
    let mut at = start;
    let mut limits = limits.clone();
    loop {
        let limits = &mut limits;
        let mut gap = Parser::new(text, at, limits);
        // Blanks and comments belong to the tree, because `[&R]` does.
        while gap
            .peek()
            .is_some_and(|b| b.is_ascii_whitespace() || b == b';')
        {
            gap.at += 1;
        }
        let start = gap.at;
        if gap.skip_blanks().is_ok() && gap.peek().is_none() {
            return trees;
        }
        match parse_one(text, start, limits) {
            Ok(parsed) => {
                at = parsed.end;
                // Counting lines takes a pass over the text, so it is done for the first tree only.
                let line = if trees.is_empty() {
                    line_at(text, start)
                } else {
                    0
                };
                note_tree(&parsed, line, findings);
                // The limit applies to all trees together.
                limits.max_nodes = limits.max_nodes.saturating_sub(parsed.tree.len());
                trees.push(NamedTree {
                    name: None,
                    tree: parsed.tree,
                });
            }
            Err(finding) => {
                findings.push(finding);
                return trees;
            }
        }
    }
}

/// Reports negative lengths and cleaned names. `line` is 0 if it is unknown.
pub(super) fn note_tree(parsed: &Parsed, line: usize, findings: &mut Findings) {
    let mut push = |finding: Finding| {
        findings.push(if line > 0 {
            finding.at_line(line)
        } else {
            finding
        });
    };
    if let Some(finding) = crate::check::negative_lengths(&parsed.tree) {
        push(finding);
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
    let mut parser = Parser::new(text, start, limits);
    parser.tree()?;
    let Parser {
        tree, at, cleaned, ..
    } = parser;
    Ok(Parsed {
        tree,
        end: at,
        cleaned,
    })
}
