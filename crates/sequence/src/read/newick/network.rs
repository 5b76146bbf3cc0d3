//! Phylogenetic networks in extended Newick. A node with two parents, such as `#H1`, occurs twice: once
//! with its branches, once as a leaf.

use std::collections::HashSet;

use super::notes::Hybrid;
use super::parser::Parser;
use crate::finding::Finding;
use crate::text::line_at;
use crate::tree::NodeId;

impl Parser<'_> {
    /// Notes a name without quotes that began at `at`.
    pub(super) fn note_hybrid(&mut self, id: NodeId, at: usize, name: &[u8]) {
        if let Some(tag) = tag(name) {
            let tag = tag.to_vec();
            self.hybrids.push(Hybrid { id, tag, at });
        }
    }

    /// Whether the node, which was read last, has such a tag.
    pub(super) fn is_hybrid(&self, id: NodeId) -> bool {
        self.hybrids.last().is_some_and(|hybrid| hybrid.id == id)
    }

    /// The error that the text is a network.
    pub(super) fn network(&self) -> Finding {
        self.error(
            "phylogenetic-network",
            "This is a phylogenetic network (extended Newick), not a tree.",
            "The analyses need a tree. Upload a tree that the network displays, for instance its major \
             tree.",
        )
    }

    /// The error that the text is a network, if a tag belongs to both a leaf and an internal node.
    pub(super) fn joined(&self) -> Option<Finding> {
        let is_leaf = |hybrid: &&Hybrid| self.tree.node(hybrid.id).is_leaf();
        let leaves = self.hybrids.iter().filter(is_leaf);
        let leaves: HashSet<&[u8]> = leaves.map(|hybrid| hybrid.tag.as_slice()).collect();
        let mut inner = self.hybrids.iter().filter(|hybrid| !is_leaf(hybrid));
        let node = inner.find(|hybrid| leaves.contains(hybrid.tag.as_slice()))?;
        Some(self.network().at_line(line_at(self.text, node.at)))
    }
}

/// The tag at the end of a name: `#H1` (hybridisation), `#LGT1` (lateral gene transfer), `#R1`
/// (recombination).
fn tag(name: &[u8]) -> Option<&[u8]> {
    let at = memchr::memrchr(b'#', name)?;
    let kind = &name[at + 1..];
    let number = [&b"H"[..], b"LGT", b"R"]
        .iter()
        .find_map(|kinds| kind.strip_prefix(*kinds))?;
    let digits = !number.is_empty() && number.iter().all(u8::is_ascii_digit);
    digits.then_some(&name[at..])
}
