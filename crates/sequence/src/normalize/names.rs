//! Names that HyPhy supports, and the mapping back to the user's names.

use std::collections::{HashMap, HashSet};

use crate::matching::match_leaves;
use crate::text::is_engine_word;
use crate::tree::free_name;
use crate::{Alignment, Tree};

/// Longest engine name, in bytes. It leaves room for the number that makes a name unique.
const MAX_NAME: usize = 250;
const ROOM: usize = 12;

/// The mapping between user names and engine names.
///
/// Each engine name has one user name. A leaf that was matched to a sequence with a slightly
/// different name (see [`check::pair`](crate::check::pair)) shares that sequence's engine name, so
/// [`user`](Self::user) returns the sequence's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    to_engine: HashMap<String, String>,
    to_user: HashMap<String, String>,
    /// User names in the order of their first occurrence.
    order: Vec<String>,
}

impl Names {
    /// The engine's name for a user's.
    pub fn engine(&self, user: &str) -> Option<&str> {
        self.to_engine.get(user).map(String::as_str)
    }

    /// The user's name for an engine's. Letter case must match.
    pub fn user(&self, engine: &str) -> Option<&str> {
        self.to_user.get(engine).map(String::as_str)
    }

    /// The pairs (user, engine) that differ, in the order of the files.
    pub fn changed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.order
            .iter()
            .filter_map(|u| self.engine(u).map(|e| (u.as_str(), e)))
            .filter(|(user, engine)| user != engine)
    }

    /// All engine names.
    pub(super) fn engine_names(&self) -> impl Iterator<Item = &str> {
        self.to_user.keys().map(String::as_str)
    }

    fn insert(&mut self, user: &str, engine: String) {
        self.order.push(user.to_string());
        self.to_user
            .entry(engine.clone())
            .or_insert_with(|| user.to_string());
        self.to_engine.insert(user.to_string(), engine);
    }
}

/// Gives every sequence, leaf and named internal node a name that HyPhy supports: ASCII letters,
/// digits and underscores, at most 250 bytes, unique regardless of letter case.
///
/// A suitable name stays unchanged. A sequence or leaf is never called `Node7`, because HyPhy names
/// internal nodes in this way.
pub fn names(alignment: Option<&Alignment>, trees: &[&Tree]) -> Names {
    let mut names = Names::default();
    let mut taken = HashSet::new();
    let sequences: Vec<&str> = alignment.into_iter().flat_map(Alignment::names).collect();
    give(&sequences, true, &mut names, &mut taken);
    for tree in trees {
        let leaves: Vec<&str> = tree.leaf_names().collect();
        for (leaf, found) in leaves.iter().zip(match_leaves(&sequences, &leaves)) {
            let engine = found
                .and_then(|(i, _)| names.engine(sequences[i]))
                .map(str::to_string);
            if let Some(engine) = engine.filter(|_| names.engine(leaf).is_none()) {
                names.insert(leaf, engine);
            }
        }
        give(&leaves, true, &mut names, &mut taken);
    }
    for tree in trees {
        let inner: Vec<&str> = tree
            .internal_nodes()
            .filter_map(|id| tree.node(id).name.as_deref())
            .collect();
        give(&inner, false, &mut names, &mut taken);
    }
    names
}

/// Names those that have no engine name yet. Names that can stay unchanged come first, so that no
/// cleaned name takes theirs.
fn give(users: &[&str], leaf: bool, names: &mut Names, taken: &mut HashSet<String>) {
    let fit = |user: &str| {
        is_engine_word(user) && user.len() <= MAX_NAME && !(leaf && is_node_name(user))
    };
    let mut kept: HashSet<&str> = HashSet::new();
    for user in users.iter().filter(|u| fit(u) && names.engine(u).is_none()) {
        if !kept.contains(user) && taken.insert(user.to_ascii_lowercase()) {
            kept.insert(user);
        }
    }
    for user in users {
        if names.engine(user).is_some() {
            continue;
        }
        let engine = if kept.contains(user) {
            (*user).to_string()
        } else {
            free_name(&clean(user, leaf), taken)
        };
        names.insert(user, engine);
    }
}

/// The most similar name that consists of word characters.
pub(super) fn clean(user: &str, leaf: bool) -> String {
    let mut word: String = user
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    word.truncate(MAX_NAME - ROOM);
    if word.is_empty() {
        word.push_str(if leaf { "seq" } else { "inner" });
    }
    if leaf && is_node_name(&word) {
        word.insert_str(0, "seq_");
    }
    word
}

/// Whether HyPhy could give this name to an unnamed internal node. [`newick`](super::newick) uses
/// `Node7_1` if `Node7` is taken.
fn is_node_name(name: &str) -> bool {
    let number = |t: &str| {
        t.starts_with(|c: char| c.is_ascii_digit())
            && t.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    };
    name.get(..4)
        .is_some_and(|n| n.eq_ignore_ascii_case("Node"))
        && number(&name[4..])
}
