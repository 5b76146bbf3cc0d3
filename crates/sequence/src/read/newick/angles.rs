//! Annotations in angle brackets, as Mesquite writes them: `A:1.0<color = 5 >`.

use super::parser::Parser;
use crate::tree::NodeId;

impl Parser<'_> {
    /// Passes over an annotation in angle brackets. At the place of a leaf's name, the text is a name.
    pub(super) fn takes_angles(&mut self, id: NodeId) -> bool {
        let node = self.tree.node(id);
        if node.is_leaf() && node.name.is_none() && node.length.is_none() {
            return false;
        }
        match angles_end(self.text, self.at) {
            Some(end) => {
                self.at = end;
                true
            }
            None => false,
        }
    }
}

/// The position after the annotation that opens at `at`, such as `<name = 'x,y' selected = on >`. It
/// gives a value to a name, and ends where a name may end; other angle brackets are parts of names.
///
/// The search ends at the next `<` outside of quotes. So a text is passed twice at most, however many
/// brackets it has.
pub(super) fn angles_end(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(b"<")?;
    let (mut quoted, mut assigns) = (false, false);
    // What follows the bracket is not a name.
    if rest.trim_ascii_start().first() == Some(&b'=') {
        return None;
    }
    for (offset, byte) in rest.iter().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            _ if quoted => {}
            b'=' => assigns = true,
            b'>' => {
                let ends = |b: &u8| b.is_ascii_whitespace() || b"#$,():;[]{}<".contains(b);
                let complete = assigns && rest.get(offset + 1).is_none_or(ends);
                return complete.then_some(at + offset + 2);
            }
            b'<' | b'(' | b')' | b':' | b';' => return None,
            _ => {}
        }
    }
    None
}
