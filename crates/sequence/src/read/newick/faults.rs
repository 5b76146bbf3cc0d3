//! What is wrong where the properties of a node do not follow the rules.

use super::parser::Parser;
use crate::finding::Finding;
use crate::text::excerpt;
use crate::tree::NodeId;

impl Parser<'_> {
    /// A `:` follows a length.
    pub(super) fn second_length(&self, id: NodeId) -> Finding {
        if self.is_hybrid(id) {
            return self.network();
        }
        self.error(
            "second-branch-length",
            format!("A second length follows that of {}.", self.describe(id)),
            "A ')' may be missing before it. If it is a support value, write it before the ':', as in \
             (A,B)95:0.1.",
        )
    }

    /// A `:` is followed by something other than a usable number.
    pub(super) fn bad_length(&self, id: NodeId, number: &str) -> Finding {
        if self.peek() == Some(b':') && self.is_hybrid(id) {
            return self.network();
        }
        let digits = number.trim_start_matches(['+', '-', '.']);
        let infinite = number.parse::<f64>().is_ok_and(f64::is_infinite);
        if infinite && digits.starts_with(|c: char| c.is_ascii_digit()) {
            return self.error(
                "bad-branch-length",
                format!("The branch length '{}' is too large.", excerpt(number)),
                "Write branch lengths in substitutions per site, such as 0.05.",
            );
        }
        self.error(
            "bad-branch-length",
            "A ':' in the tree is not followed by a number.",
            "Write branch lengths as 0.05 or 5e-2, or leave them out.",
        )
    }

    pub(super) fn two_labels(&self, id: NodeId, first: &str, second: &str) -> Finding {
        let node = self.describe(id);
        let (first, second) = (excerpt(first), excerpt(second));
        self.error(
            "two-labels",
            format!(
                "{} has two labels, {{{first}}} and {{{second}}}.",
                capital(&node)
            ),
            "Keep one.",
        )
    }

    /// Text follows the name or the length of a node.
    pub(super) fn text_after(&self, id: NodeId) -> Finding {
        let node = self.describe(id);
        let (message, remedy) = if self.tree.node(id).length.is_some() {
            (
                format!("Text follows the length of {node}."),
                "A ',' may be missing before it. If it is a name or a support value, write it before \
                 the ':'.",
            )
        } else {
            (
                format!("{} is followed by other text.", capital(&node)),
                "A ',' may be missing before it. Put names with special characters in single quotes.",
            )
        };
        self.error("unexpected-character", message, remedy)
    }

    /// A `(` follows a node.
    pub(super) fn clade_after(&self, id: NodeId) -> Finding {
        let remedy = if self.tree.node(id).is_leaf() {
            "If it belongs to the name, put the name in single quotes. Otherwise, a ',' is missing before it."
        } else {
            "A ',' may be missing before it."
        };
        self.error(
            "unexpected-character",
            format!("{} is followed by '('.", capital(&self.describe(id))),
            remedy,
        )
    }

    /// A node as a message names it.
    fn describe(&self, id: NodeId) -> String {
        let node = self.tree.node(id);
        match &node.name {
            Some(name) => format!("'{}'", excerpt(name)),
            None if node.is_leaf() => "a leaf without a name".to_string(),
            None => match self.outer_leaves(id) {
                Some((first, last)) => {
                    format!("the clade from '{}' to '{}'", excerpt(first), excerpt(last))
                }
                None => "an inner branch".to_string(),
            },
        }
    }

    /// The names of the first and the last leaf below a node, if they have any.
    fn outer_leaves(&self, id: NodeId) -> Option<(&str, &str)> {
        let end = |child: fn(&[NodeId]) -> Option<&NodeId>| {
            let mut at = id;
            while let Some(next) = child(self.tree.node(at).children()) {
                at = *next;
            }
            self.tree.node(at).name.as_deref()
        };
        Some((end(<[NodeId]>::first)?, end(<[NodeId]>::last)?))
    }
}

/// A text as the beginning of a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_ascii_uppercase(), letters.as_str())
    })
}
