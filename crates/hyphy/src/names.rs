//! Names that HyPhy was given in place of the user's, and the way back in its results.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

/// The user's names by the engine's, which are made of ASCII letters, digits and underscores.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Renamed(BTreeMap<String, String>);

impl FromIterator<(String, String)> for Renamed {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Renamed {
    /// Nothing was renamed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many names were changed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// HyPhy's JSON with the user's names: in keys and texts that are a name, and in trees.
    /// Everything else stays byte for byte.
    #[must_use]
    pub fn restore<'a>(&self, json: &'a [u8]) -> Cow<'a, [u8]> {
        if self.is_empty() {
            return Cow::Borrowed(json);
        }
        let mut out = Vec::with_capacity(json.len() + json.len() / 8);
        let mut at = 0;
        while let Some(start) = find(json, at, b'"') {
            let end = end_of_text(json, start + 1);
            out.extend_from_slice(&json[at..=start]);
            let text = &json[start + 1..end];
            match std::str::from_utf8(text)
                .ok()
                .and_then(|text| self.text(text))
            {
                Some(restored) => out.extend_from_slice(restored.as_bytes()),
                None => out.extend_from_slice(text),
            }
            at = end;
            if end < json.len() {
                out.push(b'"');
                at += 1;
            }
        }
        out.extend_from_slice(&json[at..]);
        Cow::Owned(out)
    }

    /// The content of a JSON string, restored and escaped; `None` if it stays.
    fn text(&self, text: &str) -> Option<String> {
        if let Some(user) = self.0.get(text) {
            return Some(escaped(user));
        }
        let is_tree = text.starts_with('(') && text.contains(')');
        is_tree.then(|| escaped(&self.tree(text)))
    }

    /// A Newick tree, in which names follow `(`, `,` or `)`.
    fn tree(&self, newick: &str) -> String {
        let mut out = String::with_capacity(newick.len());
        let mut rest = newick;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        while let Some(next) = rest.find(['(', ',', ')']) {
            let (before, after) = rest.split_at(next + 1);
            out.push_str(before);
            let length = after.find(|c| !is_name(c)).unwrap_or(after.len());
            let (name, tail) = after.split_at(length);
            match self.0.get(name) {
                Some(user) => out.push_str(&sequence::write::name(user)),
                None => out.push_str(name),
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}

fn escaped(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json[1..json.len() - 1].to_owned()
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    bytes[from..]
        .iter()
        .position(|b| *b == wanted)
        .map(|at| from + at)
}

/// Index of the quote that ends the text that begins here, or of the end.
fn end_of_text(json: &[u8], mut at: usize) -> usize {
    while at < json.len() && json[at] != b'"' {
        at += if json[at] == b'\\' { 2 } else { 1 };
    }
    at.min(json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_in_keys_texts_and_trees_and_nowhere_else() {
        let renamed: Renamed = [("A_B", "A B"), ("q_x", "q\"x'"), ("c1_t", "t.1")]
            .map(|(engine, user)| (engine.to_owned(), user.to_owned()))
            .into_iter()
            .collect();
        let json = br#"{"A_B":{"x A_B":1, "q_x" : inf},"tree":"((A_B:0.1,q_x)Node1,c1_t{A_B})","n":["c1_t","A_B\"","(none"]}"#;
        let expected = br#"{"A B":{"x A_B":1, "q\"x'" : inf},"tree":"(('A B':0.1,'q\"x''')Node1,t.1{A_B})","n":["t.1","A_B\"","(none"]}"#;
        assert_eq!(
            String::from_utf8_lossy(&renamed.restore(json)),
            String::from_utf8_lossy(expected)
        );
        assert!(matches!(Renamed::default().restore(json), Cow::Borrowed(_)));
    }
}
