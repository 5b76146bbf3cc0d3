//! Trees in an arena. Nodes are indices into one vector, so cloning, dropping and walking a tree of
//! any depth needs no recursion.

mod reshape;
mod walk;

use crate::text::is_engine_word;
pub use walk::{Postorder, Preorder};

/// A node of one [`Tree`]; meaningless for any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// The node's index in the arena, `0..tree.len()`.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One node with the branch above it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Node {
    /// Name of a leaf or of an internal node.
    pub name: Option<String>,
    /// Support of an internal node as written (`100`, `0.98/95`). A node with a name has no
    /// support, because Newick has one place for both.
    pub support: Option<String>,
    /// Length of the branch above, in the file's unit (usually substitutions per site).
    pub length: Option<f64>,
    /// Branch label, `{Label}` in HyPhy's notation.
    pub label: Option<String>,
    parent: Option<NodeId>,
    children: Vec<NodeId>,
}

impl Node {
    /// The node above; `None` for the root.
    pub fn parent(&self) -> Option<NodeId> {
        self.parent
    }

    /// The nodes below, in the order of the file.
    pub fn children(&self) -> &[NodeId] {
        &self.children
    }

    /// Whether it has no children.
    pub fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// Whether two nodes have the same content, whatever their position.
    fn same_content(&self, other: &Self) -> bool {
        self.name == other.name
            && self.support == other.support
            && self.length == other.length
            && self.label == other.label
            && self.children.len() == other.children.len()
    }
}

/// A rooted or unrooted tree. It always has a root node.
#[derive(Debug, Clone)]
pub struct Tree {
    nodes: Vec<Node>,
    declared_rooted: Option<bool>,
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

/// Trees are equal if they have the same structure and content from the root, whatever the order in
/// memory.
impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        self.declared_rooted == other.declared_rooted
            && self.len() == other.len()
            && self
                .preorder()
                .zip(other.preorder())
                .all(|(a, b)| self.node(a).same_content(other.node(b)))
    }
}

impl Tree {
    /// A tree that consists of an unnamed root.
    pub fn new() -> Self {
        Self {
            nodes: vec![Node::default()],
            declared_rooted: None,
        }
    }

    /// The root.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// Adds an unnamed node below `parent`, after its other children.
    pub fn add_child(&mut self, parent: NodeId) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            parent: Some(parent),
            ..Node::default()
        });
        self.nodes[parent.index()].children.push(id);
        id
    }

    /// Returns a node. Panics if `id` belongs to a larger tree.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Returns a node, to change its name, length or label. Panics if `id` belongs to a larger
    /// tree.
    pub fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    /// Number of nodes, the root included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Always false: a tree has a root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Branches at the root: 2 in a rooted binary tree, 3 in an unrooted one.
    pub fn root_degree(&self) -> usize {
        self.node(self.root()).children.len()
    }

    /// Whether the root has exactly two branches. HyPhy treats such a tree as rooted.
    pub fn rooted(&self) -> bool {
        self.root_degree() == 2
    }

    /// What the file declares: `[&R]` (true) or `[&U]` (false).
    pub fn declared_rooted(&self) -> Option<bool> {
        self.declared_rooted
    }

    /// Sets the value of [`declared_rooted`](Self::declared_rooted).
    pub fn set_declared_rooted(&mut self, rooted: Option<bool>) {
        self.declared_rooted = rooted;
    }

    /// Sets or removes the label of the branch above `id`.
    ///
    /// Braces, control characters, and blanks at the ends are not allowed in a label and are
    /// removed.
    pub fn set_label(&mut self, id: NodeId, label: Option<&str>) {
        let clean = label.map(|l| {
            let kept: String = l
                .chars()
                .filter(|c| !matches!(c, '{' | '}') && !c.is_control())
                .collect();
            kept.trim().to_string()
        });
        self.node_mut(id).label = clean.filter(|l| !l.is_empty());
    }

    /// The first node in preorder with this name.
    pub fn find(&self, name: &str) -> Option<NodeId> {
        self.preorder()
            .find(|id| self.node(*id).name.as_deref() == Some(name))
    }

    /// Nodes from the root down: each node before its children, children in the order of the file.
    pub fn preorder(&self) -> Preorder<'_> {
        Preorder::new(self)
    }

    /// Nodes from the leaves up: each node after its children.
    pub fn postorder(&self) -> Postorder<'_> {
        Postorder::new(self)
    }

    /// Leaves, in the order of the file.
    pub fn leaves(&self) -> impl Iterator<Item = NodeId> {
        self.preorder().filter(|id| self.node(*id).is_leaf())
    }

    /// Internal nodes in preorder, the root first.
    pub fn internal_nodes(&self) -> impl Iterator<Item = NodeId> {
        self.preorder().filter(|id| !self.node(*id).is_leaf())
    }

    /// Names of the leaves that have one, in the order of the file.
    pub fn leaf_names(&self) -> impl Iterator<Item = &str> {
        self.leaves().filter_map(|id| self.node(id).name.as_deref())
    }

    /// Whether every branch has a length (the root has none above it).
    pub fn has_lengths(&self) -> bool {
        self.len() > 1
            && self
                .preorder()
                .skip(1)
                .all(|id| self.node(id).length.is_some())
    }

    /// Number of levels: 1 for a root without children.
    pub fn depth(&self) -> usize {
        let mut depth = vec![1usize; self.len()];
        let mut deepest = 1;
        for id in self.preorder().skip(1) {
            if let Some(parent) = self.node(id).parent {
                depth[id.index()] = depth[parent.index()] + 1;
                deepest = deepest.max(depth[id.index()]);
            }
        }
        deepest
    }

    /// The names that HyPhy uses, by [`NodeId::index`]: a node's own name, or `NodeK` for an
    /// unnamed internal node, where K is its index in preorder, counting leaves and starting with 0
    /// at the root. If that name is taken, `_1`, `_2`, … is appended. Unnamed leaves stay empty.
    pub fn node_names(&self) -> Vec<String> {
        let mut taken: std::collections::HashSet<String> = self
            .nodes
            .iter()
            .filter_map(|n| n.name.as_ref().map(|n| n.to_ascii_lowercase()))
            .collect();
        let mut names = vec![String::new(); self.len()];
        for (k, id) in self.preorder().enumerate() {
            let node = self.node(id);
            names[id.index()] = match &node.name {
                Some(name) => name.clone(),
                None if node.is_leaf() => String::new(),
                None => free_name(&format!("Node{k}"), &mut taken),
            };
        }
        names
    }

    /// A copy in which every unnamed internal node has its name from
    /// [`node_names`](Self::node_names). The name replaces the node's support.
    #[must_use]
    pub fn named(&self) -> Self {
        let mut copy = self.clone();
        for (node, name) in copy.nodes.iter_mut().zip(self.node_names()) {
            if node.name.is_none() && !name.is_empty() {
                node.name = Some(name);
                node.support = None;
            }
        }
        copy
    }

    /// Whether HyPhy accepts a label: letters, digits and underscores.
    pub fn is_plain_label(label: &str) -> bool {
        is_engine_word(label)
    }
}

/// `wanted`, or `wanted_1`, `wanted_2`, …: the first that is not in `taken` (lower case). It is
/// added to `taken`.
pub(crate) fn free_name(wanted: &str, taken: &mut std::collections::HashSet<String>) -> String {
    let mut name = wanted.to_string();
    let mut n = 0usize;
    while !taken.insert(name.to_ascii_lowercase()) {
        n += 1;
        name = format!("{wanted}_{n}");
    }
    name
}
