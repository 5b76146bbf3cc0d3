//! Sets of branches that an analysis compares.

use std::collections::HashMap;

use sequence::{NodeId, Tree};
use serde_json::Value;

use super::{BranchLabelling, TESTED, labelled, problems, select, shown};
use crate::{parameters::Parameters, request::FieldProblem};

const TEST: &str = "Test";
const REFERENCE: &str = "Reference";

/// RELAX. The test branches are those that the request names, or else those labelled `Test`, or
/// else those with the tree's only label. The reference branches are those that the request names,
/// or else, if the test branches come from labels, those labelled `Reference`, or else all other
/// branches.
pub(super) fn test_and_reference(
    tree: &Tree,
    parameters: &Parameters,
) -> Result<BranchLabelling, Vec<FieldProblem>> {
    let (test_names, reference_names) = (
        parameters.list("test_branches"),
        parameters.list("reference_branches"),
    );
    let mut wrong = Vec::new();
    let mut take = |field: &str, found: Result<Vec<NodeId>, Vec<String>>| match found {
        Ok(found) => found,
        Err(messages) => {
            wrong.extend(problems(field, messages));
            Vec::new()
        }
    };
    let test = if test_names.is_empty() {
        take("test_branches", test_by_label(tree))
    } else {
        take("test_branches", select::branches(tree, &test_names))
    };
    let by_label = select::labelled(tree, REFERENCE);
    let reference = if !reference_names.is_empty() {
        take(
            "reference_branches",
            select::branches(tree, &reference_names),
        )
    } else if test_names.is_empty() && !by_label.is_empty() {
        by_label
    } else {
        let is_test = |id: NodeId| test.contains(&id);
        select::all(tree)
            .filter(|id| !is_test(*id) && !select::beyond_root(tree, *id).is_some_and(is_test))
            .collect()
    };
    if wrong.is_empty() && reference.is_empty() {
        let message = "No branch is left for comparison: all are test branches.";
        wrong.push(FieldProblem::wrong("reference_branches", message));
    }
    if let Some(both) = test.iter().find(|id| reference.contains(id)) {
        let names = tree.node_names();
        let message = format!(
            "Branch {} is also in test_branches; a branch can be in only one of them.",
            shown(&names[both.index()])
        );
        wrong.push(FieldProblem::wrong("reference_branches", message));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut labels = labelled(&test, TEST);
    labels.extend(labelled(&reference, REFERENCE));
    let argument = |keyword: &str, label: &str| (keyword.to_owned(), label.to_owned());
    Ok(BranchLabelling {
        labels,
        arguments: vec![argument("--test", TEST), argument("--reference", REFERENCE)],
        ..BranchLabelling::default()
    })
}

/// BUSTED-PH. The test branches are those that the request names, or else those of the label that
/// RELAX would take. All others are the background.
pub(super) fn foreground(
    tree: &Tree,
    parameters: &Parameters,
) -> Result<BranchLabelling, Vec<FieldProblem>> {
    const FIELD: &str = "test_branches";
    let names = parameters.list(FIELD);
    let found = if names.is_empty() {
        test_by_label(tree)
    } else {
        select::branches(tree, &names)
    };
    let test = found.map_err(|messages| problems(FIELD, messages))?;
    let is_test = |id: NodeId| test.contains(&id);
    let is_background =
        |id: NodeId| !is_test(id) && !select::beyond_root(tree, id).is_some_and(is_test);
    if !select::all(tree).any(is_background) {
        let message = "No branch is left for comparison: all are test branches.";
        return Err(vec![FieldProblem::wrong(FIELD, message)]);
    }
    Ok(BranchLabelling {
        labels: labelled(&test, TESTED),
        arguments: vec![("--branches".to_owned(), TESTED.to_owned())],
        ..BranchLabelling::default()
    })
}

fn test_by_label(tree: &Tree) -> Result<Vec<NodeId>, Vec<String>> {
    let by_label = select::labelled(tree, TEST);
    if !by_label.is_empty() {
        return Ok(by_label);
    }
    match select::labels(tree).as_slice() {
        [label] if !label.eq_ignore_ascii_case(REFERENCE) => Ok(select::labelled(tree, label)),
        [] => Err(vec![
            "test_branches is missing, and no branch of the tree has a label. Name branches, or label \
             them in the tree: (a{Test},b)."
                .to_owned(),
        ]),
        labels => Err(vec![format!(
            "test_branches is missing, and no branch of the tree has the label Test. Its labels \
             are {}.",
            labels
                .iter()
                .map(|label| shown(label))
                .collect::<Vec<_>>()
                .join(", ")
        )]),
    }
}

/// contrast-FEL: any number of sets, each a label in the tree, a keyword, or an object with the
/// name of a set and its branches. HyPhy compares a single set with all other branches.
pub(super) fn sets(
    tree: &Tree,
    parameters: &Parameters,
) -> Result<BranchLabelling, Vec<FieldProblem>> {
    const FIELD: &str = "branch_sets";
    let mut plan = BranchLabelling::default();
    let mut wrong = Vec::new();
    let mut set_of: HashMap<NodeId, String> = HashMap::new();
    let given = parameters.get(FIELD).and_then(Value::as_array);
    for (index, set) in given.into_iter().flatten().enumerate() {
        let (name, members) = match set.as_str() {
            Some(label) => (label, vec![label]),
            None => named(set),
        };
        let found = match select::labelled(tree, name) {
            by_label if set.is_string() && !by_label.is_empty() => Ok(by_label),
            _ => select::branches(tree, &members),
        };
        let branches = found.unwrap_or_else(|messages| {
            wrong.extend(problems(FIELD, messages));
            Vec::new()
        });
        for id in &branches {
            if let Some(other) = set_of.insert(*id, name.to_owned()) {
                wrong.push(FieldProblem::wrong(
                    FIELD,
                    format!(
                        "Branch {} is in the sets {} and {}; it can be in only one.",
                        shown(&tree.node_names()[id.index()]),
                        shown(&other),
                        shown(name)
                    ),
                ));
                break;
            }
        }
        let label = if Tree::is_plain_label(name) {
            name.to_owned()
        } else {
            let label = format!("set_{}", index + 1);
            plan.renamed.push((label.clone(), name.to_owned()));
            label
        };
        plan.labels.extend(labelled(&branches, &label));
        plan.arguments.push(("--branch-set".to_owned(), label));
    }
    if wrong.is_empty() {
        Ok(plan)
    } else {
        Err(wrong)
    }
}

fn named(set: &Value) -> (&str, Vec<&str>) {
    let members = set["branches"].as_array().into_iter().flatten();
    (
        set["name"].as_str().unwrap_or_default(),
        members.filter_map(Value::as_str).collect(),
    )
}
