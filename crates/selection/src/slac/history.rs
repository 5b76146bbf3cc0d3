//! What is known of the nodes of a tree at one pattern.

use crate::{codon::Observations, likelihood::Partition};

/// What a node has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeState {
    /// Nothing is known. Of a leaf, this means a gap in the codon, or that it may be any codon.
    Missing,
    /// One state.
    Known(u8),
    /// One of several states that an ambiguous codon may stand for.
    OneOf(Vec<u8>),
}

/// How an ambiguous codon of a leaf counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ambiguities {
    /// As the mean over the states that it may stand for.
    Averaged,
    /// As the mean over those of them that are most frequent among the other leaves. If no leaf
    /// has any, over all.
    Resolved,
}

impl Ambiguities {
    pub(crate) const ALL: [Self; 2] = [Self::Averaged, Self::Resolved];

    /// The name in results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Averaged => "AVERAGED",
            Self::Resolved => "RESOLVED",
        }
    }
}

/// The states of all nodes at a pattern, in the order of the tree's nodes.
#[derive(Debug, Clone)]
pub(crate) struct History {
    averaged: Vec<NodeState>,
    /// The states with resolved ambiguities, if there is any ambiguity.
    resolved: Option<Vec<NodeState>>,
}

impl History {
    /// `ancestors` has the states of inner nodes.
    pub(crate) fn new(
        partition: &Partition<'_>,
        pattern: usize,
        ancestors: Vec<Option<u8>>,
    ) -> Self {
        let nodes = partition.phylogeny.nodes.iter().zip(ancestors);
        let averaged: Vec<NodeState> = nodes
            .map(|(node, ancestor)| match node.row {
                Some(row) => leaf(
                    partition.observations,
                    partition.patterns.rows[row][pattern],
                ),
                None => ancestor.map_or(NodeState::Missing, NodeState::Known),
            })
            .collect();
        let is_ambiguous = |state: &NodeState| matches!(state, NodeState::OneOf(_));
        let resolved = averaged.iter().any(is_ambiguous).then(|| {
            let mut leaves = vec![0; partition.observations.states];
            for (node, state) in partition.phylogeny.nodes.iter().zip(&averaged) {
                if let (true, NodeState::Known(state)) = (node.is_leaf(), state) {
                    leaves[usize::from(*state)] += 1;
                }
            }
            let resolve = |state: &NodeState| match state {
                NodeState::OneOf(states) => NodeState::OneOf(most_frequent(states, &leaves)),
                other => other.clone(),
            };
            averaged.iter().map(resolve).collect()
        });
        Self { averaged, resolved }
    }

    /// Whether a codon is ambiguous, so that its treatment matters.
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.resolved.is_some()
    }

    pub(crate) fn states(&self, ambiguities: Ambiguities) -> &[NodeState] {
        match (ambiguities, &self.resolved) {
            (Ambiguities::Resolved, Some(resolved)) => resolved,
            _ => &self.averaged,
        }
    }

    /// Replaces the states of inner nodes.
    pub(crate) fn set_ancestors(&mut self, ancestors: &[(usize, u8)]) {
        for states in [Some(&mut self.averaged), self.resolved.as_mut()] {
            for states in states.into_iter() {
                for (node, state) in ancestors {
                    states[*node] = NodeState::Known(*state);
                }
            }
        }
    }
}

fn leaf(observations: &Observations, number: u16) -> NodeState {
    let observation = observations.get(number);
    match &observation.states[..] {
        _ if observation.has_gap() || observations.is_missing(number) => NodeState::Missing,
        [state] => NodeState::Known(*state),
        states => NodeState::OneOf(states.to_vec()),
    }
}

/// Those of some states that most leaves have; all if no leaf has any.
fn most_frequent(states: &[u8], leaves: &[usize]) -> Vec<u8> {
    let frequency = |state: &u8| leaves[usize::from(*state)];
    let largest = states.iter().map(frequency).max().unwrap_or_default();
    let is_most_frequent = |state: &&u8| frequency(state) == largest;
    states.iter().filter(is_most_frequent).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ambiguities_resolve_to_what_most_leaves_have() {
        assert_eq!(most_frequent(&[1, 3, 4], &[9, 2, 7, 2, 0]), [1, 3]);
        assert_eq!(most_frequent(&[1, 3], &[9, 0, 7, 0]), [1, 3]);
    }
}
