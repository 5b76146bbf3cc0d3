//! The names that HyPhy received in place of the user's, and restoring the user's names in results.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::json::{Rewrite, Valid};

/// Maps the engine's names, which consist of ASCII letters, digits and underscores, to the user's
/// names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Renamed(BTreeMap<String, String>);

impl FromIterator<(String, String)> for Renamed {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Renamed {
    /// Whether no name was changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of changed names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The user's name in place of which HyPhy received a name.
    #[must_use]
    pub fn user(&self, engine: &str) -> Option<&str> {
        self.0.get(engine).map(String::as_str)
    }

    /// The content of a JSON string, restored and escaped; `None` if it stays unchanged.
    fn restored(&self, text: &str) -> Option<String> {
        if let Some(user) = self.0.get(text) {
            return Some(escaped(user));
        }
        let is_tree = text.starts_with('(') && text.contains(')');
        is_tree.then(|| escaped(&self.tree(text)))
    }

    /// Restores the names in a Newick tree, where they follow `(`, `,` or `)`.
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

/// HyPhy's JSON as users see it: valid, with the user's names in keys, in texts that consist of a
/// name, and in trees. Everything else stays byte for byte.
impl Rewrite for Renamed {
    fn is_null(&self, token: &[u8]) -> bool {
        Valid.is_null(token)
    }

    fn has_texts(&self) -> bool {
        !self.is_empty()
    }

    fn text(&self, text: &str) -> Option<String> {
        self.restored(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Read;

    use super::*;
    use crate::json::Rewritten;

    #[test]
    fn names_are_restored_in_keys_texts_and_trees_only() {
        let renamed: Renamed = [("A_B", "A B"), ("q_x", "q\"x'"), ("c1_t", "t.1")]
            .map(|(engine, user)| (engine.to_owned(), user.to_owned()))
            .into_iter()
            .collect();
        let json = br#"{"A_B":{"x A_B":1, "q_x" : inf},"tree":"((A_B:0.1,q_x)Node1,c1_t{A_B})","n":["c1_t","A_B\"","(none"]}"#;
        let expected = r#"{"A B":{"x A_B":1, "q\"x'" : null},"tree":"(('A B':0.1,'q\"x''')Node1,t.1{A_B})","n":["t.1","A_B\"","(none"]}"#;
        let mut shown = String::new();
        let mut from = Rewritten::new(&json[..], renamed);
        from.read_to_string(&mut shown).unwrap();
        assert_eq!(shown, expected);
    }
}
