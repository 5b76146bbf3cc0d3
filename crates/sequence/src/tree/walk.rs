//! Tree traversal without recursion.

use super::{NodeId, Tree};

/// Iterator of [`Tree::preorder`].
#[derive(Debug, Clone)]
pub struct Preorder<'a> {
    tree: &'a Tree,
    stack: Vec<NodeId>,
}

impl<'a> Preorder<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self {
            tree,
            stack: vec![tree.root()],
        }
    }
}

impl Iterator for Preorder<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let id = self.stack.pop()?;
        self.stack
            .extend(self.tree.node(id).children().iter().rev());
        Some(id)
    }
}

/// Iterator of [`Tree::postorder`].
#[derive(Debug, Clone)]
pub struct Postorder<'a> {
    tree: &'a Tree,
    /// A node and the number of its children that have been visited.
    stack: Vec<(NodeId, usize)>,
}

impl<'a> Postorder<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self {
            tree,
            stack: vec![(tree.root(), 0)],
        }
    }
}

impl Iterator for Postorder<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        loop {
            let (id, done) = self.stack.last_mut()?;
            match self.tree.node(*id).children().get(*done) {
                Some(child) => {
                    *done += 1;
                    self.stack.push((*child, 0));
                }
                None => return self.stack.pop().map(|(id, _)| id),
            }
        }
    }
}
