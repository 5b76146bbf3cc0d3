//! Groups of leaves by regular expressions, which are resolved here. HyPhy receives leaves whose
//! names begin with their group.

use regex::{Regex, RegexBuilder};
use sequence::{NodeId, Tree};
use serde_json::Value;

use super::{BranchLabelling, shown};
use crate::{parameters::Parameters, request::FieldProblem};

const FIELD: &str = "compartment_definitions";
/// Size limit of one compiled expression, in bytes.
const MAX_PATTERN: usize = 1 << 20;

/// Slatkin-Maddison: every leaf belongs to the first compartment whose expression matches its name.
pub(super) fn compartments(
    tree: &Tree,
    parameters: &Parameters,
) -> Result<BranchLabelling, Vec<FieldProblem>> {
    let given = parameters.get(FIELD).and_then(Value::as_array);
    let mut wrong = Vec::new();
    let mut groups: Vec<(String, Regex)> = Vec::new();
    for definition in given.into_iter().flatten() {
        let text = |key: &str| definition[key].as_str().unwrap_or_default();
        let description = text("description").to_owned();
        if groups.iter().any(|(other, _)| *other == description) {
            let message = format!("Two compartments are called {}.", shown(&description));
            wrong.push(FieldProblem::wrong(FIELD, message));
        }
        match RegexBuilder::new(text("regexp"))
            .size_limit(MAX_PATTERN)
            .build()
        {
            Ok(pattern) => groups.push((description, pattern)),
            Err(e) => wrong.push(FieldProblem::wrong(
                FIELD,
                format!(
                    "\"{}\" is not a valid regular expression: {e}",
                    shown(text("regexp"))
                ),
            )),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut members: Vec<Vec<NodeId>> = vec![Vec::new(); groups.len()];
    let mut homeless = Vec::new();
    for leaf in tree.leaves() {
        let name = tree.node(leaf).name.as_deref().unwrap_or_default();
        match groups
            .iter()
            .position(|(_, pattern)| pattern.is_match(name))
        {
            Some(group) => members[group].push(leaf),
            None => homeless.push(shown(name)),
        }
    }
    for ((description, pattern), _) in groups.iter().zip(&members).filter(|(_, m)| m.is_empty()) {
        wrong.push(FieldProblem::wrong(
            FIELD,
            format!(
                "No leaf is in the compartment {}: no name outside the earlier compartments \
                 matches {}.",
                shown(description),
                shown(pattern.as_str())
            ),
        ));
    }
    if let Some(first) = homeless.first() {
        wrong.push(FieldProblem::wrong(
            FIELD,
            format!(
                "{} leaves are not in any compartment, such as {first}.",
                homeless.len()
            ),
        ));
    }
    if wrong.is_empty() {
        Ok(plan(&groups, &members))
    } else {
        Err(wrong)
    }
}

fn plan(groups: &[(String, Regex)], members: &[Vec<NodeId>]) -> BranchLabelling {
    let mut plan = BranchLabelling {
        supports: true,
        ..BranchLabelling::default()
    };
    for (index, ((description, _), leaves)) in groups.iter().zip(members).enumerate() {
        let number = index + 1;
        let prefix = format!("c{number}_");
        let word = format!("compartment_{number}");
        plan.arguments
            .push((format!("--description-{number}"), word.clone()));
        plan.arguments
            .push((format!("--regexp-{number}"), format!("^{prefix}")));
        plan.prefixes
            .extend(leaves.iter().map(|leaf| (*leaf, prefix.clone())));
        plan.renamed.push((word, description.clone()));
    }
    plan
}
