//! The properties of a node: name or support, length, label.

use super::angles::angles_end;
use super::marks::{is_mark, mark_at};
use super::parser::Parser;
use super::support::{is_annotation, is_support};
use crate::finding::Finding;
use crate::text::clean_name;
use crate::tree::NodeId;

impl Parser<'_> {
    /// Reads the properties of a node: name or support, length, label, in any order, each at most
    /// once.
    pub(super) fn after_node(&mut self, id: NodeId) -> Result<(), Finding> {
        let (mut named, mut labelled) = (false, false);
        let root = self.tree.node(id).parent().is_none();
        loop {
            self.skip_annotations(id)?;
            if root && self.ends_block(self.at) {
                return Ok(());
            }
            match self.peek() {
                None | Some(b',' | b')' | b';' | b'(') => return Ok(()),
                Some(b'#' | b'$') if self.takes_mark(id, named) => {}
                Some(b':') if self.tree.node(id).length.is_none() => self.length(id)?,
                Some(b':') => return Err(self.second_length(id)),
                Some(b'{') => {
                    self.label(id, labelled)?;
                    labelled = true;
                }
                Some(byte @ (b']' | b'}')) => return Err(self.unexpected(byte)),
                Some(_) if named || self.tree.node(id).length.is_some() => {
                    return Err(self.text_after(id));
                }
                Some(quote @ (b'\'' | b'"')) => {
                    named = true;
                    let name = self.quoted(quote)?;
                    self.quoted_name(id, quote, &name)?;
                }
                Some(_) => {
                    named = true;
                    let start = self.at;
                    let name = self.bare_name(root)?;
                    if self.tree.node(id).is_leaf() {
                        self.note_leaf(start, &name);
                    }
                    self.note_hybrid(id, start, &name);
                    self.plain_name(id, name)?;
                }
            }
        }
    }

    /// Takes a mark of PAML here. One at the place of a leaf's name is a name.
    fn takes_mark(&mut self, id: NodeId, named: bool) -> bool {
        if self.tree.node(id).is_leaf() && !named {
            return false;
        }
        match mark_at(&self.text[self.at..]) {
            Some((mark, length)) => {
                self.apply(id, mark);
                self.at += length;
                true
            }
            None => false,
        }
    }

    /// A text in quotes. On internal nodes, TreeView and ASTRAL write marks and annotations in
    /// single quotes, and others write supports in quotes.
    fn quoted_name(&mut self, id: NodeId, quote: u8, name: &[u8]) -> Result<(), Finding> {
        if quote == b'\'' && !self.tree.node(id).is_leaf() {
            if is_annotation(name) {
                self.annotate(id, &name[1..name.len() - 1]);
                return Ok(());
            }
            if let Some((mark, _)) = mark_at(name).filter(|_| is_mark(name)) {
                self.apply(id, mark);
                return Ok(());
            }
        }
        self.name_or_support(id, name)
    }

    /// A name or support without quotes, perhaps with marks at its end.
    fn plain_name(&mut self, id: NodeId, mut name: Vec<u8>) -> Result<(), Finding> {
        self.take_marks(id, &mut name);
        self.name_or_support(id, &name)
    }

    fn name_or_support(&mut self, id: NodeId, name: &[u8]) -> Result<(), Finding> {
        let inner = !self.tree.node(id).is_leaf();
        match std::str::from_utf8(name) {
            Ok(text) if inner && is_support(text) && text.len() <= self.limits.max_name => {
                self.tree.node_mut(id).support = Some(text.to_string());
                Ok(())
            }
            _ => self.set_name(id, name),
        }
    }

    fn set_name(&mut self, id: NodeId, bytes: &[u8]) -> Result<(), Finding> {
        let (name, cleaned) = clean_name(bytes);
        self.cleaned.latin1 |= cleaned.latin1;
        self.cleaned.control |= cleaned.control;
        if name.len() > self.limits.max_name {
            return Err(self.name_too_long());
        }
        let node = self.tree.node_mut(id);
        node.name = Some(name).filter(|n| !n.is_empty());
        if node.name.is_some() {
            // Newick has one place for both.
            node.support = None;
        }
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
        let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let end = rest
            .iter()
            .take(400)
            .position(|b| !part(b))
            .unwrap_or(rest.len().min(400));
        let number = std::str::from_utf8(&rest[..end]).unwrap_or_default();
        let length = number.parse::<f64>().ok().filter(|l| l.is_finite());
        let Some(length) = length else {
            return Err(self.bad_length(id, number));
        };
        self.tree.node_mut(id).length = Some(length);
        self.note_length(self.at..self.at + end);
        self.at += end;
        Ok(())
    }

    /// A label in braces. `again` if the node had one in braces before.
    fn label(&mut self, id: NodeId, again: bool) -> Result<(), Finding> {
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
        let before = self.tree.node(id).label.clone().filter(|_| again);
        self.tree.set_label(id, Some(&label));
        let after = self.tree.node(id).label.as_deref().unwrap_or_default();
        if let Some(before) = before.filter(|before| before != after) {
            return Err(self.two_labels(id, &before, after));
        }
        self.at += end + 2;
        Ok(())
    }

    /// A name up to the next special character. A run of blanks inside it becomes one blank.
    /// The name of a root also ends before the end of its block.
    fn bare_name(&mut self, root: bool) -> Result<Vec<u8>, Finding> {
        let mut name: Vec<u8> = Vec::new();
        while let Some(byte) = self.peek() {
            match byte {
                b'(' | b')' | b'[' | b']' | b'{' | b'}' | b':' | b';' | b',' => break,
                b'<' if !name.is_empty() && angles_end(self.text, self.at).is_some() => break,
                b if b.is_ascii_whitespace() => {
                    if root && self.ends_block(self.at + 1) {
                        break;
                    }
                    if name.last() != Some(&b' ') {
                        name.push(b' ');
                    }
                }
                b => name.push(b),
            }
            // Latin-1 text at most doubles in UTF-8, and blanks at the ends are removed. A name of
            // twice the limit is certainly too long.
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
}
