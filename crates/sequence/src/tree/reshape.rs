//! Changing the shape of a tree: nodes with a single branch below, and the root.

use std::cmp::Ordering;

use super::{NodeId, Tree};
use crate::finding::Finding;

impl Tree {
    /// A copy without nodes that have a single branch below, and for each of its nodes, by
    /// [`NodeId::index`], the node of this tree that it was.
    ///
    /// The node below stays: it keeps its name and support, and the lengths of the two branches are
    /// added. It keeps its label; if it has none, it gets that of the branch above. A root with a
    /// single branch below is replaced by the node below, whose length and label end with the branch.
    pub fn collapsed(&self) -> (Self, Vec<NodeId>) {
        let mut copy = Self::new();
        copy.declared_rooted = self.declared_rooted;
        let mut origin = vec![self.root()];
        // A node of this tree whose branch is to be added below a node of the copy.
        let mut stack: Vec<(NodeId, NodeId)> = Vec::new();
        let (top, _) = self.descend(self.root());
        let only_leaf = self.node(top).is_leaf();
        let top = if only_leaf { self.root() } else { top };
        origin[0] = top;
        copy.copy_content(copy.root(), self, top);
        if top != self.root() {
            let root = self.node(self.root());
            let (length, label) = (root.length, root.label.clone());
            let root = copy.node_mut(NodeId(0));
            (root.length, root.label) = (length, label);
        }
        let children = self.node(top).children().iter().rev();
        stack.extend(children.map(|child| (*child, copy.root())));
        while let Some((id, parent)) = stack.pop() {
            let (kept, chain) = self.descend(id);
            let new = copy.add_child(parent);
            origin.push(kept);
            copy.copy_content(new, self, kept);
            let lengths = chain.iter().filter_map(|n| self.node(*n).length);
            let sum = lengths.fold(None, |sum: Option<f64>, l| Some(sum.unwrap_or(0.0) + l));
            // The label that is nearest to the node.
            let label = chain.iter().rev().find_map(|n| self.node(*n).label.clone());
            let node = copy.node_mut(new);
            (node.length, node.label) = (sum, label);
            let children = self.node(kept).children().iter().rev();
            stack.extend(children.map(|child| (*child, new)));
        }
        (copy, origin)
    }

    /// The first node from `id` down that does not have a single branch below, and the nodes on the
    /// way, that one included.
    fn descend(&self, id: NodeId) -> (NodeId, Vec<NodeId>) {
        let (mut at, mut chain) = (id, vec![id]);
        while let [only] = self.node(at).children() {
            at = *only;
            chain.push(at);
        }
        (at, chain)
    }

    fn copy_content(&mut self, to: NodeId, from: &Self, id: NodeId) {
        let (source, node) = (from.node(id), self.node_mut(to));
        node.name.clone_from(&source.name);
        node.support.clone_from(&source.support);
        node.length = source.length;
        node.label.clone_from(&source.label);
    }

    /// A copy without these leaves, and without the nodes above them that have no other leaves or a
    /// single branch below: see [`Self::collapsed`]. Its internal nodes have the names of
    /// [`Self::node_names`], so that they mean the same branches as before. If no leaf would be left,
    /// the tree is returned unchanged.
    #[must_use]
    pub(crate) fn without_leaves(&self, leaves: &[NodeId]) -> Self {
        let mut stays = vec![false; self.len()];
        for leaf in self.leaves() {
            stays[leaf.index()] = true;
        }
        for leaf in leaves {
            stays[leaf.index()] = false;
        }
        for id in self.postorder() {
            if let Some(parent) = self.node(id).parent().filter(|_| stays[id.index()]) {
                stays[parent.index()] = true;
            }
        }
        if !stays[self.root().index()] {
            return self.clone();
        }
        let named = self.named();
        let mut copy = Self::new();
        copy.declared_rooted = self.declared_rooted;
        copy.copy_content(copy.root(), self, self.root());
        let mut stack = vec![(self.root(), copy.root())];
        while let Some((id, new)) = stack.pop() {
            for child in self.node(id).children() {
                if stays[child.index()] {
                    let below = copy.add_child(new);
                    copy.copy_content(below, &named, *child);
                    stack.push((*child, below));
                }
            }
        }
        copy.collapsed().0
    }

    /// A copy in which a root with two branches has become one with at least three; for each of its
    /// nodes, by [`NodeId::index`], the node of this tree that it was; and a warning
    /// (`root-labels-differ`) if a label was lost.
    ///
    /// One of the two nodes below the root is dissolved: its branches are now at the root, and the
    /// branch of the other node, which is kept, has the sum of both lengths. A leaf is kept; of two
    /// internal nodes, the one with a label; then the one with a name of its own, with a support, with
    /// fewer leaves, and with the last name in alphabetical order. So the result does not depend on
    /// the order of the two, and no label is lost: the joined branch has the label of the node that is
    /// kept, or that of the dissolved one if it has none. Only if both have labels that differ is that
    /// of the dissolved node lost.
    ///
    /// The branches of the dissolved node come first in the result, the one that is kept last.
    /// Nodes with a single branch below are collapsed. A tree of two leaves, and one whose root does not
    /// have two branches, is returned unchanged.
    #[must_use]
    pub fn unrooted(&self) -> (Self, Vec<NodeId>, Option<Finding>) {
        let unchanged = || {
            let mut all: Vec<NodeId> = self.preorder().collect();
            all.sort_unstable();
            (self.clone(), all, None)
        };
        if self.root_degree() > 2 {
            return unchanged();
        }
        let (tree, collapsed_from) = self.collapsed();
        let [a, b] = tree.node(tree.root()).children() else {
            return if tree.root_degree() > 2 {
                (tree, collapsed_from, None)
            } else {
                unchanged()
            };
        };
        let (kept, dissolved) = match tree.order_of_keeping(*a, *b) {
            Ordering::Greater => (*b, *a),
            _ => (*a, *b),
        };
        if tree.node(dissolved).is_leaf() {
            return unchanged();
        }
        let (keep, lose) = (tree.node(kept), tree.node(dissolved));
        let label = keep.label.clone().or_else(|| lose.label.clone());
        let length = match (keep.length, lose.length) {
            (Some(x), Some(y)) => Some(x + y),
            (x, y) => x.or(y),
        };
        let finding = match (&keep.label, &lose.label) {
            (Some(keep), Some(lose)) if keep != lose => Some(labels_differ(keep, lose)),
            _ => None,
        };
        let mut copy = Self::new();
        copy.declared_rooted = tree.declared_rooted.map(|_| false);
        copy.copy_content(copy.root(), &tree, tree.root());
        let mut origin = vec![collapsed_from[tree.root().index()]];
        let below = tree.node(dissolved).children().iter().chain([&kept]);
        let mut stack: Vec<(NodeId, NodeId)> = below.rev().map(|id| (*id, copy.root())).collect();
        while let Some((id, parent)) = stack.pop() {
            let new = copy.add_child(parent);
            origin.push(collapsed_from[id.index()]);
            copy.copy_content(new, &tree, id);
            if id == kept {
                let node = copy.node_mut(new);
                (node.length, node.label) = (length, label.clone());
            }
            let children = tree.node(id).children().iter().rev();
            stack.extend(children.map(|child| (*child, new)));
        }
        (copy, origin, finding)
    }

    /// Which of two nodes below the root is to be kept: the lesser.
    fn order_of_keeping(&self, a: NodeId, b: NodeId) -> Ordering {
        let key = |id: NodeId| {
            let node = self.node(id);
            (
                !node.is_leaf(),
                node.label.is_none(),
                node.name.is_none(),
                node.support.is_none(),
            )
        };
        key(a).cmp(&key(b)).then_with(|| {
            let (first, second) = (self.leaves_below(a), self.leaves_below(b));
            first.len().cmp(&second.len()).then(second.cmp(&first))
        })
    }

    /// Names of the leaves below a node, in alphabetical order.
    fn leaves_below(&self, id: NodeId) -> Vec<&str> {
        let (mut names, mut stack) = (Vec::new(), vec![id]);
        while let Some(id) = stack.pop() {
            let node = self.node(id);
            if node.is_leaf() {
                names.push(node.name.as_deref().unwrap_or_default());
            }
            stack.extend(node.children());
        }
        names.sort_unstable();
        names
    }
}

fn labels_differ(kept: &str, lost: &str) -> Finding {
    Finding::warning(
        "root-labels-differ",
        format!(
            "The two branches at the root have the labels '{kept}' and '{lost}'. Without the root, \
             which the analysis does not use, they are one branch; it has the label '{kept}'."
        ),
        "Give both branches the same label, or upload an unrooted tree.",
    )
}
