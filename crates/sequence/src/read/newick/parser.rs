//! The tree's parentheses, commas and comments.

use super::marks::Marks;
use super::notes::{Commas, Hybrid};
use crate::finding::Finding;
use crate::read::block_end::{is_end, leading_word};
use crate::text::{Cleaned, line_at, show_byte};
use crate::tree::NodeId;
use crate::{Limits, Tree};

/// A position in the text, and the tree so far.
pub(super) struct Parser<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    pub(super) limits: &'a Limits,
    pub(super) tree: Tree,
    pub(super) cleaned: Cleaned,
    pub(super) marks: Marks,
    pub(super) commas: Commas,
    /// The nodes with tags of hybrid nodes, in the order of the file.
    pub(super) hybrids: Vec<Hybrid>,
    /// Whether the tree is a command of a NEXUS block, which may end before the tree has its `;`.
    pub(super) in_block: bool,
    /// Whether the tree ended in that way.
    pub(super) cut_short: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a [u8], at: usize, limits: &'a Limits) -> Self {
        Self {
            text,
            at,
            limits,
            tree: Tree::new(),
            cleaned: Cleaned::default(),
            marks: Marks::default(),
            commas: Commas::default(),
            hybrids: Vec::new(),
            in_block: false,
            cut_short: false,
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn error(&self, code: &str, message: impl Into<String>, remedy: &str) -> Finding {
        Finding::error(code, message, remedy).at_line(line_at(self.text, self.at))
    }

    pub(super) fn unbalanced(&self, message: &str) -> Finding {
        self.error(
            "unbalanced-parentheses",
            message,
            "Every '(' in a tree needs a matching ')'.",
        )
    }

    pub(super) fn tree(&mut self) -> Result<(), Finding> {
        self.skip_blanks()?;
        if self.peek() != Some(b'(') {
            return Err(self.error(
                "not-a-tree",
                "A Newick tree was expected, which begins with '('.",
                "Provide a tree such as ((A,B),C);",
            ));
        }
        let mut current = self.tree.root();
        let mut depth = 1usize;
        // One iteration per node: down through '(' to a leaf, then along ',' or up through ')'.
        'node: loop {
            self.skip_blanks()?;
            if self.peek() == Some(b'(') {
                self.at += 1;
                depth += 1;
                if depth > self.limits.max_depth {
                    return Err(self.too_deep());
                }
                current = self.add_child(current)?;
                continue;
            }
            loop {
                self.after_node(current)?;
                let parent = self.tree.node(current).parent();
                match (self.peek(), parent) {
                    (Some(b','), Some(parent)) => {
                        self.at += 1;
                        current = self.add_child(parent)?;
                        continue 'node;
                    }
                    (Some(b')'), Some(parent)) => {
                        self.at += 1;
                        depth -= 1;
                        current = parent;
                    }
                    (Some(b';'), None) => {
                        self.at += 1;
                        return Ok(());
                    }
                    (Some(_), None) if self.ends_block(self.at) => {
                        self.cut_short = true;
                        return Ok(());
                    }
                    // The next tree may follow without a semicolon.
                    (None | Some(b'('), None) => return Ok(()),
                    (Some(b')' | b','), None) => {
                        return Err(
                            self.unbalanced("The tree closes more parentheses than it opens.")
                        );
                    }
                    (None | Some(b';'), Some(_)) => {
                        return Err(self.unbalanced(
                            "The tree ends before all of its parentheses are \
                             closed.",
                        ));
                    }
                    (Some(b'('), Some(_)) => return Err(self.clade_after(current)),
                    (Some(byte), _) => return Err(self.unexpected(byte)),
                }
            }
        }
    }

    pub(super) fn add_child(&mut self, parent: NodeId) -> Result<NodeId, Finding> {
        if self.tree.len() >= self.limits.max_nodes.min(u32::MAX as usize) {
            return Err(self.error(
                "tree-too-large",
                "The trees of the file have too many nodes.",
                "Provide fewer trees, or prune them to the sequences of the alignment.",
            ));
        }
        Ok(self.tree.add_child(parent))
    }

    pub(super) fn too_deep(&self) -> Finding {
        self.error(
            "tree-too-deep",
            format!(
                "The tree is nested more than {} levels deep.",
                self.limits.max_depth
            ),
            "Check the tree: no real tree is that deep.",
        )
    }

    pub(super) fn unexpected(&self, byte: u8) -> Finding {
        self.error(
            "unexpected-character",
            format!("The tree has {} in an invalid position.", show_byte(byte)),
            "Put names with special characters in single quotes.",
        )
    }

    /// Skips blanks and comments. Records `[&R]` and `[&U]` at the beginning of the tree.
    pub(super) fn skip_blanks(&mut self) -> Result<(), Finding> {
        while let Some(byte) = self.peek() {
            if byte == b'[' {
                let start = self.at;
                self.skip_comment()?;
                if self.tree.len() == 1 {
                    let inside = self.text[start + 1..self.at - 1].trim_ascii();
                    if inside.eq_ignore_ascii_case(b"&R") {
                        self.tree.set_declared_rooted(Some(true));
                    } else if inside.eq_ignore_ascii_case(b"&U") {
                        self.tree.set_declared_rooted(Some(false));
                    }
                }
            } else if byte.is_ascii_whitespace() {
                self.at += 1;
            } else {
                break;
            }
        }
        Ok(())
    }

    /// Whether the block ends here, or its next command begins: `END;`, `BEGIN …` or `TREE … =`.
    pub(super) fn ends_block(&self, at: usize) -> bool {
        self.in_block && begins_command(self.text.get(at..).unwrap_or_default())
    }

    pub(super) fn skip_comment(&mut self) -> Result<(), Finding> {
        match comment_end(self.text, self.at) {
            Some(end) => {
                self.at = end;
                Ok(())
            }
            None => Err(self.error(
                "unclosed-comment",
                "A comment in the tree is not closed.",
                "Every '[' of a comment needs a matching ']'.",
            )),
        }
    }
}

/// Whether a text begins with what ends an unfinished tree.
fn begins_command(text: &[u8]) -> bool {
    let (word, rest) = leading_word(text);
    let line = rest.get(..300).unwrap_or(rest);
    let line = line
        .split(|b| matches!(b, b'\n' | b'\r'))
        .next()
        .unwrap_or_default();
    let apart = rest.first().is_some_and(u8::is_ascii_whitespace);
    let after = rest.get(..300).unwrap_or(rest).trim_ascii_start();
    match word.to_ascii_uppercase().as_slice() {
        b"END" | b"ENDBLOCK" => is_end(text),
        b"BEGIN" => apart && after.first().is_some_and(u8::is_ascii_alphabetic),
        b"TREE" | b"UTREE" => apart && line.contains(&b'='),
        _ => false,
    }
}

/// The position after the comment that opens at `at`. Comments nest.
pub(in crate::read) fn comment_end(text: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    for hit in memchr::memchr2_iter(b'[', b']', text.get(at..)?) {
        if text[at + hit] == b'[' {
            depth += 1;
        } else {
            depth -= 1;
            if depth == 0 {
                return Some(at + hit + 1);
            }
        }
    }
    None
}
