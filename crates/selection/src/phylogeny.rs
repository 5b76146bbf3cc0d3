//! A tree in the form that likelihoods are computed on: nodes in postorder.

use std::collections::HashMap;

use sequence::Tree;

use crate::{Branches, InputError};

/// An unrooted tree. Each node but the root stands for the branch above it.
#[derive(Debug, Clone)]
pub(crate) struct Phylogeny {
    /// Nodes in postorder; the last one is the root.
    pub(crate) nodes: Vec<Node>,
    /// Whether every branch of the input has a length.
    pub(crate) has_lengths: bool,
}

/// A node, and the branch above it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// Its name, as results show it.
    pub(crate) name: String,
    /// The row of a leaf in the alignment.
    pub(crate) row: Option<usize>,
    /// The label of the branch.
    pub(crate) label: Option<String>,
    /// The length of the branch in the input.
    pub(crate) length: Option<f64>,
    /// Index of the parent; of the root, its own.
    pub(crate) parent: usize,
    /// Indices of the children.
    pub(crate) children: Vec<usize>,
}

impl Node {
    pub(crate) fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }
}

impl Phylogeny {
    /// Reads a tree whose leaves are rows of an alignment. Unnamed nodes are named before the tree
    /// is unrooted.
    pub(crate) fn new(tree: &Tree, rows: &[String]) -> Result<Self, InputError> {
        let (tree, _, _) = tree.named().unrooted();
        let exact: HashMap<&str, usize> = rows.iter().map(String::as_str).zip(0..).collect();
        let loose: HashMap<String, usize> = rows.iter().map(|r| plain_name(r)).zip(0..).collect();
        let mut index = vec![0; tree.len()];
        let mut nodes = Vec::with_capacity(tree.len());
        for id in tree.postorder() {
            let node = tree.node(id);
            let name = node.name.clone().unwrap_or_default();
            let row = if node.is_leaf() {
                let found = exact.get(name.as_str()).copied();
                let found = found.or_else(|| loose.get(&plain_name(&name)).copied());
                Some(found.ok_or_else(|| {
                    InputError(format!("the tree's leaf '{name}' is not in the alignment"))
                })?)
            } else {
                None
            };
            index[id.index()] = nodes.len();
            nodes.push(Node {
                name,
                row,
                label: node.label.clone(),
                length: node.length.filter(|length| length.is_finite()),
                parent: nodes.len(),
                children: node.children().iter().map(|c| index[c.index()]).collect(),
            });
        }
        let mut phylogeny = Self {
            nodes,
            has_lengths: tree.has_lengths(),
        };
        phylogeny.link();
        let leaves = phylogeny.nodes.iter().filter(|n| n.is_leaf()).count();
        if leaves != rows.len() {
            return Err(InputError(format!(
                "the tree has {leaves} leaves, and the alignment has {} sequences",
                rows.len()
            )));
        }
        if leaves < 3 {
            return Err(InputError(
                "the tree has fewer than three leaves".to_owned(),
            ));
        }
        Ok(phylogeny)
    }

    /// Sets the parents from the children.
    fn link(&mut self) {
        for node in 0..self.nodes.len() {
            for child in self.nodes[node].children.clone() {
                self.nodes[child].parent = node;
            }
        }
    }

    /// Index of the root.
    pub(crate) fn root(&self) -> usize {
        self.nodes.len() - 1
    }

    /// Number of branches.
    pub(crate) fn branches(&self) -> usize {
        self.root()
    }

    /// Whether each branch is among those to test.
    pub(crate) fn tested(&self, branches: &Branches) -> Vec<bool> {
        let nodes = self.nodes[..self.branches()].iter();
        let is_tested = |node: &Node| match branches {
            Branches::All => true,
            Branches::Internal => !node.is_leaf(),
            Branches::Leaves => node.is_leaf(),
            Branches::Label(label) => {
                let own = node.label.as_ref();
                own.is_some_and(|own| own.eq_ignore_ascii_case(label))
            }
            Branches::Unlabelled => node.label.is_none(),
        };
        nodes.map(is_tested).collect()
    }

    /// A copy without some inner nodes, and for each of its nodes the index that it had. The
    /// children of a removed node come after the other children of its parent, as in HyPhy.
    pub(crate) fn without(&self, removed: &[bool]) -> (Self, Vec<usize>) {
        let mut children: Vec<Vec<usize>> = self.nodes.iter().map(|n| n.children.clone()).collect();
        for node in 0..self.branches() {
            if removed[node] && !self.nodes[node].is_leaf() {
                let moved = std::mem::take(&mut children[node]);
                // A removed parent still has its children, because nodes are in postorder.
                let siblings = &mut children[self.nodes[node].parent];
                siblings.retain(|sibling| *sibling != node);
                siblings.extend(moved);
            }
        }
        let mut order = Vec::new();
        let mut stack = vec![(self.root(), 0)];
        while let Some((node, next)) = stack.pop() {
            if let Some(child) = children[node].get(next) {
                stack.push((node, next + 1));
                stack.push((*child, 0));
            } else {
                order.push(node);
            }
        }
        let mut index = vec![0; self.nodes.len()];
        for (new, old) in order.iter().enumerate() {
            index[*old] = new;
        }
        let copy = |old: &usize| Node {
            children: children[*old].iter().map(|child| index[*child]).collect(),
            parent: index[*old],
            ..self.nodes[*old].clone()
        };
        let mut pruned = Self {
            nodes: order.iter().map(copy).collect(),
            has_lengths: self.has_lengths,
        };
        pruned.link();
        (pruned, order)
    }

    /// The tree in Newick notation, without a semicolon. With `lengths`, it has those of the input.
    pub(crate) fn newick(&self, lengths: bool) -> String {
        let mut text = vec![String::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            let mut own = String::new();
            if !node.is_leaf() {
                let children: Vec<String> = node
                    .children
                    .iter()
                    .map(|child| std::mem::take(&mut text[*child]))
                    .collect();
                own = format!("({})", children.join(","));
            }
            if index != self.root() {
                own.push_str(&node.name);
                if let (true, Some(length)) = (lengths, node.length) {
                    own.push_str(&format!(":{length}"));
                }
            }
            text[index] = own;
        }
        text.pop().unwrap_or_default()
    }
}

/// A name as HyPhy compares it: other characters than letters, digits and underscores are
/// underscores, and the case of letters does not matter.
pub(crate) fn plain_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    name.chars().map(plain).collect()
}
