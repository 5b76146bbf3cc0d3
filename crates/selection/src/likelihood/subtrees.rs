//! What leaves below a node have: few different patterns, because most sites differ only elsewhere.

use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};

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
                let (first, own) = numbered(row.iter().map(|observed| {
                    let is_missing = observations.is_missing(*observed);
                    (!is_missing).then_some(*observed)
                }));
                let different = first.iter().map(|pattern| row[*pattern]).collect();
                (Subtree::Leaf(different), own)
            } else {
                let mut first = Vec::new();
                let mut own = vec![None; patterns.len()];
                for child in &node.children {
                    let pairs = own.iter().copied().zip(at[*child].iter().copied());
                    let says = |pair: &(Option<u32>, Option<u32>)| pair.0.or(pair.1).is_some();
                    (first, own) = numbered(pairs.map(|pair| Some(pair).filter(says)));
                }
                let children = node.children.iter().map(|child| {
                    let below = std::mem::take(&mut at[*child]);
                    (
                        *child,
                        first.iter().map(|pattern| below[*pattern]).collect(),
                    )
                });
                (Subtree::Inner(first.len(), children.collect()), own)
            };
            nodes.push(subtree);
            at.push(own);
        }
        Self {
            nodes,
            at_root: at.pop().unwrap_or_default(),
        }
    }

    /// The number of patterns of the subtree with the most.
    pub(super) fn most_patterns(&self) -> usize {
        let patterns = self.nodes.iter().map(|subtree| match subtree {
            Subtree::Leaf(observations) => observations.len(),
            Subtree::Inner(patterns, _) => *patterns,
        });
        patterns.max().unwrap_or_default()
    }
}

/// Numbers the different keys in the order in which they occur. Returns the place where each occurs
/// first, and the number at each place.
fn numbered<K: Eq + Hash>(keys: impl Iterator<Item = Option<K>>) -> (Vec<usize>, Vec<Option<u32>>) {
    let mut first = Vec::new();
    let mut known: HashMap<K, u32> = HashMap::new();
    let mut number = |place: usize, key: K| {
        let next = known.len() as u32;
        *known.entry(key).or_insert_with(|| {
            first.push(place);
            next
        })
    };
    let numbers = keys.enumerate();
    let numbers = numbers.map(|(place, key)| key.map(|key| number(place, key)));
    let numbers = numbers.collect();
    (first, numbers)
}
