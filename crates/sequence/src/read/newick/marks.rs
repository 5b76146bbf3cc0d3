//! PAML's branch labels: `#1` labels the branch above a node, `$1` the branches of a whole clade,
//! its stem included.

use std::collections::HashSet;

use crate::tree::NodeId;

/// The most digits of a label. Longer numbers are parts of names.
const DIGITS: usize = 6;

/// A label in PAML's notation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) clade: bool,
    pub(super) number: String,
}

/// What the tree's marks say until the tree is complete.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The number of marks.
    pub(super) count: usize,
    /// `$` marks, which apply to nodes below.
    pub(super) clades: Vec<(NodeId, String)>,
    /// Nodes with `#0`, the background: the label of a clade does not apply to them.
    pub(super) background: HashSet<NodeId>,
    /// Leaves whose mark follows the name without a blank, with the name as it is in the file.
    pub(super) glued: Vec<(NodeId, String)>,
}

/// The mark at the beginning of a text, and its length. It ends where a name would end, or where the
/// next mark begins. `#1#` is the name that PRANK gives to a node.
pub(super) fn mark_at(text: &[u8]) -> Option<(Mark, usize)> {
    let (sign, rest) = text.split_first()?;
    if !matches!(sign, b'#' | b'$') {
        return None;
    }
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let ends = |b: &u8| b.is_ascii_whitespace() || b"#$,();:[]{}".contains(b);
    let after = rest.get(digits);
    if digits == 0 || digits > DIGITS || !after.is_none_or(ends) {
        return None;
    }
    if after == Some(&b'#') && !rest.get(digits + 1).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let number = String::from_utf8_lossy(&rest[..digits]);
    let number = match number.trim_start_matches('0') {
        "" => "0".to_string(),
        number => number.to_string(),
    };
    let clade = *sign == b'$';
    Some((Mark { clade, number }, digits + 1))
}

/// Splits a name from the mark at its end. The mark may be the whole text.
pub(super) fn split_mark(name: &[u8]) -> Option<(&[u8], Mark)> {
    let at = name.iter().rposition(|b| matches!(b, b'#' | b'$'))?;
    let (mark, length) = mark_at(&name[at..])?;
    (at + length == name.len()).then(|| (&name[..at], mark))
}

/// Whether the text in quotes would be read as a mark, as TreeView writes it: `'#1'`.
pub(crate) fn is_mark(text: &[u8]) -> bool {
    split_mark(text).is_some_and(|(before, _)| before.is_empty())
}
