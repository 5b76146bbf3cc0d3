//! Turns PAML's marks into labels while a tree is read.

use std::collections::HashSet;

use super::marks::{Mark, split_mark};
use super::parser::Parser;
use crate::tree::NodeId;

impl Parser<'_> {
    /// Takes the marks off the end of a name without quotes, and applies them.
    pub(super) fn take_marks(&mut self, id: NodeId, name: &mut Vec<u8>) {
        if !name.iter().any(|b| matches!(b, b'#' | b'$')) {
            return;
        }
        let leaf = self.tree.node(id).is_leaf();
        let whole = name.clone();
        let mut glued = false;
        while let Some((before, mark)) = split_mark(name) {
            // A leaf needs a name.
            if leaf && before.trim_ascii().is_empty() {
                break;
            }
            glued |= before.last().is_some_and(|b| !b.is_ascii_whitespace());
            let length = before.trim_ascii_end().len();
            name.truncate(length);
            self.apply(id, mark);
        }
        if glued && leaf {
            let whole = String::from_utf8_lossy(&whole).into_owned();
            self.marks.glued.push((id, whole));
        }
    }

    pub(super) fn apply(&mut self, id: NodeId, mark: Mark) {
        self.marks.count += 1;
        if mark.clade {
            self.marks.clades.push((id, mark.number));
        } else if mark.number == "0" {
            self.marks.background.insert(id);
        } else if self.tree.node(id).label.is_none() {
            self.tree.set_label(id, Some(&mark.number));
        }
    }

    /// Applies what is known only when the tree is complete.
    pub(super) fn finish_marks(&mut self) {
        self.restore_names();
        let marks = std::mem::take(&mut self.marks.clades);
        if marks.is_empty() {
            return;
        }
        let mut labels: Vec<Option<&str>> = vec![None; self.tree.len()];
        for (id, number) in &marks {
            labels[id.index()] = Some(number);
        }
        let order: Vec<NodeId> = self.tree.preorder().skip(1).collect();
        for id in order {
            let parent = self.tree.node(id).parent();
            // The mark of the innermost clade applies.
            let above = parent.and_then(|p| labels[p.index()]);
            let label = labels[id.index()].or(above);
            labels[id.index()] = label;
            let free = self.tree.node(id).label.is_none() && !self.marks.background.contains(&id);
            if let Some(label) = label.filter(|l| *l != "0" && free) {
                self.tree.set_label(id, Some(label));
            }
        }
    }

    /// `sample#1` and `sample#2` are names: without what looks like marks they would be the same.
    fn restore_names(&mut self) {
        let glued = std::mem::take(&mut self.marks.glued);
        if glued.is_empty() {
            return;
        }
        let mut seen = HashSet::new();
        let distinct = self.tree.leaf_names().all(|name| seen.insert(name));
        if distinct {
            return;
        }
        let ids: HashSet<NodeId> = glued.iter().map(|(id, _)| *id).collect();
        self.marks
            .clades
            .retain(|(marked, _)| !ids.contains(marked));
        for (id, whole) in glued {
            let name = crate::text::clean_name(whole.as_bytes()).0;
            if name.len() <= self.limits.max_name {
                self.marks.count = self.marks.count.saturating_sub(1);
                let node = self.tree.node_mut(id);
                (node.name, node.label) = (Some(name), None);
            }
        }
    }
}
