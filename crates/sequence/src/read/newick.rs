//! Newick, as HyPhy, PAML, IQ-TREE, RAxML and BEAST write it.
//!
//! One loop and an arena: nesting costs no stack. The grammar is generous where programs differ
//! (labels before or after the length, blanks in names, a missing last semicolon) and strict where
//! a guess could change the tree.

use crate::finding::{Finding, Findings};
use crate::text::{Cleaned, clean_name, line_at, show_byte};
use crate::tree::NodeId;
use crate::{Limits, NamedTree, Tree};

/// Reads one tree, `(A:0.1,(B,C)90:2e-3){Foreground};`.
///
/// Understood: names in single or double quotes (doubled to quote themselves), nested comments in
/// brackets, `[&R]` and `[&U]` in front, branch lengths of any sign, supports of internal nodes,
/// HyPhy's `{Label}` before or after the length, nodes with any number of children.
///
/// # Errors
/// A finding that tells the line, if this is not one whole tree or exceeds a limit. Negative
/// lengths are no error here: [`check::tree`](crate::check::tree) speaks of them.
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
                    "Give one tree, and end it with ';'.",
                ));
            }
        }
    }
}

/// A tree, where it ended (after its semicolon), and what was done to its names.
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
        // Blanks and comments are left to the tree: `[&R]` belongs to it.
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
                // Counting lines takes a pass over the text: done for the first tree alone.
                let line = if trees.is_empty() {
                    line_at(text, start)
                } else {
                    0
                };
                note_tree(&parsed, line, findings);
                // The limit is on all trees together.
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

/// Notes negative lengths and names that had to be cleaned; `line` is 0 if it is not known.
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
            "Names in the tree are not UTF-8; their letters were taken as Latin-1.",
            "Check the names; save the file as UTF-8 if they are wrong.",
        ));
    }
    if parsed.cleaned.control {
        push(Finding::warning(
            "name-control-character",
            "Names in the tree hold control characters; they were replaced by '\u{FFFD}'.",
            "Take the invisible characters out of the names.",
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

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    limits: &'a Limits,
    tree: Tree,
    cleaned: Cleaned,
}

impl<'a> Parser<'a> {
    fn new(text: &'a [u8], at: usize, limits: &'a Limits) -> Self {
        Self {
            text,
            at,
            limits,
            tree: Tree::new(),
            cleaned: Cleaned::default(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn error(&self, code: &str, message: impl Into<String>, remedy: &str) -> Finding {
        Finding::error(code, message, remedy).at_line(line_at(self.text, self.at))
    }

    fn unbalanced(&self, message: &str) -> Finding {
        self.error(
            "unbalanced-parentheses",
            message,
            "Every '(' of a tree needs its ')'.",
        )
    }

    fn tree(&mut self) -> Result<(), Finding> {
        self.skip_blanks()?;
        if self.peek() != Some(b'(') {
            return Err(self.error(
                "not-a-tree",
                "A Newick tree was expected, which begins with '('.",
                "Give a tree such as ((A,B),C);",
            ));
        }
        let mut current = self.tree.root();
        let mut depth = 1usize;
        // One turn per node: down through '(' to a leaf, then along ',' or up through ')'.
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
                    // The next tree may follow without a semicolon.
                    (None | Some(b'('), None) => return Ok(()),
                    (Some(b')' | b','), None) => {
                        return Err(
                            self.unbalanced("The tree closes more parentheses than it opens.")
                        );
                    }
                    (None | Some(b';'), Some(_)) => {
                        return Err(
                            self.unbalanced("The tree ends before all its parentheses close.")
                        );
                    }
                    (Some(byte), _) => return Err(self.unexpected(byte)),
                }
            }
        }
    }

    fn add_child(&mut self, parent: NodeId) -> Result<NodeId, Finding> {
        if self.tree.len() >= self.limits.max_nodes.min(u32::MAX as usize) {
            return Err(self.error(
                "tree-too-large",
                "The trees of the file have too many nodes.",
                "Give fewer trees, or prune them to the sequences of the alignment.",
            ));
        }
        Ok(self.tree.add_child(parent))
    }

    fn too_deep(&self) -> Finding {
        self.error(
            "tree-too-deep",
            format!(
                "The tree is nested more than {} levels deep.",
                self.limits.max_depth
            ),
            "Check the tree: no real tree is that deep.",
        )
    }

    fn unexpected(&self, byte: u8) -> Finding {
        self.error(
            "unexpected-character",
            format!("The tree has {} where it cannot stand.", show_byte(byte)),
            "Put names with special characters in single quotes.",
        )
    }

    /// Reads what follows a node: name or support, length, label, in any order, each at most once.
    fn after_node(&mut self, id: NodeId) -> Result<(), Finding> {
        let (mut named, mut labelled) = (false, false);
        loop {
            self.skip_blanks()?;
            match self.peek() {
                None | Some(b',' | b')' | b';' | b'(') => return Ok(()),
                Some(b':') if self.tree.node(id).length.is_none() => self.length(id)?,
                Some(b'{') if !labelled => {
                    labelled = true;
                    self.label(id)?;
                }
                Some(b']' | b'}' | b'{' | b':') => {
                    return Err(self.unexpected(self.peek().unwrap_or_default()));
                }
                Some(_) if named || labelled || self.tree.node(id).length.is_some() => {
                    return Err(self.unexpected(self.peek().unwrap_or_default()));
                }
                Some(quote @ (b'\'' | b'"')) => {
                    named = true;
                    let name = self.quoted(quote)?;
                    self.set_name(id, &name)?;
                }
                Some(_) => {
                    named = true;
                    let name = self.bare_name()?;
                    let inner = !self.tree.node(id).is_leaf();
                    match std::str::from_utf8(&name) {
                        Ok(text)
                            if inner && is_support(text) && text.len() <= self.limits.max_name =>
                        {
                            self.tree.node_mut(id).support = Some(text.to_string());
                        }
                        _ => self.set_name(id, &name)?,
                    }
                }
            }
        }
    }

    fn set_name(&mut self, id: NodeId, bytes: &[u8]) -> Result<(), Finding> {
        let (name, cleaned) = clean_name(bytes);
        self.cleaned.latin1 |= cleaned.latin1;
        self.cleaned.control |= cleaned.control;
        if name.len() > self.limits.max_name {
            return Err(self.name_too_long());
        }
        self.tree.node_mut(id).name = Some(name).filter(|n| !n.is_empty());
        Ok(())
    }

    fn name_too_long(&self) -> Finding {
        self.error(
            "name-too-long",
            format!(
                "A name in the tree is longer than {} bytes.",
                self.limits.max_name
            ),
            "Shorten the name.",
        )
    }

    fn length(&mut self, id: NodeId) -> Result<(), Finding> {
        self.at += 1;
        self.skip_blanks()?;
        let rest = &self.text[self.at..];
        let number = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let end = rest
            .iter()
            .take(400)
            .position(|b| !number(b))
            .unwrap_or(rest.len().min(400));
        let length = std::str::from_utf8(&rest[..end])
            .ok()
            .and_then(|t| t.parse::<f64>().ok());
        match length.filter(|l| l.is_finite()) {
            Some(length) => {
                self.tree.node_mut(id).length = Some(length);
                self.at += end;
                Ok(())
            }
            None => Err(self.error(
                "bad-branch-length",
                "A ':' in the tree is not followed by a number.",
                "Write branch lengths as 0.05 or 5e-2, or leave them out.",
            )),
        }
    }

    fn label(&mut self, id: NodeId) -> Result<(), Finding> {
        let rest = &self.text[self.at + 1..];
        let Some(end) = memchr::memchr(b'}', rest) else {
            return Err(self.error(
                "unclosed-label",
                "A branch label in the tree is not closed.",
                "Write branch labels as {Name}.",
            ));
        };
        if end > self.limits.max_name {
            return Err(self.name_too_long());
        }
        let (label, cleaned) = clean_name(&rest[..end]);
        self.cleaned.latin1 |= cleaned.latin1;
        self.cleaned.control |= cleaned.control;
        if label.len() > self.limits.max_name {
            return Err(self.name_too_long());
        }
        self.tree.set_label(id, Some(&label));
        self.at += end + 2;
        Ok(())
    }

    /// A name up to the next character with a meaning; blanks inside are kept as one each.
    fn bare_name(&mut self) -> Result<Vec<u8>, Finding> {
        let mut name: Vec<u8> = Vec::new();
        while let Some(byte) = self.peek() {
            match byte {
                b'(' | b')' | b'[' | b']' | b'{' | b'}' | b':' | b';' | b',' => break,
                b if b.is_ascii_whitespace() => {
                    if name.last() != Some(&b' ') {
                        name.push(b' ');
                    }
                }
                b => name.push(b),
            }
            // Latin-1 doubles at most; outer blanks go. Twice the limit is surely too long.
            if name.len() > self.limits.max_name.saturating_mul(2).saturating_add(2) {
                return Err(self.name_too_long());
            }
            self.at += 1;
        }
        while name.last() == Some(&b' ') {
            name.pop();
        }
        Ok(name)
    }

    fn quoted(&mut self, quote: u8) -> Result<Vec<u8>, Finding> {
        let start = self.at;
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == quote {
                if self.peek() != Some(quote) {
                    return Ok(name);
                }
                self.at += 1;
            }
            name.push(byte);
        }
        self.at = start;
        Err(self.error(
            "unclosed-quote",
            "A quoted name in the tree is not closed.",
            "Write a quote inside a quoted name twice: 'O''Brien'.",
        ))
    }

    /// Skips blanks and comments; remembers `[&R]` and `[&U]` in front of the tree.
    fn skip_blanks(&mut self) -> Result<(), Finding> {
        while let Some(byte) = self.peek() {
            if byte == b'[' {
                let start = self.at;
                self.comment()?;
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

    fn comment(&mut self) -> Result<(), Finding> {
        match comment_end(self.text, self.at) {
            Some(end) => {
                self.at = end;
                Ok(())
            }
            None => Err(self.error(
                "unclosed-comment",
                "A comment in the tree is not closed.",
                "Every '[' of a comment needs its ']'.",
            )),
        }
    }
}

/// Where the comment that opens at `at` ends (after its bracket); comments nest.
pub(super) fn comment_end(text: &[u8], at: usize) -> Option<usize> {
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

/// Whether the name of an internal node is a support: numbers, perhaps several with '/' between.
pub(crate) fn is_support(text: &str) -> bool {
    text.split('/').all(|part| {
        part.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && part.parse::<f64>().is_ok_and(f64::is_finite)
    })
}
