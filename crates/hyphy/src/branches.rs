//! Which branches of a tree a request means, and how HyPhy is told.
//!
//! Architecture invariant: HyPhy is never given a user's words. Branches are resolved here and
//! labelled in the tree that it reads; its arguments are labels made here.

mod compartments;
mod select;
mod sets;

use sequence::{NodeId, Tree};

use crate::{
    Analysis,
    request::{FieldProblem, Parameters},
    table::BranchInput,
};

/// How the branches of a run are chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Labels that branches get in the tree that HyPhy reads. No others are in it.
    pub labels: Vec<(NodeId, String)>,
    /// Arguments that name them.
    pub arguments: Vec<(String, String)>,
    /// What leaves' names begin with in the tree that HyPhy reads.
    pub prefixes: Vec<(NodeId, String)>,
    /// Words that HyPhy is given in place of the user's, and the user's.
    pub renamed: Vec<(String, String)>,
    /// The tree carries bootstrap supports.
    pub supports: bool,
}

/// Label of the branches to test. HyPhy makes upper case of labels in the trees of NEXUS files.
const TESTED: &str = "FOREGROUND";

/// Resolves what a request says about the branches of a tree.
///
/// # Errors
/// Every name, set or pattern that means nothing in this tree.
pub fn plan(
    analysis: &Analysis,
    tree: &Tree,
    parameters: &Parameters,
) -> Result<Plan, Vec<FieldProblem>> {
    match analysis.input.branches {
        BranchInput::None => Ok(Plan::default()),
        BranchInput::Tested => tested(tree, parameters),
        BranchInput::TestAndReference => sets::test_and_reference(tree, parameters),
        BranchInput::Sets => sets::sets(tree, parameters),
        BranchInput::Compartments => compartments::compartments(tree, parameters),
    }
}

fn tested(tree: &Tree, parameters: &Parameters) -> Result<Plan, Vec<FieldProblem>> {
    let names = parameters.list("branches");
    let argument = |word: &str| vec![("--branches".to_owned(), word.to_owned())];
    if let Some(word) = select::engine_word(&names) {
        return Ok(Plan {
            arguments: argument(word),
            ..Plan::default()
        });
    }
    let selected = select::branches(tree, &names).map_err(|wrong| problems("branches", wrong))?;
    Ok(Plan {
        labels: labelled(&selected, TESTED),
        arguments: argument(TESTED),
        ..Plan::default()
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

/// A user's text as it may stand in a sentence.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
