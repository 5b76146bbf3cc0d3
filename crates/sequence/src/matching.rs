//! Matching leaves to sequences.

mod rules;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

pub(crate) use rules::{Part, common_begin, common_end};

/// How a leaf was matched to a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// The names are the same.
    Exact,
    /// HyPhy treats the names as equal: it ignores letter case, and reads everything but letters
    /// and digits as `_`.
    Normalised,
    /// The leaf has the first word of the sequence's name. Many programs truncate names there.
    FirstWord,
    /// The leaf is the number of the sequence, as in PAML's trees.
    Number,
    /// One name is the first ten characters of the other.
    Truncated,
    /// One name is a part of the other.
    Part(Part),
}

/// A name as HyPhy compares it.
pub(crate) fn normalise(name: &str) -> String {
    name.trim()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect()
}

/// For each leaf, the index of its sequence. Only unambiguous pairs are matched.
pub(crate) fn match_leaves(names: &[&str], leaves: &[&str]) -> Vec<Option<(usize, How)>> {
    let mut matched = vec![None; leaves.len()];
    let mut used = vec![false; names.len()];
    let exact: HashMap<&str, usize> = names
        .iter()
        .enumerate()
        .rev()
        .map(|(i, n)| (*n, i))
        .collect();
    for (leaf, slot) in leaves.iter().zip(&mut matched) {
        if let Some(index) = exact.get(leaf) {
            *slot = Some((*index, How::Exact));
            used[*index] = true;
        }
    }
    let first_word = |n: &str| normalise(n.split_whitespace().next().unwrap_or_default());
    tier(
        names,
        leaves,
        &mut matched,
        &mut used,
        How::Normalised,
        normalise,
    );
    tier(
        names,
        leaves,
        &mut matched,
        &mut used,
        How::FirstWord,
        first_word,
    );
    if matched.iter().all(Option::is_none)
        && let Some(indices) = crate::numbering::numbers(names, leaves)
    {
        return indices
            .into_iter()
            .map(|i| Some((i, How::Number)))
            .collect();
    }
    by_rules(names, leaves, &mut matched, &used);
    matched
}

/// Matches the remaining names by the rules for names that differ.
fn by_rules(names: &[&str], leaves: &[&str], matched: &mut [Option<(usize, How)>], used: &[bool]) {
    if matched.iter().all(Option::is_some) {
        return;
    }
    // A name that occurs on both sides was ambiguous, or is matched: it takes part in no rule.
    let key = |names: &[&str]| -> HashSet<String> { names.iter().map(|n| normalise(n)).collect() };
    let (all_names, all_leaves) = (key(names), key(leaves));
    let free_names: Vec<(usize, String)> = (0..names.len())
        .filter(|i| !used[*i])
        .map(|i| (i, normalise(names[i])))
        .filter(|(_, name)| !all_leaves.contains(name))
        .collect();
    let free_leaves: Vec<(usize, String)> = (0..leaves.len())
        .filter(|i| matched[*i].is_none())
        .map(|i| (i, normalise(leaves[i])))
        .filter(|(_, leaf)| !all_names.contains(leaf))
        .collect();
    for (name, leaf, how) in rules::pairs(&free_names, &free_leaves) {
        matched[leaf] = Some((name, how));
    }
}

/// Matches the remaining names by a key that must be unique on both sides.
fn tier(
    names: &[&str],
    leaves: &[&str],
    matched: &mut [Option<(usize, How)>],
    used: &mut [bool],
    how: How,
    key: impl Fn(&str) -> String,
) {
    if matched.iter().all(Option::is_some) {
        return;
    }
    let free_names = (0..names.len())
        .filter(|i| !used[*i])
        .map(|i| (key(names[i]), i));
    let by_key = unique(free_names);
    let distinct: HashSet<&str> = leaves
        .iter()
        .zip(&*matched)
        .filter(|(_, m)| m.is_none())
        .map(|(l, _)| *l)
        .collect();
    let leaf_of = unique(distinct.into_iter().map(|l| (normalise(l), l)));
    for (leaf, slot) in leaves.iter().zip(matched) {
        let wanted = normalise(leaf);
        if slot.is_some() || leaf_of.get(&wanted).is_none_or(Option::is_none) {
            continue;
        }
        if let Some(Some(index)) = by_key.get(&wanted) {
            *slot = Some((*index, how));
            used[*index] = true;
        }
    }
}

/// A map in which keys that occurred more than once have no value.
fn unique<K: Hash + Eq, V>(pairs: impl Iterator<Item = (K, V)>) -> HashMap<K, Option<V>> {
    let mut map = HashMap::new();
    for (key, value) in pairs {
        map.entry(key)
            .and_modify(|v| *v = None)
            .or_insert(Some(value));
    }
    map
}

/// The most similar of the given names, if any is similar enough.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = normalise(wanted);
    let short = |n: &str| n.len() <= 200;
    if !short(wanted) {
        return None;
    }
    names
        .filter(|n| short(n))
        .take(2_000)
        .map(|n| {
            (
                strsim::normalized_damerau_levenshtein(&plain, &normalise(n)),
                n,
            )
        })
        .filter(|(similarity, _)| *similarity >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, n)| n)
}
