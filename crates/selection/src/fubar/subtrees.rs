//! What leaves below a node have: few different patterns, because most sites differ only elsewhere.

use std::collections::HashMap;

use crate::{codon::Observations, columns::Patterns, phylogeny::Phylogeny};

/// The different patterns of all subtrees. Likelihoods of a subtree are computed once for each.
#[derive(Debug)]
pub(crate) struct Subtrees {
    /// In the order of the tree's nodes.
    pub(crate) nodes: Vec<Subtree>,
    /// The root's pattern at each pattern of the alignment.
    pub(crate) at_root: Vec<Option<u32>>,
}

/// The different patterns of one subtree. Patterns in which no leaf says anything are left out.
#[derive(Debug)]
pub(crate) enum Subtree {
    /// What a leaf has.
    Leaf(Vec<u16>),
    /// The node's number of patterns, and its children with the pattern of each at these.
    Inner(usize, Vec<(usize, Vec<Option<u32>>)>),
}

impl Subtrees {
    pub(crate) fn new(tree: &Phylogeny, patterns: &Patterns, observations: &Observations) -> Self {
        let mut nodes = Vec::with_capacity(tree.nodes.len());
        // For each node, its pattern at each pattern of the alignment.
        let mut at: Vec<Vec<Option<u32>>> = Vec::with_capacity(tree.nodes.len());
        for node in &tree.nodes {
            let (subtree, own) = if node.is_leaf() {
                let row = &patterns.rows[node.row.unwrap_or_default()];
                let (different, own) = numbered(row.iter().map(|observed| {
                    let is_missing = observations.is_missing(*observed);
                    (!is_missing).then_some(*observed)
                }));
                (Subtree::Leaf(different), own)
            } else {
                let below: Vec<Vec<Option<u32>>> = node
                    .children
                    .iter()
                    .map(|child| std::mem::take(&mut at[*child]))
                    .collect();
                let (different, own) = numbered((0..patterns.len()).map(|pattern| {
                    let key: Vec<Option<u32>> = below.iter().map(|child| child[pattern]).collect();
                    key.iter().any(Option::is_some).then_some(key)
                }));
                let children = node.children.iter().enumerate().map(|(place, child)| {
                    let own = different.iter().map(|key| key[place]).collect();
                    (*child, own)
                });
                (Subtree::Inner(different.len(), children.collect()), own)
            };
            nodes.push(subtree);
            at.push(own);
        }
        Self {
            nodes,
            at_root: at.pop().unwrap_or_default(),
        }
    }
}

/// The different keys in the order in which they occur, and the number of each.
fn numbered<K: Clone + Eq + std::hash::Hash>(
    keys: impl Iterator<Item = Option<K>>,
) -> (Vec<K>, Vec<Option<u32>>) {
    let mut different = Vec::new();
    let mut known: HashMap<K, u32> = HashMap::new();
    let mut number = |key: K| {
        let next = known.len() as u32;
        *known.entry(key).or_insert_with_key(|key| {
            different.push(key.clone());
            next
        })
    };
    let numbers = keys.map(|key| key.map(&mut number)).collect();
    (different, numbers)
}
