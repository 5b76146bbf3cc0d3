//! Files for people. Nothing is lost, and reading a written file gives the same data.

use std::fmt::Write;

use crate::read::is_support;
use crate::{Alignment, NodeId, Tree};

/// Writes FASTA: `>name` and all residues on one line.
pub fn fasta(a: &Alignment) -> Vec<u8> {
    let size: usize = a
        .sequences
        .iter()
        .map(|s| s.residues.len() + s.name.len() + 3)
        .sum();
    let mut out = Vec::with_capacity(size);
    for s in &a.sequences {
        out.push(b'>');
        out.extend_from_slice(s.name.as_bytes());
        out.push(b'\n');
        out.extend_from_slice(&s.residues);
        out.push(b'\n');
    }
    out
}

/// Writes Newick with everything the tree holds: `[&R]`, names (quoted where needed), supports,
/// `{Label}` and lengths. Ends with `;`.
///
/// The name of an internal node that looks like a support gets a blank before its closing quote, so that
/// it reads back as a name.
pub fn newick(t: &Tree) -> String {
    let mut out = match t.declared_rooted() {
        Some(true) => "[&R] ".to_string(),
        Some(false) => "[&U] ".to_string(),
        None => String::new(),
    };
    out += &render(t, |out, id| {
        let node = t.node(id);
        match (&node.name, &node.support) {
            // In quotes alone, it would still be read as a support.
            (Some(own), _) if !node.is_leaf() && is_support(own) => {
                let _ = write!(out, "'{own} '");
            }
            (Some(own), _) => out.push_str(&name(own)),
            (None, Some(support)) if !node.is_leaf() => out.push_str(support),
            _ => {}
        }
        if let Some(label) = &node.label {
            let _ = write!(out, "{{{label}}}");
        }
        if let Some(length) = node.length {
            out.push(':');
            out.push_str(&number(length));
        }
    });
    out
}

/// Writes the parentheses of a tree. `content` writes each node.
pub(crate) fn render(t: &Tree, mut content: impl FnMut(&mut String, NodeId)) -> String {
    let mut out = String::with_capacity(t.len() * 16);
    // A node and the number of its children that have been written.
    let mut stack = vec![(t.root(), 0usize)];
    while let Some((id, done)) = stack.last_mut() {
        let id = *id;
        let children = t.node(id).children();
        match children.get(*done) {
            Some(child) => {
                out.push(if *done == 0 { '(' } else { ',' });
                *done += 1;
                stack.push((*child, 0));
            }
            None => {
                if !children.is_empty() {
                    out.push(')');
                }
                content(&mut out, id);
                stack.pop();
            }
        }
    }
    out.push(';');
    out
}

/// A number in the shortest form that reads back as the same value. Very small and very large
/// numbers have an exponent.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-5..1e15).contains(&size) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

/// Writes a name, in quotes unless it consists of characters without a special meaning in Newick. A
/// name that looks like a support is quoted. Single quotes around what looks like a label of PAML or an
/// annotation would not make it a name, but double quotes do.
pub fn name(name: &str) -> String {
    let harmless = |b: u8| b.is_ascii_alphanumeric() || b"_.-|/+*@".contains(&b);
    if !name.is_empty() && name.bytes().all(harmless) && !is_support(name) {
        name.to_owned()
    } else if crate::read::is_mark(name.as_bytes()) || crate::read::is_annotation(name.as_bytes()) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        format!("'{}'", name.replace('\'', "''"))
    }
}
