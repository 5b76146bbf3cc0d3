//! The tree file for HyPhy.

use std::collections::HashSet;
use std::fmt::Write;

use super::names::{Names, clean};
use crate::text::is_engine_word;
use crate::tree::free_name;
use crate::{NodeId, Tree, tree::Node};

/// Annotations of the nodes of a tree for HyPhy, besides names and lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annotations {
    /// Nothing.
    None,
    /// `{Label}` if a node has a label of letters, digits and underscores.
    Labels,
    /// The bootstrap support, a number, in place of an unnamed internal node's name.
    Supports,
}

/// Writes a tree for HyPhy: engine names, lengths if present (a negative one as 0), and the
/// requested annotations.
///
/// Every internal node except the root gets a name: its own, or the one that HyPhy would give it
/// (`NodeK`, where K is its index in preorder, counting leaves and starting with 0 at the root).
/// Results are therefore unambiguous whatever the user's names are. The root has no annotation: for
/// HyPhy there is no branch above it. Nodes with a single branch below are collapsed (see
/// [`Tree::collapsed`]), because HyPhy does not accept them; the others keep the names that they have
/// in `t`. Comments are omitted. Ends with `;`.
pub fn newick(t: &Tree, names: &Names, annotations: Annotations) -> String {
    let node_names = engine_node_names(t, names);
    let (collapsed, origin) = t.collapsed();
    crate::write::render(&collapsed, |out, id| {
        if id == collapsed.root() {
            return;
        }
        let node = collapsed.node(id);
        let support = support(node).filter(|_| annotations == Annotations::Supports);
        out.push_str(&support.map_or_else(
            || node_names[origin[id.index()].index()].clone(),
            crate::write::number,
        ));
        if let Some(label) = node
            .label
            .as_deref()
            .filter(|l| annotations == Annotations::Labels && is_engine_word(l))
        {
            // Writing to a String cannot fail.
            let _ = write!(out, "{{{label}}}");
        }
        if let Some(length) = node.length {
            out.push(':');
            out.push_str(&crate::write::number(length.max(0.0)));
        }
    })
}

fn support(node: &Node) -> Option<f64> {
    let support: f64 = node.support.as_deref()?.parse().ok()?;
    (node.name.is_none() && !node.is_leaf() && support.is_finite() && support >= 0.0)
        .then_some(support)
}

/// Names by [`NodeId::index`].
fn engine_node_names(t: &Tree, names: &Names) -> Vec<String> {
    let mut taken: HashSet<String> = names.engine_names().map(str::to_ascii_lowercase).collect();
    let mut used: HashSet<String> = HashSet::new();
    let mut out = vec![String::new(); t.len()];
    let name_of = |id: NodeId, leaf: bool| {
        let user = t.node(id).name.as_deref()?;
        Some(
            names
                .engine(user)
                .map_or_else(|| clean(user, leaf), str::to_string),
        )
    };
    for id in t.leaves() {
        if let Some(name) = name_of(id, true) {
            used.insert(name.to_ascii_lowercase());
            out[id.index()] = name;
        }
    }
    for (k, id) in t.preorder().enumerate() {
        if t.node(id).is_leaf() {
            continue;
        }
        // A name that another node of this tree has does not count.
        let own = name_of(id, false).filter(|n| used.insert(n.to_ascii_lowercase()));
        out[id.index()] = own.unwrap_or_else(|| {
            let name = free_name(&format!("Node{k}"), &mut taken);
            used.insert(name.to_ascii_lowercase());
            name
        });
    }
    out
}
