//! Rules by which names that differ still match: one is a part of the other, or was truncated.

use std::collections::HashMap;

use super::{How, normalise, unique};

/// Width of a name in strict PHYLIP, to which many programs truncate.
const TRUNCATED: usize = 10;
/// The most separators at which a name is taken apart, from either end.
const SEPARATORS: usize = 12;

/// Which name goes on, and at which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The sequence is `Species|gene`, the leaf `Species`.
    LeafBeginsSequence,
    /// The sequence is `gene|Species`, the leaf `Species`.
    LeafEndsSequence,
    /// The leaf is `Species_gene`, the sequence `Species`.
    SequenceBeginsLeaf,
    /// The leaf is `gene_Species`, the sequence `Species`.
    SequenceEndsLeaf,
}

/// A name that is still to be matched: its index, and its normalised form.
type Free = (usize, String);

/// Pairs of (name, leaf) by the rules, for names and leaves that no stricter rule matches. A pair is
/// made only if it is the only one for both.
pub(super) fn pairs(names: &[Free], leaves: &[Free]) -> Vec<(usize, usize, How)> {
    let mut pairs = truncated(names, leaves);
    let left = |free: &[Free], taken: Vec<usize>| -> Vec<Free> {
        let taken: std::collections::HashSet<usize> = taken.into_iter().collect();
        let left = free.iter().filter(|(index, _)| !taken.contains(index));
        left.cloned().collect()
    };
    let names = left(names, pairs.iter().map(|(name, _, _)| *name).collect());
    let leaves = left(leaves, pairs.iter().map(|(_, leaf, _)| *leaf).collect());
    pairs.extend(parts(&names, &leaves));
    pairs
}

/// Names of which one is the first ten characters of the other.
fn truncated(names: &[Free], leaves: &[Free]) -> Vec<(usize, usize, How)> {
    let head = |name: &str| name.get(..TRUNCATED).map(str::to_string);
    let by_head = |free: &[Free]| {
        unique(
            free.iter()
                .filter_map(|(index, name)| Some((head(name)?, (*index, name.len())))),
        )
    };
    let (of_names, of_leaves) = (by_head(names), by_head(leaves));
    let mut pairs = Vec::new();
    for (key, leaf) in &of_leaves {
        if let (Some((leaf, long)), Some(Some((name, length)))) = (leaf, of_names.get(key))
            && (*long == TRUNCATED || *length == TRUNCATED)
        {
            pairs.push((*name, *leaf, How::Truncated));
        }
    }
    pairs.sort_by_key(|(name, _, _)| *name);
    pairs
}

/// Names of which one is the beginning or the end of the other, up to a separator.
fn parts(names: &[Free], leaves: &[Free]) -> Vec<(usize, usize, How)> {
    // The pairs by name and by leaf; `None` after a second one.
    let mut by_name: HashMap<usize, Option<(usize, Part)>> = HashMap::new();
    let mut by_leaf: HashMap<usize, Option<usize>> = HashMap::new();
    let mut add = |name: usize, leaf: usize, part: Part| {
        let other = |known: Option<(usize, Part)>| known.filter(|(l, _)| *l == leaf);
        by_name
            .entry(name)
            .and_modify(|known| *known = other(*known))
            .or_insert(Some((leaf, part)));
        by_leaf
            .entry(leaf)
            .and_modify(|known| *known = known.filter(|n| *n == name))
            .or_insert(Some(name));
    };
    let index = |free: &[Free]| unique(free.iter().map(|(i, name)| (name.clone(), *i)));
    let (of_names, of_leaves) = (index(names), index(leaves));
    for (name, text) in names {
        for (part, ends) in find(text, &of_leaves) {
            let rule = if ends {
                Part::LeafEndsSequence
            } else {
                Part::LeafBeginsSequence
            };
            add(*name, part, rule);
        }
    }
    for (leaf, text) in leaves {
        for (part, ends) in find(text, &of_names) {
            let rule = if ends {
                Part::SequenceEndsLeaf
            } else {
                Part::SequenceBeginsLeaf
            };
            add(part, *leaf, rule);
        }
    }
    let mut pairs: Vec<_> = by_name
        .into_iter()
        .filter_map(|(name, pair)| pair.map(|(leaf, part)| (name, leaf, part)))
        .filter(|(name, leaf, _)| by_leaf.get(leaf) == Some(&Some(*name)))
        .map(|(name, leaf, part)| (name, leaf, How::Part(part)))
        .collect();
    pairs.sort_by_key(|(name, _, _)| *name);
    pairs
}

/// The longest known beginning and the longest known end of a text, up to a separator. Returns the
/// index of each, and whether it is an end.
fn find(text: &str, known: &HashMap<String, Option<usize>>) -> Vec<(usize, bool)> {
    let separators: Vec<usize> = text
        .bytes()
        .enumerate()
        .filter(|(_, b)| *b == b'_')
        .map(|(at, _)| at)
        .collect();
    let lookup = |part: &str| known.get(part).copied().flatten();
    let long = |part: &&str| part.bytes().any(|b| b.is_ascii_alphanumeric());
    let begin = separators
        .iter()
        .rev()
        .take(SEPARATORS)
        .filter_map(|at| text.get(..*at))
        .filter(long)
        .find_map(lookup);
    let end = separators
        .iter()
        .take(SEPARATORS)
        .filter_map(|at| text.get(at + 1..))
        .filter(long)
        .find_map(lookup);
    let begin = begin.map(|index| (index, false));
    begin
        .into_iter()
        .chain(end.map(|index| (index, true)))
        .collect()
}

/// What all of the names have in common at one end, from a separator on, such as `_geneid`. At least
/// two names are needed to tell.
pub(crate) fn common_end(names: &[&str]) -> Option<String> {
    let (first, others) = names
        .split_first()
        .filter(|(_, others)| !others.is_empty())?;
    let shared = others.iter().fold(first.len(), |shared, name| {
        let same = first.bytes().rev().zip(name.bytes().rev());
        same.take(shared).take_while(|(a, b)| a == b).count()
    });
    let tail = first.get(first.len() - shared..)?;
    let at = tail.find(|c: char| !c.is_alphanumeric())?;
    let tail = &tail[at..];
    (normalise(tail).bytes().any(|b| b.is_ascii_alphanumeric())).then(|| tail.to_string())
}

/// The same at the beginning, up to a separator.
pub(crate) fn common_begin(names: &[&str]) -> Option<String> {
    let (first, others) = names
        .split_first()
        .filter(|(_, others)| !others.is_empty())?;
    let shared = others.iter().fold(first.len(), |shared, name| {
        let same = first.bytes().zip(name.bytes());
        same.take(shared).take_while(|(a, b)| a == b).count()
    });
    let mut shared = shared;
    while !first.is_char_boundary(shared) {
        shared -= 1;
    }
    let head = &first[..shared];
    let at = head.rfind(|c: char| !c.is_alphanumeric())?;
    let end = at + head[at..].chars().next().map_or(1, char::len_utf8);
    let head = &head[..end];
    (normalise(head).bytes().any(|b| b.is_ascii_alphanumeric())).then(|| head.to_string())
}
