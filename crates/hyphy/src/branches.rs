//! Resolving the branches that a request names, and passing them to HyPhy.
//!
//! Architecture invariant: HyPhy never receives a user's words. Branches are resolved here and
//! labelled in the tree that HyPhy reads. Its arguments are labels from this module.

mod compartments;
mod select;
mod sets;
mod several;

use crate::parameters::Parameters;
use sequence::{NodeId, Tree};

use crate::{Analysis, request::FieldProblem, table::BranchInput};

/// The choice of branches for a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BranchLabelling {
    /// Labels of branches of the given tree. The tree that HyPhy reads contains no others.
    pub labels: Vec<(NodeId, String)>,
    /// Arguments that refer to the labels.
    pub arguments: Vec<(String, String)>,
    /// Prefixes of leaf names in the tree that HyPhy reads.
    pub prefixes: Vec<(NodeId, String)>,
    /// Pairs of a word that HyPhy receives and the user's word that it replaces.
    pub renamed: Vec<(String, String)>,
    /// Whether the tree carries bootstrap supports.
    pub supports: bool,
}

impl BranchLabelling {
    /// Whether the request includes this branch of the tree that HyPhy reads among those to test.
    pub(crate) fn tests(&self, tree: &Tree, branch: NodeId) -> bool {
        let node = tree.node(branch);
        match self.arguments.first().map(|(_, word)| word.as_str()) {
            Some("All") => true,
            Some("Leaves") => node.is_leaf(),
            Some("Internal") => !node.is_leaf(),
            _ => node.label.as_deref() == Some(TESTED),
        }
    }
}

pub(crate) use several::{Meaning, in_tree, is_place};

/// Label of the branches to test. HyPhy converts labels in the trees of NEXUS files to upper case.
const TESTED: &str = "FOREGROUND";

/// Resolves the branches that a request names in a tree.
///
/// # Errors
/// Every name, set or pattern that matches nothing in this tree.
pub fn plan(
    analysis: &Analysis,
    tree: &Tree,
    parameters: &Parameters,
) -> Result<BranchLabelling, Vec<FieldProblem>> {
    match analysis.input.branches {
        BranchInput::None => Ok(BranchLabelling::default()),
        BranchInput::Tested => tested(tree, parameters),
        BranchInput::Foreground => sets::foreground(tree, parameters),
        BranchInput::TestAndReference => sets::test_and_reference(tree, parameters),
        BranchInput::Sets => sets::sets(tree, parameters),
        BranchInput::Compartments => compartments::compartments(tree, parameters),
    }
}

fn tested(tree: &Tree, parameters: &Parameters) -> Result<BranchLabelling, Vec<FieldProblem>> {
    let names = parameters.list("branches");
    let argument = |word: &str| vec![("--branches".to_owned(), word.to_owned())];
    if let Some(word) = select::engine_word(&names) {
        return Ok(BranchLabelling {
            arguments: argument(word),
            ..BranchLabelling::default()
        });
    }
    let selected = select::branches(tree, &names).map_err(|wrong| problems("branches", wrong))?;
    Ok(BranchLabelling {
        labels: labelled(&selected, TESTED),
        arguments: argument(TESTED),
        ..BranchLabelling::default()
    })
}

fn labelled(branches: &[NodeId], label: &str) -> Vec<(NodeId, String)> {
    branches.iter().map(|id| (*id, label.to_owned())).collect()
}

fn problems(field: &str, messages: Vec<String>) -> Vec<FieldProblem> {
    messages
        .into_iter()
        .map(|message| FieldProblem::wrong(field, message))
        .collect()
}

/// A user's text, in a form suitable for a sentence.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
