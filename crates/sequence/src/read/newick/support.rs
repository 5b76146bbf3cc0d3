//! Supports of internal nodes, as programs write them: in place of a name (`95/0.99`, `NA`), in
//! brackets after the length (RAxML), and among annotations (BEAST, FigTree, NHX, ASTRAL).

use super::parser::Parser;
use crate::tree::NodeId;

/// Annotations that are supports, by their names in lower case.
const KEYS: [&str; 9] = [
    "support",
    "bootstrap",
    "posterior",
    "posterior_probability",
    "prob",
    "pp",
    "pp1",
    "label",
    "bs",
];

/// Whether the name of an internal node is a support: a number, or several separated by `/`, of
/// which some may be missing (`/95`, `100/`, `NA`, `NaN`).
pub(crate) fn is_support(text: &str) -> bool {
    let missing = |part: &str| matches!(part, "NA" | "-") || part.eq_ignore_ascii_case("nan");
    let number = |part: &str| {
        let part = part.strip_suffix('%').unwrap_or(part);
        part.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && part.parse::<f64>().is_ok_and(f64::is_finite)
    };
    text == "N/A"
        || text.contains(|c| c != '/')
            && text
                .split('/')
                .all(|part| part.is_empty() || missing(part) || number(part))
}

/// Whether a quoted text is an annotation, as ASTRAL writes it: `'[q1=0.9;q2=0.1]'`.
pub(crate) fn is_annotation(text: &[u8]) -> bool {
    text.starts_with(b"[") && text.ends_with(b"]") && text.contains(&b'=')
}

impl Parser<'_> {
    /// Skips blanks, comments and annotations after a node. A comment may hold the node's support.
    pub(super) fn skip_annotations(&mut self, id: NodeId) -> Result<(), crate::Finding> {
        loop {
            match self.peek() {
                Some(b'[') => {
                    let start = self.at;
                    self.skip_comment()?;
                    let inside = &self.text[start + 1..self.at - 1];
                    self.annotate(id, inside);
                }
                Some(b'<') if self.takes_angles(id) => {}
                Some(b) if b.is_ascii_whitespace() => self.at += 1,
                _ => return Ok(()),
            }
        }
    }

    /// Takes the support from an annotation, if the node has none yet.
    pub(super) fn annotate(&mut self, id: NodeId, inside: &[u8]) {
        let node = self.tree.node(id);
        if node.is_leaf() || node.support.is_some() || node.name.is_some() {
            return;
        }
        let text = String::from_utf8_lossy(inside);
        let support = if text.contains('=') {
            let nhx = text.starts_with("&&NHX");
            text.split([',', ':', ';', '&'])
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, value)| {
                    let key = key.trim().to_ascii_lowercase();
                    let known = KEYS.contains(&key.as_str()) || (nhx && key == "b");
                    known && is_number(value)
                })
                .map(|(_, value)| value)
        } else {
            Some(&*text).filter(|t| is_number(t))
        };
        if let Some(support) = support {
            self.tree.node_mut(id).support = Some(plain(support).to_string());
        }
    }
}

/// A value without blanks and quotes.
fn plain(value: &str) -> &str {
    value.trim().trim_matches('"')
}

/// Whether a value is one number in the form that a support has.
fn is_number(value: &str) -> bool {
    let value = plain(value);
    value.len() <= 40 && is_support(value) && value.parse::<f64>().is_ok_and(f64::is_finite)
}
